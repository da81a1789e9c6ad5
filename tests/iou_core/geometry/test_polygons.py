"""IoUs of filled polygons equal FiftyOne's, or are exact where FiftyOne's are not."""

import gzip
import json
import sys

import fiftyone.utils.iou as foui
import numpy as np
import pytest
import shapely
from geometries import fiftyone_matrix, matrices, pair, share
from shape_labels import LINE, SQUARE, polygons, polylines, star

from duplicates.iou_core.errors import PolygonError
from duplicates.iou_core.geometry.polygons import trapezoids
from duplicates.iou_core.geometry.polygons.polygons import Polygons


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
