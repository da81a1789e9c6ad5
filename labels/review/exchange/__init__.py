"""A review as a table: exported to a file, and imported from one."""
