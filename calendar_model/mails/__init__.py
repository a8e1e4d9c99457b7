"""The digest as e-mail: its text, sending it once, and the links in it that need no sign-in."""
