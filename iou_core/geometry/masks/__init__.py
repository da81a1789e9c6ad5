"""Instance masks."""
