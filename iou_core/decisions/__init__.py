"""The decision which labels are removed: methods, keep rules, curves, likelihood."""
