"""Work that goes on while the panel polls, and scans that it makes by itself."""
