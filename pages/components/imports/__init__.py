"""What the Import page is made of."""
