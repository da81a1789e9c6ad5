"""The messages of the browser, each one function marked with ``@message``."""
