"""Shapes of labels and how much they overlap."""
