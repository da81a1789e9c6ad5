"""The interface of a geometry, and its overlaps as matrices."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import fiftyone.utils.iou as foui
import numpy as np


@runtime_checkable
class Geometry(Protocol):
    bounds: np.ndarray
    area: np.ndarray

    def __len__(self) -> int: ...
    def areas(self, labels): ...
    def candidates(self, group) -> Iterator[tuple[np.ndarray, np.ndarray]]: ...
    def measure(self, i, j): ...
    def share(self, i, j): ...


def matrices(geometry, group=None):
    """Returns the IoU and IoS of all pairs within groups, as symmetric matrices.

    The diagonal is 0. The general properties of a geometry's results are checked too.
    """
    n = len(geometry)
    group = np.zeros(n, np.int64) if group is None else np.asarray(group)
    iou, ios = np.zeros((n, n)), np.zeros((n, n))
    seen = np.zeros((n, n), int)
    for i, j in geometry.candidates(group):
        assert (i < j).all()
        assert (group[i] == group[j]).all()
        np.add.at(seen, (i, j), 1)
        i, j, ious, ioses = geometry.measure(i, j)
        assert ((ious > 0) & (ious <= 1)).all()
        assert ((ioses > 0) & (ioses <= 1)).all()
        assert (ioses >= ious - 1e-12).all()
        iou[i, j], ios[i, j] = ious, ioses
        for p, q in ((i, j), (j, i)):
            share = geometry.share(p, q)
            assert ((share > 0) & (share <= 1)).all()
            assert (share <= ioses + 1e-9).all()
    assert seen.max(initial=0) <= 1
    assert isinstance(geometry, Geometry)
    assert geometry.bounds.shape == (n, 4)
    assert geometry.bounds.dtype == geometry.area.dtype == np.float64
    assert geometry.area.shape == (n,)
    backward = np.arange(n)[::-1]
    np.testing.assert_array_equal(geometry.areas(backward), geometry.area[backward])
    assert np.isfinite(geometry.bounds).all()
    return iou + iou.T, ios + ios.T


def pair(geometry):
    """Returns the IoU of the first two labels."""
    return matrices(geometry)[0][0, 1]


def share(geometry, i, j):
    """Returns the fraction of label ``i`` inside label ``j``."""
    return float(geometry.share(np.array([i]), np.array([j]))[0])


def fiftyone_matrix(labels, **options):
    """Returns FiftyOne's IoUs among the labels of a list, 0 on the diagonal."""
    found = foui.compute_ious(labels, labels, **options)
    np.fill_diagonal(found, 0)
    return found


def concatenate(lists, width=2):
    """Returns the points of all lists in one array, and the start of each list."""
    points = [point for points in lists for point in points]
    offsets = np.cumsum([0, *map(len, lists)])
    return np.array(points, np.float64).reshape(-1, width), offsets
