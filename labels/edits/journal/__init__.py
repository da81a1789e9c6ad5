"""The journal of changes, from which each can be undone."""
