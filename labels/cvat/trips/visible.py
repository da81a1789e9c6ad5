"""Whether a server shows all of a task: its jobs, and the images that were sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ....iou_core.errors import CvatError
from ...plurals import counted
from ..server.session import Client


def annotation_jobs(jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the jobs of annotators.

    Ground-truth jobs and consensus replicas repeat images of other jobs.
    """
    return [job for job in jobs if job.get("type", "annotation") == "annotation"]


def jobs_of(client: Client, task: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the jobs of annotators of a task, and checks that they are all listed.

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
    return annotation_jobs(jobs)


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
    client: Client, task: dict[str, Any], mark: str, has_label_ids: bool
) -> None:
    """Raises an error if a task is not one that the plugin created.

    Args:
        client: the client
        task: the task, as the server describes it
        mark: the text that the names of the trip's tasks contain
        has_label_ids: whether a class of the task has the attribute of label ids

    Raises:
        CvatError: if it has neither the mark nor the attribute
    """
    name = str(task.get("name", ""))
    if mark not in name and not has_label_ids:
        raise CvatError(
            f"task {task['id']} as it was sent",
            f"another task, {name[:100]!r}",
            client.server.host,
        )
