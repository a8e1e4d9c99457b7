"""Calendar files (RFC 5545) as plain rows; runs only in the worker process."""
