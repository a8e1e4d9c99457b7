"""What the Feeds page is made of."""
