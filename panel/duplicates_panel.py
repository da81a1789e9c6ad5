"""The panel "Duplicate objects", and the table of its messages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import fiftyone.operators as foo
from fiftyone.operators import types
from fiftyone.operators.categories import Categories

from ..iou_core.errors import ParamsError
from .messages import (
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
from .requests import Answer, Message, answer

WRITING: frozenset[Message] = frozenset(
    (
        plans.tag_labels,
        plans.untag_labels,
        plans.delete_labels,
        plans.restore,
        cvat.load_from_cvat,
    )
)
"""The messages that change labels."""

MESSAGES: Mapping[str, Message] = {
    message.__name__: message
    for message in (
        scans.open_panel,
        scans.save_settings,
        scans.refresh,
        scans.start_scan,
        scans.rescan,
        scans.recalibrate,
        scans.poll_run,
        scans.cancel_run,
        scans.choose_scan,
        scans.open_scan,
        scans.recount,
        scans.count_bars,
        scans.list_scans,
        scans.rename_scan,
        scans.delete_scan,
        plans.count_labels,
        costs.count_cost,
        costs.find_precise,
        plans.show_labels,
        plans.restore_view,
        plans.compare_tag,
        plans.preview_delete,
        plans.list_actions,
        review.list_groups,
        review.draw_crop,
        review.show_group,
        review.leave_sample,
        review.judge_labels,
        review.list_verdicts,
        review.clear_verdicts,
        judging.judge_pairs,
        judging.settle_verdicts,
        queue.review_queue,
        queue.review_groups,
        advice.accept_above,
        advice.review_progress,
        advice.review_advice,
        advice.check_likelihoods,
        advice.compare_labels,
        tracks.list_tracks,
        tracks.show_tracks,
        class_pairs.list_class_pairs,
        class_pairs.set_class_pair,
        exports.plan_details,
        exports.export_rows,
        exports.import_review,
        exports.write_report,
        cvat.cvat_status,
        cvat.cvat_preview_upload,
        cvat.send_to_cvat,
        cvat.list_cvat,
        cvat.preview_cvat_load,
        cvat.show_cvat_labels,
        cvat.move_cvat,
        cvat.discard_cvat,
        *WRITING,
    )
}
"""The messages by name. A name is that of a function, and part of the protocol."""

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
