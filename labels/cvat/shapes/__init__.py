"""Labels as CVAT's shapes, and back."""
