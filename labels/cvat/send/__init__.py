"""Labels sent to CVAT."""
