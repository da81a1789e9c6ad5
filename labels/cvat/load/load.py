"""Loading of edits from CVAT: a preview first, then writes through the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import fiftyone.core.collections as foc

from ....iou_core.errors import CvatError, DuplicatesError, ParamsError
from ...edits.change import Written
from ...fields import require_writable
from ...jobs.runs import Run
from ...plurals import counted, predicate
from ..server.session import Client
from ..server.settings import Server
from ..trips import removal, store, trips
from ..trips.download import TASK_GONE, is_edited_since
from ..trips.remaining import count_duplicates
from . import preview_client
from .apply import apply
from .preview import Preview, preview_of


@dataclass(frozen=True)
class LoadResult:
    """The result of a load.

    Attributes:
        preview: the planned changes
        written: the changes that were written
        remaining: how many duplicates the samples of the trip have now
        is_removed: whether the tasks in CVAT were deleted
        problem: why the tasks were not deleted, if the caller asked for it; else None
    """

    preview: Preview
    written: Written
    remaining: int
    is_removed: bool
    problem: str | None = None


def preview(
    samples: foc.SampleCollection,
    server: Server,
    anno_key: str,
    run: Run | None = None,
    label_field: str | None = None,
) -> Preview:
    """Returns the changes that a load would make, without writing anything.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip
        run (None): can cancel the preview
        label_field (None): the present name of its label field, if it was renamed; by
            default, the field is found by its labels

    Raises:
        CvatError: if there is no such trip, its tasks were deleted, or the server
            cannot be reached
        FieldError: if its label field no longer exists, or cannot be identified
    """
    trip = trips.require_open(samples, anno_key, label_field)
    client = Client(server, _on_wait(run))
    client.on_state = _on_state(run)
    found = preview_of(samples, client, trip)
    preview_client.keep(trip.id, client)
    return found


def load(
    samples: foc.SampleCollection,
    server: Server,
    anno_key: str,
    digest: str | None = None,
    cleanup: bool = False,
    run: Run | None = None,
    label_field: str | None = None,
    emptied: int | None = None,
    allow_mass_delete: bool = False,
    discard_rest: bool = False,
) -> LoadResult:
    """Applies edits from CVAT; labels that were also edited in FiftyOne are skipped.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip
        digest (None): the digest of the preview that the user confirmed
        cleanup (False): whether to delete the trip and its tasks in CVAT afterwards;
            they are kept if CVAT holds edits that were not loaded
        run (None): receives the progress, and can cancel the load
        label_field (None): the present name of its label field, if it was renamed; by
            default, the field is found by its labels
        emptied (None): how many objects may lose every label; by default any number
        allow_mass_delete (False): whether more than half of the labels that were sent
            may be deleted, and labels whose class no longer exists in CVAT
        discard_rest (False): whether ``cleanup`` deletes tasks with edits that were
            not loaded

    Returns:
        the result, as a :class:`LoadResult`

    Raises:
        CvatError: if the server cannot be reached, or its edits are not those that the
            user confirmed; nothing is changed then
        ParamsError: if more objects would lose every label, or more labels would be
            deleted than is allowed
        DuplicatesError: if the field cannot be written to
        RunCancelled: if the run was canceled; finished changes are kept, and recorded
            in the journal
    """
    trip = trips.require_open(samples, anno_key, label_field)
    field = require_writable(samples, trip["field"])
    client = preview_client.take(trip.id, server, _on_wait(run))
    client.on_state = _on_state(run)
    found = preview_of(samples, client, trip)
    if digest is not None and digest != found.digest:
        raise CvatError("the edits that were shown", "other edits", "digest")
    if emptied is not None and found.emptied > emptied:
        raise ParamsError(f"True, as {found.emptied_words}", "False", "allow_emptied")
    mass = found.mass_words
    if mass is not None and not allow_mass_delete:
        raise ParamsError(f"True, as {mass}", "False", "allow_mass_delete")
    written = apply(samples, trip, field, found.comparison, run)
    store.record(trip, state=trips.LOADED)
    # the labels are already written, so a later failure must not raise
    remaining = _remaining(samples, found)
    problem = None
    if cleanup:
        left = 0 if discard_rest else _n_left(written)
        problem = _clean_up(samples, client, found, left)
    return LoadResult(found, written, remaining, cleanup and problem is None, problem)


def _remaining(samples: foc.SampleCollection, found: Preview) -> int:
    """Counts duplicates again; if that fails, returns the count of the preview."""
    try:
        return count_duplicates(samples, found.trip)
    except DuplicatesError:
        return found.still_duplicate


def _n_left(written: Written) -> int:
    """Returns how many edits in CVAT were not loaded."""
    reasons = written.skipped.reasons
    return reasons.total() - reasons[TASK_GONE]


def _clean_up(
    samples: foc.SampleCollection, client: Client, found: Preview, n_left: int
) -> str | None:
    """Deletes the tasks of a trip, unless edits or open jobs would be lost.

    Returns:
        why the tasks are kept; None if they were deleted
    """
    n_open = found.jobs - found.done
    n = len(found.trip["task_ids"])
    tasks = "the task" if n == 1 else "the tasks"
    end = f"so {tasks} {predicate(n, 'is')} kept in CVAT"
    if n_left:
        words = predicate(n_left, "was not loaded")
        return f"{counted(n_left, 'edit')} {words}, {end}"
    if n_open:
        words = predicate(n_open, "is not completed")
        return f"{counted(n_open, 'job')} {words}, {end}"
    try:
        if is_edited_since(client, found.trip, found.stamps):
            return f"CVAT was edited during the load, {end}"
        removal.remove(samples, client, found.trip)
    except DuplicatesError as error:
        return f"{tasks.capitalize()} could not be deleted in CVAT ({error})"
    return None


def _on_state(run: Run | None) -> Callable[[str], None]:
    return (lambda words: None) if run is None else run.waits_for


def _on_wait(run: Run | None) -> Callable[[], None] | None:
    return None if run is None else lambda: run.progress(0, 0)
