"""Masks with a tolerance are compared by FiftyOne's outlines of them."""

import math

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np
import pytest
from geometries import fiftyone_matrix, matrices, share

from duplicates.iou_core.geometry.masks.outlines import Outlines


def blobs(n, seed):
    """Returns detections with masks on the pixels of a 100 by 80 image."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(n):
        w, h = rng.integers(12, 40, 2)
        x, y = rng.integers(0, 100 - w), rng.integers(0, 80 - h)
        v, u = np.ogrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
        mask = u**2 + v**2 + 0.3 * np.sin(5 * u) <= 1
        box = [x / 100, y / 80, w / 100, h / 80]
        made.append(fo.Detection(bounding_box=box, mask=mask))
    return made


def outlines(detections, tolerance=2):
    boxes = np.array([d.bounding_box for d in detections], float).reshape(-1, 4)

    def trace(k):
        if detections[k].mask is None:
            return None
        return detections[k].to_polyline(tolerance=tolerance).points

    return Outlines(boxes, trace)


@pytest.mark.parametrize("tolerance", [0, 1, 2, 3])
def test_ious_equal_fiftyones(tolerance):
    detections = blobs(15, 1)
    theirs = fiftyone_matrix(detections, use_masks=True, tolerance=tolerance)

    assert theirs.max() > 0.2
    np.testing.assert_allclose(
        matrices(outlines(detections, tolerance))[0], theirs, rtol=0, atol=1e-9
    )


def test_share_equals_fiftyones_iou_with_a_crowd():
    detections = blobs(8, 2)
    geometry = outlines(detections)
    for j, crowd in enumerate(detections):
        # one list per pair, as a pair's value depends on the order of its labels
        theirs = foui.compute_ious(
            list(detections),
            [crowd],
            use_masks=True,
            tolerance=2,
            iscrowd=lambda label: True,
        )[:, 0]
        for i in range(8):
            if i != j:
                assert share(geometry, i, j) == pytest.approx(theirs[i], abs=1e-9)


def test_a_label_without_a_mask_overlaps_nothing_and_is_reported():
    detections = blobs(2, 3)
    for detection in detections:
        detection.bounding_box = [0, 0, 1, 1]
    detections.insert(1, fo.Detection(bounding_box=[0, 0, 1, 1]))
    geometry = outlines(detections)
    iou, _ = matrices(geometry)

    assert geometry.broken == [(1, "no mask")]
    assert iou[0, 2] > 0
    assert np.count_nonzero(iou) == 2
    assert geometry.area[1] == 0


def test_an_invalid_outline_is_reported_once():
    rings = [[[0, 0], [1, 0], [math.nan, 1]]]
    geometry = Outlines(np.array([[0, 0, 1, 1]] * 2), lambda k: rings)

    assert not matrices(geometry)[0].any()
    assert sorted(k for k, _ in geometry.broken) == [0, 1]


def test_each_mask_is_traced_once_and_only_if_its_box_meets_another():
    traced = []

    def trace(k):
        traced.append(k)
        return [[[0, 0], [0.1, 0], [0.1, 0.1]]]

    boxes = np.array([[0, 0, 0.2, 0.2], [0.1, 0, 0.2, 0.2], [0.1, 0.8, 0.1, 0.1]])
    geometry = Outlines(boxes, trace)
    for i, j in geometry.candidates(np.zeros(3, int)):
        geometry.measure(i, j)
        geometry.measure(i, j)

    assert sorted(traced) == [0, 1]


def test_without_labels_there_are_no_pairs():
    geometry = outlines([])

    assert len(geometry) == 0
    assert matrices(geometry)[0].shape == (0, 0)
