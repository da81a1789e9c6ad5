"""Drawn data of two annotators, in which every pair of labels is known."""
