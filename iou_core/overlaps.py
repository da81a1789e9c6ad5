"""The overlaps among the labels of images: candidate pairs, measured and filtered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Floats, Ints
from .cancellation import check_cancelled
from .geometry.protocol import Boxes, Geometry
from .pairs import MAX_PAIRS_PER_IMAGE, MIN_IOS, MIN_IOU, Pairs


@dataclass(frozen=True)
class Overlaps:
    """The overlaps among ``N`` labels of some images.

    Attributes:
        max_iou: ``(N,)`` float64, the largest IoU with another label of the
            image that it may be compared with; 0 where there is none. Against
            a crowd it is intersection / area of the label
        partner: ``(N,)`` int64, the first label that has this IoU; -1 where
            nothing overlaps
        earlier_iou: ``(N,)`` float64, the largest IoU with an *earlier* label,
            over the pairs that may decide
        pairs: the :class:`Pairs` above either minimum
        truncated: ``(K,)`` int64, the images of which only the strongest pairs
            are kept; the other attributes are exact for these images, too
    """

    max_iou: Floats
    partner: Ints
    earlier_iou: Floats
    pairs: Pairs
    truncated: Ints


def find_overlaps(
    shapes: Geometry | Floats,
    image: Ints,
    classes: Ints | None = None,
    iscrowd: Bools | None = None,
    side: Ints | None = None,
    min_iou: float = MIN_IOU,
    min_ios: float = MIN_IOS,
    max_pairs: int = MAX_PAIRS_PER_IMAGE,
) -> Overlaps:
    """Finds the overlaps among the labels of each image.

    Args:
        shapes: the :class:`.geometry.protocol.Geometry` of ``N`` labels; an ``(N, 4)``
            array of ``[x, y, w, h]`` stands for :class:`.geometry.protocol.Boxes`
        image: an ``(N,)`` array of image numbers ``0, 1, ...``; the labels of an
            image come in list order
        classes (None): an ``(N,)`` array of class numbers. If given, only
            labels of one class are compared
        iscrowd (None): an ``(N,)`` bool array of crowd regions
        side (None): an ``(N,)`` array of 0 and 1. If given, only labels of
            different sides are compared (two fields)
        min_iou (0.05): keep the pairs with a larger IoU than this
        min_ios (0.5): keep the pairs with a larger IoS than this
        max_pairs (5,000,000): how many pairs of an image are kept at most,
            the strongest by IoU

    Returns:
        the :class:`Overlaps`; of no labels for ``N = 0``

    Raises:
        BoxError: if a box is not finite or has a negative side

    Examples:
        >>> boxes = np.array([[0, 0, 1, 1], [0, 0, 1, 0.5], [2, 2, 1, 1]], float)
        >>> found = find_overlaps(boxes, np.zeros(3, np.int64))
        >>> found.max_iou.tolist(), found.partner.tolist()
        ([0.5, 0.5, 0.0], [1, 0, -1])
        >>> found = find_overlaps(np.zeros((0, 4)), np.zeros(0, np.int64))
        >>> found.max_iou.tolist(), len(found.pairs)
        ([], 0)
    """
    geometry = Boxes(shapes) if isinstance(shapes, np.ndarray) else shapes
    n = len(geometry)
    crowd = iscrowd if iscrowd is not None and iscrowd.any() else None
    best = _Largest(n)
    earlier = np.zeros(n)
    kept = _Kept(image, max_pairs)

    for i, j in geometry.candidates(image):
        if classes is not None:
            i, j = _where(classes[i] == classes[j], i, j)
        if side is not None:
            i, j = _where(side[i] != side[j], i, j)
        i, j, iou, ios = geometry.measure(i, j)
        if crowd is None:
            decides, values = np.ones(len(i), np.bool_), (iou, iou)
        else:
            decides = crowd[i] == crowd[j]
            values = _by_crowd_rule(geometry, i, j, iou, crowd)
        best.see(i, j, *values)
        np.maximum.at(earlier, j[decides], iou[decides])
        keep = (iou > min_iou) | (ios > min_ios)
        one, other = i[keep].astype(np.int32), j[keep].astype(np.int32)
        kept.add(Pairs(one, other, iou[keep], ios[keep], decides[keep]))

    return Overlaps(best.value, best.partners(), earlier, *kept.finish())


def _where(which: Bools, i: Ints, j: Ints) -> tuple[Ints, Ints]:
    return i[which], j[which]


def _by_crowd_rule(
    geometry: Geometry, i: Ints, j: Ints, iou: Floats, crowd: Bools
) -> tuple[Floats, Floats]:
    """Returns the IoUs of ``i`` with ``j``, and of ``j`` with ``i``."""
    return (
        _toward(geometry, i, j, iou, ~crowd[i] & crowd[j]),
        _toward(geometry, j, i, iou, crowd[i] & ~crowd[j]),
    )


def _toward(
    geometry: Geometry, i: Ints, j: Ints, iou: Floats, is_crowd: Bools
) -> Floats:
    """Returns the IoU of ``i`` with ``j``, by the crowd rule where ``j`` is a crowd.

    Source: COCO's evaluation, where the union is replaced by the area of ``i``.
    """
    if not is_crowd.any():
        return iou

    value = iou.copy()
    value[is_crowd] = geometry.share(i[is_crowd], j[is_crowd])
    return value


class _Largest:
    """The largest value of each label, and the first label that it has it with."""

    def __init__(self, n: int) -> None:
        self.value = np.zeros(n)
        self._none = n
        self._partner = np.full(n, n, dtype=np.int64)

    def see(self, i: Ints, j: Ints, toward_j: Floats, toward_i: Floats) -> None:
        label = np.concatenate((i, j))
        other = np.concatenate((j, i))
        value = np.concatenate((toward_j, toward_i))
        before = self.value.copy()
        np.maximum.at(self.value, label, value)
        self._partner[self.value > before] = self._none
        ties = value == self.value[label]
        np.minimum.at(self._partner, label[ties], other[ties])

    def partners(self) -> Ints:
        return np.where(self._partner == self._none, -1, self._partner)


class _Kept:
    """The pairs kept so far, at most about ``1.5 * max_pairs`` of an image."""

    def __init__(self, image: Ints, max_pairs: int) -> None:
        self._image = image
        self._max_pairs = max_pairs
        self._parts: list[Pairs] = []
        self._size = 0
        self._shrink_at = max_pairs + max_pairs // 2
        self._truncated: set[int] = set()
        self._weakest: Floats | None = None

    def add(self, pairs: Pairs) -> None:
        if self._weakest is not None:
            pairs = pairs.select(pairs.iou > self._weakest[self._image[pairs.i]])
        self._parts.append(pairs)
        self._size += len(pairs)
        if self._size > self._shrink_at:
            self._shrink()

    def finish(self) -> tuple[Pairs, Ints]:
        if self._size > self._max_pairs:
            self._shrink()
        check_cancelled()
        pairs = Pairs.concatenate(self._parts).sort()
        check_cancelled()
        return pairs, np.array(sorted(self._truncated), dtype=np.int64)

    def _shrink(self) -> None:
        check_cancelled()
        pairs = Pairs.concatenate(self._parts)
        image = self._image[pairs.i]
        counts = np.bincount(image, minlength=self._image.max() + 1)
        over = np.flatnonzero(counts > self._max_pairs)
        if len(over):
            self._truncated.update(over.tolist())
            if self._weakest is None:
                self._weakest = np.full(len(counts), -1.0)
            keep = (counts <= self._max_pairs)[image]
            for k in over:
                of_image = np.flatnonzero(image == k)
                weakest = len(of_image) - self._max_pairs
                order = np.argpartition(pairs.iou[of_image], weakest)
                keep[of_image[order[weakest:]]] = True
                self._weakest[k] = pairs.iou[of_image[order[weakest]]]
            pairs = pairs.select(keep)
        self._parts = [pairs]
        self._size = len(pairs)
        self._shrink_at = max(self._size, self._max_pairs) * 3 // 2
