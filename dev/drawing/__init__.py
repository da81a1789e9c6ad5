"""The demo's images and videos, drawn with labels and planted duplicates."""
