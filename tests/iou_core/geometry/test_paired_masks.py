"""The IoU of the masks of a pair, at any resolution, equals that of areas."""

import numpy as np
import pytest

from duplicates.iou_core.geometry.masks.masks import Masks
from duplicates.iou_core.geometry.masks.paired import mask_ious

ONE = (np.array([0]), np.array([1]))


def ellipse(height, width):
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return x**2 + y**2 <= 1


def iou_of(masks, boxes):
    counts = np.array([np.count_nonzero(mask) for mask in masks])
    return float(mask_ious(masks, counts, np.array(boxes, float), *ONE)[0])


def rendered(mask, box, side=700):
    """Returns a mask on a fine canvas of the unit square."""
    at = (np.arange(side) + 0.5) / side
    columns = np.floor((at - box[0]) / box[2] * mask.shape[1]).astype(int)
    rows = np.floor((at - box[1]) / box[3] * mask.shape[0]).astype(int)
    inside = [
        (k >= 0) & (k < n) for k, n in ((rows, len(mask)), (columns, mask.shape[1]))
    ]
    canvas = np.zeros((side, side), bool)
    canvas[np.ix_(*inside)] = mask[np.ix_(rows[inside[0]], columns[inside[1]])]
    return canvas


@pytest.mark.parametrize("seed", range(20))
def test_at_any_resolution_the_iou_is_that_of_the_areas(seed):
    rng = np.random.default_rng(seed)
    boxes = [[*(0.2 + 0.1 * rng.random(2)), *(0.3 + 0.2 * rng.random(2))] for _ in "ab"]
    masks = [ellipse(*rng.integers(40, 200, 2)) for _ in boxes]

    a, b = map(rendered, masks, boxes)

    expected = (a & b).sum() / (a | b).sum()
    assert iou_of(masks, boxes) == pytest.approx(expected, abs=0.03)
    assert iou_of(masks[::-1], boxes[::-1]) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("seed", range(10))
def test_masks_on_the_pixels_of_one_image_are_compared_exactly(seed):
    rng = np.random.default_rng(seed)
    pixels = [[*rng.integers(0, 20, 2), *rng.integers(5, 40, 2)] for _ in "ab"]
    masks = [rng.random((box[3], box[2])) < 0.6 for box in pixels]
    boxes = np.array(pixels) / 64

    *_, expected, _ = Masks(boxes, lambda k: masks[k]).measure(*ONE)

    assert iou_of(masks, boxes) == pytest.approx(expected.sum())


def test_copies_have_an_iou_of_1_and_masks_apart_one_of_0():
    mask, box = ellipse(37, 53), [0.1237, 0.777, 0.2113, 0.1931]
    assert iou_of([mask, mask], [box, box]) == 1
    assert iou_of([mask, mask], [box, [0.4, *box[1:]]]) == 0
    # they touch, and no center of a pixel is in the other
    assert iou_of([mask, mask], [box, [box[0] + box[2], *box[1:]]]) == 0
    halves = np.zeros((2, 4), bool), np.zeros((2, 4), bool)
    halves[0][:, :2] = halves[1][:, 2:] = True
    assert iou_of(halves, [box, box]) == 0


def test_two_columns_of_a_mask_are_compared_with_three_of_another():
    high, wide = np.ones((40, 2), bool), np.ones((5, 3), bool)
    wide[:, 1] = False
    box = [0.1, 0.1, 0.3, 0.3]
    # the centers of the two columns are in the outer ones of the three
    assert iou_of([high, np.ones((5, 3), bool)], [box, box]) == 1
    assert iou_of([high, wide], [box, box]) == 1
    assert iou_of([high.T, wide.T], [box, box]) == 1


@pytest.mark.parametrize("n", range(2, 12))
def test_columns_are_taken_as_rows_are(n):
    rng = np.random.default_rng(n)
    box = [0.2, 0.3, 0.4, 0.5]
    for more in range(-2, 3):
        masks = rng.random((30, n)) < 0.6, rng.random((7, max(n + more, 1))) < 0.6
        turned = [mask.T for mask in masks]
        across = [box[1], box[0], box[3], box[2]]
        assert iou_of(masks, [box, box]) == iou_of(turned, [across, across])


@pytest.mark.parametrize("far", [1e300, 1e-300])
def test_boxes_of_any_size_give_a_number(far):
    boxes = [[far, far, far, far], [far, far, far * 0.9, far]]
    assert 0.8 < iou_of([ellipse(9, 9), ellipse(9, 9)], boxes) <= 1
    away = [[0, 0, far, far], [1, 1, 1, 1]]
    assert 0 <= iou_of([ellipse(9, 9), ellipse(9, 9)], away) <= 1
