"""The demo: a dataset with duplicates that the plugin finds and the App shows."""
