"""Rings that cross themselves, have no area, or cannot be repaired."""

import math

import numpy as np
import pytest
import shapely
from geometries import fiftyone_matrix, matrices, pair, share
from shape_labels import LINE, SQUARE, polygons, polylines

BOW_TIE = [[0, 0], [1, 1], [1, 0], [0, 1]]


def test_a_bow_tie_keeps_both_lobes_although_fiftyone_loses_one():
    theirs = fiftyone_matrix(polylines([[BOW_TIE], [SQUARE]]))

    assert theirs[0, 1] == pytest.approx(0.25)
    assert polygons([BOW_TIE]).area.tolist() == [0.5]
    assert pair(polygons([BOW_TIE], [SQUARE])) == pytest.approx(0.5)


def test_a_star_drawn_in_one_line_includes_its_center():
    turn = np.arange(5) * 4 * np.pi / 5
    drawn = np.stack((np.cos(turn), np.sin(turn)), axis=1).tolist()
    outline = shapely.unary_union(shapely.Polygon(drawn).buffer(0))

    assert polygons([drawn]).area[0] == pytest.approx(outline.convex_hull.area, rel=0.6)
    assert polygons([drawn]).area[0] > 1.1


def test_a_ring_inside_another_is_not_a_hole_as_in_fiftyone():
    inner = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]
    theirs = fiftyone_matrix(polylines([[SQUARE, inner], [SQUARE]]))

    assert theirs[0, 1] == 1
    assert pair(polygons([SQUARE, inner], [SQUARE])) == pytest.approx(1)


def test_a_ring_that_runs_around_a_hole_keeps_the_hole():
    around = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0], [0.2, 0.2]]
    around += [[0.2, 0.8], [0.8, 0.8], [0.8, 0.2], [0.2, 0.2]]
    within = [[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7]]

    assert polygons([around]).area[0] == pytest.approx(0.64)
    assert pair(polygons([around], [within])) == 0
    assert pair(polygons([around], [SQUARE])) == pytest.approx(0.64)


@pytest.mark.parametrize(
    "rings",
    [
        [LINE],
        [[[0.3, 0.3]]],
        [[[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]],
        [LINE, [[0.7, 0.7]]],
        [[[0.5, 0.5]] * 4],
    ],
)
def test_identical_shapes_without_area_have_iou_1_and_0_in_fiftyone(rings):
    theirs = fiftyone_matrix(polylines([rings, rings]), error_level=2)
    geometry = polygons(rings, rings, [SQUARE], [[[0.3, 0.35]]])

    assert not theirs.any()
    iou, ios = matrices(geometry)
    assert iou[0, 1] == ios[0, 1] == share(geometry, 1, 0) == 1
    assert np.count_nonzero(iou) == 2
    assert geometry.area.tolist() == [0, 0, 1, 0]
    assert geometry.broken == []


def test_labels_without_points_overlap_nothing():
    found, _ = matrices(polygons([], [], [[]], [[]], [[], SQUARE], [SQUARE]))

    assert np.count_nonzero(found) == 2
    assert found[4, 5] == pytest.approx(1)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e308])
def test_a_label_with_a_null_coordinate_overlaps_nothing_and_is_reported(bad):
    geometry = polygons([SQUARE], [[[0, -1e308], [1, bad], [1, 1]]], [SQUARE])

    assert [k for k, _ in geometry.broken] == [1]
    assert "not finite" in geometry.broken[0][1]
    assert geometry.bounds[1].tolist() == [0] * 4
    found, _ = matrices(geometry)
    assert found[0, 2] == pytest.approx(1)
    assert np.count_nonzero(found) == 2


def test_a_ring_that_shapely_cannot_repair_is_reported(monkeypatch):
    make_valid = shapely.make_valid
    hopeless = shapely.Polygon([[0, 0], [2, 2], [2, 0], [0, 2]])

    def fail(some, **options):
        if any(shapely.equals_exact(one, hopeless) for one in np.atleast_1d(some)):
            raise shapely.GEOSException("TopologyException: found here")
        return make_valid(some, **options)

    monkeypatch.setattr(shapely, "make_valid", fail)
    geometry = polygons([BOW_TIE], [[[0, 0], [2, 2], [2, 0], [0, 2]]], [BOW_TIE])

    assert [k for k, _ in geometry.broken] == [1]
    assert "cannot be repaired: TopologyException" in geometry.broken[0][1]
    assert geometry.area.tolist() == [0.5, 0, 0.5]
    assert np.count_nonzero(matrices(geometry)[0]) == 2


@pytest.mark.parametrize("rings", [1, 500], ids=["one ring", "many rings"])
def test_outlines_that_cross_hundreds_of_thousands_of_times_are_reported(rings):
    rng = np.random.default_rng(0)
    tangle = np.split(rng.random((2_000, 2)), rings)
    geometry = polygons([SQUARE], tangle, [SQUARE])

    assert geometry.broken == [(1, "outlines that cross too often")]
    found, _ = matrices(geometry)
    assert found[0, 2] == 1
    assert np.count_nonzero(found) == 2


def test_long_outlines_that_cross_themselves_sometimes_are_repaired():
    turns = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    circle = np.stack((np.cos(turns), np.sin(turns)), axis=1)
    ragged = circle + np.random.default_rng(0).normal(0, 1e-4, circle.shape)
    geometry = polygons([ragged], [circle])

    assert geometry.broken == []
    assert pair(geometry) == pytest.approx(1, abs=1e-3)
