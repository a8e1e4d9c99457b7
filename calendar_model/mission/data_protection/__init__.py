"""Data protection: how long records are kept, what is due for deletion, erasing a person, and what is held on one."""
