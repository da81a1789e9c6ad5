"""The demo's datasets of other kinds of labels, by name."""

import dataclasses
from typing import Any

import fiftyone as fo

from dev.drawing import aerial, figures, films, silhouettes, solids


@dataclasses.dataclass(frozen=True)
class Kind:
    """A demo of one kind of labels.

    Attributes:
        make: a function of a folder and a count that draws there, and returns the
            samples
        count: the default number of samples
        label_field: the field with duplicates
        options: the parameters of the comparison
        group_slices: the slices of a grouped dataset to compare
        skeleton: the lines between keypoints in the App
    """

    make: Any
    count: int
    label_field: str = "ground_truth"
    options: dict = dataclasses.field(default_factory=dict)
    group_slices: Any = None
    skeleton: Any = None


KINDS = {
    "masks": Kind(silhouettes.masks, 40, options={"use_masks": True}),
    "polygons": Kind(silhouettes.polygons, 40),
    "keypoints": Kind(
        figures.make,
        40,
        options={"keypoint_sigmas": [figures.SIGMA] * len(figures.JOINTS)},
        skeleton=fo.KeypointSkeleton(labels=list(figures.JOINTS), edges=figures.BONES),
    ),
    "cuboids": Kind(solids.make, 12),
    "rotated": Kind(aerial.make, 30),
    "segments": Kind(films.segments, 4, label_field="events"),
    "video": Kind(films.tracks, 4, label_field="frames.detections"),
    "groups": Kind(solids.groups, 12, group_slices="all"),
}
"""The kinds that ``make demo KIND=...`` accepts."""
