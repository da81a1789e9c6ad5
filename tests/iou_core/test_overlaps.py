"""Overlaps: each label's largest IoU and partner, and the strongest pairs."""

import naive
import numpy as np
import pytest
from boxes_for_tests import KINDS, box, crowded
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core import overlaps
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.pairs import MIN_IOS, MIN_IOU

labels = st.lists(
    st.tuples(
        st.integers(0, 2), box, st.integers(0, 2), st.booleans(), st.integers(0, 1)
    ),
    max_size=25,
)
OPTIONS = ("classes", "iscrowd", "side")


def columns(rows):
    """Returns the columns of labels, in the order of their images."""
    rows = sorted(rows, key=lambda row: row[0])
    image, boxes, classes, iscrowd, side = zip(*rows, strict=True) if rows else [()] * 5
    return dict(
        boxes=np.array(boxes, float).reshape(-1, 4),
        image=np.array(image, np.int64),
        classes=np.array(classes, np.int64),
        iscrowd=np.array(iscrowd, bool),
        side=np.array(side, np.int64),
    )


def random_labels(kind, n, seed, images=1):
    rng = np.random.default_rng(seed)
    return dict(
        boxes=np.concatenate([crowded(kind, n, rng) for _ in range(images)]),
        image=np.repeat(np.arange(images), n),
        classes=rng.integers(0, 3, n * images),
        iscrowd=rng.random(n * images) < 0.1,
        side=rng.integers(0, 2, n * images),
    )


def check(given_labels, options, **limits):
    """Compares the result with a loop over all pairs, to the last bit."""
    given_labels = {
        name: values
        for name, values in given_labels.items()
        if name not in OPTIONS or name in options
    }
    options = {k: v for k, v in given_labels.items() if k != "boxes"}
    found = find_overlaps(given_labels["boxes"], **options, **limits)
    max_iou, partner, earlier, pairs = naive.overlaps(**given_labels)
    min_iou = limits.get("min_iou", MIN_IOU)

    assert found.max_iou.tolist() == max_iou
    assert found.partner.tolist() == partner
    assert found.earlier_iou.tolist() == earlier
    assert as_tuples(found.pairs) == [
        pair for pair in pairs if pair[2] > min_iou or pair[3] > MIN_IOS
    ]
    assert found.truncated.tolist() == []
    return found


def as_tuples(pairs):
    names = ("i", "j", "iou", "ios", "decides")
    return list(zip(*(getattr(pairs, name).tolist() for name in names), strict=True))


@given(labels, st.sets(st.sampled_from(OPTIONS)), st.sampled_from([0.0, 0.05, 0.5]))
def test_overlaps_equal_a_loop_over_all_pairs(rows, options, min_iou):
    check(columns(rows), options, min_iou=min_iou)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options", [(), ("classes",), ("iscrowd",), ("side",), OPTIONS], ids=", ".join
)
def test_overlaps_of_crowded_images_equal_a_loop_over_all_pairs(kind, options):
    check(random_labels(kind, 150, seed=3), options)
    check(random_labels(kind, 70, seed=4, images=3), options)


def test_without_labels_there_are_no_overlaps():
    found = check(columns([]), OPTIONS)

    assert found.pairs.i.dtype == np.int32
    assert found.pairs.iou.dtype == np.float64
    assert found.max_iou.shape == (0,)


def test_a_label_without_overlap_has_max_iou_0_and_no_partner():
    found = find_overlaps(
        np.array([[0, 0, 1, 1], [1, 0, 1, 1], [5, 5, 1, 1]], float), np.zeros(3, int)
    )

    assert found.max_iou.tolist() == [0, 0, 0]
    assert found.partner.tolist() == [-1, -1, -1]
    assert len(found.pairs) == 0


def test_ties_between_partners_are_broken_by_list_order():
    found = find_overlaps(np.tile([0.1, 0.1, 0.5, 0.5], (4, 1)), np.zeros(4, int))

    assert found.partner.tolist() == [1, 0, 0, 0]


def test_the_order_of_labels_changes_only_their_indices():
    given_labels = random_labels("near copies", 100, seed=5)
    boxes, image = given_labels["boxes"], given_labels["image"]
    order = np.random.default_rng(6).permutation(len(boxes))
    place = np.argsort(order)
    found = find_overlaps(boxes, image)
    moved = find_overlaps(boxes[order], image)

    assert moved.max_iou[place].tolist() == found.max_iou.tolist()
    assert sorted(moved.pairs.iou.tolist()) == sorted(found.pairs.iou.tolist())


def test_images_do_not_affect_each_other():
    given_labels = random_labels("on a grid", 80, seed=8, images=3)
    boxes, image = given_labels["boxes"], given_labels["image"]
    together = find_overlaps(boxes, image)
    alone = [find_overlaps(boxes[image == k], np.zeros(80, int)) for k in range(3)]

    assert (
        together.max_iou.tolist()
        == np.concatenate([part.max_iou for part in alone]).tolist()
    )
    assert len(together.pairs) == sum(len(part.pairs) for part in alone)


class TestCrowds:
    """A crowd region never causes the removal of another label."""

    crowd, inside, partly = [0, 0, 1, 1], [0.1, 0.1, 0.2, 0.2], [0.9, 0, 0.2, 0.5]

    @pytest.mark.parametrize("crowd_first", [True, False])
    def test_a_label_inside_a_crowd_has_iou_1_with_it_and_is_kept(self, crowd_first):
        boxes = np.array([self.crowd, self.inside])
        iscrowd = np.array([True, False])
        if not crowd_first:
            boxes, iscrowd = boxes[::-1], iscrowd[::-1]
        found = find_overlaps(boxes, np.zeros(2, int), iscrowd=iscrowd)

        assert found.max_iou[~iscrowd].tolist() == [1.0]
        assert found.max_iou[iscrowd].tolist() == [naive.iou(self.crowd, self.inside)]
        assert found.earlier_iou.tolist() == [0, 0]
        assert found.pairs.decides.tolist() == [False]
        assert found.pairs.iou.tolist() == [naive.iou(self.crowd, self.inside)]

    def test_the_iou_of_a_label_with_a_crowd_is_the_covered_fraction(self):
        found = find_overlaps(
            np.array([self.crowd, self.partly]),
            np.zeros(2, int),
            iscrowd=np.array([True, False]),
        )

        assert found.max_iou[1] == pytest.approx(0.5)

    def test_two_crowds_are_compared_like_any_two_labels(self):
        found = find_overlaps(
            np.array([self.crowd, self.crowd], float),
            np.zeros(2, int),
            iscrowd=np.array([True, True]),
        )

        assert found.pairs.decides.tolist() == [True]
        assert found.earlier_iou.tolist() == [0, 1]

    def test_crowd_flags_that_are_all_off_change_nothing(self):
        given_labels = random_labels("near copies", 100, seed=9)
        given_labels["iscrowd"][:] = False

        check(given_labels, ("iscrowd",))


class TestTooManyPairs:
    """An image with too many pairs keeps the strongest and is marked as truncated."""

    @pytest.mark.parametrize("kind", ["on a grid", "near copies", "tall", "scattered"])
    @pytest.mark.parametrize("max_pairs", [1, 10, 50])
    def test_the_strongest_pairs_are_kept_and_all_other_columns_are_exact(
        self, kind, max_pairs, monkeypatch
    ):
        monkeypatch.setattr("duplicates.iou_core.geometry.candidates.CHUNK_PAIRS", 500)
        given_labels = random_labels(kind, 150, seed=10, images=2)
        given_labels["boxes"][150:] = [[k, 0, 0.5, 0.5] for k in range(150)]
        boxes, image = given_labels["boxes"], given_labels["image"]

        whole = find_overlaps(boxes, image)
        cut = find_overlaps(boxes, image, max_pairs=max_pairs)

        assert len(whole.pairs) > max_pairs
        assert cut.truncated.tolist() == [0]
        assert cut.max_iou.tolist() == whole.max_iou.tolist()
        assert cut.partner.tolist() == whole.partner.tolist()
        assert cut.earlier_iou.tolist() == whole.earlier_iou.tolist()
        assert set(as_tuples(cut.pairs)) <= set(as_tuples(whole.pairs))
        strongest = np.sort(whole.pairs.iou)[::-1][:max_pairs]
        assert np.sort(cut.pairs.iou)[::-1].tolist() == strongest.tolist()

    def test_an_image_with_exactly_the_maximum_of_pairs_is_not_truncated(self):
        boxes, image = np.tile([0.1, 0.1, 0.5, 0.5], (10, 1)), np.zeros(10, int)
        found = find_overlaps(boxes, image, max_pairs=45)

        assert len(found.pairs) == 45
        assert found.truncated.tolist() == []

    def test_the_limit_applies_to_each_image(self):
        boxes = np.tile([0.1, 0.1, 0.5, 0.5], (40, 1))
        image = np.repeat(np.arange(4), 10)
        found = find_overlaps(boxes, image, max_pairs=45)

        assert len(found.pairs) == 4 * 45
        assert found.truncated.tolist() == []

    def test_memory_for_pairs_is_bounded_during_the_search(self, monkeypatch):
        sizes = []
        add = overlaps._Kept.add

        def watched(kept, pairs):
            add(kept, pairs)
            sizes.append(kept._size)

        monkeypatch.setattr(overlaps._Kept, "add", watched)
        monkeypatch.setattr("duplicates.iou_core.geometry.candidates.CHUNK_PAIRS", 500)
        boxes, image = np.tile([0.1, 0.1, 0.5, 0.5], (400, 1)), np.zeros(400, int)
        found = find_overlaps(boxes, image, max_pairs=1000)

        assert len(found.pairs) == 1000
        assert max(sizes) <= 2 * 1000 + 500
