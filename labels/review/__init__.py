"""The results of a scan, as lists and views for a person."""
