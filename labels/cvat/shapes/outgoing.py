"""Conversion of labels to CVAT's shapes, beyond what FiftyOne's client does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import fiftyone.core.labels as fol
import fiftyone.core.utils as fou
from bson import ObjectId
from fiftyone.utils.cvat import CVATAnnotationAPI
from packaging.version import Version

from ....iou_core.errors import CvatError, UnreadableError
from ...fields import LIST_OF
from ...media.files import read_file
from ...media.images import MAX_PIXELS
from ...reading.kinds.mask_arrays import Mask
from ...reading.kinds.turned import DEGREES
from .attributes import RESERVED
from .boxes import pixels
from .fit import is_box, polyline_fault, rotation_fault
from .rings import ring_key
from .rotations import to_degrees

_KEEPS_ORDER = Version("2.4.6")

_SENT = {
    fol.Detections: ("bounding_box", "rotation"),
    fol.Polylines: ("points", "filled"),
}
"""The attributes read of each label besides its id and class, by field type.

Masks are left out: FiftyOne would decompress them without a limit, and would fetch
paths that are not local files.
"""


class _Label:
    """The parts of a label that FiftyOne's client reads.

    FiftyOne's own labels take much longer to make.

    Args:
        document: the label, as it is stored, with an id and a class
    """

    index = None
    mask: Any = None

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.id = str(document["_id"])
        self.label = document["label"]
        self.bounding_box = document.get("bounding_box")
        self.rotation = document.get("rotation")
        self.points = document.get("points")
        self.filled = document.get("filled")

    def get_attribute_value(self, name: str, default: Any = None) -> Any:
        """Returns the default: the plugin adds the attributes itself."""
        return default

    def has_attribute(self, name: str) -> bool:
        """Returns whether the label has a rotation, the only one that is asked for."""
        return getattr(self, name, None) is not None

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    @property
    def has_mask(self) -> bool:
        """Whether the label has a mask."""
        return self.mask is not None

    def get_mask(self) -> Any:
        """Returns the mask."""
        return self.mask


TextsOf = Callable[[str, str], Iterable[tuple[str, str]] | None]
"""Returns the texts of a label's attributes by name, given the sample's id and the
label's id; None for a label that is not sent."""


MaskOf = Callable[[str, str], Mask | None]
"""Returns the mask of a label, or None for a box, given the sample's id and the label's
id; raises an UnreadableError for a mask that is not sent."""


def _no_texts(sample_id: str, label_id: str) -> Iterable[tuple[str, str]] | None:
    return ()


def _no_mask(sample_id: str, label_id: str) -> Mask | None:
    return None


class OutgoingShapes(CVATAnnotationAPI):  # type: ignore[misc]
    """FiftyOne's client, whose shapes can be matched to the labels they came from.

    Attributes:
        texts_of: which labels are sent, and with which attributes
        mask_of: the masks of the labels that have one
        masks_left: why masks are not sent, by sample id and label id
        rotation_unit: the unit of the boxes' rotations
        switch: the attribute that is sent as CVAT's own switch, if there is one
    """

    texts_of: TextsOf = staticmethod(_no_texts)
    mask_of: MaskOf = staticmethod(_no_mask)
    masks_left: dict[tuple[ObjectId, ObjectId], str]
    rotation_unit: str = DEGREES
    switch: str | None = None
    _sample_id = ""
    _groups = 0

    def _parse_local_files(
        self, paths: Sequence[str]
    ) -> tuple[dict[str, tuple[str, bytes]], list[Any]]:
        """Reads images through the plugin's own reader; names them as FiftyOne does."""
        maker = fou.UniqueFilenameMaker()
        files = {}
        for k, path in enumerate(paths):
            name = maker.get_output_path(path)
            if self._server_version < _KEEPS_ORDER:
                # older servers sort the images of a task by name
                name = f"{k:06d}_{name}"
            try:
                files[f"client_files[{k}]"] = name, read_file(path)
            except UnreadableError as error:
                raise CvatError(
                    "images that can be read", f"{error}: {path}", "filepath"
                ) from None
        return files, []

    def _create_shapes_tags_tracks(
        self,
        samples: Any,
        label_field: str,
        label_info: Any,
        schema: Any,
        *_: Any,
        **__: Any,
    ) -> tuple[Any, ...]:
        """Reads only what is sent of labels: FiftyOne may fail to read the rest."""
        self._groups = 0
        document = samples.get_field(label_field).document_type
        is_polyline = document is fol.Polylines
        create = (
            self._create_polyline_shapes
            if is_polyline
            else self._create_detection_shapes
        )
        id_map: dict[str, list[str]] = {}
        shapes: list[dict[str, Any]] = []
        for frame, found in enumerate(_read(samples, label_field, document)):
            if found["labels"] is None:
                continue
            self._sample_id = str(found["_id"])
            labels = [
                _Label(label)
                for label in found["labels"]
                if isinstance(label.get("_id"), ObjectId)
                and isinstance(label.get("label"), str)
            ]
            size = found["metadata"]["width"], found["metadata"]["height"]
            ids, made, *_ = create(
                labels, schema, label_field, frame, size, label_type=label_info["type"]
            )
            id_map[self._sample_id] = ids
            shapes += made
        return id_map, shapes

    def _parse_label(self, label: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Adds the attributes, as the plugin's texts, to the label's id."""
        class_name, texts, *rest = super()._parse_label(label, *args, **kwargs)
        own = self.texts_of(self._sample_id, label.id)
        if class_name is None or own is None:
            return (None,) * 6
        if self.switch is not None:
            own = dict(own)
            rest[2] = own.pop(self.switch, "") == "true"
            own = own.items()
        texts = [text for text in texts if text["spec_id"] == RESERVED]
        texts += [{"spec_id": name, "value": text} for name, text in own]
        return (class_name, texts, *rest)

    def _create_detection_shapes(
        self, detections: list[Any], *args: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        """Sends masks as masks and boxes as boxes; skips all other detections."""
        size = args[3]
        kinds = self._by_kind(detections, size)
        ids: list[str] = []
        shapes: list[dict[str, Any]] = []
        for kind, labels in kinds.items():
            boxes = {label.id: label.bounding_box for label in labels}
            found = super()._create_detection_shapes(
                labels, *args, **{**kwargs, "label_type": kind}
            )
            if kind == "detections":
                # FiftyOne rounds them to whole pixels
                for label_id, shape in zip(found[0], found[1]):
                    shape["points"] = pixels(boxes[label_id], size)
            ids += found[0]
            shapes += found[1]
        return ids, shapes, {}, {}

    def _by_kind(
        self, detections: list[Any], size: tuple[int, int]
    ) -> dict[str, list[Any]]:
        """Returns boxes and masks apart, as CVAT's types; notes masks to leave out."""
        kinds: dict[str, list[Any]] = {"detections": [], "instances": []}
        width, height = size
        for label in detections:
            box = label.bounding_box
            if not is_box(box):
                continue
            try:
                mask = self.mask_of(self._sample_id, label.id)
                if mask is not None:
                    _require_pixels(round(box[2] * width), round(box[3] * height))
            except UnreadableError as error:
                key = ObjectId(self._sample_id), ObjectId(label.id)
                self.masks_left[key] = f"has {error}"
                continue
            label.mask = mask
            if mask is not None:
                kinds["instances"].append(label)
                continue
            if rotation_fault(label.rotation) is not None:
                continue
            if label.rotation:
                label.rotation = to_degrees(label.rotation, self.rotation_unit)
            kinds["detections"].append(label)
        return kinds

    def _create_polyline_shapes(
        self, polylines: list[Any], *args: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        """Sends each ring as a shape that names its ring; a label's rings are a group.

        CVAT returns shapes in its own order, and assigns new ids when a user imports
        them again, so neither the order nor the id identifies a ring.
        """
        ids: list[str] = []
        shapes: list[dict[str, Any]] = []
        for polyline in polylines:
            if polyline_fault(polyline.points, polyline.filled) is not None:
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


def _read(samples: Any, label_field: str, document: type) -> Iterator[dict[str, Any]]:
    """Yields the id, size and labels of samples, with what is sent of each label."""
    path = f"${label_field}.{LIST_OF[document]}"
    keys = ("_id", "label", *_SENT[document])
    label = {key: f"$$label.{key}" for key in keys}
    labels = {"$map": {"input": path, "as": "label", "in": label}}
    chosen = {
        "metadata.width": True,
        "metadata.height": True,
        "labels": {"$cond": [{"$isArray": [path]}, labels, None]},
    }
    yield from samples._dataset._sample_collection.aggregate(
        [*samples._pipeline(), {"$project": chosen}], allowDiskUse=True
    )


def _require_pixels(width: int, height: int) -> None:
    """Raises an error unless FiftyOne can resize masks to the pixels of the image."""
    if width < 1 or height < 1:
        raise UnreadableError("a mask smaller than a pixel")
    if width * height > MAX_PIXELS:
        raise UnreadableError(f"a mask of more than {MAX_PIXELS:,} pixels")
