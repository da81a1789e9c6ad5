"""IoUs of filled polygons are those of shapely, for rings of any shape and place."""

import numpy as np
import pytest
import shapely
from geometries import matrices, pair
from hypothesis import given
from hypothesis import strategies as st
from shape_labels import SQUARE, polygons, star


def by_shapely(labels):
    """Computes the IoUs of unions of valid rings with shapely."""
    solid = [
        shapely.union_all([shapely.make_valid(shapely.Polygon(r)) for r in rings])
        for rings in labels
    ]
    n = len(solid)
    found = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            union = solid[i].union(solid[j]).area
            if i != j and union:
                found[i, j] = solid[i].intersection(solid[j]).area / union
    return found


on_a_grid = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(
    lambda p: [p[0] / 6, p[1] / 6]
)
ring = st.lists(on_a_grid, min_size=3, max_size=7)
triangle = st.lists(on_a_grid, min_size=3, max_size=3).filter(
    lambda r: shapely.Polygon(r).area > 0
)
simple_ring = ring.filter(lambda r: shapely.Polygon(r).is_valid)


@pytest.mark.slow
@given(st.lists(st.lists(triangle, min_size=1, max_size=3), min_size=2, max_size=4))
def test_ious_of_shapes_with_common_edges_and_corners_equal_shapelys(labels):
    np.testing.assert_allclose(
        matrices(polygons(*labels))[0], by_shapely(labels), rtol=0, atol=1e-9
    )


@given(simple_ring, simple_ring)
def test_ious_of_simple_rings_equal_shapelys(a, b):
    labels = [[a], [b]]
    np.testing.assert_allclose(
        matrices(polygons(*labels))[0], by_shapely(labels), rtol=0, atol=1e-9
    )


@pytest.mark.slow
@given(st.lists(ring, min_size=1, max_size=3), st.lists(ring, min_size=1, max_size=3))
def test_iou_is_symmetric_and_1_for_a_copy_of_any_rings(a, b):
    assert pair(polygons(a, b)) == pytest.approx(pair(polygons(b, a)), abs=1e-9)
    assert pair(polygons(a, a)) == pytest.approx(1, abs=1e-9)
    assert polygons(a, b).broken == []


@given(simple_ring, simple_ring, st.integers(-3, 3), st.integers(-3, 3))
def test_iou_does_not_change_when_both_labels_move(a, b, dx, dy):
    moved = [[[x + dx / 4, y + dy / 8] for x, y in ring] for ring in (a, b)]

    assert pair(polygons(*[[ring] for ring in moved])) == pytest.approx(
        pair(polygons([a], [b])), abs=1e-9
    )


@given(simple_ring, simple_ring, st.integers(0, 6))
def test_the_direction_and_first_point_of_a_ring_do_not_matter(a, b, k):
    turned = (a[k:] + a[:k])[::-1]

    assert pair(polygons([turned], [b])) == pytest.approx(
        pair(polygons([a], [b])), abs=1e-9
    )


@pytest.mark.parametrize("width", [1e-3, 1e-6, 1e-9])
def test_ious_of_thin_shapes_across_the_image_equal_shapelys(width):
    a = [[[0, 0], [1, 1], [1, 1 + width], [0, width], [0, width / 2]]]
    b = [[[0, width / 3], [1, 1 + width / 3], [1, 1 + 2 * width], [0, 2 * width]]]

    # the coordinates are themselves rounded to about 1e-16
    assert pair(polygons(a, b)) == pytest.approx(
        by_shapely([a, b])[0, 1], abs=max(1e-9, 1e-15 / width)
    )


def test_tiny_overlaps_equal_shapelys():
    for depth in (1e-3, 1e-6, 1e-9):
        b = [[1 - depth, 0.5], [2, 0.2], [2, 0.9]]
        expected = by_shapely([[SQUARE], [b]])[0, 1]
        assert pair(polygons([SQUARE], [b])) == pytest.approx(expected, rel=1e-6)


shift = st.floats(-50, 50).map(lambda v: round(v, 6))


@given(st.integers(0, 2**32), shift, shift)
def test_every_copy_is_found_at_any_position_of_the_labels(seed, dx, dy):
    rng = np.random.default_rng(seed)
    rings = [star(rng, rng.integers(5, 15)) for _ in range(6)]
    moved = [[np.add(ring, (dx, dy)).tolist()] for ring in rings]
    here, _ = matrices(polygons(*[[ring] for ring in rings] * 2))
    there, _ = matrices(polygons(*moved, *moved))

    np.testing.assert_allclose(np.diag(there[:6, 6:]), 1, atol=1e-9)
    np.testing.assert_allclose(there, here, rtol=0, atol=1e-9)
    np.testing.assert_allclose(there, by_shapely(moved * 2), rtol=0, atol=1e-9)


@given(st.integers(0, 2**32), st.sampled_from([-1e12, -3.7, -0.04, 0.1, 2.9, 1e6]))
def test_ious_do_not_depend_on_the_other_labels_of_a_block(seed, x):
    rng = np.random.default_rng(seed)
    labels = [[star(rng, rng.integers(5, 15))] for _ in range(5)] * 2
    wide = [[[x, 0.1], [x + 0.1, 0.7], [1.0, 0.4], [0.5, 0.1]]]
    others = [[star(rng, 8)], wide, [star(rng, 8, [x, 0.3])]]
    alone, _ = matrices(polygons(*labels))
    among, _ = matrices(polygons(*others, *labels))

    np.testing.assert_allclose(among[3:, 3:], alone, rtol=0, atol=1e-12)
