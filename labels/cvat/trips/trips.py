"""The round trips of a dataset: how they stand, and their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import fiftyone.core.collections as foc

from ....iou_core.errors import CvatError
from ...jobs import runs as own_runs
from ..server.session import Client
from ..server.settings import Server
from . import annotation_runs, store
from .store import Trip

SENDING, OPEN, LOADED, FAILED = "sending", "open", "loaded", "failed"

STATES = (SENDING, OPEN, LOADED, FAILED)
"""A trip is being sent, waits for annotators, was loaded, or failed half-way."""

Resolve = Callable[[str], Server]


def state(trip: Trip) -> str:
    """Returns how a trip stands; one whose sender died has failed."""
    if trip["state"] != SENDING:
        return str(trip["state"])
    if trip["run_id"] is None:
        return SENDING
    return SENDING if own_runs.is_under_way(trip["run_id"]) else FAILED


def require_open(samples: foc.SampleCollection, anno_key: str) -> Trip:
    """Returns a trip that can be loaded.

    Raises:
        CvatError: if there is none of this key, or it never reached the server
    """
    trip = store.require(samples, anno_key)
    now = state(trip)
    if now not in (OPEN, LOADED):
        got = "one that is being sent" if now == SENDING else "one that failed"
        raise CvatError("a trip that was sent", got, "anno_key")
    return trip


def list_trips(samples: foc.SampleCollection, resolve: Resolve) -> list[dict[str, Any]]:
    """Returns the trips of a dataset, the newest first, and how far CVAT is.

    Args:
        samples: the dataset, or a view of it
        resolve: returns the server of a URL; may raise CvatError

    Returns:
        one dict for each; its ``jobs`` are null, and ``problem`` says why, where the
        server cannot be asked
    """
    clients: dict[str, Client | CvatError] = {}
    return [
        _listed(trip, _client(clients, trip["url"], resolve))
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


def _listed(trip: Trip, client: Client | CvatError) -> dict[str, Any]:
    now = state(trip)
    jobs, problem = None, None
    if now in (OPEN, LOADED):
        try:
            if isinstance(client, CvatError):
                raise client
            jobs = _jobs(client, trip)
        except CvatError as error:
            problem = str(error)
    elif now == FAILED:
        problem = "It was not sent whole; discard it to remove what is left of it"
    return {
        "anno_key": trip.anno_key,
        "state": now,
        "label_field": trip["field"],
        "host": trip["url"].partition("//")[2],
        "links": [f"{trip['url']}/tasks/{task_id}" for task_id in trip["task_ids"]],
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


def _jobs(client: Client, trip: Trip) -> dict[str, int]:
    done = total = 0
    for task_id in trip["task_ids"]:
        task = client.find_task(task_id)
        if task is None:
            raise CvatError("the task in CVAT", "a deleted one", f"task {task_id}")
        with client.understood():
            done += int(task["jobs"]["completed"])
            total += int(task["jobs"]["count"])
    return {"done": done, "total": total}


def discard(samples: foc.SampleCollection, server: Server, anno_key: str) -> int:
    """Deletes a trip's tasks on the server, and what is kept of it here.

    Labels stay as they are, and loads of the trip can still be undone.

    Args:
        samples: the dataset, or a view of it
        server: the server
        anno_key: the trip

    Returns:
        how many tasks there were

    Raises:
        CvatError: if there is no such trip, or its tasks cannot be deleted; then it
            can be tried again
    """
    trip = store.require(samples, anno_key)
    if state(trip) == SENDING:
        raise CvatError(
            "a trip that was sent (cancel it first)", "one being sent", "anno_key"
        )
    remove(samples, Client(server), trip)
    return len(trip["task_ids"])


def forget(samples: foc.SampleCollection, anno_key: str) -> None:
    """Forgets a trip here, whatever becomes of its tasks on the server.

    Raises:
        CvatError: if there is no such trip
    """
    trip = store.require(samples, anno_key)
    annotation_runs.delete(samples._root_dataset, trip.anno_key)
    store.forget(trip)


def remove(samples: foc.SampleCollection, client: Client, trip: Trip) -> None:
    """Deletes what there is of a trip, on the server first.

    Raises:
        CvatError: if the server does not delete it; then nothing is forgotten here
    """
    task_ids = set(trip["task_ids"])
    if trip["state"] in (SENDING, FAILED):
        # a task whose making was cut off is known by its name alone
        task_ids |= _named(client, client.tasks_url, str(trip.id))
    for task_id in sorted(task_ids):
        client.delete_task(task_id)
    for project_id in trip["project_ids"]:
        if client.project_exists(project_id):
            with client.understood():
                project = client.get(client.project_url(project_id)).json()
                is_empty = project["tasks"]["count"] == 0
            if is_empty:
                client.delete(client.project_url(project_id))
    annotation_runs.delete(samples._root_dataset, trip.anno_key)
    store.forget(trip)


def _named(client: Client, url: str, part: str) -> set[int]:
    found = client.pages(f"{url}?search={part}")
    with client.understood():
        return {int(one["id"]) for one in found if part in one["name"]}


def undo(samples: foc.SampleCollection, client: Client, trip: Trip) -> None:
    """Takes away what a trip has made that failed.

    Where the server does not let it, the trip stays as one that failed; the next trip
    to that server, or its discarding, takes it away.
    """
    store.note(trip, state=FAILED)
    # what FiftyOne keeps here goes in any case, so that the key is free again
    annotation_runs.delete(samples._root_dataset, trip.anno_key)
    try:
        with client.cleaning_up():
            remove(samples, client, trip)
    except CvatError:
        _set_aside(trip)


def _set_aside(trip: Trip) -> None:
    """Frees the key of a trip that failed."""
    store.note(trip, anno_key=f"{trip.anno_key}_failed_{str(trip.id)[-6:]}")


def sweep(samples: foc.SampleCollection, client: Client) -> None:
    """Takes away what failed trips to a server have left there.

    Raises:
        CvatError: if the server does not let it
    """
    for trip in store.all_trips(samples):
        if trip["url"] == client.server.url and state(trip) == FAILED:
            remove(samples, client, trip)
