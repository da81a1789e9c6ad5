"""Cuboids in 3-D space."""
