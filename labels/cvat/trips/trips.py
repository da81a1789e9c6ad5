"""The round trips of a dataset: their states and their progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import CvatError, DuplicatesError
from ...jobs import runs as own_runs
from ...reading.places import field_now
from ..server.session import Client
from ..server.settings import Server
from . import store, visible
from .records import Trip

SENDING, OPEN, LOADED, FAILED = "sending", "open", "loaded", "failed"

STATES = (SENDING, OPEN, LOADED, FAILED)
"""The states of a trip: being sent, waiting for annotators, loaded, or failed."""

Resolve = Callable[[str], Server]


def state(trip: Trip) -> str:
    """Returns the state of a trip; a trip whose sending process died has failed."""
    if trip["state"] != SENDING:
        return str(trip["state"])
    if trip["run_id"] is None:
        return SENDING
    return SENDING if own_runs.is_under_way(trip["run_id"]) else FAILED


def failed_keys(samples: foc.SampleCollection, url: str | None = None) -> set[str]:
    """Returns the keys of failed trips, which the next trip to their server removes.

    Args:
        samples: the dataset, or a view of it
        url (None): the server; by default, any
    """
    return {
        trip.anno_key
        for trip in store.all_trips(samples)
        if url in (None, trip["url"]) and state(trip) == FAILED
    }


def require_open(
    samples: foc.SampleCollection, anno_key: str, label_field: str | None = None
) -> Trip:
    """Returns a trip that can be loaded, with the present name of its label field.

    Args:
        samples: the dataset, or a view of it
        anno_key: the trip
        label_field (None): the present name of the field, if it was renamed; by
            default, the field is found by its labels

    Raises:
        CvatError: if there is no trip with this key, or it was never fully sent
        FieldError: if its label field no longer exists, or cannot be identified
        ParamsError: if ``label_field`` is another field
    """
    trip = store.require(samples, anno_key)
    now = state(trip)
    if now not in (OPEN, LOADED):
        got = "one that is being sent" if now == SENDING else "one that failed"
        raise CvatError("a trip that was sent", got, "anno_key")
    return _as_named_now(samples, trip, label_field)


def _as_named_now(
    samples: foc.SampleCollection, trip: Trip, label_field: str | None = None
) -> Trip:
    """Returns a trip with the present name of its label field.

    Raises:
        FieldError, ParamsError: as :func:`require_open`
    """

    def held() -> dict[ObjectId, set[ObjectId]]:
        return store.some_label_ids(trip)

    def types() -> set[str]:
        return store.some_types(trip)

    name = field_now(samples, trip["field"], held, types, label_field).name
    return trip if name == trip["field"] else trip.with_field(name)


def list_trips(samples: foc.SampleCollection, resolve: Resolve) -> list[dict[str, Any]]:
    """Returns the trips of a dataset, newest first, with their progress in CVAT.

    Args:
        samples: the dataset, or a view of it
        resolve: returns the server for a URL; may raise a CvatError

    Returns:
        one dict per trip; if the server cannot be asked, ``jobs`` is null and
        ``problem`` states the reason
    """
    clients: dict[str, Client | CvatError] = {}
    return [
        _listed(samples, trip, _client(clients, trip["url"], resolve))
        for trip in store.all_trips(samples)
    ]


def _client(
    clients: dict[str, Client | CvatError], url: str, resolve: Resolve
) -> Client | CvatError:
    if url not in clients:
        try:
            clients[url] = Client(resolve(url))
        except CvatError as error:
            clients[url] = error
    return clients[url]


def _listed(
    samples: foc.SampleCollection, trip: Trip, client: Client | CvatError
) -> dict[str, Any]:
    now = state(trip)
    try:
        field = _as_named_now(samples, trip)["field"]
    except DuplicatesError:
        field = trip["field"]  # loading raises the error
    jobs, problem = None, None
    if now in (OPEN, LOADED):
        try:
            if isinstance(client, CvatError):
                raise client
            jobs = _jobs(client, trip)
        except CvatError as error:
            problem = str(error)
    elif now == SENDING:
        problem = trip.document.get("waits") or None
    elif now == FAILED:
        problem = "The upload failed. Discard the trip to delete what was uploaded"
    return {
        "anno_key": trip.anno_key,
        "trip_id": str(trip.id),
        "state": now,
        "label_field": field,
        "renamed_from": None if field == trip["field"] else trip["field"],
        "host": trip["url"].partition("//")[2],
        "links": links(trip),
        "images": trip["images"],
        "labels": trip["labels"],
        "flagged": trip["flagged"],
        "scope": trip["scope"],
        "created_at": trip["created"].isoformat(timespec="milliseconds") + "Z",
        "jobs": jobs,
        "problem": problem,
        "loads": trip["loads"],
        "attributes": [each["name"] for each in trip.attributes],
        "left": trip.left,
    }


def links(trip: Trip) -> list[str]:
    """Returns the addresses of the tasks of a trip."""
    return [f"{trip['url']}/tasks/{task_id}" for task_id in trip["task_ids"]]


def _jobs(client: Client, trip: Trip) -> dict[str, int]:
    done = total = 0
    for task_id in trip["task_ids"]:
        task = client.find_task(task_id)
        if task is None:
            raise CvatError("a task in CVAT", "a deleted task", f"task {task_id}")
        jobs = visible.annotation_jobs(visible.jobs_of(client, task))
        done += sum(job["state"] == "completed" for job in jobs)
        total += len(jobs)
    return {"done": done, "total": total}
