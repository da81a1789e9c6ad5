"""The kinds of labels: what is read of each and what is compared."""
