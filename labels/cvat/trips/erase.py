"""The removal of the tasks and annotation runs of the trips of all datasets."""

from __future__ import annotations

from collections.abc import Iterator

import fiftyone as fo

from ... import remains
from ..server.session import Client
from . import annotation_runs, removal, store, trips
from .records import Trip


def task_links() -> list[str]:
    """Returns the addresses of the tasks of all trips; asks no server."""
    return [link for trip in store.all_trips() for link in trips.links(trip)]


def count_annotation_runs() -> int:
    """Returns how many annotation runs the trips have in all datasets."""
    return sum(1 for _ in _with_runs())


def delete_annotation_runs() -> None:
    """Deletes the annotation runs of all trips; asks no server."""
    for dataset, trip in list(_with_runs()):
        annotation_runs.delete(dataset, trip)


def delete_tasks(resolve: trips.Resolve) -> None:
    """Deletes all trips, with their tasks on the servers.

    Args:
        resolve: returns the server for a URL; may raise a CvatError

    Raises:
        CvatError: if a server does not delete a task; this trip and later ones are kept
    """
    clients: dict[str, Client] = {}
    for trip in store.all_trips():
        url = trip["url"]
        clients[url] = clients.get(url) or Client(resolve(url))
        removal.remove(remains.dataset_of(trip["dataset_id"]), clients[url], trip)


def _with_runs() -> Iterator[tuple[fo.Dataset, Trip]]:
    """Yields the trips that have an annotation run, with their datasets."""
    for trip in store.all_trips():
        dataset = remains.dataset_of(trip["dataset_id"])
        if dataset is not None and annotation_runs.key_of(dataset, trip) is not None:
            yield dataset, trip
