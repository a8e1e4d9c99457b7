"""What pages with events of the mission's own are made of."""
