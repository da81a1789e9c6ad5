"""Pictures of 3-D boxes: a view from above, and below it a view from the side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...iou_core.arrays import Floats
from ...iou_core.geometry.cuboids.cuboids import rotation_matrices
from . import svg_paths
from .picture import DrawnLabel, Picture, Text

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
    sight = _sight(np.concatenate(list(corners.values())))
    shapes = [
        DrawnLabel(
            key,
            svg_paths.line(svg_paths.hull(sight.from_above(corners[key])))
            + svg_paths.line(sight.from_above(_heading(values)), closed=False)
            + svg_paths.line(svg_paths.hull(sight.from_beside(corners[key]))),
            filled=True,
        )
        for key, values in cuboids.items()
    ]
    near = [sight.from_above(_corners(values)) for values in others]
    guides = svg_paths.lines(
        (
            svg_paths.rectangle(0, _CAPTION, SIDE, sight.above),
            svg_paths.rectangle(0, sight.begins, SIDE, sight.beside),
            *(svg_paths.hull(points) for points in near if sight.holds(points)),
        )
    )
    length = _round_length(0.3 * SIDE / sight.scale)
    bar, y = length * sight.scale, _CAPTION - 16.0
    guides += f"M{SIDE - bar:.1f} {y - 6:.1f}v12m0 -6H{SIDE}"
    guides += f"M{SIDE} {y - 6:.1f}v12"
    texts = [
        Text(0, _CAPTION - 8, "from above"),
        Text(
            SIDE - bar - 8,
            _CAPTION - 8,
            f"{length:g} {'unit' if length == 1 else 'units'}",
            "end",
        ),
        Text(0, sight.begins - 8, "from the side"),
    ]
    height = math.ceil(sight.begins + sight.beside)
    return Picture(SIDE, height, guides=guides, texts=texts, shapes=shapes)


@dataclass(frozen=True)
class _Sight:
    """The mapping of space to the picture, which is about as high as wide."""

    low: Floats
    high: Floats
    scale: float

    @property
    def above(self) -> float:
        """The height of the view from above."""
        return float(self.high[1] - self.low[1]) * self.scale

    @property
    def beside(self) -> float:
        """The height of the view from the side."""
        return float(self.high[2] - self.low[2]) * self.scale

    @property
    def begins(self) -> float:
        """The top of the view from the side."""
        return _CAPTION + self.above + _CAPTION

    def from_above(self, points: Floats) -> Floats:
        """Returns ``(N, 3)`` points in the view from above."""
        return self._placed(points[:, 0], self.high[1] - points[:, 1], _CAPTION)

    def from_beside(self, points: Floats) -> Floats:
        """Returns ``(N, 3)`` points in the view from the side."""
        return self._placed(points[:, 0], self.high[2] - points[:, 2], self.begins)

    def holds(self, points: Floats) -> bool:
        """Returns whether points are inside the view from above."""
        x, y = points.T
        bottom = _CAPTION + self.above
        return bool(
            x.min() >= 0
            and x.max() <= SIDE
            and y.min() >= _CAPTION
            and y.max() <= bottom
        )

    def _placed(self, x: Floats, y: Floats, top: float) -> Floats:
        middle = (self.low[0] + self.high[0]) / 2
        return np.stack(
            (SIDE / 2 + (x - middle) * self.scale, top + y * self.scale), axis=1
        )


def _sight(points: Floats) -> _Sight:
    low, high = points.min(axis=0), points.max(axis=0)
    around = max(high[0] - low[0], high[1] - low[1], 1e-9) * _MARGIN
    low, high = low - around, high + around
    x, y, z = high - low
    return _Sight(low, high, min(SIDE / x, (SIDE - 2 * _CAPTION) / (y + z)))


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


def _round_length(most: float) -> float:
    """Returns the largest of 1, 2, 5, 10, ... that does not exceed ``most``."""
    power = 10.0 ** math.floor(math.log10(most))
    return power * max(step for step in (1, 2, 5) if step * power <= most * 1.0001)
