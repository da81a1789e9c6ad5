"""Conversion of labels to CVAT's shapes and back."""
