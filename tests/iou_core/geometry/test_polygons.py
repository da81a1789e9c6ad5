"""IoUs of filled polygons equal FiftyOne's, or are exact where FiftyOne's are not."""

import gzip
import json
import sys

import fiftyone.utils.iou as foui
import numpy as np
import pytest
import shapely
from geometries import fiftyone_matrix, matrices, pair, share
from hypothesis import given
from hypothesis import strategies as st
from shape_labels import LINE, SQUARE, polygons, polylines

from duplicates.iou_core.errors import PolygonError
from duplicates.iou_core.geometry.polygons import trapezoids
from duplicates.iou_core.geometry.polygons.polygons import Polygons


def star(rng, points, center=None, size=0.3):
    """Returns a ring around a center that does not cross itself."""
    center = rng.random(2) if center is None else center
    angle = np.sort(rng.random(points)) * 2 * np.pi
    radius = size * (0.3 + 0.7 * rng.random((points, 1)))
    at = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return (center + radius * at).tolist()


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


@pytest.mark.parametrize("seed", range(4))
def test_ious_of_valid_rings_equal_fiftyones(seed):
    rng = np.random.default_rng(seed)
    labels = [[star(rng, rng.integers(3, 40))] for _ in range(25)]
    valid = [rings for rings in labels if shapely.Polygon(rings[0]).is_valid]
    theirs = fiftyone_matrix(polylines(valid))

    assert len(valid) > 15
    assert theirs.max() > 0.2
    np.testing.assert_allclose(matrices(polygons(*valid))[0], theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_several_rings_are_their_union_as_in_fiftyone(seed):
    rng = np.random.default_rng(seed)
    labels = []
    for _ in range(15):
        center = rng.random(2)
        # far apart, overlapping, one inside the other
        labels.append(
            [
                star(rng, 12, center, size=0.2),
                star(rng, 8, center + rng.random(2) * 0.3, size=0.1),
                star(rng, 5, center + 0.5, size=0.1),
            ]
        )
    labels = [
        rings
        for rings in labels
        if all(shapely.Polygon(ring).is_valid for ring in rings)
    ]
    assert len(labels) > 5
    np.testing.assert_allclose(
        matrices(polygons(*labels))[0],
        fiftyone_matrix(polylines(labels)),
        rtol=0,
        atol=1e-9,
    )


def test_ious_of_coco_polygons_equal_fiftyones(shared_data):
    with gzip.open(shared_data / "instances_val2017_tiny80.json.gz") as file:
        coco = json.load(file)
    size = {image["id"]: (image["width"], image["height"]) for image in coco["images"]}
    labels, image = [], []
    for annotation in coco["annotations"]:
        if not annotation["iscrowd"]:
            rings = [np.reshape(r, (-1, 2)) for r in annotation["segmentation"]]
            scale = size[annotation["image_id"]]
            labels.append([(ring / scale).tolist() for ring in rings])
            image.append(annotation["image_id"])
    _, image = np.unique(image, return_inverse=True)
    geometry = Polygons.from_lists(labels)
    found, _ = matrices(geometry, image)

    assert geometry.broken == []
    valid = np.array(
        [all(shapely.Polygon(r).is_valid for r in rings) for rings in labels]
    )
    compared = 0
    for k in range(20):
        mine = np.flatnonzero((image == k) & valid)
        if len(mine) > 1:
            theirs = fiftyone_matrix(polylines([labels[m] for m in mine]))
            np.testing.assert_allclose(
                found[np.ix_(mine, mine)], theirs, rtol=0, atol=1e-9
            )
            compared += np.count_nonzero(theirs)
    assert compared > 50
    # a ring that crosses itself keeps its whole area, so it has at least FiftyOne's
    area = np.array([line.to_shapely(filled=True).area for line in polylines(labels)])
    assert (geometry.area[valid] <= area[valid] + 1e-9).all()


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


def test_share_is_the_fraction_of_a_label_inside_the_other():
    half = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
    geometry = polygons([SQUARE], [half])

    assert share(geometry, 0, 1) == pytest.approx(0.5)
    assert share(geometry, 1, 0) == pytest.approx(1)
    assert matrices(geometry)[1][0, 1] == pytest.approx(1)


def test_touching_shapes_do_not_overlap():
    right = [[1, 0], [2, 0], [2, 1], [1, 1]]
    slanted = [[1, 1], [2, 0], [2, 1]]

    assert pair(polygons([SQUARE], [right])) == 0
    assert pair(polygons([SQUARE], [slanted])) == 0


def test_separate_shapes_whose_boxes_overlap_have_exactly_iou_0():
    rng = np.random.default_rng(3)
    for _ in range(50):
        a = star(rng, 20, center=[0.0, 0.0], size=0.5)
        # the corner beyond the diagonal
        b = [[0.4, 0.5], [0.5, 0.4], [0.5, 0.5]]
        assert pair(polygons([a], [b])) == 0


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


def test_ious_do_not_change_far_from_the_origin():
    far = np.array([5e5, -3e5])
    a = (np.array(SQUARE) + far).tolist()
    b = (np.array(SQUARE) + far + [0.5, 0]).tolist()
    c = [*b, (far + 0.5).tolist()]

    assert pair(polygons([a], [b])) == pytest.approx(1 / 3, abs=1e-9)
    assert pair(polygons([a], [c])) == pytest.approx(1 / 3, abs=1e-9)


def test_bounds_and_area_are_computed_from_the_points():
    geometry = polygons([[[0.1, 0.2], [0.5, 0.2], [0.5, 0.4]]], [LINE], [])

    np.testing.assert_allclose(
        geometry.bounds, [[0.1, 0.2, 0.4, 0.2], [0.1, 0.1, 0.4, 0.4], [0] * 4]
    )
    np.testing.assert_allclose(geometry.area, [0.04, 0, 0], atol=1e-15)


def test_ious_do_not_depend_on_the_chunk_size(monkeypatch):
    rng = np.random.default_rng(9)
    labels = [[star(rng, 15)] for _ in range(20)]
    at_once, _ = matrices(polygons(*labels))
    monkeypatch.setattr(trapezoids, "BLOCK_EDGES", 40)
    in_parts, _ = matrices(polygons(*labels))

    np.testing.assert_array_equal(in_parts, at_once)


def test_exact_copies_to_the_left_of_the_image_are_found():
    ring = [[-0.04, 0.41], [0.32, 0.13], [0.63, 0.56], [0.24, 0.7]]

    assert pair(polygons([ring], [ring])) == pytest.approx(1, abs=1e-12)


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


def test_only_labels_of_one_group_are_compared():
    iou, _ = matrices(polygons([SQUARE], [SQUARE], [SQUARE]), group=[0, 1, 0])

    assert iou[0, 2] == pytest.approx(1)
    assert np.count_nonzero(iou) == 2


def test_without_labels_there_are_no_pairs():
    geometry = polygons()

    assert len(geometry) == 0
    assert matrices(geometry)[0].shape == (0, 0)
    assert geometry.share(np.zeros(0, int), np.zeros(0, int)).shape == (0,)


def test_a_missing_shapely_is_reported_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "shapely", None)

    with pytest.raises(PolygonError, match=r"shapely 2.1 .*pip install.*, got none"):
        polygons([SQUARE])


def test_an_old_shapely_is_reported_with_what_to_install(monkeypatch):
    monkeypatch.setattr(shapely, "__version__", "2.0.7")

    with pytest.raises(PolygonError, match=r"shapely 2.1 .*pip install.*, got 2.0.7"):
        polygons([SQUARE])


def test_share_equals_fiftyones_iou_with_a_crowd():
    rng = np.random.default_rng(12)
    labels = [[star(rng, 9, center=[0.5, 0.5], size=0.4)] for _ in range(6)]
    lines = polylines(labels)
    geometry = polygons(*labels)
    for j, crowd in enumerate(lines):
        theirs = foui.compute_ious(list(lines), [crowd], iscrowd=lambda label: True)
        for i in range(6):
            if i != j:
                assert share(geometry, i, j) == pytest.approx(theirs[i, 0], abs=1e-9)
