"""Curves count the labels that each threshold would remove."""

import itertools

import numpy as np
import pytest
from boxes_for_tests import KINDS, crowded

from duplicates.iou_core.decisions import removals
from duplicates.iou_core.decisions.curves import Curves
from duplicates.iou_core.decisions.levels import THRESHOLDS, histogram, level
from duplicates.iou_core.decisions.methods import find_duplicates
from duplicates.iou_core.decisions.removals import graph_removals
from duplicates.iou_core.overlaps import find_overlaps

METHODS = ["simple", "greedy"]
N_CLASSES = 4


def labels(kind, sizes, seed):
    rng = np.random.default_rng(seed)
    boxes = np.concatenate([crowded(kind, n, rng) for n in sizes])
    image = np.repeat(np.arange(len(sizes)), sizes)
    return boxes, image, rng.integers(0, N_CLASSES, len(boxes))


def counts(overlaps, image, classes, method):
    """Decides at every threshold, and counts labels, images and labels by class."""
    of_labels, of_images, by_class = [], [], []
    for iou_thresh in THRESHOLDS:
        removed = find_duplicates(
            overlaps.pairs,
            overlaps.earlier_iou,
            iou_thresh,
            method,
            image,
            overlaps.truncated,
        )
        of_labels.append(len(removed))
        of_images.append(len(np.unique(image[removed])))
        by_class.append(
            [
                (
                    int((classes[removed] == k).sum()),
                    len(np.unique(image[removed[classes[removed] == k]])),
                )
                for k in range(N_CLASSES)
            ]
        )
    return of_labels, of_images, np.array(by_class).transpose(1, 0, 2)


def check(overlaps, image, classes, method):
    curves = Curves(N_CLASSES)
    curves.add(graph_removals(overlaps, image, method), classes, N_CLASSES)
    of_labels, of_images, by_class = counts(overlaps, image, classes, method)

    assert curves.labels.tolist() == of_labels
    assert curves.images.tolist() == of_images
    assert curves.class_labels.tolist() == by_class[:, :, 0].tolist()
    assert curves.class_images.tolist() == by_class[:, :, 1].tolist()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_count_equals_a_decision_at_that_threshold(kind, method):
    boxes, image, classes = labels(kind, [40, 1, 25, 60, 2], seed=1)
    overlaps = find_overlaps(boxes, image)

    check(overlaps, image, classes, method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("max_pairs", [1, 10, 60])
def test_truncated_images_are_counted_as_they_are_decided(method, max_pairs):
    boxes, image, classes = labels("on a grid", [60, 5, 40, 3], seed=2)
    overlaps = find_overlaps(boxes, image, max_pairs=max_pairs)

    assert len(overlaps.truncated) > 0
    check(overlaps, image, classes, method)


@pytest.mark.parametrize("method", METHODS)
def test_crowd_pairs_do_not_count(method):
    boxes, image, classes = labels("near copies", [50, 50], seed=3)
    iscrowd = np.random.default_rng(4).random(100) < 0.3
    overlaps = find_overlaps(boxes, image, iscrowd=iscrowd)

    assert not overlaps.pairs.decides.all()
    check(overlaps, image, classes, method)


def test_many_levels_are_decided_in_several_steps(monkeypatch):
    boxes, image, classes = labels("near copies", [60, 60], seed=5)
    boxes[:, 2:] += 0.2
    overlaps = find_overlaps(boxes, image)
    monkeypatch.setattr(removals, "_EDGES_AT_ONCE", 50)

    check(overlaps, image, classes, "greedy")


@pytest.mark.parametrize("method", METHODS)
def test_curves_of_disjoint_images_add_up(method):
    boxes, image, classes = labels("near copies", [30, 40, 20, 50], seed=6)
    together, added = Curves(), Curves()
    together.add(
        graph_removals(find_overlaps(boxes, image), image, method),
        classes,
        N_CLASSES,
    )
    for k, n_classes in enumerate([2, 3, 4, 4]):
        mine = (image == k) & (classes < n_classes)
        part = find_overlaps(boxes[mine], np.zeros(mine.sum(), int))
        removed = graph_removals(part, np.zeros(mine.sum(), int), method)
        added.add(removed, classes[mine], n_classes)
    whole = [
        find_overlaps(boxes[mine], np.zeros(mine.sum(), int))
        for k, n in enumerate([2, 3, 4, 4])
        for mine in [(image == k) & (classes < n)]
    ]

    assert added.class_labels.shape == (4, len(THRESHOLDS))
    assert added.labels.tolist() == added.class_labels.sum(axis=0).tolist()
    assert added.labels[0] == sum(
        len(find_duplicates(part.pairs, part.earlier_iou, THRESHOLDS[0], method))
        for part in whole
    )
    assert (together.images <= 4).all()


def test_threshold_1_removes_nothing():
    overlaps = find_overlaps(np.tile([0.0, 0.0, 1.0, 1.0], (3, 1)), np.zeros(3, int))

    for method in METHODS:
        curves = Curves()
        curves.add(
            graph_removals(overlaps, np.zeros(3, int), method), np.zeros(3, int), 1
        )
        assert curves.labels.tolist() == [2] * 96 + [0], method


@pytest.mark.parametrize("method", METHODS)
def test_without_overlaps_every_count_is_0(method):
    for boxes in (np.zeros((0, 4)), np.array([[0.0, 0, 1, 1], [3, 3, 1, 1]])):
        image = np.zeros(len(boxes), int)
        curves = Curves()
        curves.add(graph_removals(find_overlaps(boxes, image), image, method), image, 1)
        assert not curves.labels.any()
        assert not curves.class_images.any()


def test_thresholds_are_plain_decimals():
    assert THRESHOLDS.tolist() == [k / 100 for k in range(5, 100)] + [0.999, 1.0]


def test_the_level_of_an_iou_is_the_number_of_thresholds_below_it():
    ious = np.concatenate(
        [
            THRESHOLDS,
            np.nextafter(THRESHOLDS, 0),
            np.nextafter(THRESHOLDS, 1),
            np.linspace(0, 1, 1001),
        ]
    )
    expected = [(iou > THRESHOLDS).sum() for iou in ious]

    assert level(ious).tolist() == expected


def test_a_histogram_counts_a_value_on_an_edge_in_the_upper_bin():
    edges = [k / 100 for k in range(101)]
    values = np.array([*edges, *np.nextafter(edges, 0), *np.linspace(0, 1, 777)])
    expected = [
        sum(
            low <= value < high or (high == 1 and value == 1)
            for value in values.tolist()
        )
        for low, high in itertools.pairwise(edges)
    ]

    assert histogram(values).tolist() == expected
    assert histogram(np.zeros(0)).tolist() == [0] * 100
