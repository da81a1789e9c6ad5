"""Changes to labels, each with undo."""
