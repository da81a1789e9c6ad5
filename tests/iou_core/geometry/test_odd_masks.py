"""Masks that are empty, stretched, or cannot be placed."""

import numpy as np
import pytest
from geometries import fiftyone_matrix, matrices, pair, share
from shape_labels import FULL, detections, masks

from duplicates.iou_core.errors import BoxError
from duplicates.iou_core.geometry.masks.masks import Masks


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int32, np.float32])
def test_every_nonzero_pixel_is_in_the_mask(dtype):
    rows = np.array([[0, 1], [1, 1]], dtype)
    if dtype is np.uint8:
        rows *= 255

    assert pair(masks([(FULL, rows), (FULL, np.ones((2, 2)))])) == 0.75


def test_a_small_mask_is_stretched_to_a_large_one_by_the_nearest_pixel():
    small = np.array([[1, 0]])
    large = np.ones((4, 8))

    assert pair(masks([(FULL, small), (FULL, large)])) == 0.5
    assert pair(masks([(FULL, large), (FULL, small)])) == 0.5


def test_masks_of_touching_boxes_may_share_pixels_as_in_fiftyone():
    # on a canvas of 10 pixels, 0.55 is rounded up to 1 and 2.5 down to 2
    left = [0.055, 0, 0.25 - 0.055, 1], np.ones((10, 2))
    right = [0.25, 0, 0.7, 1], np.ones((10, 7))
    theirs = fiftyone_matrix(detections([left, right]), use_masks=True)

    assert theirs[0, 1] > 0
    assert pair(masks([left, right])) == pytest.approx(theirs[0, 1], abs=1e-12)


def test_masks_of_separate_boxes_share_no_pixel_even_after_rounding():
    left = [0.055, 0, 0.19, 1], np.ones((10, 2))
    right = [0.25, 0, 0.7, 1], np.ones((10, 7))

    assert pair(masks([left, right])) == 0
    assert share(masks([left, right]), 0, 1) == 0


def test_all_pixels_of_a_mask_that_crosses_the_border_count():
    out = [-0.5, 0, 1, 1], np.ones((10, 10))
    half = [0, 0, 0.5, 1], np.ones((10, 5))

    with pytest.raises(ValueError, match="broadcast"):
        fiftyone_matrix(detections([out, half]), use_masks=True)
    assert pair(masks([out, half])) == 0.5
    finer = [0, 0, 0.5, 1], np.ones((40, 20))
    assert pair(masks([out, finer])) == pair(masks([finer, out])) == 0.5


def test_identical_empty_masks_have_iou_1_and_nan_in_fiftyone():
    empty = [0.1, 0.1, 0.5, 0.5], np.zeros((5, 5))
    other = [0.1, 0.1, 0.5, 0.5], np.zeros((5, 6))
    full = [0.1, 0.1, 0.5, 0.5], np.ones((5, 5))
    with np.errstate(invalid="ignore"):
        theirs = fiftyone_matrix(detections([empty, empty]), use_masks=True)

    assert np.isnan(theirs[0, 1])
    assert pair(masks([empty, empty])) == 1
    assert pair(masks([empty, other])) == 0
    assert pair(masks([empty, full])) == 0


def test_identical_masks_of_a_box_without_area_have_iou_1_and_0_in_fiftyone():
    flat = [0.1, 0.1, 0.5, 0], np.ones((5, 5))
    other = [0.1, 0.1, 0.5, 0], np.eye(5)

    assert not fiftyone_matrix(detections([flat, flat]), use_masks=True).any()
    assert pair(masks([flat, flat])) == 1
    assert pair(masks([flat, other])) == 0
    assert masks([flat]).area.tolist() == [0]


@pytest.mark.parametrize(
    ("box", "mask", "reason"),
    [
        (FULL, None, "no mask"),
        (FULL, np.ones((5, 5, 3)), "a mask of shape (5, 5, 3)"),
        (FULL, np.ones((0, 5)), "a mask of shape (0, 5)"),
        ([0, 0, 1e-300, 1], np.ones((5, 5)), "a box 1e-300 wide or high at 0, for 5"),
        ([1e200, 0, 1, 1], np.ones((5, 5)), "a box 1 wide or high at 1e+200, for 5"),
    ],
)
def test_a_label_that_cannot_be_placed_overlaps_nothing_and_is_reported(
    box, mask, reason
):
    good = FULL, np.ones((5, 5))
    labels = masks([good, (box, mask), good, (box, mask)])
    iou, _ = matrices(labels)

    assert iou[0, 2] == 1
    assert np.count_nonzero(iou) == 2
    assert labels.area.tolist() == [1, 0, 1, 0]
    assert sorted(k for k, _ in labels.broken) == [1, 3]
    assert all(text.startswith(reason) for _, text in labels.broken)


def test_an_invalid_box_is_an_error():
    with pytest.raises(BoxError):
        masks([([0, 0, -1, 1], np.ones((2, 2)))])


def test_any_nonzero_byte_is_true():
    odd = np.array([[1, 255], [1, 255]], np.uint8).view(np.bool_)
    half = np.array([[1, 255], [0, 0]], np.uint8).view(np.bool_)
    boxes = np.tile([0.0, 0.0, 1.0, 1.0], (3, 1))
    masks = Masks(boxes, [odd, half, np.ones((2, 2), np.bool_)].__getitem__)
    i, j = np.array([0, 0, 1]), np.array([1, 2, 2])

    assert masks.measure(i, j)[2].tolist() == [0.5, 1.0, 0.5]
