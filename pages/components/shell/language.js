/* Remembers the language for a year, and tells screen readers and the browser which one the page has. */

export default function ({ data }) {
  document.documentElement.lang = data.language;
  document.cookie = `${data.name}=${data.language}; path=/; max-age=31536000; SameSite=Strict`;
}
