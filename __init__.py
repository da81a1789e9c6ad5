"""Duplicate objects: finds, shows and removes labels that mark one object twice."""


def register(plugin):
    """Registers the plugin's operators and panel with FiftyOne.

    Args:
        plugin: the :class:`fiftyone.plugins.context.PluginContext`
    """
    from .operators import OPERATORS
    from .panel import PANELS

    for operator in (*OPERATORS, *PANELS):
        plugin.register(operator)
