"""Labels: read from FiftyOne's database as arrays, and written back."""
