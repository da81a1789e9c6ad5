"""The App's grid, after labels were changed."""

from __future__ import annotations

from typing import Any


def reload(ctx: Any) -> None:
    """Has the App show samples, patches or clips as they are now.

    Patches and the like are copies that FiftyOne makes of labels: they are made again.

    Args:
        ctx: the execution context of an operator, or of a panel's message
    """
    if ctx.view is not None and ctx.view._is_generated:
        ctx.view.reload()
    ctx.ops.reload_samples()
