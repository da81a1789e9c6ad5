"""The end of round trips: what they leave on a server and in the dataset is deleted."""

from __future__ import annotations

import fiftyone.core.collections as foc

from ....iou_core.errors import CvatError
from ..server.session import Client
from ..server.settings import Server
from ..shapes.attributes import RESERVED
from . import annotation_runs, store, trips, visible
from .records import Trip


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
    if trips.state(trip) == trips.SENDING:
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
        CvatError: if the server does not delete it, or has another task under its
            number; the record is then kept
    """
    deleted = 0
    task_ids, project_ids = set(trip["task_ids"]), set(trip["project_ids"])
    if trip["state"] in (trips.SENDING, trips.FAILED):
        # what the server created, without its reply arriving, is found by its name
        task_ids |= _named(client, client.tasks_url, str(trip.id))
        project_ids |= _lost_projects(client, trip)
    sizes = store.sizes_of(store.images(trip))
    for task_id in sorted(task_ids):
        task = client.find_task(task_id)
        if task is not None:
            visible.require_own(client, task, str(trip.id), sizes.get(task_id, {}))
            client.delete(client.task_url(task_id))
            deleted += 1
    for project_id in sorted(project_ids):
        _remove_project(client, trip, project_id)
    if samples is not None:
        annotation_runs.delete(samples._root_dataset, trip)
    store.delete(trip)
    return deleted


def _remove_project(client: Client, trip: Trip, project_id: int) -> None:
    """Deletes a project that a trip created, unless it is used or was renamed."""
    project = client.find_project(project_id)
    with client.parsing():
        is_left = (
            project is not None
            and project["name"] == trip["project"]
            and project["tasks"]["count"] == 0
        )
    if is_left:
        client.delete(client.project_url(project_id))


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
    store.record(trip, state=trips.FAILED)
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
        if trip["url"] == client.server.url and trips.state(trip) == trips.FAILED:
            remove(samples, client, trip)
