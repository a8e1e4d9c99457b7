"""The frame of every page: navigation, context, filter, current user, item panel, style sheet."""
