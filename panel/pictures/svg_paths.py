"""Points as paths of SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ...iou_core.arrays import Floats


def line(points: Floats, closed: bool = True) -> str:
    """Returns a path through ``(N, 2)`` points; empty for none."""
    if not len(points):
        return ""
    return "M" + "L".join(map(_pair, points.tolist())) + ("Z" if closed else "")


def lines(rings: Iterable[Floats], closed: bool = True) -> str:
    """Returns one path through several lists of points."""
    return "".join(line(ring, closed) for ring in rings)


def dots(points: Floats) -> str:
    """Returns a path that round ends of lines make dots of, at ``(N, 2)`` points."""
    return "".join(f"M{_pair(point)}h0" for point in points.tolist())


def rectangle(x: float, y: float, width: float, height: float) -> Floats:
    """Returns the ``(4, 2)`` corners of a rectangle."""
    return np.array(
        [[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64
    )


def hull(points: Floats) -> Floats:
    """Returns the corners of the convex hull of ``(N, 2)`` points.

    Source: A. M. Andrew, 1979.
    """
    ordered = sorted(map(tuple, points.tolist()))
    halves = [_half(ordered), _half(ordered[::-1])]
    return np.array(halves[0][:-1] + halves[1][:-1] or ordered[:1], np.float64)


def _half(points: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    kept: list[tuple[float, ...]] = []
    for point in points:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
            kept.pop()
        kept.append(point)
    return kept


def _turn(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _pair(point: Sequence[float]) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
