"""The Python half of the panel: parse, call, answer; the other half is in ``src``."""

from .duplicates_panel import DuplicatesPanel

PANELS = (DuplicatesPanel,)
"""The panels, as the manifest lists them."""
