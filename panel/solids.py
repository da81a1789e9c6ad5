"""3-D boxes as a picture: from above, and from the side under it."""

from __future__ import annotations

import math

import numpy as np

from ..iou_core.boxes import Floats
from ..iou_core.cuboids import rotation_matrices
from . import paths
from .pictures import Picture, Shape, Text

SIDE = 360

_MARGIN = 0.25  # of the larger side of what is shown, around it
_CAPTION = 36  # the height of a line of text
_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2


def draw(cuboids: dict[str, Floats], others: list[Floats]) -> Picture:
    """Returns cuboids from above (x to the right, y up), and from the side (z up).

    Args:
        cuboids: by label id, nine numbers: location, dimensions, rotation
        others: the other cuboids of the scene, drawn for comparison
    """
    corners = {key: _corners(values) for key, values in cuboids.items()}
    every = np.concatenate(list(corners.values()))
    low, high = every.min(axis=0), every.max(axis=0)
    around = max(high[0] - low[0], high[1] - low[1], 1e-9) * _MARGIN
    low, high = low - around, high + around
    extent = high - low
    room = SIDE - 2 * _CAPTION
    scale = min(SIDE / extent[0], room / (extent[1] + extent[2]))
    above, beside = extent[1] * scale, extent[2] * scale
    left, begins = (SIDE - extent[0] * scale) / 2, _CAPTION + above + _CAPTION

    def from_above(points: Floats) -> Floats:
        x, y = points[:, 0] - low[0], high[1] - points[:, 1]
        return np.stack((left + x * scale, _CAPTION + y * scale), axis=1)

    def from_beside(points: Floats) -> Floats:
        x, z = points[:, 0] - low[0], high[2] - points[:, 2]
        return np.stack((left + x * scale, begins + z * scale), axis=1)

    shapes = [
        Shape(
            key,
            paths.line(paths.hull(from_above(corners[key])))
            + paths.line(from_above(_heading(values)), closed=False)
            + paths.line(paths.hull(from_beside(corners[key]))),
            filled=True,
        )
        for key, values in cuboids.items()
    ]
    guides = "".join(
        paths.line(paths.hull(from_above(near)))
        for near in map(_corners, others)
        if _is_within(from_above(near), (0, _CAPTION), (SIDE, _CAPTION + above))
    )
    frames = (
        paths.rectangle(0, _CAPTION, SIDE, above),
        paths.rectangle(0, begins, SIDE, beside),
    )
    length = _round_length(0.3 * SIDE / scale)
    bar, y = length * scale, _CAPTION - 16.0
    guides += paths.lines(frames)
    guides += f"M{SIDE - bar:.1f} {y - 6:.1f}v12m0 -6H{SIDE}"
    guides += f"M{SIDE} {y - 6:.1f}v12"
    texts = [
        Text(0, _CAPTION - 8, "from above"),
        Text(SIDE - bar - 8, _CAPTION - 8, f"{length:g}", "end"),
        Text(0, begins - 8, "from the side"),
    ]
    return Picture(
        SIDE, math.ceil(begins + beside), guides=guides, texts=texts, shapes=shapes
    )


def _corners(values: Floats) -> Floats:
    """Returns the ``(8, 3)`` corners of a cuboid."""
    location, dimensions, rotation = values.reshape(3, 3)
    turn = rotation_matrices(rotation[None])[0]
    return np.asarray((_CORNERS * dimensions) @ turn.T + location)


def _heading(values: Floats) -> Floats:
    """Returns the ``(2, 3)`` ends of the line from a cuboid's middle to its front."""
    location, dimensions, rotation = values.reshape(3, 3)
    turn = rotation_matrices(rotation[None])[0]
    return np.stack((location, location + turn[:, 0] * dimensions[0] / 2))


def _is_within(
    points: Floats, low: tuple[float, float], high: tuple[float, float]
) -> bool:
    return bool((points >= low).all() and (points <= high).all())


def _round_length(most: float) -> float:
    """Returns the largest of 1, 2, 5, 10, ... that is not longer."""
    power = 10.0 ** math.floor(math.log10(most))
    return power * max(step for step in (1, 2, 5) if step * power <= most * 1.0001)
