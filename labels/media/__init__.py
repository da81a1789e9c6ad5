"""Media files and compressed bytes, read within limits."""
