"""Duplicate objects: finds, shows and removes labels that mark one object twice."""

import sys
import types


def register(plugin):
    """Registers the plugin's operators and panel with FiftyOne.

    Args:
        plugin: the :class:`fiftyone.plugins.context.PluginContext`
    """
    # older releases name this package "@iou.duplicates"; then Python imports "@iou" too
    top = __name__.partition(".")[0]
    sys.modules.setdefault(top, types.ModuleType(top))
    from .operators import OPERATORS
    from .panel import PANELS

    for operator in (*OPERATORS, *PANELS):
        plugin.register(operator)
