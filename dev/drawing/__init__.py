"""Pictures and films of the demo, drawn with labels and planted duplicates."""
