"""The move of a trip to another address of its server."""

from __future__ import annotations

import fiftyone.core.collections as foc

from ....iou_core.errors import CvatError
from ...plurals import counted
from ..server.session import Client
from ..server.settings import Server
from . import annotation_runs, store, trips


def move(samples: foc.SampleCollection, server: Server, anno_key: str) -> int:
    """Records another address for the server of a trip, such as https for http.

    The name of each of its tasks contains the id of the trip, so another server, with
    other tasks under the same numbers, is recognized.

    Args:
        samples: the dataset, or a view of it
        server: the server at its new address
        anno_key: the trip

    Returns:
        how many tasks of the trip the server has

    Raises:
        CvatError: if there is no such trip, it is being sent, or the server has none
            of its tasks, or another task under the number of one
    """
    trip = store.require(samples, anno_key)
    if trips.state(trip) == trips.SENDING:
        raise CvatError("a trip that was sent", "one that is being sent", "anno_key")
    client, n, mark = Client(server), 0, str(trip.id)
    for task_id in trip["task_ids"]:
        task = client.find_task(task_id)
        if task is None:
            continue
        with client.parsing():
            name = str(task["name"])
        if mark not in name:
            expected = f"task {task_id} as it was sent, with {mark} in its name"
            raise CvatError(expected, repr(name[:100]), server.host)
        n += 1
    if n == 0:
        known = counted(len(trip["task_ids"]), "task")
        raise CvatError(f"a server with the {known} of the trip", "none", server.host)
    store.record(trip, url=server.url)
    annotation_runs.record_url(samples._root_dataset, trip)
    return n
