"""The CVAT server: settings, session, and errors."""
