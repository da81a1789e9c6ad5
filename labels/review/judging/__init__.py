"""Review: the groups of a scan to decide on, in order, and what was decided."""
