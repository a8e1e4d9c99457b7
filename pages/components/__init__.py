"""What several pages draw, and what holds for all of them: the guard, the filter bar, the context, the look."""
