"""Labels out to CVAT."""
