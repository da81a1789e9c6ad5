"""Matching of the server's shapes to labels, or to single rings of labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..shapes.rings import joined, ring_key
from ..shapes.shapes import CvatShape, Returned
from ..trips.records import Sent


@dataclass(frozen=True)
class _Part:
    """The label, or the ring of a label with several rings, that one shape represents.

    Attributes:
        owner: the index of its label among the labels that were sent
        ring: the number of the ring; None for a label of one shape
        key: the ``label_id`` that the shape carries; None if several share it
        server_id: the id of its shape on the server
        last: its shape when FiftyOne and CVAT last agreed; None if there was none
    """

    owner: int
    ring: int | None
    key: str | None
    server_id: int
    last: CvatShape | None


def match(
    sent: Sequence[Sent], returned: Sequence[Returned]
) -> tuple[list[tuple[Sent, Returned | None]], list[Returned]]:
    """Matches shapes to labels.

    A shape is matched by the label's id, with the ring, that it carries. If several
    carry the same id, as copies in CVAT do, the order of preference is: the shape whose
    server id was recorded, an unchanged shape, the nearest shape. A shape without a
    known id is matched by its server id, or by being unchanged.

    Args:
        sent: the labels of an image
        returned: the shapes of the image

    Returns:
        each label with its shape, or None if it has none; and the unmatched shapes
    """
    parts = [part for k, one in enumerate(sent) for part in _parts(k, one)]
    found, others = _match(parts, returned)
    rings: dict[int, dict[int, Returned]] = {}
    whole: dict[int, Returned] = {}
    for part, shape in zip(parts, found):
        if shape is None:
            continue
        if part.ring is None:
            whole[part.owner] = shape
        else:
            rings.setdefault(part.owner, {})[part.ring] = shape
    whole |= {owner: joined(own) for owner, own in rings.items()}
    return [(one, whole.get(k)) for k, one in enumerate(sent)], others


def _parts(owner: int, one: Sent) -> Iterator[_Part]:
    label_id = None if one.label_id is None else str(one.label_id)
    last = one.last.shape
    if not one.ring_ids:
        yield _Part(owner, None, label_id, one.server_id, last)
        return
    by_ring = {} if last is None else last.by_ring
    for ring, server_id in enumerate(one.ring_ids):
        key = None if label_id is None else ring_key(label_id, ring)
        yield _Part(owner, ring, key, server_id, by_ring.get(ring))


def _match(
    parts: Sequence[_Part], returned: Sequence[Returned]
) -> tuple[list[Returned | None], list[Returned]]:
    free = {shape.server_id: shape for shape in returned}
    found: dict[int, Returned] = {}

    def take(k: int, shape: Returned | None) -> None:
        if shape is not None:
            found[k] = free.pop(shape.server_id)

    claims: dict[str, list[Returned]] = {}
    for shape in returned:
        claims.setdefault(shape.label_id, []).append(shape)
    for k, part in enumerate(parts):
        if part.key is not None:
            own = claims.get(part.key, ())
            take(k, _nearest(part, (s for s in own if s.server_id in free)))
    for k, part in enumerate(parts):
        if k not in found:
            take(k, free.get(part.server_id))
    known = {part.key for part in parts}
    for k, part in enumerate(parts):
        if k not in found:
            alike = (
                s
                for s in free.values()
                if s.label_id not in known and _is_same(part.last, s.shape)
            )
            take(k, next(alike, None))
    return [found.get(k) for k in range(len(parts))], list(free.values())


def _nearest(part: _Part, claims: Iterable[Returned]) -> Returned | None:
    def rank(shape: Returned) -> tuple[bool, bool, float, int]:
        last = part.last
        return (
            shape.server_id == part.server_id,
            _is_same(last, shape.shape),
            last.iou(shape.shape) if last is not None else 0.0,
            -shape.server_id,
        )

    return max(claims, key=rank, default=None)


def _is_same(one: CvatShape | None, other: CvatShape) -> bool:
    return one is not None and one.is_same(other)
