/* Opens the page that was asked for before signing in: the provider leads back to the start page. */

const KEY = "hrd_return";

export default function ({ data }) {
  const asked = location.pathname + location.search;
  if (!data.signed_in) {
    if (asked !== "/") sessionStorage.setItem(KEY, asked);
    return;
  }
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  // A path of our own only: two slashes would name another host.
  if (kept && kept !== asked && /^\/(?!\/)/.test(kept)) location.replace(kept);
}
