"""Set-up, demo and release of the plugin; no part of a release."""
