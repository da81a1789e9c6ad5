"""IoUs of temporal segments equal FiftyOne's."""

import math

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np
import pytest
from geometries import matrices, pair, share
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core.errors import SegmentError
from duplicates.iou_core.geometry.segments import Segments, is_segment

frame = st.integers(1, 15)
segment = st.tuples(frame, frame).map(sorted)


def segments(*labels):
    first, last = zip(*labels) if labels else ((), ())
    return Segments(np.array(first), np.array(last))


def fiftyone(labels):
    objects = [fo.TemporalDetection(support=list(label)) for label in labels]
    found = foui.compute_segment_ious(objects, objects)
    np.fill_diagonal(found, 0)
    return found


@given(st.lists(segment, min_size=1, max_size=12))
def test_ious_equal_fiftyones(labels):
    np.testing.assert_allclose(
        matrices(segments(*labels))[0], fiftyone(labels), rtol=0, atol=1e-12
    )


def test_ious_of_many_segments_equal_fiftyones():
    rng = np.random.default_rng(1)
    first = rng.integers(1, 3_000_000, 120)
    labels = list(zip(first, first + rng.integers(0, 500_000, 120)))
    theirs = fiftyone([list(map(int, label)) for label in labels])

    np.testing.assert_allclose(
        matrices(segments(*labels))[0], theirs, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(
    ("a", "b", "iou"),
    [
        ((1, 10), (1, 10), 1),
        ((1, 10), (10, 20), 0),
        ((1, 11), (6, 11), 0.5),
        ((5, 5), (5, 5), 1),
        ((5, 5), (6, 6), 0),
        ((5, 5), (1, 10), 0),
    ],
)
def test_known_ious(a, b, iou):
    assert pair(segments(a, b)) == pair(segments(b, a)) == iou


@given(segment, segment, st.integers(-100, 100))
def test_iou_does_not_change_when_both_segments_move(a, b, by):
    moved = [[end + by for end in one] for one in (a, b)]

    assert pair(segments(*moved)) == pytest.approx(pair(segments(a, b)), abs=1e-12)


def test_share_is_the_fraction_of_a_segment_inside_the_other():
    labels = segments((0, 10), (5, 10), (7, 7), (7, 7))

    assert share(labels, 0, 1) == 0.5
    assert share(labels, 1, 0) == 1
    assert share(labels, 2, 3) == 1
    assert share(labels, 2, 0) == 0


def test_area_is_the_length():
    assert segments((1, 10), (4, 4)).area.tolist() == [9, 0]


def test_without_labels_there_are_no_pairs():
    labels = segments()

    assert len(labels) == 0
    assert matrices(labels)[0].shape == (0, 0)


@pytest.mark.parametrize("bad", [(2, 1), (math.nan, 1), (1, math.inf)])
def test_the_error_for_an_invalid_segment_gives_its_index(bad):
    assert is_segment(*zip((1, 2), bad)).tolist() == [True, False]
    with pytest.raises(SegmentError, match="segment 1: expected finite"):
        segments((1, 2), bad)
