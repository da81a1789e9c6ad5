"""Cuboids, compared with FiftyOne's rotations and IoUs and Monte Carlo volumes."""

import math

import numpy as np
import pytest
from cuboid_labels import CUBE, cuboids, detections, random_cuboids
from geometries import fiftyone_matrix, matrices, pair, share
from scipy.spatial.transform import Rotation

from duplicates.iou_core.errors import CuboidError
from duplicates.iou_core.geometry.cuboids import cuboids as cuboids_module
from duplicates.iou_core.geometry.cuboids.cuboids import is_cuboid, rotation_matrices


def monte_carlo(a, b, n=400_000):
    """Estimates the IoU from random points within the first cuboid."""
    rng = np.random.default_rng(5)
    inside = (rng.random((n, 3)) - 0.5) * a[1]
    points = Rotation.from_rotvec(a[2]).apply(inside) + a[0]
    seen = Rotation.from_rotvec(b[2]).inv().apply(points - np.array(b[0]))
    shared = (np.abs(seen) <= np.array(b[1]) / 2).all(axis=1).mean() * np.prod(a[1])
    return shared / (np.prod(a[1]) + np.prod(b[1]) - shared)


@pytest.mark.parametrize(
    "axes",
    [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 0, 0), (1, 1, 1), (1, 1, 0)],
    ids=["z", "y", "x", "none", "any", "x and y"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_ious_equal_fiftyones(axes, seed):
    labels = random_cuboids(14, seed, axes)
    theirs = fiftyone_matrix(detections(labels))

    assert theirs.max() > 0.1
    np.testing.assert_allclose(matrices(cuboids(*labels))[0], theirs, rtol=0, atol=1e-9)


def test_ious_of_cuboids_turned_around_different_axes_equal_fiftyones():
    around = [(0, 0, 1), (0, 1, 0), (0, 0, 0), (1, 1, 1)]
    labels = [
        label for k, axes in enumerate(around) for label in random_cuboids(4, k, axes)
    ]
    theirs = fiftyone_matrix(detections(labels))

    np.testing.assert_allclose(matrices(cuboids(*labels))[0], theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("axes", [(0, 0, 1), (1, 1, 1)], ids=["yaw", "any"])
def test_volumes_equal_monte_carlo_estimates(seed, axes):
    a, b = random_cuboids(2, seed, axes, spread=0.5)

    assert pair(cuboids(a, b)) == pytest.approx(monte_carlo(a, b), abs=5e-3)


def test_a_rotation_is_a_vector_as_in_fiftyone():
    turns = np.random.default_rng(3).uniform(-7, 7, (50, 3))
    turns[0] = 0
    expected = Rotation.from_rotvec(turns).as_matrix()

    np.testing.assert_allclose(rotation_matrices(turns), expected, atol=1e-12)


def test_known_ious():
    half = ([0.5, 0, 0], [1, 1, 1], [0, 0, 0])
    turned = ([0, 0, 0], [1, 1, 1], [0, 0, math.pi / 4])
    small = ([0, 0, 0], [0.5, 0.5, 0.5], [1, 2, 0.5])

    assert pair(cuboids(CUBE, half)) == pytest.approx(1 / 3)
    assert pair(cuboids(CUBE, turned)) == pytest.approx(1 / math.sqrt(2))
    assert pair(cuboids(CUBE, small)) == pytest.approx(1 / 8)
    assert matrices(cuboids(CUBE, small))[1][0, 1] == pytest.approx(1)


def test_the_fast_path_and_the_general_path_agree():
    yaw = random_cuboids(12, 4, (0, 0, 1))
    # a negligible rotation around x takes them off the fast path
    general = [(at, size, [1e-12, *turn[1:]]) for at, size, turn in yaw]

    np.testing.assert_allclose(
        matrices(cuboids(*yaw))[0],
        matrices(cuboids(*general))[0],
        rtol=0,
        atol=1e-9,
    )


def test_ious_do_not_change_at_map_coordinates():
    labels = random_cuboids(12, 6)
    far = [(np.add(at, [4.5e6, 5.4e6, 300]), *rest) for at, *rest in labels]

    np.testing.assert_allclose(
        matrices(cuboids(*far))[0], matrices(cuboids(*labels))[0], rtol=0, atol=1e-7
    )


def test_cuboids_that_touch_or_are_apart_do_not_overlap():
    beside = ([1, 0, 0], [1, 1, 1], [0, 0, 0])
    above = ([0, 0, 1], [1, 1, 1], [0, 0, 1])
    apart = ([3, 3, 3], [1, 1, 1], [1, 1, 1])
    turned = [([2 * k, 0, 0], [1, 1, 1], [0.3, 0.4, 0.5]) for k in range(3)]
    along = Rotation.from_rotvec([0.3, 0.4, 0.5]).apply([1, 0, 0])

    assert not matrices(cuboids(CUBE, beside, above, apart))[0].any()
    assert not matrices(cuboids(*turned))[0].any()
    assert pair(cuboids(turned[0], (along, *turned[0][1:]))) == 0


def test_identical_cuboids_without_volume_have_iou_1_and_0_in_fiftyone():
    flat = ([0, 0, 0], [1, 0, 1], [0, 0, 0.5])
    other = ([0, 0, 0], [1, 0, 2], [0, 0, 0.5])
    with pytest.warns(UserWarning, match="QH|initial"):
        theirs = fiftyone_matrix(detections([flat, flat]))
    labels = cuboids(flat, flat, other, CUBE)

    assert not theirs.any()
    iou, _ = matrices(labels)
    assert iou[0, 1] == share(labels, 0, 1) == 1
    assert np.count_nonzero(iou) == 2


def test_share_is_the_fraction_of_a_cuboid_inside_the_other():
    labels = cuboids(CUBE, ([0, 0, 0], [2, 1, 1], [0, 0, 0]))

    assert share(labels, 0, 1) == pytest.approx(1)
    assert share(labels, 1, 0) == pytest.approx(0.5)


def test_ious_do_not_depend_on_the_chunk_size(monkeypatch):
    labels = random_cuboids(15, 8)
    at_once, _ = matrices(cuboids(*labels))
    monkeypatch.setattr(cuboids_module, "BLOCK_PAIRS", 4)
    in_parts, _ = matrices(cuboids(*labels))

    np.testing.assert_allclose(in_parts, at_once, rtol=0, atol=1e-14)


def test_only_labels_of_one_group_are_compared():
    labels = random_cuboids(10, 9, spread=1.0)
    group = np.arange(10) % 3
    iou, _ = matrices(cuboids(*labels), group)
    everything, _ = matrices(cuboids(*labels))
    same = group[:, None] == group

    np.testing.assert_allclose(iou, np.where(same, everything, 0), rtol=0, atol=1e-14)


def test_area_is_the_volume():
    labels = cuboids(([0, 0, 0], [1, 2, 3], [1, 1, 1]))

    assert labels.area.tolist() == [6]
    assert labels.bounds.tolist() == [[0, 0, 0, 0]]


def test_without_labels_there_are_no_pairs():
    labels = cuboids()

    assert len(labels) == 0
    assert matrices(labels)[0].shape == (0, 0)
    assert labels.share(np.zeros(0, int), np.zeros(0, int)).shape == (0,)


@pytest.mark.parametrize(
    "bad",
    [
        ([math.nan, 0, 0], [1, 1, 1], [0, 0, 0]),
        ([0, 0, 0], [1, -1, 1], [0, 0, 0]),
        ([0, 0, 0], [1, math.inf, 1], [0, 0, 0]),
        ([0, 0, 0], [1, 1, 1], [0, 0, math.nan]),
        ([0, 0, 1e300], [1, 1, 1], [0, 0, 0]),
    ],
)
def test_the_error_for_an_invalid_cuboid_gives_its_index(bad):
    columns = [np.array(column, float) for column in zip(CUBE, bad)]

    assert is_cuboid(*columns).tolist() == [True, False]
    with pytest.raises(CuboidError, match="cuboid 1: expected finite location"):
        cuboids(CUBE, bad)
