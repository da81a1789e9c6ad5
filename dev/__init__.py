"""Set-up, demo and release tools, which are not part of a release."""
