"""Reads the documents of a database as columns of labels."""
