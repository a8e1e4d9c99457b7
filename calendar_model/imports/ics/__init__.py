"""Calendar files (RFC 5545) as plain rows; runs in the worker process alone."""
