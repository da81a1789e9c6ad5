"""Turned boxes: the unit of their angles, and the sizes of their images.

``Detection.rotation`` is the angle by which a box is turned about its center, in the
pixels of its image, clockwise as displayed. FiftyOne's importers (CVAT, Label Studio)
write degrees; FiftyOne draws it in radians since 1.23 (voxel51/fiftyone#8448).

Units and sizes are read only if a label is turned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import fiftyone.constants as foco
import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ....iou_core.arrays import Floats
from ....iou_core.errors import UnreadableError
from ....iou_core.params import ComputeParams
from ...fields import LabelField
from ...media.images import image_size
from ..columns import Hashes
from ..raw.hashes import mix
from ..raw.ids import Bytes, to_object_ids
from .boxes import rotation_of
from .shapes import ShapeError

DEGREES, RADIANS = "degrees", "radians"

NATIVE = (1, 23)
"""The first version of FiftyOne that draws turned boxes, in radians."""

NO_SIZE = "is turned, and the size of its image is not known (compute the metadata)"

_FULL_TURN = 2 * math.pi
_SIZES = (("width", "height"), ("frame_width", "frame_height"))


class Turning:
    """The angles and images of the turned boxes of some fields.

    Args:
        samples: a dataset or a view
        fields: the label fields
        units: the unit of each field's rotations; None for the default

    Attributes:
        units: the units that were used, by the names of the fields
    """

    def __init__(
        self,
        samples: foc.SampleCollection,
        fields: Sequence[LabelField],
        units: Mapping[str, str | None],
    ) -> None:
        self._samples = samples
        self._fields = {field.name: field for field in fields}
        self._given = units
        self.units: dict[str, str] = {}

    def radians(self, name: str, rotation: Floats) -> Floats:
        """Returns the rotations of a field as radians."""
        if self.unit(name) == RADIANS:
            return rotation
        # makes 90 and 450 degrees equal to the last bit
        return np.deg2rad(np.fmod(rotation, 360.0))

    def unit(self, name: str) -> str:
        """Returns the unit of the rotations of a field, and remembers it."""
        if name not in self.units:
            given = self._given.get(name)
            field = self._fields[name]
            self.units[name] = given or default_unit(self._samples, field)
        return self.units[name]

    def units_of_all(self) -> tuple[str, ...]:
        """Returns the unit of each field, whether or not it has turned boxes."""
        return tuple(
            self._given.get(name) or default_unit(self._samples, field)
            for name, field in self._fields.items()
        )

    def angle(self, name: str, label: Mapping[str, Any]) -> float:
        """Returns how far a stored label is turned, in radians; 0 if it is upright."""
        try:
            rotation = rotation_of(label)
        except ShapeError:
            return 0.0
        return float(self.radians(name, np.array([rotation]))[0]) if rotation else 0.0

    def aspect(self, document_id: ObjectId) -> float:
        """Returns the width of an image over its height; NaN if it is not known."""
        return float(self.aspects(np.frombuffer(document_id.binary, np.uint8)[None])[0])

    def aspects(self, document_ids: Bytes) -> Floats:
        """Returns the width of images over their height.

        Args:
            document_ids: ``(n, 12)`` uint8, the ids of samples, or of frames

        Returns:
            an ``(n,)`` float64 array, NaN for images of unknown size
        """
        on_frames = any(field.on_frames for field in self._fields.values())
        sizes = image_sizes(self._samples, to_object_ids(document_ids), on_frames)
        return np.array([w / h if h else np.nan for w, h in sizes], dtype=np.float64)


def turning_of(
    samples: foc.SampleCollection, fields: Sequence[LabelField], params: ComputeParams
) -> Turning:
    """Returns what reads the turned boxes of fields, with the units of parameters."""
    units = {field.name: params.rotation_unit_of(field.name) for field in fields}
    return Turning(samples, fields, units)


P = TypeVar("P", bound=ComputeParams)


def with_units(params: P, turning: Turning | None) -> P:
    """Returns parameters with the units of rotations, as a scan stores them.

    Args:
        params: the parameters
        turning: that of the fields; None if they have no boxes
    """
    if turning is None:
        return params
    return replace(params, rotation_unit=turning.units_of_all())


def turn_digests(rotation: Floats, aspect: Floats) -> Hashes:
    """Returns hashes of turns, which depend on the data alone.

    Args:
        rotation: ``(N,)`` float64, as it is stored
        aspect: ``(N,)`` float64, the width of the images over their height
    """
    return mix(mix(rotation.view(np.uint64)) ^ aspect.view(np.uint64))


def default_unit(samples: foc.SampleCollection, field: LabelField) -> str:
    """Returns the unit that the rotations of a field have by default.

    Degrees, if any rotation of the whole dataset is more than a full turn in radians,
    or if this version of FiftyOne does not draw turned boxes; otherwise radians.
    """
    installed = tuple(map(int, re.findall(r"\d+", foco.VERSION)[:2]))
    if installed < NATIVE:
        return DEGREES
    number = {"$not": {"$type": "array"}}
    far = [
        {"rotation": {"$gt": _FULL_TURN, "$lt": math.inf, **number}},
        {"rotation": {"$lt": -_FULL_TURN, "$gt": -math.inf, **number}},
    ]
    query = {field.list_path: {"$elemMatch": {"$or": far}}}
    found = field.collection(samples).find_one(query, {"_id": True})
    return RADIANS if found is None else DEGREES


def image_sizes(
    samples: foc.SampleCollection, document_ids: list[ObjectId], on_frames: bool
) -> list[tuple[float, float]]:
    """Returns the widths and heights of images, ``(0, 0)`` if they are not known.

    They are read from the metadata of samples, or else from the header of the image,
    if it is a regular local file.

    Args:
        samples: a dataset or a view
        document_ids: the ids of samples, or of frames
        on_frames: whether these are frames
    """
    dataset = samples._dataset
    owners = dict(zip(document_ids, document_ids))
    if on_frames:
        wanted = {"_id": {"$in": document_ids}}
        frames = dataset._frame_collection.find(wanted, {"_sample_id": True})
        owners = {frame["_id"]: frame["_sample_id"] for frame in frames}
    keys = {f"metadata.{key}": True for pair in _SIZES for key in pair}
    docs = dataset._sample_collection.find(
        {"_id": {"$in": list(set(owners.values()))}}, {"filepath": True, **keys}
    )
    sizes = {doc["_id"]: _size(doc) for doc in docs}
    return [sizes.get(owners.get(_id), (0, 0)) for _id in document_ids]


def _size(sample: dict[str, Any]) -> tuple[float, float]:
    metadata = sample.get("metadata") or {}
    for keys in _SIZES:
        width, height = (metadata.get(key) for key in keys)
        if _is_side(width) and _is_side(height):
            return width, height
    try:
        return image_size(str(sample.get("filepath") or ""))
    except UnreadableError:
        return 0, 0


def _is_side(value: Any) -> bool:
    return isinstance(value, (int, float)) and 0 < value < math.inf
