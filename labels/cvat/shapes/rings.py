"""The rings of a label in CVAT, each as a separate shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .shapes import CvatShape, Returned

_RING = "#"
"""The separator in a ``label_id`` between the label's id and the ring's number."""


def ring_key(label_id: str, ring: int) -> str:
    """Returns the ``label_id`` of one of several rings, counted from 0."""
    return f"{label_id}{_RING}{ring + 1}"


def ring_of(text: str) -> tuple[str, int | None]:
    """Returns the label's id and the ring in a ``label_id``; None for all rings."""
    label_id, _, ring = text.partition(_RING)
    if ring.isdecimal() and int(ring) > 0:
        return label_id, int(ring) - 1
    return text, None


def joined(rings: Mapping[int, Returned]) -> Returned:
    """Returns the shapes of all rings of one label as one shape.

    Args:
        rings: at least one shape, by ring number

    Returns:
        one shape; its ``fault`` describes where the rings disagree
    """
    order = sorted(rings)
    first = rings[order[0]]
    shapes = [rings[ring].shape for ring in order]
    return replace(
        first,
        shape=replace(
            first.shape,
            points=tuple(value for shape in shapes for value in shape.points),
            rings=tuple((ring, len(rings[ring].shape.points)) for ring in order),
            extras=tuple(max(own) for own in zip(*(s.extras for s in shapes))),
        ),
        fault=next(_disagreements(shapes), None),
    )


def _disagreements(shapes: Sequence[CvatShape]) -> Iterator[str]:
    for what, of in (
        ("types", lambda shape: shape.kind),
        ("classes", lambda shape: shape.class_name),
        ("attributes", lambda shape: shape.texts),
    ):
        if len({of(shape) for shape in shapes}) > 1:
            yield f"has rings of different {what} in CVAT"
