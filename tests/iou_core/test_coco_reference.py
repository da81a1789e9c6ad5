"""IoUs and the crowd rule, compared with pycocotools."""

import numpy as np
import pytest
from boxes_for_tests import crowded
from pycocotools import mask

from duplicates.iou_core.overlaps import find_overlaps

KINDS = ["scattered", "near copies", "on a grid", "tall", "in one row"]


@pytest.mark.parametrize("kind", KINDS)
def test_max_iou_equals_pycocotools(kind):
    boxes = crowded(kind, 120, np.random.default_rng(1))
    iou = mask.iou(boxes, boxes, np.zeros(120, np.uint8))
    np.fill_diagonal(iou, 0)
    found = find_overlaps(boxes, np.zeros(120, int), min_iou=0.0)

    np.testing.assert_allclose(found.max_iou, iou.max(axis=1), atol=1e-12)
    dense = np.zeros((120, 120))
    dense[found.pairs.i, found.pairs.j] = found.pairs.iou
    np.testing.assert_allclose(dense, np.triu(iou, k=1), atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_max_iou_with_a_crowd_equals_pycocotools(kind, share):
    rng = np.random.default_rng(2)
    boxes = crowded(kind, 120, rng)
    iscrowd = rng.random(120) < share
    plain = mask.iou(boxes, boxes, np.zeros(120, np.uint8))
    by_area = mask.iou(boxes, boxes, iscrowd.astype(np.uint8))
    # COCO has no rule for the crowd's own IoU, so it is the plain one
    expected = np.where(iscrowd[:, None], plain, by_area)
    np.fill_diagonal(expected, 0)
    found = find_overlaps(boxes, np.zeros(120, int), iscrowd=iscrowd)

    np.testing.assert_allclose(found.max_iou, expected.max(axis=1), atol=1e-12)
    overlapping = found.partner >= 0
    at_partner = expected[np.arange(120), found.partner]
    np.testing.assert_allclose(
        at_partner[overlapping], found.max_iou[overlapping], atol=1e-12
    )
