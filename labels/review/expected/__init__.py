"""What cuts are expected to do, before a person has looked."""
