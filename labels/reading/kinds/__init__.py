"""The kinds of labels, one file for each."""
