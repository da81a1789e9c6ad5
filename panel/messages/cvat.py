"""Messages about the CVAT round trip; only ``load_from_cvat`` changes labels."""

from __future__ import annotations

from typing import Any

from bson import ObjectId

from ...iou_core.errors import CvatError
from ...labels.cvat.load import load
from ...labels.cvat.load.texts import LISTED_CHANGES
from ...labels.cvat.send import selection, send
from ...labels.cvat.send import upload as uploads
from ...labels.cvat.server import settings
from ...labels.cvat.server.options import TASK_IMAGES, Options
from ...labels.cvat.shapes import attributes
from ...labels.cvat.trips import move, removal, store, trips
from ...labels.fields import require_writable
from ...labels.jobs import runs
from ...labels.review import grid, views
from ...labels.scans import plans, stored
from .. import own_view, plan_answers
from ..jobs import background, rescans
from ..requests import Answer, Failed, choice, flag, text, text_or_none, whole
from .review import label_ids, object_id
from .table import message, writing_message

SOURCES = ("plan", "tag", "selected")
"""The choices of labels to send: those of the plan, the tagged or the selected ones."""

_SEND, _LOAD = "send_to_cvat", "load_from_cvat"
_OPTIONS = tuple(Options.__dataclass_fields__)


@message
def cvat_status(ctx: Any) -> Answer:
    """Returns whether a server is configured, and which; sends no request to it."""
    host, encrypted, problem = None, None, None
    needs_url = False
    try:
        needs_url = settings.configured_url(ctx.secret) is None
        if not needs_url:
            server = settings.resolve(ctx.secret)
            host, encrypted = server.host, server.url.startswith("https:")
    except CvatError as error:
        problem = f"Expected {error.expected}, got {error.got} ({error.where})"
    return {
        "configured": host is not None,
        "needs_url": needs_url,
        "host": host,
        "encrypted": encrypted,
        "problem": problem,
        "task_size": TASK_IMAGES,
    }


@message
def cvat_preview_upload(ctx: Any) -> Answer:
    """Returns which labels would be uploaded, and to which server."""
    server, options = _server(ctx, text_or_none(ctx, "url")), _options(ctx)
    chosen = _selection(ctx)
    found = uploads.estimate(ctx.dataset, chosen, options)
    offered = attributes.offered(ctx.dataset, chosen.field)
    return {
        **found.to_dict(server),
        "offered": [{"name": each.name, "words": each.words} for each in offered],
    }


@message
def send_to_cvat(ctx: Any) -> Answer:
    """Starts to upload the labels that the preview showed, without waiting.

    Raises:
        Failed: if the labels are no longer as many as the request expects
    """
    server, options = _server(ctx, text_or_none(ctx, "url")), _options(ctx)
    expected = whole(ctx, "expected")
    chosen, dataset = _selection(ctx), ctx.dataset
    counted = uploads.estimate(dataset, chosen, options).labels
    if counted != expected:
        raise Failed(
            f"The labels have changed: this would now send {counted:,} labels, not the "
            f"{expected:,} that were shown.",
            "Check the numbers again, then send.",
        )
    run_id = str(ObjectId())

    def work(run: runs.Run) -> None:
        send.send(dataset, server, chosen, options, run=run)

    background.in_thread(dataset, _SEND, chosen.field.name, run_id, work)
    return {"run": background.poll(dataset, run_id)}


@message
def list_cvat(ctx: Any) -> Answer:
    """Returns the round trips, newest first, with their progress and their runs."""
    run_ids = {str(trip.id): trip["run_id"] for trip in store.all_trips(ctx.dataset)}
    listed = trips.list_trips(ctx.dataset, lambda url: _server(ctx, url))
    return {
        "trips": [{**trip, "run_id": run_ids.get(trip["trip_id"])} for trip in listed]
    }


@message
def preview_cvat_load(ctx: Any) -> Answer:
    """Returns the edits made in CVAT, without applying them.

    The run has the id that the request gives, so that the panel can cancel it.
    """
    server, key, field = _open_trip(ctx)
    run_id = text_or_none(ctx, "run_id")
    with runs.start(ctx.dataset, _LOAD, field, False, run_id=run_id) as run:
        found = load.preview(ctx.dataset, server, key, run, field)
    return found.to_dict(LISTED_CHANGES)


@message
def show_cvat_labels(ctx: Any) -> Answer:
    """Shows in the grid some labels of a trip, such as those that a load skips."""
    trip = trips.require_open(ctx.dataset, text(ctx, "trip_id"))
    ids, given = label_ids(ctx), ctx.params.get("sample_ids") or ()
    sample_ids = [str(object_id(_id, "sample_ids")) for _id in given]
    view = views.group_view(ctx.dataset, trip.params, sample_ids, ids)
    own = own_view.replaced(ctx)
    ctx.ops.set_view(view)
    return {"own_view": own}


@writing_message
def load_from_cvat(ctx: Any) -> Answer:
    """Applies the edits made in CVAT, if they are still those of the preview.

    The run has the id that the request gives, so that the panel can cancel it.
    """
    scan_key, tag = text_or_none(ctx, "scan_key"), text(ctx, "tag")
    server, key, field = _open_trip(ctx)
    digest, cleanup = text(ctx, "digest"), flag(ctx, "cleanup")
    emptied, mass = whole(ctx, "emptied"), flag(ctx, "allow_mass_delete")
    require_writable(ctx.dataset, field)
    run_id = text_or_none(ctx, "run_id")
    with runs.start(ctx.dataset, _LOAD, field, run_id=run_id) as run:
        done = load.load(
            ctx.dataset, server, key, digest, cleanup, run, field, emptied, mass
        )
    grid.reload(ctx)
    known, scan = scan_key is not None, plan_answers.open_if_there(ctx, scan_key)
    return {
        **plan_answers.written(scan, tag, done.written),
        "remaining": done.remaining,
        "is_removed": done.is_removed,
        "problem": done.problem,
        "summary": rescans.fresh_summary(ctx, scan_key) if known else None,
    }


@message
def move_cvat(ctx: Any) -> Answer:
    """Records a new address of a round trip's server; by default, the configured one.

    Returns:
        the host of that address, and how many tasks of the round trip it has
    """
    server = _server(ctx, text_or_none(ctx, "url"))
    found = move.move(ctx.dataset, server, text(ctx, "trip_id"))
    return {"host": server.host, "tasks": found}


@message
def discard_cvat(ctx: Any) -> Answer:
    """Deletes the tasks of a round trip, or only its record in the dataset.

    Returns:
        how many tasks were deleted, without those that were gone before; null if only
        the record was deleted
    """
    deleted = None
    if flag(ctx, "forget"):
        removal.delete_record(ctx.dataset, text(ctx, "trip_id"))
    else:
        trip = store.require(ctx.dataset, text(ctx, "trip_id"))
        server = _server(ctx, trip["url"])
        deleted = removal.discard(ctx.dataset, server, str(trip.id))
    return {"deleted": deleted}


def _server(ctx: Any, url: str | None) -> settings.Server:
    return settings.resolve(ctx.secret, url)


def _options(ctx: Any) -> Options:
    return Options.parse({name: ctx.params.get(name) for name in _OPTIONS})


def _open_trip(ctx: Any) -> tuple[settings.Server, str, str]:
    """Returns the server of a trip, its id, and the present name of its field."""
    trip = trips.require_open(ctx.dataset, text(ctx, "trip_id"))
    return _server(ctx, trip["url"]), str(trip.id), trip["field"]


def _selection(ctx: Any) -> selection.Selection:
    """Returns the labels that a request selects."""
    source = choice(ctx, "source", SOURCES)
    scope = choice(ctx, "scope", tuple(selection.SCOPES))
    plan: plans.Plan = plan_answers.plan_of(ctx)
    if source == "plan":
        return selection.select(ctx.dataset, scope, scan_key=plan.scan_key, plan=plan)
    samples = stored.open_scan(ctx.dataset, plan.scan_key).view()
    if source == "tag":
        given: dict[str, Any] = {"tag": text(ctx, "tag")}
    else:
        given = {
            "label_ids": [
                label["label_id"]
                for label in ctx.selected_labels
                if label.get("field") == plan.params.label_field
            ]
        }
    return selection.select(samples, scope, plan=plan, **given)
