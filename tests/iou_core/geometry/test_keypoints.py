"""Keypoints and unfilled polylines: object keypoint similarity as in FiftyOne."""

import gzip
import json
import math
import tracemalloc

import fiftyone as fo
import numpy as np
import pytest
from geometries import concatenate, fiftyone_matrix, matrices, pair, share
from hypothesis import assume, given
from hypothesis import strategies as st

from duplicates.iou_core.errors import KeypointError
from duplicates.iou_core.geometry.keypoints import (
    AT_MINUS_ONE,
    AT_ZERO,
    NO_CONFIDENCE,
    Keypoints,
    unmarked_points,
)

NAN = math.nan
COCO_SIGMAS = (
    np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89])
    / 1000
)

coordinate = st.floats(-0.2, 1.2, allow_subnormal=False).map(lambda v: round(v, 4))
point = st.tuples(coordinate, coordinate)
maybe_point = st.one_of(point, point, point, st.just((NAN, NAN)))
label = st.lists(maybe_point, min_size=1, max_size=6)


def keypoints(labels, sigmas=None):
    return Keypoints(*concatenate(labels), sigmas)


def naive_oks(a, b, sigmas=None):
    """Computes the OKS of two lists of points, one Python float at a time."""
    known = [[p[k] for p in a if not math.isnan(p[k])] for k in (0, 1)]
    if not all(known):
        return 0.0
    width, height = (max(values) - min(values) for values in known)
    scale = min(math.sqrt(width * height), 1.0)
    values = []
    for k, (p, q) in enumerate(zip(a, b)):
        if not (math.isfinite(p[0]) and math.isfinite(p[1])):
            continue
        there = math.isfinite(q[0]) and math.isfinite(q[1])
        square = (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 if there else 1.0
        spread = 2 * (scale * (1.0 if sigmas is None else sigmas[k])) ** 2
        values.append(math.exp(-square / spread) if spread else float(square == 0))
    return sum(values) / len(values) if values else 0.0


def naive_matrix(labels, sigmas=None):
    n = len(labels)
    found = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            found[i, j] = found[j, i] = naive_oks(labels[i], labels[j], sigmas)
    return found


def random_labels(n, rng, missing=0.1, points=None):
    counts = rng.integers(2, 9, n) if points is None else np.full(n, points)
    labels = [rng.random((k, 2)) * 0.5 + rng.random(2) * 0.5 for k in counts]
    for points in labels:
        points[2:][rng.random(len(points) - 2) < missing] = NAN
    return labels


def detections(labels):
    return [fo.Keypoint(points=[tuple(p) for p in points]) for points in labels]


@pytest.mark.parametrize("points", [None, 17], ids=["any number", "17 each"])
@pytest.mark.parametrize("missing", [0, 0.3])
def test_oks_equals_fiftyones(points, missing):
    rng = np.random.default_rng(1)
    labels = random_labels(40, rng, missing, points)

    found, ios = matrices(keypoints(labels))
    np.testing.assert_allclose(
        found, fiftyone_matrix(detections(labels)), rtol=0, atol=1e-12
    )
    np.testing.assert_array_equal(found, ios)


@pytest.mark.parametrize("missing", [0, 0.3])
def test_oks_with_sigmas_equals_fiftyones(missing):
    labels = random_labels(30, np.random.default_rng(2), missing, points=17)
    theirs = fiftyone_matrix(detections(labels), keypoint_sigmas=COCO_SIGMAS)
    found, _ = matrices(keypoints(labels, COCO_SIGMAS))

    np.testing.assert_allclose(found, theirs, rtol=1e-9, atol=1e-300)


def test_unfilled_polylines_are_compared_by_the_points_of_all_their_lines():
    rng = np.random.default_rng(3)
    lines = [[rng.random((3, 2)).tolist(), rng.random((2, 2)).tolist()] for _ in "abc"]
    polylines = [fo.Polyline(points=points, filled=False) for points in lines]
    found, _ = matrices(keypoints([a + b for a, b in lines]))

    np.testing.assert_allclose(found, fiftyone_matrix(polylines), rtol=0, atol=1e-12)


def test_oks_of_coco_persons_equals_fiftyones(shared_data):
    with gzip.open(shared_data / "person_keypoints_val2017_538.json.gz") as file:
        coco = json.load(file)
    size = {image["id"]: (image["width"], image["height"]) for image in coco["images"]}
    images = {}
    for annotation in coco["annotations"]:
        if annotation.get("num_keypoints"):
            xyv = np.array(annotation["keypoints"], float).reshape(-1, 3)
            xy = xyv[:, :2] / size[annotation["image_id"]]
            xy[xyv[:, 2] == 0] = NAN
            images.setdefault(annotation["image_id"], []).append(xy)
    images = [labels for labels in images.values() if len(labels) > 1][:60]
    group = np.repeat(np.arange(len(images)), [len(labels) for labels in images])
    found, _ = matrices(
        keypoints([points for labels in images for points in labels], COCO_SIGMAS),
        group,
    )

    compared = 0
    for k, labels in enumerate(images):
        with np.errstate(divide="ignore", invalid="ignore"):
            theirs = fiftyone_matrix(detections(labels), keypoint_sigmas=COCO_SIGMAS)
        mine = found[np.ix_(group == k, group == k)]
        # FiftyOne divides by the extent, and a person with one known point has none
        valid = np.isfinite(theirs)
        compared += valid.sum()
        np.testing.assert_allclose(mine[valid], theirs[valid], rtol=0, atol=1e-9)
        assert found[group == k][:, group != k].max(initial=0) == 0
    assert compared > 500


@given(st.lists(label, max_size=6))
def test_oks_equals_a_loop_over_points(labels):
    found, _ = matrices(keypoints(labels))

    np.testing.assert_allclose(found, naive_matrix(labels), rtol=0, atol=1e-12)


@given(st.lists(st.lists(maybe_point, min_size=3, max_size=3), max_size=5))
def test_oks_of_labels_with_equally_many_points_equals_a_loop(labels):
    sigmas = [0.5, 1.0, 0.1]
    found, _ = matrices(keypoints(labels, sigmas))

    np.testing.assert_allclose(found, naive_matrix(labels, sigmas), rtol=0, atol=1e-12)


@given(st.lists(point, min_size=1, max_size=6))
def test_a_label_and_its_copy_have_oks_1(points):
    assert pair(keypoints([points, points])) == pytest.approx(1, abs=1e-12)


@given(label, label, coordinate, coordinate)
def test_oks_hardly_changes_when_both_labels_move(a, b, dx, dy):
    def moved(points):
        return [(x + dx, y + dy) for x, y in points]

    # a vertical line, up to rounding, has no extent before or after
    assume((keypoints([a]).bounds[0, 2:] > 1e-3).all())
    before, after = pair(keypoints([a, b])), pair(keypoints([moved(a), moved(b)]))
    assert after == pytest.approx(before, abs=1e-6)


@pytest.mark.parametrize(
    "points",
    [
        [(0.3, 0.4)],
        [(0.1, 0.5), (0.4, 0.5)],
        [(0.2, 0.1), (0.2, 0.9), (NAN, NAN)],
    ],
    ids=["one point", "a level line", "an upright line"],
)
def test_identical_labels_without_extent_have_oks_1_and_nan_in_fiftyone(points):
    with np.errstate(invalid="ignore"):
        theirs = fiftyone_matrix(detections([points, points]))

    assert np.isnan(theirs[0, 1])
    assert pair(keypoints([points, points])) == 1


def test_each_point_of_labels_without_extent_counts_1_or_0():
    a = [(0.1, 0.5), (0.4, 0.5)]
    b = [(0.1, 0.5), (0.7, 0.5)]

    assert pair(keypoints([a, b])) == 0.5
    assert pair(keypoints([[(0.1, 0.1)], [(0.2, 0.1)]])) == 0


def test_the_earlier_label_gives_the_scale():
    small = [(0.1, 0.1), (0.2, 0.2)]
    large = [(0.1, 0.1), (0.9, 0.9)]

    assert pair(keypoints([small, large])) < pair(keypoints([large, small]))
    assert pair(keypoints([small, large])) == naive_oks(small, large)


def test_share_equals_oks_in_either_order():
    labels = keypoints([[(0.1, 0.1), (0.2, 0.2)], [(0.1, 0.1), (0.9, 0.9)]])

    assert share(labels, 0, 1) == share(labels, 1, 0) == pair(labels)


def test_labels_without_a_known_point_overlap_nothing():
    found, _ = matrices(keypoints([[], [], [(NAN, NAN)], [(NAN, NAN)], [(0, 0)]]))

    assert not found.any()


def test_an_infinite_coordinate_is_a_missing_point():
    a = [(0.1, 0.1), (0.3, 0.4), (math.inf, 0.2)]
    b = [(0.1, 0.2), (0.3, 0.3), (0.5, 0.5)]
    theirs = fiftyone_matrix(detections([b, a]))

    assert pair(keypoints([b, a])) == pytest.approx(theirs[0, 1], abs=1e-12)
    assert keypoints([a]).bounds.tolist() == [pytest.approx([0.1, 0.1, 0.2, 0.3])]


def test_bounds_and_area_are_computed_from_the_known_points():
    labels = keypoints([[(0.1, 0.2), (0.4, 0.6), (NAN, NAN)], [(NAN, NAN)], []])

    np.testing.assert_allclose(labels.bounds, [[0.1, 0.2, 0.3, 0.4], [0] * 4, [0] * 4])
    np.testing.assert_allclose(labels.area, [0.12, 0, 0])


def test_without_labels_there_are_no_pairs():
    labels = keypoints([])

    assert len(labels) == 0
    assert matrices(labels)[0].shape == (0, 0)
    assert labels.share(np.zeros(0, int), np.zeros(0, int)).shape == (0,)


def test_labels_whose_number_of_points_differs_from_the_sigmas_overlap_nothing():
    pair_of_points = [(0.1, 0.1), (0.5, 0.6)]
    longer = [*pair_of_points, (0.7, 0.7)]
    labels = keypoints([[(0, 0)], pair_of_points, longer, pair_of_points], [0.1, 0.2])
    found, _ = matrices(labels)

    assert labels.broken == [
        (0, "1 points, but there are 2 keypoint_sigmas"),
        (2, "3 points, but there are 2 keypoint_sigmas"),
    ]
    assert found[1, 3] == 1
    assert np.count_nonzero(found) == 2
    np.testing.assert_allclose(labels.bounds[2], [0.1, 0.1, 0.6, 0.6])
    assert keypoints([[(0, 0)], pair_of_points]).broken == []


def test_a_copy_on_one_horizontal_line_is_found_only_in_place():
    level = [(0.1, 0.5), (0.3, 0.5), (0.6, 0.5)]
    moved = [(x, y + 0.001) for x, y in level]

    assert pair(keypoints([level, level])) == 1
    assert pair(keypoints([level, moved])) == 0


@pytest.mark.parametrize("sigmas", [[0.1, 0], [-1, 1], [NAN, 1], [[1, 1]]])
def test_sigmas_that_are_not_positive_numbers_are_an_error(sigmas):
    with pytest.raises(KeypointError, match="keypoint_sigmas: expected a list of posi"):
        keypoints([[(0, 0), (1, 1)]], sigmas)


@pytest.mark.slow
def test_long_lines_are_compared_in_bounded_memory():
    rng = np.random.default_rng(4)
    alike = np.arange(101) * 2000
    unlike = np.concatenate(([0], np.arange(1999, 200_000, 2001)))
    for offsets in (alike, unlike):
        labels = Keypoints(rng.random((offsets[-1], 2)), offsets)
        tracemalloc.start()
        for i, j in labels.candidates(np.zeros(len(labels), int)):
            labels.measure(i, j)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # all of their points at once would need arrays of 75 MB
        assert peak < 40e6


def test_a_point_is_unmarked_if_its_position_or_confidence_says_so():
    points = np.array([(0, 0), (-1, -1), (0, 0.5), (0.2, 0.3), (NAN, 0.1)], float)
    confidence = np.array([0.0, NAN, 0.0, NAN, 0.5])

    assert unmarked_points(points).tolist() == [AT_ZERO, AT_MINUS_ONE, 0, 0, 0]
    both = AT_ZERO + NO_CONFIDENCE
    reasons = [both, AT_MINUS_ONE, NO_CONFIDENCE, 0, 0]
    assert unmarked_points(points, confidence).tolist() == reasons
    assert unmarked_points(np.zeros((0, 2))).shape == (0,)
