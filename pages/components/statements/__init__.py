"""What the Statements page is made of."""
