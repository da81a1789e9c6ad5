"""The stored record of each round trip."""
