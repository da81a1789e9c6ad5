"""What is made of labels for CVAT: FiftyOne's shapes, and what they cannot say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import fiftyone.core.labels as fol
import fiftyone.core.utils as fou
from bson import ObjectId
from fiftyone.utils.cvat import CVATAnnotationAPI
from packaging.version import Version

from ....iou_core.errors import CvatError, UnreadableError
from ... import media
from ...fields import LIST_OF
from ...reading.kinds.mask_arrays import Mask
from ...reading.kinds.turned import DEGREES
from .attributes import RESERVED
from .fit import is_box, kept_back, rotation_fault
from .rotations import to_degrees
from .shapes import ring_key

_KEEPS_ORDER = Version("2.4.6")

_SENT = {
    fol.Detections: ("bounding_box", "rotation"),
    fol.Polylines: ("points", "closed", "filled"),
}
"""What is read of labels besides their ids and classes, by the type of the field.

Masks are not: FiftyOne would inflate them without a limit, and fetch what is no file.
"""

TextsOf = Callable[[str, str], Iterable[tuple[str, str]] | None]
"""Returns the texts of a label's attributes by their names, given the ids of its sample
and its own; None for a label that stays here."""


MaskOf = Callable[[str, str], Mask | None]
"""Returns the mask of a label, None for a box, given the ids of its sample and its own;
raises an UnreadableError for a mask that stays here."""


def _no_texts(sample_id: str, label_id: str) -> Iterable[tuple[str, str]] | None:
    return ()


def _no_mask(sample_id: str, label_id: str) -> Mask | None:
    return None


class OutgoingShapes(CVATAnnotationAPI):  # type: ignore[misc]
    """FiftyOne's client, with shapes that can come back as the labels they were.

    Attributes:
        texts_of: which labels go, and with which attributes
        mask_of: the masks of those that have one
        masks_left: why masks stay here, by the ids of their samples and labels
        rotation_unit: what the rotations of boxes are given in
    """

    texts_of: TextsOf = staticmethod(_no_texts)
    mask_of: MaskOf = staticmethod(_no_mask)
    masks_left: dict[tuple[ObjectId, ObjectId], str]
    rotation_unit: str = DEGREES
    _sample_ids: Sequence[str] = ()
    _sample_id = ""
    _groups = 0

    def _parse_local_files(
        self, paths: Sequence[str]
    ) -> tuple[dict[str, tuple[str, bytes]], list[Any]]:
        """Reads images by the plugin's own door, and names them as FiftyOne does."""
        maker = fou.UniqueFilenameMaker()
        files = {}
        for k, path in enumerate(paths):
            name = maker.get_output_path(path)
            if self._server_version < _KEEPS_ORDER:
                # older ones put the images of a task in the order of their names
                name = f"{k:06d}_{name}"
            try:
                files[f"client_files[{k}]"] = name, media.read_file(path)
            except UnreadableError as error:
                raise CvatError(
                    "images that can be read", f"{error}: {path}", "filepath"
                ) from None
        return files, []

    def _create_shapes_tags_tracks(
        self, samples: Any, label_field: str, *args: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        """Reads of labels only what is sent: the rest FiftyOne may not be able to."""
        self._groups = 0
        self._sample_ids = samples.values("id")
        document = samples.get_field(label_field).document_type
        list_name = LIST_OF[document]
        path = f"${label_field}.{list_name}"
        keys = ("_id", "_cls", "label", *_SENT[document])
        label = {key: f"$$label.{key}" for key in keys}
        labels = {"$map": {"input": path, "as": "label", "in": label}}
        held = {"_cls": document.__name__, list_name: labels}
        whole = {"$cond": [{"$isArray": [path]}, held, None]}
        made: tuple[Any, ...] = super()._create_shapes_tags_tracks(
            samples.mongo([{"$set": {label_field: whole}}]),
            label_field,
            *args,
            **kwargs,
        )
        return made

    def _parse_label(self, label: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Adds the attributes as text of ours to the label's id."""
        class_name, texts, *rest = super()._parse_label(label, *args, **kwargs)
        own = self.texts_of(self._sample_id, label.id)
        if class_name is None or own is None:
            return (None,) * 6
        texts = [text for text in texts if text["spec_id"] == RESERVED]
        texts += [{"spec_id": name, "value": text} for name, text in own]
        return (class_name, texts, *rest)

    def _create_detection_shapes(
        self, detections: list[Any], *args: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        """Masks go out as masks and boxes as boxes; what is neither stays here."""
        kinds: dict[str, list[Any]] = {"detections": [], "instances": []}
        self._sample_id = self._sample_ids[args[2]]
        width, height = args[3]
        for label in detections:
            box = label.bounding_box
            if not is_box(box):
                continue
            try:
                label.mask = self.mask_of(self._sample_id, label.id)
                if label.mask is not None:
                    _require_pixels(round(box[2] * width), round(box[3] * height))
            except UnreadableError as error:
                key = ObjectId(self._sample_id), ObjectId(label.id)
                self.masks_left[key] = f"has {error}"
                continue
            if label.mask is not None:
                kinds["instances"].append(label)
                continue
            rotation = getattr(label, "rotation", None)
            if rotation_fault(rotation) is not None:
                continue
            if rotation:
                label["rotation"] = to_degrees(rotation, self.rotation_unit)
            kinds["detections"].append(label)
        ids: list[str] = []
        shapes: list[dict[str, Any]] = []
        for kind, labels in kinds.items():
            found = super()._create_detection_shapes(
                labels, *args, **{**kwargs, "label_type": kind}
            )
            ids += found[0]
            shapes += found[1]
        return ids, shapes, {}, {}

    def _create_polyline_shapes(
        self, polylines: list[Any], *args: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        """Each ring goes out as a shape that names it; those of a label are a group.

        CVAT answers shapes in an order of its own, and gives them other ids where
        somebody imports them anew: neither tells which ring a shape is.
        """
        self._sample_id = self._sample_ids[args[2]]
        ids: list[str] = []
        shapes: list[dict[str, Any]] = []
        for polyline in polylines:
            if kept_back(polyline.points, polyline.filled) is not None:
                continue
            found = super()._create_polyline_shapes([polyline], *args, **kwargs)
            ids += found[0]
            shapes += found[1]
            if len(found[1]) > 1:
                self._name_rings(polyline.id, found[1])
        return ids, shapes, {}, {}

    def _name_rings(self, label_id: str, shapes: list[dict[str, Any]]) -> None:
        self._groups += 1
        for ring, shape in enumerate(shapes):
            shape["group"] = self._groups
            for text in shape["attributes"]:
                if text["spec_id"] == RESERVED:
                    text["value"] = ring_key(label_id, ring)


def _require_pixels(width: int, height: int) -> None:
    """Refuses masks that FiftyOne cannot resize to the pixels of their image."""
    if width < 1 or height < 1:
        raise UnreadableError("a mask smaller than a pixel")
    if width * height > media.MAX_PIXELS:
        raise UnreadableError(f"a mask of more than {media.MAX_PIXELS:,} pixels")
