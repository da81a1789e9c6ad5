"""Overlaps and decisions: NumPy in, NumPy out. Never imports FiftyOne."""
