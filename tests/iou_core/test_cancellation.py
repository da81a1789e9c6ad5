"""Long computations check often whether they were canceled, and stop if so."""

import numpy as np
import pytest

from duplicates.iou_core.arrays import chunks
from duplicates.iou_core.cancellation import cancelled_by, check_cancelled
from duplicates.iou_core.decisions import cover
from duplicates.iou_core.decisions.likelihood import evidence
from duplicates.iou_core.geometry.cuboids.cuboids import Cuboids
from duplicates.iou_core.geometry.masks.masks import Masks
from duplicates.iou_core.geometry.oriented import OrientedBoxes
from duplicates.iou_core.overlaps import find_overlaps

N = 600  # labels: 179,700 pairs


class StoppedError(Exception):
    """Raised only by these tests."""


def boxes(n=N):
    return np.tile([0.1, 0.1, 0.5, 0.5], (n, 1)) + np.linspace(0, 0.1, n)[:, None]


def one_image(n=N):
    return np.zeros(n, np.int64)


def masks():
    return find_overlaps(
        Masks(boxes(8), lambda k: np.ones((4, 4 + k), np.bool_)), one_image(8)
    )


def oriented():
    shapes = OrientedBoxes(boxes(200), np.linspace(0.1, 1, 200), np.ones(200))
    return find_overlaps(shapes, one_image(200))


def cuboids():
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
    # another graph each time, as results are cached
    used = np.random.default_rng().random(len(i)) < 0.15
    return cover.fewest_cover(i[used], j[used], np.arange(60))


def evidence_of_pairs():
    pairs = find_overlaps(boxes(), one_image()).pairs
    return evidence.EvidenceTally().add(pairs, one_image(), boxes())


WORK = {
    "boxes": (lambda: find_overlaps(boxes(), one_image()), 2),
    "masks": (masks, 8),
    "turned boxes": (oriented, 4),
    "cuboids": (cuboids, 4),
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
