"""Masks edited in CVAT: moved or redrawn, in the database or in a file."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fiftyone.core.labels as fol
import numpy as np
from fiftyone.utils.cvat import HasCVATBinaryMask

from ....iou_core.errors import CvatError
from ...media.images import write_mask
from .boxes import box_of
from .shapes import CvatShape

_SUFFIX = re.compile(r"-cvat-[0-9a-f]{12}$")


@dataclass(frozen=True)
class MaskFile:
    """The file of a mask that was edited in CVAT, which a load writes.

    Attributes:
        path: its path, beside the file of the mask that was sent
        shape: the mask
    """

    path: str
    shape: CvatShape = field(repr=False)

    def write(self) -> None:
        """Writes the file, unless an earlier load has written it.

        Raises:
            CvatError: if it cannot be written
        """
        if os.path.exists(self.path):
            return
        try:
            write_mask(self.path, _pixels(self.shape))
        except OSError as error:
            got = error.strerror or "an error"
            expected = "a folder of masks that can be written to"
            raise CvatError(expected, got, self.path) from None


def file_of(label: Mapping[str, Any], now: CvatShape) -> MaskFile | None:
    """Returns the file of an edited mask; None if the label's mask is in no file.

    The label's own file is kept, so that the edit can be undone.
    """
    path = label.get("mask_path")
    if not path or label.get("mask") is not None:
        return None
    digest = hashlib.sha256(repr(now.points).encode()).hexdigest()[:12]
    old = Path(path)
    stem = _SUFFIX.sub("", old.stem)
    return MaskFile(str(old.with_name(f"{stem}-cvat-{digest}.png")), now)


def is_moved(was: CvatShape, now: CvatShape) -> bool:
    """Returns whether a mask was moved by whole pixels, and not changed otherwise."""
    (x, y), (x_now, y_now) = was.points[-4:-2], now.points[-4:-2]
    size, size_now = _size(was), _size(now)
    return (
        was.points[:-4] == now.points[:-4]
        and size == size_now
        and (x_now - x).is_integer()
        and (y_now - y).is_integer()
    )


def edited(
    label: Mapping[str, Any], was: CvatShape, now: CvatShape, size: Sequence[float]
) -> dict[str, Any]:
    """Returns the attributes of a label whose mask was edited.

    A mask that was only moved keeps its pixels, at the resolution that it has.

    Args:
        label: the label as it was sent
        was: its shape when it was sent
        now: its shape now
        size: the width and height of its image
    """
    if is_moved(was, now):
        x, y, w, h = label["bounding_box"]
        dx, dy = (now.points[k] - was.points[k] for k in (-4, -3))
        return {"bounding_box": [x + dx / size[0], y + dy / size[1], w, h]}
    found: dict[str, Any] = {"bounding_box": box_of(now, size)}
    file = file_of(label, now)
    if file is not None:
        return found | {"mask_path": file.path}
    return found | {"mask": array_of(now)}


def array_of(shape: CvatShape) -> Any:
    """Returns a mask as the database stores it."""
    return fol.Detection(mask=_pixels(shape)).to_dict()["mask"]


def _pixels(shape: CvatShape) -> Any:
    width, height = _size(shape)
    runs = np.array(shape.points[:-4], dtype=int)
    mask = HasCVATBinaryMask._rle_to_binary_image_mask(runs, width, height)
    return mask.astype(bool)


def _size(shape: CvatShape) -> tuple[int, int]:
    left, top, right, bottom = shape.box
    return round(right - left), round(bottom - top)
