"""Long computations check often whether they were canceled, and stop if so."""

import numpy as np
import pytest
import shapely

from duplicates.iou_core.arrays import chunks
from duplicates.iou_core.cancellation import cancelled_by, check_cancelled
from duplicates.iou_core.decisions import cover, exact_cover
from duplicates.iou_core.decisions.likelihood import evidence
from duplicates.iou_core.geometry import keypoints, oriented
from duplicates.iou_core.geometry.cuboids import cuboids
from duplicates.iou_core.geometry.cuboids.cuboids import Cuboids
from duplicates.iou_core.geometry.keypoints import Keypoints
from duplicates.iou_core.geometry.masks import masks
from duplicates.iou_core.geometry.masks.masks import Masks
from duplicates.iou_core.geometry.oriented import OrientedBoxes
from duplicates.iou_core.geometry.polygons import polygons, rings, trapezoids
from duplicates.iou_core.geometry.polygons.polygons import Polygons
from duplicates.iou_core.overlaps import find_overlaps

N = 600  # labels: 179,700 pairs


class StoppedError(Exception):
    """Raised only by these tests."""


def boxes(n=N):
    return np.tile([0.1, 0.1, 0.5, 0.5], (n, 1)) + np.linspace(0, 0.1, n)[:, None]


def one_image(n=N):
    return np.zeros(n, np.int64)


def some_masks():
    return find_overlaps(
        Masks(boxes(8), lambda k: np.ones((4, 4 + k), np.bool_)), one_image(8)
    )


def turned_boxes():
    shapes = OrientedBoxes(boxes(200), np.linspace(0.1, 1, 200), np.ones(200))
    return find_overlaps(shapes, one_image(200))


def some_cuboids():
    turned = np.tile([0.1, 0.2, 0.3], (40, 1))
    shapes = Cuboids(boxes(40)[:, :3], np.ones((40, 3)), turned)
    return find_overlaps(shapes, one_image(40))


def one_component():
    i, j = np.triu_indices(40, 1)
    return cover._greedy_one_by_one(i, j)


def many_components():
    left = np.arange(0, 60, 2)
    return list(cover.components(left, left + 1, 60))


def an_exact_component():
    i, j = np.triu_indices(60, 1)
    used = np.random.default_rng(1).random(len(i)) < 0.15
    exact_cover._decide.cache_clear()
    return cover.fewest_cover(i[used], j[used], np.arange(60))


def evidence_of_pairs():
    pairs = find_overlaps(boxes(), one_image()).pairs
    return evidence.EvidenceTally().add(pairs, one_image(), boxes())


WORK = {
    "boxes": (lambda: find_overlaps(boxes(), one_image()), 2),
    "masks": (some_masks, 8),
    "turned boxes": (turned_boxes, 4),
    "cuboids": (some_cuboids, 4),
    "a component": (one_component, 30),
    "components": (many_components, 30),
    "an exact component": (an_exact_component, 40),
    "evidence": (evidence_of_pairs, 7),
    "chunks": (lambda: list(chunks(np.full(9, 5), 5)), 9),
}


@pytest.mark.parametrize("name", WORK)
def test_it_checks_often_and_stops_at_any_check(name):
    work, at_least = WORK[name]
    checks = []
    with cancelled_by(lambda: checks.append(1)):
        work()
    assert len(checks) >= at_least

    left = [len(checks) // 2]

    def stop():
        left[0] -= 1
        if left[0] < 0:
            raise StoppedError

    with cancelled_by(stop), pytest.raises(StoppedError):
        work()
    check_cancelled()  # nothing can stop it now


def pairs_of(n):
    return np.triu_indices(n, 1)


def compare(shapes, n):
    shapes.measure(*pairs_of(n))


def known_masks(n):
    # all of them are encoded before the pairs are compared
    shapes = Masks(boxes(n), lambda k: np.ones((4, 4), np.bool_))
    assert shapes.area.all()
    return shapes


def points(n, of_each):
    rng = np.random.default_rng(1)
    return Keypoints(rng.random((of_each.sum(), 2)), np.cumsum([0, *of_each]))


def combs(n, teeth=20):
    """Returns polygons whose edges all reach from left to right."""
    heights = np.arange(2 * teeth) / teeth
    outline = [[k % 2, y] for k, y in enumerate(heights)] + [[1, 3], [-1, 3], [-1, 0]]
    return Polygons.from_lists([[outline]] * n)


def slivers(n):
    """Returns polygons so thin that shapely compares them."""
    return Polygons.from_lists(
        [[[[0, 0], [1, 0.9 + k / 100], [1, 0.9 + k / 100 + 1e-7]]] for k in range(n)]
    )


def bow_ties(n):
    return Polygons.from_lists(
        [[[[0, 0], [1, 1], [1, 0], [0, 1 + k]]] for k in range(n)]
    )


# the work, where its steps are and how large each is, and how large they may be
STEPS = {
    "masks": (
        lambda: compare(known_masks(40), 40),
        (masks, "BLOCK_ROWS", 64),
        (masks, "count_overlaps", lambda rles, places, a, b: 8 * len(a)),
        64,
    ),
    "keypoints": (
        lambda: compare(points(40, np.full(40, 5)), 40),
        (keypoints, "BLOCK_POINTS", 100),
        (Keypoints, "_of_alike", lambda shapes, table, i, j: 5 * len(i)),
        105,
    ),
    "lines": (
        lambda: compare(points(40, np.arange(40) % 7 + 1), 40),
        (keypoints, "BLOCK_POINTS", 100),
        (Keypoints, "_of_any", lambda shapes, i, j, counts: counts.sum()),
        107,
    ),
    "turned boxes": (
        lambda: compare(
            OrientedBoxes(boxes(40), np.linspace(0.1, 1, 40), np.ones(40)), 40
        ),
        (oriented, "BLOCK_PAIRS", 50),
        (OrientedBoxes, "_share", lambda shapes, i, j: len(i)),
        50,
    ),
    "cuboids": (
        lambda: compare(
            Cuboids(boxes(40)[:, :3], np.ones((40, 3)), np.full((40, 3), 0.2)), 40
        ),
        (cuboids, "BLOCK_PAIRS", 50),
        (Cuboids, "_clip", lambda shapes, i, j: len(i)),
        50,
    ),
    "polygons with many edges": (
        lambda: compare(combs(2), 2),
        (trapezoids, "BLOCK_ITEMS", 100),
        (
            trapezoids.Trapezoids,
            "_below_both",
            lambda shapes, e, begin, end, *_: (end - begin).sum(),
        ),
        100 + 80,
    ),
    "thin polygons": (
        lambda: compare(slivers(20), 20),
        (polygons, "BLOCK_POINTS", 60),
        (shapely, "intersects", lambda a, b: 6 * len(a)),
        66,
    ),
    "polygons to repair": (
        lambda: bow_ties(200),
        (rings, "_REPAIRED", 240),
        (shapely, "make_valid", lambda parts, **_: 4 * len(parts)),
        64,
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_work_between_two_checks_is_limited(monkeypatch, name):
    work, limit, (owner, step, size), most = STEPS[name]
    monkeypatch.setattr(*limit)
    done, original = [0], getattr(owner, step)

    def counted(*args, **kwargs):
        done[-1] += int(size(*args, **kwargs))
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, step, counted)
    with cancelled_by(lambda: done.append(0)):
        work()
    assert sum(done) > 5 * most
    assert max(done) <= most
