"""The digest by e-mail: who wants it and when, and what is in it."""
