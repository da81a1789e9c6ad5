"""Which labels are removed, and why: methods, keep rules, curves, likelihood."""
