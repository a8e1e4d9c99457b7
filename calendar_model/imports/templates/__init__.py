"""Import templates: what the rows of a table can become, one module each."""
