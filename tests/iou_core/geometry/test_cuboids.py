"""Cuboids, compared with FiftyOne's rotations and IoUs and Monte Carlo volumes."""

import math

import fiftyone as fo
import numpy as np
import pytest
from geometries import fiftyone_matrix, matrices, pair, share
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from duplicates.iou_core.errors import CuboidError
from duplicates.iou_core.geometry.cuboids import cuboids as cuboids_module
from duplicates.iou_core.geometry.cuboids.cuboids import (
    Cuboids,
    is_cuboid,
    rotation_matrices,
)

CUBE = ([0, 0, 0], [1, 1, 1], [0, 0, 0])


def cuboids(*labels):
    """Returns the geometry of ``(location, dimensions, rotation)`` labels."""
    columns = zip(*labels) if labels else [np.zeros((0, 3))] * 3
    return Cuboids(*(np.array(list(column), float) for column in columns))


def detections(labels):
    return [
        fo.Detection(location=list(at), dimensions=list(size), rotation=list(turn))
        for at, size, turn in labels
    ]


def random_cuboids(n, seed, axes=(1, 1, 1), spread=3.0):
    rng = np.random.default_rng(seed)
    columns = (
        rng.random((n, 3)) * spread,
        rng.uniform(0.5, 2, (n, 3)),
        rng.uniform(-4, 4, (n, 3)) * axes,
    )
    return list(zip(*(column.tolist() for column in columns)))


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


number = st.floats(-2, 2, allow_subnormal=False).map(lambda v: round(v, 3))
size = st.floats(0.1, 3).map(lambda v: round(v, 3))
turn = st.one_of(
    st.tuples(number, number, number),
    st.tuples(st.just(0.0), st.just(0.0), number),
    st.sampled_from([(0, 0, 0), (0, 0, math.pi / 2), (math.pi, 0, 0), (0, 1, 0)]),
)
cuboid = st.tuples(st.tuples(number, number, number), st.tuples(size, size, size), turn)


@given(cuboid, cuboid)
def test_iou_is_symmetric_and_between_0_and_1(a, b):
    iou = pair(cuboids(a, b))

    assert 0 <= iou <= 1
    assert pair(cuboids(b, a)) == pytest.approx(iou, abs=1e-9)


@given(cuboid)
def test_a_cuboid_and_its_copy_have_iou_1(a):
    assert pair(cuboids(a, a)) == pytest.approx(1, abs=1e-9)


tiny = st.floats(-12, -3).map(lambda exponent: 10**exponent)


@given(cuboid, tiny, tiny, st.integers(0, 2), st.integers(0, 2))
def test_a_cuboid_and_a_near_copy_have_nearly_iou_1(a, shift, angle, p, q):
    location, dimensions, rotation = map(list, a)
    location[p] += shift
    rotation[q] += angle
    # the largest displacement by shift and rotation, over the smallest side
    moved = (shift + angle * 2 * sum(dimensions)) / min(dimensions)

    iou = pair(cuboids(a, (location, dimensions, rotation)))
    assert 1 - 6 * moved - 1e-9 <= iou <= 1


@given(cuboid, cuboid, number, number, number)
def test_iou_does_not_change_when_both_cuboids_move(a, b, dx, dy, dz):
    def moved(label):
        return (np.add(label[0], [dx, dy, dz]), *label[1:])

    assert pair(cuboids(moved(a), moved(b))) == pytest.approx(
        pair(cuboids(a, b)), abs=1e-9
    )


@given(cuboid, cuboid, st.tuples(number, number, number))
def test_iou_does_not_change_when_both_cuboids_are_turned(a, b, turn):
    whole = Rotation.from_rotvec(turn)

    def turned(label):
        own = Rotation.from_rotvec(label[2])
        return whole.apply(label[0]), label[1], (whole * own).as_rotvec()

    assert pair(cuboids(turned(a), turned(b))) == pytest.approx(
        pair(cuboids(a, b)), abs=1e-9
    )


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


@pytest.mark.slow
def test_exact_copies_have_exactly_iou_1():
    rng = np.random.default_rng(0)
    n = 80_000
    half = rng.uniform(-20, 20, (n, 3)), rng.uniform(0.1, 5, (n, 3))
    turns = rng.uniform(-4, 4, (n, 3)) * (rng.random((n, 3)) < 0.8)
    labels = Cuboids(*(np.concatenate((part, part)) for part in (*half, turns)))
    i, _, iou, ios = labels.measure(np.arange(n), np.arange(n) + n)

    assert len(i) == n
    assert (iou == 1).all()
    assert (ios == 1).all()
    assert share(labels, 0, n) == 1


@pytest.mark.parametrize(
    ("dimensions", "rotation"),
    [([3, 2, 4], [2.2, -0.5, -0.3]), ([3, 1, 2], [0, 0, 0])],
)
def test_a_freely_turned_cuboid_shares_its_faces_with_its_copy(dimensions, rotation):
    labels = cuboids(*[([0, 0, 0], dimensions, rotation)] * 2)

    assert pair(labels) == 1


def test_equal_cuboids_with_different_rotation_vectors_have_iou_1():
    rng = np.random.default_rng(1)
    n = 20_000
    turns = Rotation.random(n, random_state=1)
    # half a turn around its own axis changes the vector, but not the cuboid
    axes = np.eye(3)[rng.integers(0, 3, n)] * math.pi
    again = turns * Rotation.from_rotvec(axes)
    at, dimensions = rng.uniform(-20, 20, (n, 3)), rng.uniform(0.1, 5, (n, 3))
    labels = Cuboids(
        np.concatenate((at, at)),
        np.concatenate((dimensions, dimensions)),
        np.concatenate((turns.as_rotvec(), again.as_rotvec())),
    )
    i, _, iou, _ = labels.measure(np.arange(n), np.arange(n) + n)

    assert len(i) == n
    np.testing.assert_allclose(iou, 1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("axes", [(1, 1, 1), (0, 0, 1)], ids=["any", "yaw"])
def test_ious_of_cuboids_with_common_faces_follow_from_their_sides(axes):
    rng = np.random.default_rng(2)
    n = 5_000
    low = rng.integers(-2, 2, (2, n, 3))
    high = low + rng.integers(1, 4, (2, n, 3))
    sides = np.minimum(high[0], high[1]) - np.maximum(low[0], low[1])
    shared = np.maximum(sides, 0).prod(axis=1)
    volume = (high - low).prod(axis=2)
    expected = shared / (volume.sum(axis=0) - shared)

    turns = rng.uniform(-3, 3, (n, 3)) * axes
    middle = ((low + high) / 2).reshape(2 * n, 3)
    twice = np.concatenate((turns, turns))
    at = Rotation.from_rotvec(twice).apply(middle)
    labels = Cuboids(at, (high - low).reshape(2 * n, 3), twice)
    i, _, iou, _ = labels.measure(np.arange(n), np.arange(n) + n)
    found = np.zeros(n)
    found[i] = iou

    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert not found[expected == 0].any()
    assert np.count_nonzero(expected == 0) > 500


@pytest.mark.parametrize("angle", [0, 1.2e-16, 1e-15, 1e-12, 1e-9])
def test_tiny_rotations_change_ious_only_slightly(angle):
    a = ([0, 0, 0], [3, 1, 2], [0, 0, 0])
    b = ([1, 0, 0], [2, 3, 2], [-angle, angle, -angle])

    assert pair(cuboids(a, b)) == pytest.approx(0.2, abs=1e-12 + angle)
    assert pair(cuboids(b, a)) == pytest.approx(0.2, abs=1e-12 + angle)


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
