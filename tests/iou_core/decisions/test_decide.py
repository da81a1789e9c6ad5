"""A decision gives a reason for each removed label."""

import naive
import numpy as np
import pytest
from boxes_for_tests import crowded

from duplicates.iou_core.decisions.decide import decide
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import Pairs

NONE = np.zeros(0, np.int64)


def decided(boxes, iou_thresh, method, image=None, **options):
    boxes = np.asarray(boxes, float)
    image = np.zeros(len(boxes), int) if image is None else image
    found = find_overlaps(boxes, image, **options)
    return decide(
        found.pairs, found.earlier_iou, image, iou_thresh, method, found.truncated
    )


def reason(label, removed, pairs):
    """Returns the expected partner: a kept label, then largest IoU, then first."""
    mine = [
        (other in removed, -iou, other)
        for i, j, iou, _, decides in pairs
        if decides and label in (i, j)
        for other in [j if label == i else i]
    ]
    _, iou, other = min(mine)
    return other, -iou


@pytest.mark.parametrize("method", ["simple", "greedy"])
@pytest.mark.parametrize("iou_thresh", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("kind", ["near copies", "on a grid", "degenerate", "tall"])
def test_every_removed_label_names_its_strongest_pair_with_a_kept_one(
    kind, iou_thresh, method
):
    boxes = crowded(kind, 90, np.random.default_rng(12))
    image = np.repeat(np.arange(3), 30)
    crowd = np.random.default_rng(13).random(90) < 0.2
    found = decided(boxes, iou_thresh, method, image, iscrowd=crowd)
    pairs = [
        pair
        for pair in naive.overlaps(boxes, image, iscrowd=crowd)[3]
        if pair[2] > iou_thresh
    ]
    removed = set(naive.METHODS[method]([p[:2] for p in pairs if p[4]]))

    assert found.labels.tolist() == sorted(removed)
    reasons = zip(found.partner.tolist(), found.iou.tolist(), strict=True)
    assert list(reasons) == [reason(label, removed, pairs) for label in sorted(removed)]


@pytest.mark.parametrize("method", ["simple", "greedy"])
@pytest.mark.parametrize("kind", ["near copies", "on a grid", "degenerate", "tall"])
@pytest.mark.parametrize("iou_thresh", [0.05, 0.3, 0.75, 0.999])
def test_no_two_kept_labels_overlap_above_the_threshold(kind, iou_thresh, method):
    boxes = crowded(kind, 150, np.random.default_rng(14))
    found = decided(boxes, iou_thresh, method)
    kept = np.setdiff1d(np.arange(150), found.labels)
    kept_boxes = boxes[kept]

    assert (
        find_overlaps(kept_boxes, np.zeros(len(kept_boxes), int)).max_iou.max()
        <= iou_thresh
    )
    assert not len(decided(kept_boxes, iou_thresh, method).labels)


def test_a_removed_label_of_a_truncated_image_may_have_no_partner():
    boxes = np.tile([0.1, 0.1, 0.5, 0.5], (20, 1))
    found = decided(boxes, 0.5, "greedy", max_pairs=3)

    assert found.labels.tolist() == list(range(1, 20))
    assert found.iou.tolist() == [1.0] * 19
    assert (found.partner >= 0).sum() >= 1
    assert set(found.partner.tolist()) <= {-1, *range(20)}


def test_without_pairs_the_decision_is_empty():
    found = decide(Pairs.empty(), np.zeros(0), NONE, 0.5, "simple", NONE)

    assert [len(found.labels), len(found.partner), len(found.iou)] == [0, 0, 0]
