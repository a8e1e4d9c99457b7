"""What the page Dates to confirm is made of."""
