"""The round trips of a dataset: their states, and how they end."""

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
from ..shapes.attributes import RESERVED
from . import annotation_runs, store, visible
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
        jobs = visible.jobs_of(client, task)
        done += sum(job["state"] == "completed" for job in jobs)
        total += len(jobs)
    return {"done": done, "total": total}


def discard(samples: foc.SampleCollection, server: Server, anno_key: str) -> int:
    """Deletes a trip's tasks on the server, and the plugin's record of the trip.

    Labels are not changed, and loads of the trip can still be undone.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip

    Returns:
        how many tasks were deleted; tasks that were gone before do not count

    Raises:
        CvatError: if there is no such trip, or its tasks cannot be deleted; the caller
            can then try again
    """
    trip = store.require(samples, anno_key)
    if state(trip) == SENDING:
        raise CvatError(
            "a trip that was sent (cancel it first)", "one being sent", "anno_key"
        )
    return remove(samples, Client(server), trip)


def delete_record(samples: foc.SampleCollection, anno_key: str) -> None:
    """Deletes the plugin's record of a trip, and leaves its tasks on the server.

    Raises:
        CvatError: if there is no such trip
    """
    trip = store.require(samples, anno_key)
    annotation_runs.delete(samples._root_dataset, trip)
    store.delete(trip)


def remove(samples: foc.SampleCollection | None, client: Client, trip: Trip) -> int:
    """Deletes a trip, first on the server and then in the dataset.

    Args:
        samples: the dataset, or a view of it; None if the dataset was deleted
        client: the client
        trip: the trip

    Returns:
        how many tasks were deleted

    Raises:
        CvatError: if the server does not delete it; the record is then kept
    """
    deleted = 0
    task_ids, project_ids = set(trip["task_ids"]), set(trip["project_ids"])
    if trip["state"] in (SENDING, FAILED):
        # what the server created, without its reply arriving, is found by its name
        task_ids |= _named(client, client.tasks_url, str(trip.id))
        project_ids |= _lost_projects(client, trip)
    for task_id in sorted(task_ids):
        if client.task_exists(task_id):
            client.delete(client.task_url(task_id))
            deleted += 1
    for project_id in sorted(project_ids):
        project = client.find_project(project_id)
        with client.parsing():
            is_empty = project is not None and project["tasks"]["count"] == 0
        if is_empty:
            client.delete(client.project_url(project_id))
    if samples is not None:
        annotation_runs.delete(samples._root_dataset, trip)
    store.delete(trip)
    return deleted


def _named(client: Client, url: str, part: str) -> set[int]:
    found = client.pages(f"{url}?search={part}")
    with client.parsing():
        return {int(one["id"]) for one in found if part in one["name"]}


def _lost_projects(client: Client, trip: Trip) -> set[int]:
    """Returns the project that a trip created without the server's reply arriving.

    No project had its name before. It belongs to the account, and its classes have the
    attribute of label ids, which tells it from one that a person has created since.
    """
    if not trip.document.get("makes_project"):
        return set()
    found = client.pages(client.project_search_url(trip["project"]))
    own = set()
    with client.parsing():
        for project in found:
            owner = (project.get("owner") or {}).get("username")
            if (project["name"], owner) != (trip["project"], client.server.username):
                continue
            classes = client.pages(project["labels"]["url"])
            names = [{spec["name"] for spec in c["attributes"]} for c in classes]
            if names and all(RESERVED in some for some in names):
                own.add(int(project["id"]))
    return own


def roll_back(samples: foc.SampleCollection, client: Client, trip: Trip) -> None:
    """Rolls back a trip that failed.

    If the server does not allow this, the trip is kept as a failed one. The next trip
    to that server removes it, unless the user discards it first.
    """
    store.record(trip, state=FAILED)
    # the annotation run is deleted in any case, so that the key is free again
    annotation_runs.delete(samples._root_dataset, trip)
    try:
        with client.cleaning_up():
            remove(samples, client, trip)
    except CvatError:
        _free_key(trip)


def _free_key(trip: Trip) -> None:
    """Frees the key of a trip that failed."""
    store.record(trip, anno_key=f"{trip.anno_key}_failed_{str(trip.id)[-6:]}")


def remove_failed(samples: foc.SampleCollection, client: Client) -> None:
    """Deletes what failed trips have left on a server.

    Raises:
        CvatError: if the server does not allow it
    """
    for trip in store.all_trips(samples):
        if trip["url"] == client.server.url and state(trip) == FAILED:
            remove(samples, client, trip)
