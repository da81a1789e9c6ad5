"""Edits back from CVAT."""
