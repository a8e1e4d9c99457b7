"""What the Corrections page is made of."""
