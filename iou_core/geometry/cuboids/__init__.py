"""Boxes in space."""
