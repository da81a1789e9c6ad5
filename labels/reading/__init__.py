"""From the documents of a database to columns of labels."""
