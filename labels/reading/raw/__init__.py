"""BSON as arrays, without an object for each value."""
