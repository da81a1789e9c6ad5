"""The slices of grouped datasets, and the words for samples of each media type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import fiftyone.core.labels as fol
import fiftyone.core.media as fom

from ..iou_core.errors import ParamsError
from ..labels.fields import FRAMES, LabelField
from ..labels.reading.sources import slice_of
from ..labels.scans.config import slices_of

_UNITS = {
    fom.IMAGE: "image",
    fom.VIDEO: "video",
    fom.POINT_CLOUD: "scene",
    fom.THREE_D: "scene",
    None: "image",
}
_SAMPLE = "sample"

_VIDEO = frozenset({fom.VIDEO})
_FLAT = frozenset({fom.IMAGE, fom.VIDEO})
_SPATIAL = _FLAT | {fom.POINT_CLOUD, fom.THREE_D}

_MEDIA_OF = {
    fol.Detections: _SPATIAL,
    fol.Polylines: _FLAT,
    fol.Keypoints: _FLAT,
    fol.TemporalDetections: _VIDEO,
}
"""The media types in which labels of each type can be compared."""


def entries(dataset: Any) -> list[dict[str, str]]:
    """Returns the slices of a dataset and their media; empty if it has no groups."""
    if dataset.media_type != fom.GROUP:
        return []
    media = dataset.group_media_types
    return [{"name": name, "media_type": media[name]} for name in dataset.group_slices]


def active(ctx: Any) -> str | None:
    """Returns the slice that the App shows; None for datasets without groups."""
    dataset = ctx.dataset
    return dataset.group_slice if dataset.media_type == fom.GROUP else None


def of_field(dataset: Any, field: LabelField) -> list[str]:
    """Returns the slices in which labels of a field can be compared."""
    wanted = _VIDEO if field.on_frames else _MEDIA_OF[field.document]
    return [
        entry["name"] for entry in entries(dataset) if entry["media_type"] in wanted
    ]


def choose(samples: Any, names: Sequence[str] | None, known: Sequence[str]) -> Any:
    """Returns the samples of some slices.

    Args:
        samples: a dataset or a view; a view that selects its slices is kept as is
        names: the slices; None for the active one
        known: the slices of the dataset

    Raises:
        ParamsError: if there is no such slice
    """
    if names is not None and (not names or not set(names) <= set(known)):
        raise ParamsError("some of " + ", ".join(known), repr(names), "slices")
    if samples.media_type != fom.GROUP or names is None:
        return slice_of(samples)
    return samples.select_group_slices(list(names), _allow_mixed=True)


def fixed(view: Any) -> list[str] | None:
    """Returns the slices that a view itself selects; None if it selects none."""
    return None if view.media_type == fom.GROUP else slices_of(view)


def unit(dataset: Any, label_field: str, slices: Sequence[str] | None = None) -> str:
    """Returns the word for one sample or frame of a field, as ``"image"``.

    Args:
        dataset: the dataset
        label_field: the field
        slices (None): the scanned slices of a grouped dataset
    """
    if label_field.startswith(FRAMES):
        return "frame"
    media = {dataset.media_type}
    if dataset.media_type == fom.GROUP:
        known = dataset.group_media_types
        media = {known.get(name) for name in slices or known}
    words = {_UNITS.get(kind, _SAMPLE) for kind in media}
    return words.pop() if len(words) == 1 else _SAMPLE
