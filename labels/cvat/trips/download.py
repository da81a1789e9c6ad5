"""The download of a trip's current shapes from the server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..server.session import Client
from ..shapes.attributes import Attribute
from ..shapes.rings import ring_of
from ..shapes.shapes import ClassSpec, Returned, parse
from . import visible
from .records import Trip

TRACK = "is a track in CVAT, not a shape"
IN_TRACK = "is part of a track in CVAT"
BESIDE_TRACK = "is missing in CVAT in an image with a track, which it may be part of"
IMAGE_TAG = "is among the tags of an image in CVAT"
ISSUE = "is among the issues of a job in CVAT"
GROUND_TRUTH = "is among the ground-truth jobs in CVAT"
TASK_GONE = "is in a task that was deleted in CVAT"
FRAME_GONE = "is in an image that was removed in CVAT"


@dataclass
class Download:
    """The content of some tasks on the server.

    Attributes:
        shapes: the shapes, by task and frame
        jobs: the number of jobs
        done: the number of completed jobs
        gone: tasks that were deleted
        removed: images that were removed, as task and frame
        skipped: items that are not shapes, and why they are skipped
        tracked: the ids of labels that tracks carry
        covered: images, as task and frame, with a track that names no label
        classes: the names of the classes that each task has now
        tracks: the ids of the tracks of each task
        stamps: the date and state of each job, by id
    """

    shapes: dict[tuple[int, int], list[Returned]] = field(default_factory=dict)
    jobs: int = 0
    done: int = 0
    gone: set[int] = field(default_factory=set)
    removed: set[tuple[int, int]] = field(default_factory=set)
    skipped: Counter[str] = field(default_factory=Counter)
    tracked: set[str] = field(default_factory=set)
    covered: set[tuple[int, int]] = field(default_factory=set)
    classes: dict[int, set[str]] = field(default_factory=dict)
    tracks: dict[int, set[int | None]] = field(default_factory=dict)
    stamps: dict[int, Any] = field(default_factory=dict)


def download(
    client: Client,
    trip: Trip,
    sizes: Mapping[int, Mapping[int, tuple[float, float]]],
    attributes: Sequence[Attribute] = (),
) -> Download:
    """Returns the content of the tasks of a trip on the server.

    Args:
        client: the client
        trip: the trip
        sizes: the sizes of the images that were sent, by task and position
        attributes (()): the attributes of the trip

    Raises:
        CvatError: if the server cannot be reached, its reply is unexpected, or it does
            not show everything that was sent
    """
    found = Download()
    for task_id in trip["task_ids"]:
        task = client.find_task(task_id)
        if task is None:
            found.gone.add(task_id)
            continue
        with client.parsing():
            meta, labels, classes = describe(client, task_id, attributes, task)
            for frame in meta.get("deleted_frames") or ():
                found.removed.add((task_id, int(frame)))
            found.classes[task_id] = {each.name for each in classes.values()}
        sent = sizes.get(task_id, {})
        visible.require_own(client, task, str(trip.id), sent)
        all_jobs = visible.jobs_of(client, task)
        jobs = visible.annotation_jobs(all_jobs)
        visible.require_sent_images(client, task, jobs, sent)
        with client.parsing():
            found.stamps |= _stamps(all_jobs)
            found.skipped += _beside(all_jobs)
            for job in jobs:
                _add_job(client, found, task_id, job, labels, classes)
    return found


def is_edited_since(client: Client, trip: Trip, stamps: Mapping[int, Any]) -> bool:
    """Returns whether the jobs of a trip are other ones than when they were downloaded.

    Args:
        client: the client
        trip: the trip
        stamps: the dates and states of the jobs that were downloaded, by id

    Raises:
        CvatError: if the server cannot be reached, or does not list all jobs
    """
    now: dict[int, Any] = {}
    for task_id in trip["task_ids"]:
        task = client.find_task(task_id)
        if task is not None:
            jobs = visible.jobs_of(client, task)
            with client.parsing():
                now |= _stamps(jobs)
    return now != stamps


def _stamps(jobs: Sequence[dict[str, Any]]) -> dict[int, Any]:
    return {job["id"]: (job.get("updated_date"), job.get("state")) for job in jobs}


def _beside(jobs: Sequence[dict[str, Any]]) -> Counter[str]:
    """Returns what people made of a task beside its shapes, and why it is skipped."""
    found = Counter[str]()
    for job in jobs:
        issues = job.get("issues")
        found[ISSUE] += int(issues["count"]) if isinstance(issues, dict) else 0
        found[GROUND_TRUTH] += job.get("type") == visible.GROUND_TRUTH
    return +found


def describe(
    client: Client,
    task_id: int,
    attributes: Sequence[Attribute] = (),
    task: dict[str, Any] | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[int, ClassSpec]]:
    """Returns the images and classes of a task.

    Args:
        client: the client
        task_id: the task
        attributes (()): the attributes of the trip
        task (None): the server's description of the task, if already requested

    Returns:
        its images; its classes as the server describes them; and these by id
    """
    task = task or client.get(client.task_url(task_id)).json()
    meta = client.get(client.task_data_meta_url(task_id)).json()
    found = client.pages(task["labels"]["url"])
    classes = {each["id"]: ClassSpec.parse(each, attributes) for each in found}
    return meta, found, classes


def _add_job(
    client: Client,
    found: Download,
    task_id: int,
    job: dict[str, Any],
    labels: list[dict[str, Any]],
    classes: dict[int, ClassSpec],
) -> None:
    found.jobs += 1
    found.done += job.get("state") == "completed"
    annotations = _annotations(client, job, labels)
    found.skipped[IMAGE_TAG] += len(annotations.get("tags") or ())
    for track in annotations.get("tracks") or ():
        known = found.tracks.setdefault(task_id, set())
        # a track through several jobs is listed with each of them
        key = track.get("id")
        is_new = key is None or key not in known
        known.add(key)
        named = _add_track(found, task_id, job, track, classes)
        # a track that names labels is counted with each of them
        found.skipped[TRACK] += is_new and not named
    for raw in annotations["shapes"]:
        shape = parse(raw, task_id, classes)
        found.shapes.setdefault((task_id, shape.frame), []).append(shape)


def _annotations(
    client: Client, job: dict[str, Any], labels: list[dict[str, Any]]
) -> dict[str, Any]:
    """Returns the annotations of a job, which are downloaded if they may have changed.

    Args:
        client: the client, which keeps the replies
        job: the job, as the server described it just now
        labels: the classes of its task; deleting one deletes shapes
    """
    stamp = job.get("updated_date"), labels
    known = client.replies.get(job["id"])
    if known is None or known[0] != stamp or stamp[0] is None:
        response = client.get(client.job_annotation_url(job["id"]))
        known = client.replies[job["id"]] = stamp, response.content
    annotations: dict[str, Any] = json.loads(known[1])
    return annotations


def _add_track(
    found: Download,
    task_id: int,
    job: dict[str, Any],
    track: dict[str, Any],
    classes: dict[int, ClassSpec],
) -> bool:
    """Records the labels that became part of a track when an annotator merged shapes.

    Attributes of a merged shape may be lost. A label that is missing from an image of
    such a track may be part of it, and must not count as deleted.

    Returns:
        whether the track names a label
    """
    own = classes.get(track["label_id"])
    spec_id = None if own is None else own.label_id
    shapes = [each for each in track.get("shapes") or () if not each.get("outside")]
    of_track = set(_label_ids(track, spec_id))
    by_frame: dict[int, set[str]] = {}
    for shape in shapes:
        ids = by_frame.setdefault(int(shape["frame"]), set())
        ids.update(_label_ids(shape, spec_id))
    tracked = of_track.union(*by_frame.values())
    found.tracked |= tracked
    frames = {frame for frame, ids in by_frame.items() if not ids}
    if not tracked:
        last = int(job.get("stop_frame", track["frame"]))
        frames |= set(range(int(track["frame"]), last + 1))
    elif len(frames) == 1 and of_track:
        frames = set()
    found.covered |= {(task_id, frame) for frame in frames}
    return bool(tracked)


def _label_ids(annotation: dict[str, Any], spec_id: int | None) -> Iterator[str]:
    for attribute in annotation.get("attributes") or ():
        text = str(attribute["value"]).strip()
        if attribute["spec_id"] == spec_id and text:
            yield ring_of(text)[0]
