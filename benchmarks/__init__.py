"""Benchmarks: this project side by side with the ways that users have today."""
