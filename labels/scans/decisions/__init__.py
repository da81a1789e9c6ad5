"""The decision which labels of a block are removed: rules, verdicts, class pairs."""
