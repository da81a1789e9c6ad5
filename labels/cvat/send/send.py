"""Sends labels to CVAT: all that was made is taken away again where a step fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.labels as fol
from bson import ObjectId

from ....iou_core.errors import CvatError
from ...jobs.runs import Run
from ...reading.kinds.turned import turning_of
from ...scans import register
from ...scans.blocks.compare import Skipped
from ..server.options import Options
from ..server.session import Client, preflight
from ..server.settings import Server
from ..shapes import attributes
from ..shapes.shapes import Returned, parse
from ..trips import annotation_runs, store, trips
from ..trips.download import describe
from ..trips.store import Image, Sent, Trip
from . import kept as keep
from .selection import Selection
from .upload import Upload, estimate, left_facts


@dataclass(frozen=True)
class Posted:
    """What was sent.

    Attributes:
        anno_key: the key of the trip, and of FiftyOne's annotation run
        upload: what was uploaded
        labels: how many labels the server holds
        left: the labels that were left here, and why
        links: the addresses of the tasks
    """

    anno_key: str
    upload: Upload
    labels: int
    left: Skipped
    links: list[str]

    @property
    def not_sent(self) -> int:
        """How many labels were left here."""
        return self.left.reasons.total()


def send(
    samples: foc.SampleCollection,
    server: Server,
    selection: Selection,
    options: Options | None = None,
    anno_key: str | None = None,
    run: Run | None = None,
) -> Posted:
    """Sends labels with their images to CVAT; no label is changed here.

    Args:
        samples: a dataset or a view
        server: the server
        selection: the labels
        options (None): how tasks are made
        anno_key (None): the key to give the trip; made up by default
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`Posted`

    Raises:
        DuplicatesError: if something cannot be sent, or the server cannot be
            talked to; nothing is left here or there, and it can be tried again
        RunCancelled: if the run was asked to stop; nothing is left either
    """
    options = options or Options()
    if anno_key is not None:
        annotation_runs.require_free_key(samples, anno_key)
    upload = estimate(samples, selection, options)
    preflight(server)
    view = _view(samples, selection, upload)
    _require_images(view)
    sending = _Sending(samples, selection, upload, run)
    client = Client(server, sending.go_on)
    trips.sweep(samples, client)
    _require_people(client, options)
    _require_project(client, options, upload)
    key = anno_key or annotation_runs.new_key(samples)
    return sending.send(client, view, options, key)


def _view(
    samples: foc.SampleCollection, selection: Selection, upload: Upload
) -> foc.SampleCollection:
    own = register.unshared(samples._root_dataset)
    view = own.select([str(_id) for _id in upload.sample_ids], ordered=True)
    if upload.sent_ids is None:
        return view
    ids = [str(_id) for part in upload.sent_ids.values() for _id in part]
    return view.select_labels(ids=ids, fields=selection.field.name)


def _require_images(view: foc.SampleCollection) -> None:
    """Refuses images that cannot be read: CVAT would wait for them for ever."""
    view.compute_metadata(num_workers=1, skip_failures=True, progress=False)
    paths, widths, heights = view.values(
        ["filepath", "metadata.width", "metadata.height"]
    )
    for path, width, height in zip(paths, widths, heights):
        if not width or not height:
            raise CvatError("images that can be read", path, "filepath")


def _require_people(client: Client, options: Options) -> None:
    for name in filter(None, [options.task_assignee, *options.job_assignees]):
        with client.understood():
            known = client.get_user_id(name) is not None
        if not known:
            raise CvatError("people whom CVAT knows", repr(name), "assignee")


def _require_project(client: Client, options: Options, upload: Upload) -> None:
    """Refuses a project of the server's that would lose attributes of the labels."""
    if not upload.attributes or options.project_name is None:
        return
    with client.understood():
        project_id = client.get_project_id(options.project_name)
        if project_id is None:
            return
        for found in client._get_project_labels(project_id):
            # labels of other classes are not there to lose anything
            if found["name"] not in upload.used:
                continue
            has = {spec["name"]: spec for spec in found["attributes"]}
            for attribute in upload.attributes:
                fault = attribute.lacks(has.get(attribute.name))
                if fault is not None:
                    raise CvatError(
                        "a project whose classes have the attributes that go along, "
                        "as text",
                        f"{found['name']!r} {fault}",
                        "project_name",
                    )


class _Sending:
    def __init__(
        self,
        samples: foc.SampleCollection,
        selection: Selection,
        upload: Upload,
        run: Run | None,
    ) -> None:
        self._samples = samples
        self._dataset: fo.Dataset = samples._root_dataset
        self._selection = selection
        self._upload = upload
        self._run = run
        self._client: Client | None = None
        self._stored: dict[int, dict[str, Any]] = {}

    def go_on(self) -> None:
        """Tells how far the run is, and ends it where it was asked to stop."""
        if self._run is None:
            return
        images = self._upload.images
        per_task = images / max(self._upload.tasks, 1)
        uploaded = self._client.uploaded if self._client is not None else 0.0
        done = (len(self._stored) + min(uploaded, 0.99)) * per_task
        self._run.progress(min(int(done), images), images)

    def send(
        self, client: Client, view: foc.SampleCollection, options: Options, key: str
    ) -> Posted:
        selection, server = self._selection, client.server
        field = selection.field
        if field.document is fol.Detections:
            turning = turning_of(self._samples, [field], selection.params)
            client.rotation_unit = turning.unit(field.name)
        trip = store.begin(
            self._samples,
            key,
            {
                "url": server.url,
                "field": field.name,
                "params": selection.params.to_dict(),
                "scope": selection.scope,
                "source": selection.source,
                "images": self._upload.images,
                "labels": self._upload.labels,
                "flagged": self._upload.flagged,
                "project": options.project_name,
                "attributes": [each.to_document() for each in self._upload.attributes],
                "rotation_unit": client.rotation_unit,
                "left": left_facts(self._upload.left),
                "run_id": None if self._run is None else self._run.id,
            },
        )
        self._client = client
        client.on_task = lambda made: store.note_made(trip, "task_ids", made)
        client.on_project = lambda made: store.note_made(trip, "project_ids", made)
        client.on_stored = self._stored.__setitem__
        done = False
        try:
            labels = keep.snapshot(
                self._samples, self._selection.field, self._upload.sample_ids
            )
            client.texts_of = partial(self._texts, labels)
            client.mask_of = partial(keep.mask, labels)
            results = self._annotate(client, trip, view, options)
            kept, left = self._keep(trip, results, labels, client)
            store.note(trip, state="open", labels=kept, left=left_facts(left))
            done = True
        finally:
            if not done:
                trips.undo(self._samples, client, trip)
        links = [client.base_task_url(task_id) for task_id in trip["task_ids"]]
        return Posted(key, self._upload, kept, left, links)

    def _texts(
        self, labels: keep.Labels, sample_id: str, label_id: str
    ) -> Iterable[tuple[str, str]] | None:
        """Returns the attributes of a label; None for one that stays here."""
        label = keep.held(labels, sample_id, label_id)
        return (
            None if label is None else attributes.texts(self._upload.attributes, label)
        )

    def _annotate(
        self, client: Client, trip: Trip, view: foc.SampleCollection, options: Options
    ) -> Any:
        name = f"{trip.anno_key} {trip.id}"
        field = self._selection.field
        upload = self._upload
        backend = annotation_runs.backend(
            client.server,
            client,
            field,
            upload.classes,
            options,
            name,
            upload.attributes,
        )
        with client.understood():
            backend.register_run(view, trip.anno_key, overwrite=False)
            results = backend.upload_annotations(view, trip.anno_key)
            backend.save_run_results(view, trip.anno_key, results, cache=False)
        annotation_runs.show(self._dataset)
        return results

    def _keep(
        self, trip: Trip, results: Any, labels: keep.Labels, client: Client
    ) -> tuple[int, Skipped]:
        """Keeps what was sent as the server stored it.

        Returns:
            how many labels, and those that stayed here
        """
        images: list[Image] = []
        sent: list[Sent] = []
        classes: set[str] = set()
        for task_id, frames in results.frame_id_map.items():
            with client.understood():
                shapes, sizes, names = self._of_task(client, task_id)
                classes |= names
                if len(sizes) != len(frames):
                    raise CvatError(
                        f"{len(frames)} images in task {task_id}",
                        str(len(sizes)),
                        client.server.host,
                    )
                for frame, facts in frames.items():
                    sample_id = ObjectId(facts["sample_id"])
                    images.append(Image(sample_id, task_id, frame, sizes[frame]))
                    own = labels.get(sample_id, {})
                    flagged = self._selection.flagged[sample_id]
                    of_image = shapes.get(frame, ())
                    sent += keep.of_image(sample_id, of_image, own, flagged)
        store.put_images(trip, images)
        store.put_sent(trip, sent)
        kept = {(one.sample_id, one.label_id) for one in sent if one.sent.label}
        field, masks = self._selection.field, client.masks_left
        left = keep.left_after(field, self._upload, labels, kept, classes, masks)
        return len(kept), left

    def _of_task(
        self, client: Client, task_id: int
    ) -> tuple[dict[int, list[Returned]], list[tuple[float, float]], set[str]]:
        meta, classes = describe(client, task_id, self._upload.attributes)
        sizes = [(float(f["width"]), float(f["height"])) for f in meta["frames"]]
        shapes: dict[int, list[Returned]] = {}
        for raw in self._stored.get(task_id, {}).get("shapes", ()):
            shape = parse(raw, task_id, classes)
            shapes.setdefault(shape.frame, []).append(shape)
        return shapes, sizes, {found.name for found in classes.values()}
