"""Edits loaded from CVAT."""
