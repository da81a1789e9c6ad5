"""Filled polygons."""
