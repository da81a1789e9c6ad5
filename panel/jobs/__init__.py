"""Work that continues while the panel polls, and scans that it makes by itself."""
