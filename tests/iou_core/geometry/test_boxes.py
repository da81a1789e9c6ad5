"""Boxes: validation, IoU, and boxes without area."""

import math

import naive
import numpy as np
import pytest
from boxes_for_tests import anywhere, box, on_a_grid
from hypothesis import example, given
from hypothesis import strategies as st

from duplicates.iou_core.errors import BoxError, DuplicatesError
from duplicates.iou_core.geometry import boxes as bx
from duplicates.iou_core.overlaps import find_overlaps


def iou_of(a, b):
    found = find_overlaps(np.array([a, b], float), np.zeros(2, int), min_iou=-1.0)
    return found.pairs.iou[0] if len(found.pairs) else 0.0


@pytest.mark.parametrize(
    ("a", "b", "iou"),
    [
        ([0, 0, 2, 2], [0, 0, 2, 2], 1.0),
        ([0, 0, 2, 2], [1, 1, 2, 2], 1 / 7),
        ([0, 0, 2, 2], [0, 0, 1, 1], 1 / 4),
        ([0, 0, 1, 1], [1, 0, 1, 1], 0.0),
        ([0, 0, 1, 1], [1, 1, 1, 1], 0.0),
        ([0, 0, 1, 1], [5, 5, 1, 1], 0.0),
        ([-1, -1, 2, 2], [-1, -1, 1, 2], 1 / 2),
        ([0, 0, 0, 1], [0, 0, 0, 1], 1.0),
        ([0, 0, 0, 0], [0, 0, 0, 0], 1.0),
        ([0, 0, 0, 1], [0, 0, 0, 2], 0.0),
        ([0.5, 0, 0, 1], [0, 0, 1, 1], 0.0),
        ([0, 0, 0, 1], [-0.0, 0, 0, 1], 1.0),
    ],
)
def test_known_ious(a, b, iou):
    assert iou_of(a, b) == iou
    assert iou_of(b, a) == iou


@given(box, box)
def test_iou_equals_plain_python_to_the_last_bit(a, b):
    assert iou_of(a, b) == naive.iou(a, b)


@given(box, box)
def test_iou_is_symmetric_and_between_0_and_1(a, b):
    assert iou_of(a, b) == iou_of(b, a)
    assert 0 <= iou_of(a, b) <= 1


@given(on_a_grid)
def test_a_box_and_its_copy_have_iou_1(a):
    assert iou_of(a, a) == pytest.approx(1, abs=1e-9)


@given(*[st.floats(0, 1)] * 2, *[st.floats(0, 1e-15, allow_subnormal=False)] * 2)
@example(0.9, 0.9, 6e-17, 6e-17)
@example(0.9, 0.9, 1e-16, 1e-16)
def test_a_box_as_small_as_the_gap_between_floats_keeps_iou_between_0_and_1(x, y, w, h):
    assert 0 <= iou_of([x, y, w, h], [x, y, w, h]) <= 1
    assert 0 <= iou_of([x, y, w, h], [0, 0, 1, 1]) <= 1


@given(anywhere, anywhere, st.integers(-4, 4), st.integers(-4, 4))
def test_iou_does_not_change_when_both_boxes_are_scaled(a, b, kx, ky):
    scale = np.array([2.0**kx, 2.0**ky] * 2)

    assert iou_of(a * scale, b * scale) == iou_of(a, b)


@given(on_a_grid, on_a_grid, st.integers(-50, 50), st.integers(-50, 50))
def test_iou_does_not_change_when_both_boxes_move(a, b, dx, dy):
    move = np.array([dx, dy, 0, 0])

    assert iou_of(a + move, b + move) == pytest.approx(iou_of(a, b), abs=1e-12)


def test_the_iou_of_no_boxes_is_an_empty_matrix():
    sides = bx.extents(np.zeros((0, 4)))

    assert [part.shape for part in sides] == [(0,)] * 5
    assert bx.is_valid(np.zeros((0, 4))).shape == (0,)


@pytest.mark.parametrize(
    "bad",
    [
        [math.nan, 0, 1, 1],
        [0, 0, math.nan, 1],
        [math.inf, 0, 1, 1],
        [-math.inf, 0, math.inf, 1],
        [0, 0, -1, 1],
        [0, 0, 1, -1e-300],
        [1e308, 0, 1e308, 1],
        [1e308, -1e308, 1e308, 0.1],
        [0, 0, 1e200, 1e200],
    ],
)
def test_the_error_for_an_invalid_box_gives_its_index(bad):
    boxes = np.array([[0, 0, 1, 1], bad, [0, 0, 1, 1]])

    assert bx.is_valid(boxes).tolist() == [True, False, True]
    with pytest.raises(BoxError, match=r"^box 1: expected finite .* got \["):
        bx.extents(boxes)


def test_every_error_has_name_expected_and_actual_value():
    error = DuplicatesError("a number", "'x'", "iou_thresh")

    assert str(error) == "iou_thresh: expected a number, got 'x'"
