"""Tables (CSV, Excel) as text, their columns by name, and their cells as values."""
