"""Scans: find duplicates, store what was found, and plan from it."""
