"""One HTML page about a plan."""
