"""Reads and writes of stored labels next to an edit."""
