"""The demo: a dataset with duplicates, found by the plugin, shown in the App."""
