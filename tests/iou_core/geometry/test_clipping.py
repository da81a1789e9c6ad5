"""Rotated boxes stored as polylines: their recognition and their intersections."""

import math

import fiftyone as fo
import numpy as np
import pytest
import shapely
from geometries import fiftyone_matrix, matrices
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core.geometry.clipping import convex_intersection, signed_area
from duplicates.iou_core.geometry.polygons.polygons import Polygons
from duplicates.iou_core.geometry.polygons.rotated_boxes import is_rotated_box

SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)

number = st.floats(0.05, 1, allow_subnormal=False).map(lambda v: round(v, 4))
angle = st.one_of(
    st.floats(0, 2 * math.pi), st.sampled_from([0, math.pi / 4, math.pi / 2])
)
rotated = st.tuples(number, number, number, number, angle)


def corners(box, frame_size=None):
    return np.array(fo.Polyline.from_rotated_box(*box, frame_size).points[0])


def random_boxes(n, seed):
    rng = np.random.default_rng(seed)
    return [
        (*rng.uniform(0.3, 0.7, 2), *rng.uniform(0.05, 0.5, 2), rng.uniform(0, 7))
        for _ in range(n)
    ]


def area(a, b):
    return float(convex_intersection(np.array([a]), np.array([b]))[0])


@given(rotated, st.sampled_from([None, (1920, 1080), (3, 1000)]))
def test_fiftyones_rotated_boxes_are_recognized(box, frame_size):
    assert is_rotated_box(corners(box, frame_size)).tolist() == [True]


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0], [1, 0], [1, 1], [0, 1.01]],
        [[0, 0], [1, 1], [1, 0], [0, 1]],
        [[0, 0], [1, 0], [2, 0], [1, 0]],
        [[0.5, 0.5]] * 4,
        [[0, 0], [math.nan, 0], [1, 1], [0, 1]],
        [[0, 0], [math.inf, 0], [1, 1], [0, 1]],
    ],
    ids=["a trapezoid", "a bow tie", "a line", "a point", "NaN", "infinite"],
)
def test_other_corners_are_not_a_rotated_box(points):
    assert is_rotated_box(np.array(points)).tolist() == [False]


def test_ious_of_rotated_boxes_equal_fiftyones():
    boxes = random_boxes(25, 1)
    lines = [fo.Polyline.from_rotated_box(*box, filled=True) for box in boxes]
    geometry = Polygons.from_lists([line.points for line in lines])
    theirs = fiftyone_matrix(lines)

    assert theirs.max() > 0.5
    np.testing.assert_allclose(matrices(geometry)[0], theirs, rtol=0, atol=1e-9)


@given(rotated, rotated)
def test_the_intersection_of_two_rotated_boxes_equals_shapelys(a, b):
    a, b = corners(a), corners(b)
    expected = shapely.Polygon(a).intersection(shapely.Polygon(b)).area

    assert area(a, b) == pytest.approx(expected, abs=1e-12)
    assert area(b, a) == pytest.approx(expected, abs=1e-12)
    assert area(a[::-1], np.roll(b, 1, axis=0)) == pytest.approx(expected, abs=1e-12)


@given(rotated)
def test_the_intersection_with_a_copy_is_the_whole_box(box):
    box = corners(box)

    assert area(box, box) == pytest.approx(abs(signed_area(box[None])[0]), rel=1e-12)


@given(rotated, st.floats(-1e-7, 1e-7), st.floats(-1e-9, 1e-9))
def test_the_intersection_with_a_near_copy_is_nearly_the_whole_box(box, turn, shift):
    x, y, w, h, theta = box
    near = corners((x + shift, y, w, h, theta + turn))

    assert area(corners(box), near) == pytest.approx(w * h, abs=1e-6)


def test_boxes_apart_or_touching_have_exactly_no_intersection():
    for shift in ([1, 0], [1, 1], [5, 0]):
        assert area(SQUARE, SQUARE + np.array(shift)) == 0
    turned = SQUARE @ np.array([[0.6, 0.8], [-0.8, 0.6]])
    assert area(SQUARE, turned + np.array([0, 1])) == 0


def test_the_intersection_with_an_enclosing_box_is_the_whole_box():
    inner = 0.25 + SQUARE / 2

    assert area(SQUARE, inner) == area(inner, SQUARE) == 0.25


def test_a_square_and_itself_turned_by_45_degrees_meet_in_an_octagon():
    turned = corners((0.5, 0.5, 1, 1, math.pi / 4))

    assert area(SQUARE, turned) == pytest.approx(2 * math.sqrt(2) - 2)


def test_convex_shapes_of_any_number_of_corners_are_clipped():
    turn = np.arange(9) * 2 * np.pi / 9
    round_one = np.stack((np.cos(turn), np.sin(turn)), axis=1)
    expected = shapely.Polygon(round_one).intersection(shapely.Polygon(SQUARE)).area

    assert area(round_one, SQUARE) == pytest.approx(expected)
    assert area(SQUARE, round_one) == pytest.approx(expected)


def test_no_pairs_have_no_intersections():
    none = np.zeros((0, 4, 2))

    assert convex_intersection(none, none).shape == (0,)
    assert is_rotated_box(none).shape == (0,)
