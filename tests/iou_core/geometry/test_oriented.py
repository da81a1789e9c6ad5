"""Oriented boxes, compared with shapely's polygons in pixels."""

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core.errors import BoxError
from duplicates.iou_core.geometry.oriented import OrientedBoxes, corners
from duplicates.iou_core.geometry.protocol import Boxes
from duplicates.iou_core.overlaps import find_overlaps

HEIGHT = 1000.0


def drawn(seed, n=400, turned=0.8):
    """Returns boxes of images with ten labels each, angles and aspect ratios."""
    rng = np.random.default_rng(seed)
    boxes = np.column_stack((rng.random((n, 2)), rng.uniform(0.02, 0.4, (n, 2))))
    angle = rng.uniform(-7, 7, n) * (rng.random(n) < turned)
    image = np.arange(n) // 10
    return boxes, angle, rng.uniform(0.3, 3, n // 10)[image], image


def in_pixels(box, angle, aspect):
    """Returns shapely's rotated polygon in an image 1000 pixels high."""
    x, y, w, h = box * (aspect * HEIGHT, HEIGHT, aspect * HEIGHT, HEIGHT)
    upright = shapely.box(x, y, x + w, y + h)
    # y grows downward, so that shapely's counter-clockwise is clockwise here
    return shapely.affinity.rotate(upright, angle, "center", use_radians=True)


def measured(oriented, image):
    found = {}
    for i, j in oriented.candidates(image):
        for a, b, iou, ios in zip(*oriented.measure(i, j)):
            found[int(a), int(b)] = iou, ios
    return found


@pytest.mark.parametrize("seed", range(4))
def test_overlaps_equal_those_of_polygons_in_pixels(seed):
    boxes, angle, aspect, image = drawn(seed)
    found = measured(OrientedBoxes(boxes, angle, aspect), image)
    polygons = [in_pixels(*one) for one in zip(boxes, angle, aspect)]
    n_overlaps = 0
    for i in range(len(boxes)):
        for j in np.flatnonzero(image == image[i]).tolist():
            if i >= j:
                continue
            a, b = polygons[i], polygons[j]
            shared = a.intersection(b).area
            expected = shared / a.union(b).area, shared / min(a.area, b.area)
            assert found.get((i, j), (0, 0)) == pytest.approx(expected, abs=1e-9)
            n_overlaps += shared > 0

    assert n_overlaps > 200


def test_a_long_box_and_itself_turned_by_90_degrees_have_iou_one_seventh():
    boxes = np.array([[0.3, 0.45, 0.4, 0.1]] * 2)
    oriented = OrientedBoxes(boxes, [0, np.pi / 2], [1, 1])

    assert measured(oriented, np.zeros(2, int))[0, 1][0] == pytest.approx(1 / 7)


def test_the_aspect_ratio_of_the_image_matters():
    boxes = np.array([[0.4, 0.4, 0.2, 0.2]] * 2)
    square, wide = (
        measured(OrientedBoxes(boxes, [0, np.pi / 2], [aspect] * 2), np.zeros(2, int))
        for aspect in (1, 2)
    )

    assert square[0, 1][0] == pytest.approx(1)
    assert wide[0, 1][0] == pytest.approx(1 / 3)


def test_turning_is_clockwise_as_displayed():
    box = np.array([[0.4, 0.45, 0.2, 0.1]])
    found = corners(box, np.array([np.pi / 6]), np.array([1.0]))[0]

    # y grows downward, so the right side moves down
    assert found[1:3, 1].mean() > 0.5 > found[[0, 3], 1].mean()


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.floats(-100, 100),
    st.floats(0.1, 10),
)
def test_exact_copies_have_an_iou_of_exactly_one(box, angle, aspect):
    box = np.add([box] * 2, (0, 0, 1e-3, 1e-3))
    oriented = OrientedBoxes(box, [angle] * 2, [aspect] * 2)

    assert measured(oriented, np.zeros(2, int)) == {(0, 1): (1.0, 1.0)}


def test_identical_boxes_without_area_have_iou_1():
    boxes = np.array([[0.1, 0.1, 0.2, 0.0]] * 3)
    oriented = OrientedBoxes(boxes, [0.3, 0.3, 0.4], [1] * 3)

    assert measured(oriented, np.zeros(3, int)) == {(0, 1): (1.0, 1.0)}


def test_upright_boxes_have_the_ious_of_plain_boxes():
    boxes, angle, aspect, image = drawn(7, turned=0.3)
    upright = np.flatnonzero(angle == 0)
    found = measured(OrientedBoxes(boxes, angle, aspect), image)
    alone = measured(Boxes(boxes[upright]), image[upright])
    expected = {(upright[i], upright[j]): both for (i, j), both in alone.items()}

    assert {pair: found[pair] for pair in expected} == expected
    assert len(expected) > 20


def test_boxes_that_touch_have_iou_0():
    # two adjacent squares, turned around a common corner
    angle = 0.7
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    centers = np.array([[-0.05, 0.05], [0.05, 0.05]]) @ turn + 0.5
    boxes = np.column_stack((centers - 0.05, np.full((2, 2), 0.1)))

    assert measured(OrientedBoxes(boxes, [angle] * 2, [1, 1]), np.zeros(2, int)) == {}


def test_the_iou_with_a_crowd_is_the_fraction_that_it_covers():
    boxes = np.array([[0.2, 0.2, 0.6, 0.6], [0.4, 0.45, 0.2, 0.1]])
    oriented = OrientedBoxes(boxes, [0.2, 1.0], [1.5, 1.5])
    found = find_overlaps(oriented, np.zeros(2, int), iscrowd=np.array([True, False]))

    assert found.max_iou[1] == pytest.approx(1)
    assert found.max_iou[0] < 0.1


def test_bounds_contain_the_corners():
    boxes, angle, aspect, _ = drawn(3)
    bounds = OrientedBoxes(boxes, angle, aspect).bounds
    points = corners(boxes, angle, aspect)

    assert (points >= bounds[:, None, :2] - 1e-12).all()
    assert (points <= (bounds[:, :2] + bounds[:, 2:])[:, None] + 1e-12).all()
    np.testing.assert_array_equal(bounds[angle == 0], boxes[angle == 0])


def test_no_boxes_have_no_overlaps():
    oriented = OrientedBoxes(np.zeros((0, 4)), [], [])

    assert len(oriented) == 0
    assert measured(oriented, np.zeros(0, int)) == {}


@pytest.mark.parametrize(
    ("angle", "aspect"), [(np.nan, 1.0), (np.inf, 1.0), (0.0, 0.0), (0.0, np.nan)]
)
def test_an_invalid_angle_or_aspect_ratio_is_an_error(angle, aspect):
    with pytest.raises(BoxError, match="box 1: expected a finite angle and a positive"):
        OrientedBoxes(np.full((2, 4), 0.1), [0, angle], [1, aspect])
