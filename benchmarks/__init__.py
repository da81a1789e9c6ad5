"""Benchmarks of this project against the alternatives that users have today."""
