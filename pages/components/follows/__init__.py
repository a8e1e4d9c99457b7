"""What the reader follows, and what has changed of it."""
