"""The journal: what was changed, so that it can be undone."""
