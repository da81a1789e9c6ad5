"""IoUs of cuboids that are known: of copies, common faces, moves and turns."""

import math

import numpy as np
import pytest
from cuboid_labels import cuboids
from geometries import pair, share
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from duplicates.iou_core.geometry.cuboids.cuboids import Cuboids

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
