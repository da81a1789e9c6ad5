"""SVG paths through points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from ...iou_core.arrays import Floats


def line(points: Floats, closed: bool = True) -> str:
    """Returns a path through ``(N, 2)`` points; empty if there are none."""
    if not len(points):
        return ""
    return "M" + "L".join(map(_pair, points.tolist())) + ("Z" if closed else "")


def lines(rings: Iterable[Floats], closed: bool = True) -> str:
    """Returns one path through several lists of points."""
    return "".join(line(ring, closed) for ring in rings)


def dots(points: Floats) -> str:
    """Returns a path that draws dots at ``(N, 2)`` points, with round line ends."""
    return "".join(f"M{_pair(point)}h0" for point in points.tolist())


def rectangle(x: float, y: float, width: float, height: float) -> Floats:
    """Returns the ``(4, 2)`` corners of a rectangle."""
    return np.array(
        [[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64
    )


def hull(points: Floats) -> Floats:
    """Returns the corners of the convex hull of ``(N, 2)`` points, float32 precise."""
    corners = cv2.convexHull(np.asarray(points, np.float32))
    return np.asarray(corners, np.float64).reshape(-1, 2)


def _pair(point: Sequence[float]) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
