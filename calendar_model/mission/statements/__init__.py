"""Statements: where they go next and what they need for it, their texts, and the lists of them."""
