"""The shape of a merged label."""
