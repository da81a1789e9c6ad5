"""Loads what was edited in CVAT: shown first, applied through the journal."""

from __future__ import annotations

from dataclasses import dataclass

import fiftyone.core.collections as foc

from ...iou_core.errors import CvatError
from ..actions import Written, require_writable_field
from ..runs import Run
from . import store, trips
from .apply import apply
from .preview import Preview, count_remaining, preview_of
from .session import Client
from .settings import Server


@dataclass(frozen=True)
class Loaded:
    """What a load has changed.

    Attributes:
        preview: what it was to change
        written: what it did change
        remaining: how many duplicates the samples of the trip have now
        is_removed: whether the tasks in CVAT were deleted
    """

    preview: Preview
    written: Written
    remaining: int
    is_removed: bool


def preview(
    samples: foc.SampleCollection, server: Server, anno_key: str, run: Run | None = None
) -> Preview:
    """Returns what a load would change; writes nothing.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip
        run (None): asked whether to go on

    Raises:
        CvatError: if there is no such trip, its tasks are gone, or the server cannot
            be talked to
    """
    trip = trips.require_open(samples, anno_key)
    return preview_of(samples, _client(server, run), trip)


def load(
    samples: foc.SampleCollection,
    server: Server,
    anno_key: str,
    digest: str | None = None,
    cleanup: bool = False,
    run: Run | None = None,
) -> Loaded:
    """Applies what was edited in CVAT; labels edited here meanwhile are left alone.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip
        digest (None): that of the preview that was agreed to
        cleanup (False): whether to delete the tasks in CVAT, and the trip, afterwards
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`Loaded`

    Raises:
        CvatError: if the server cannot be talked to, or holds something else than was
            agreed to; nothing is changed then
        DuplicatesError: if the field cannot be written to
        RunCancelled: if the run was asked to stop; what is done stays, and the
            journal knows it
    """
    trip = trips.require_open(samples, anno_key)
    field = require_writable_field(samples, trip["field"])
    client = _client(server, run)
    found = preview_of(samples, client, trip)
    if digest is not None and digest != found.digest:
        raise CvatError("what was shown", "other edits meanwhile", "digest")
    written = apply(samples, trip, field, found.comparison, run)
    if written.restore_key is not None:
        store.note(trip, loads=[*trip["loads"], written.restore_key])
    store.note(trip, state=trips.LOADED)
    if cleanup:
        trips.remove(samples, client, trip)
    return Loaded(found, written, count_remaining(samples, trip), cleanup)


def _client(server: Server, run: Run | None) -> Client:
    return Client(server, None if run is None else lambda: run.progress(0, 0))
