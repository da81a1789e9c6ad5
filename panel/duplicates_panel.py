"""The panel "Duplicate objects", and its messages."""

from __future__ import annotations

from functools import partial
from typing import Any

import fiftyone.operators as foo
from fiftyone.operators import types
from fiftyone.operators.categories import Categories

from ..iou_core.errors import ParamsError
from .messages import (  # noqa: F401 - each adds its messages to the table
    advice,
    class_pairs,
    costs,
    cvat,
    exports,
    judging,
    plans,
    queue,
    review,
    scans,
    tracks,
)
from .messages.table import MESSAGES, WRITING
from .requests import Answer, answer

_OWN = (None, "on_startup", "on_load")
"""The methods that the App calls to list the panel, and to open it."""

HELP = """
Finds labels that mark the same object twice. **Scan** changes no label. Move the
threshold to see how many labels would be removed. **Show**, **Tag** and **Delete**
apply to these labels. **History** undoes what was tagged or deleted.
"""


def _no_message(ctx: Any) -> Answer:
    expected = "the name of a message of this panel"
    raise ParamsError(expected, repr(ctx.params["__method__"]), "__method__")


class DuplicatesPanel(foo.Panel):
    """The panel. The App calls its messages as methods of their names."""

    @property
    def config(self) -> foo.PanelConfig:
        """The entry of the panel in the App's list of panels."""
        return foo.PanelConfig(
            name="duplicates_panel",
            label="Duplicate objects",
            icon="filter_none",
            category=Categories.CURATE,
            surfaces="grid",
            help_markdown=HELP.strip(),
        )

    def execute(self, ctx: Any) -> Any:
        """Calls the method that a request names, if it is a message.

        The host would call any attribute of the panel, and render the panel again
        after each message, though what it renders never changes.
        """
        name = ctx.params.get("__method__")
        if name in _OWN:
            return super().execute(ctx)
        if isinstance(name, str) and name in MESSAGES:
            return getattr(self, name)(ctx)
        return answer(_no_message, ctx, writes=False)

    def __getattr__(self, name: str) -> Any:
        if name not in MESSAGES:
            raise AttributeError(name)
        message = MESSAGES[name]
        return partial(answer, message, writes=message in WRITING)

    def render(self, ctx: Any) -> types.Property:
        """Returns the React component and the addresses of its messages.

        The App calls this when the panel opens.
        """
        addresses = {f"on_{name}": self.method_to_uri(name) for name in MESSAGES}
        view = types.View(
            component="IouDuplicatesPanel", composite_view=True, **addresses
        )
        return types.Property(types.Object(), view=view)
