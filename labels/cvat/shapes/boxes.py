"""Boxes that were edited in CVAT; sides that were not moved keep their exact values."""

from __future__ import annotations

from collections.abc import Sequence

from .shapes import SAME, CvatShape


def pixels(box: Sequence[float], size: Sequence[float]) -> list[float]:
    """Returns the sides left, top, right and bottom of a relative box, in pixels."""
    (x, y, w, h), (width, height) = box, size
    return [
        float(side)
        for side in (x * width, y * height, (x + w) * width, (y + h) * height)
    ]


def box_of(shape: CvatShape, size: Sequence[float]) -> list[float]:
    """Returns the relative box ``[x, y, w, h]`` of a shape."""
    left, top, right, bottom = shape.box
    width, height = size
    return [
        left / width,
        top / height,
        (right - left) / width,
        (bottom - top) / height,
    ]


def edited(
    box: Sequence[float], was: CvatShape, now: CvatShape, size: Sequence[float]
) -> list[float]:
    """Returns an edited relative box.

    A side that equals the one that was sent keeps its exact value, and so do the width
    and height of a box that was only moved.

    Args:
        box: the box as it was sent
        was: its shape when it was sent
        now: its shape now
        size: the width and height of its image
    """
    spans = []
    for k in (0, 1):
        sides = (was.box[k], was.box[k + 2]), (now.box[k], now.box[k + 2])
        spans.append(_span((box[k], box[k + 2]), *sides, size[k]))
    (x, w), (y, h) = spans
    return [x, y, w, h]


def _span(
    exact: tuple[float, float],
    was: tuple[float, float],
    now: tuple[float, float],
    extent: float,
) -> tuple[float, float]:
    """Returns the begin and the length of an edited box along one axis."""
    begin, length = exact
    is_begin, is_end = (abs(a - b) < SAME for a, b in zip(was, now))
    if is_begin and is_end:
        return begin, length
    if is_begin:
        return begin, now[1] / extent - begin
    first = now[0] / extent
    if is_end:
        return first, begin + length - first
    if abs((now[1] - now[0]) - (was[1] - was[0])) < SAME:
        return first, length
    return first, (now[1] - now[0]) / extent
