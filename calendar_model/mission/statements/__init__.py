"""Statements: their states and requirements, their texts, and lists of them."""
