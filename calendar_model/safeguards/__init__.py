"""Who may see and do what, and the checks that a statement or a case passes before it moves."""
