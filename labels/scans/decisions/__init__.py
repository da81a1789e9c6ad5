"""Which labels of a block are removed: rules, verdicts, and class pairs."""
