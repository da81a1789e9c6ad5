"""The blocks of a scan: computed, stored, and read again."""
