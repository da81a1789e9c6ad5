"""Whether a server shows all of a task: its jobs, and the images that were sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ....iou_core.errors import CvatError
from ...plurals import counted
from ..server.session import Client
from ..shapes.attributes import RESERVED

GROUND_TRUTH = "ground_truth"
"""CVAT's type of a job whose annotations others are compared with."""

_MARK = re.compile(r"\b[0-9a-f]{24}\b")  # of a trip, in the name of a task


def annotation_jobs(jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the jobs of annotators.

    Ground-truth jobs and consensus replicas repeat images of other jobs.
    """
    return [job for job in jobs if job.get("type", "annotation") == "annotation"]


def jobs_of(client: Client, task: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns all jobs of a task, and checks that they are all listed.

    Args:
        client: the client
        task: the task, as the server describes it

    Raises:
        CvatError: if the server lists another number of jobs than the task has
    """
    with client.parsing():
        jobs = client.pages(client.jobs_url(task["id"]))
        total = int(task["jobs"]["count"])
    if len(jobs) != total:
        raise CvatError(
            f"the {counted(total, 'job')} of task {task['id']}, without which labels "
            "would seem deleted",
            f"{len(jobs):,}",
            client.server.host,
        )
    return jobs


def require_sent_images(
    client: Client,
    task: dict[str, Any],
    jobs: Sequence[dict[str, Any]],
    frames: Collection[int],
) -> None:
    """Raises an error unless the jobs of a task cover every image that was sent.

    Args:
        client: the client
        task: the task, as the server describes it
        jobs: its jobs of annotators
        frames: the images that were sent in the task, by their number

    Raises:
        CvatError: if the jobs leave out an image
    """
    with client.parsing():
        spans = [range(int(j["start_frame"]), int(j["stop_frame"]) + 1) for j in jobs]
    n = sum(any(frame in span for span in spans) for frame in frames)
    if n < len(frames):
        raise CvatError(
            f"jobs of task {task['id']} for the {counted(len(frames), 'image')} that "
            "were sent, without which labels would seem deleted",
            f"jobs for {n:,}",
            client.server.host,
        )


def require_own(
    client: Client,
    task: dict[str, Any],
    mark: str,
    sizes: Mapping[int, tuple[float, float]],
) -> None:
    """Raises an error if a task is not one that the plugin created for a trip.

    An annotator may have renamed it. Then its classes have the attribute of label ids,
    and its images the sizes that they had.

    Args:
        client: the client
        task: the task, as the server describes it
        mark: the text that the names of the trip's tasks contain
        sizes: the sizes of the images that were sent, by their number in the task

    Raises:
        CvatError: if it is another task
    """
    name = str(task.get("name", ""))
    if mark in name:
        return
    with client.parsing():
        is_own = _MARK.search(name) is None and _is_alike(client, task, sizes)
    if not is_own:
        raise CvatError(
            f"task {task['id']} as it was sent",
            f"another task, {name[:100]!r}",
            client.server.host,
        )


def _is_alike(
    client: Client, task: dict[str, Any], sizes: Mapping[int, tuple[float, float]]
) -> bool:
    """Returns whether a task has label ids, and the images that were sent."""
    classes = client.pages(task["labels"]["url"])
    names = {spec["name"] for found in classes for spec in found["attributes"]}
    if RESERVED not in names or not sizes:
        return RESERVED in names
    images = client.get(client.task_data_meta_url(task["id"])).json()["frames"]
    found = [(float(image["width"]), float(image["height"])) for image in images]
    return len(found) == len(sizes) and all(
        found[frame] == size for frame, size in sizes.items()
    )
