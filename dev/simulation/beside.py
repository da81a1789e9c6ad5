"""``python -m dev.simulation.beside [SEEDS]``: likelihoods by more than boxes.

Masks: two people's masks of one object have the IoU that double annotations have at its
size. Two objects are ellipses in their boxes, of which one hides most of the other: few
pixels are in both of their masks.

Annotators: each image is labeled by one of five people, with a fifth of its labels by
others. Nine of ten objects that are labeled twice are labeled by two people.

Predictions: a model finds 9 of 10 objects, and draws their boxes as well as a person.
Of two boxes above an IoU of 0.7, it keeps one. A poor model finds half of the objects,
predicts three in ten of these twice, and keeps all.
"""

import sys
from dataclasses import replace

import numpy as np

import duplicates_loader

from .noise import SIZE, second_boxes
from .reliability import average_precision, bands, of_scene
from .scenes import MIXES

EXPONENT = np.array([2.2, 5.2, 7.9, 8.4, 12.4, 12.2])
"""The exponent of the IoU at each size, from masks that two people drew."""

_IMAGES = 3000
_GRID = 32
_SHOWN_TWICE = (0.5, 2.0)
"""The range of the share of two ellipses' common pixels that is in both masks."""

_NEAR = 0.2
"""The IoU of boxes above which a scan compares masks."""

_PEOPLE, _BY_OTHERS, _BY_TWO = 5, 0.2, 0.9

_MOST_ALIKE = 0.7
"""The IoU above which a model keeps one of two predictions."""


def masks(seed, drawn, pairs):
    """Returns pairs with the IoU of their masks.

    Args:
        seed: a number; equal seeds give equal masks
        drawn: the :class:`.scenes.Drawn` labels
        pairs: pairs of them
    """
    rng = np.random.default_rng([seed, 1])
    first, second = drawn.boxes[pairs.i], drawn.boxes[pairs.j]
    areas = np.maximum(first[:, 2:].prod(axis=1), second[:, 2:].prod(axis=1))
    exponent = np.interp(np.sqrt(areas), SIZE, EXPONENT)
    of_one = rng.beta(exponent, 1)
    of_two = _ellipse_ious(first, second) * rng.beta(*_SHOWN_TWICE, len(pairs))
    is_one = drawn.marks[pairs.i] == drawn.marks[pairs.j]
    known = np.where(is_one, of_one, of_two)
    return replace(pairs, mask_iou=np.where(pairs.iou > _NEAR, known, np.nan))


def annotators(seed, drawn, pairs):
    """Returns pairs with the agreement of who labeled them; see :func:`masks`."""
    from duplicates.iou_core.clues import agreements

    rng = np.random.default_rng([seed, 2])
    n = len(drawn.image)
    who = rng.integers(0, _PEOPLE, int(drawn.image.max()) + 1)[drawn.image]
    other = rng.random(n) < _BY_OTHERS
    who = np.where(other, rng.integers(0, _PEOPLE, n), who)
    _, once = np.unique(drawn.marks, return_index=True)
    again = np.setdiff1d(np.arange(n), once)
    of_first = np.full(drawn.marks.max() + 1, 0)
    of_first[drawn.marks[once]] = who[once]
    by_two = rng.random(len(again)) < _BY_TWO
    step = np.where(by_two, rng.integers(1, _PEOPLE, len(again)), 0)
    who[again] = (of_first[drawn.marks[again]] + step) % _PEOPLE
    numbers = (who + 1).astype(np.uint64)[:, None]
    return replace(pairs, agreement=agreements(pairs, numbers))


def predictions(seed, drawn, pairs, found=0.9, twice=0.0, most=_MOST_ALIKE):
    """Returns pairs with what a model's predictions say; see :func:`masks`."""
    from duplicates.iou_core.clues import of_predictions
    from duplicates.iou_core.overlaps import find_overlaps

    rng = np.random.default_rng([seed, 3])
    n = len(drawn.image)
    _, first = np.unique(drawn.marks, return_index=True)
    seen = first[rng.random(len(first)) < found]
    seen = np.sort(np.concatenate([seen, seen[rng.random(len(seen)) < twice]]))
    ends = drawn.boxes[seen, :2] + drawn.boxes[seen, 2:]
    corners = np.concatenate([drawn.boxes[seen, :2], ends], axis=1)
    drawn_again = second_boxes(rng, corners)
    sides = drawn_again[:, 2:] - drawn_again[:, :2]
    boxes = np.concatenate([drawn_again[:, :2], sides], axis=1)
    alike = find_overlaps(boxes, drawn.image[seen]).pairs
    kept = np.ones(len(seen), bool)
    kept[alike.j[alike.iou > most]] = False
    both = np.concatenate([drawn.boxes, boxes[kept]])
    image = np.concatenate([drawn.image, drawn.image[seen][kept]])
    side = np.repeat([0, 1], [n, len(both) - n])
    matched = find_overlaps(both, image, side=side).pairs
    return replace(pairs, agreement=of_predictions(pairs, matched, n))


def of_a_poor_model(seed, drawn, pairs):
    """Returns pairs with what a poor model's predictions say; see :func:`masks`."""
    return predictions(seed, drawn, pairs, found=0.5, twice=0.3, most=1.0)


def _ellipse_ious(first, second):
    """Returns the IoU of the ellipses in boxes ``[x, y, w, h]``, on a grid."""
    low = np.minimum(first[:, :2], second[:, :2])
    high = np.maximum(first[:, :2] + first[:, 2:], second[:, :2] + second[:, 2:])
    at = (np.arange(_GRID) + 0.5) / _GRID
    places = low[:, :, None] + (high - low)[:, :, None] * at

    def inside(box):
        middle, half = box[:, :2] + box[:, 2:] / 2, np.maximum(box[:, 2:] / 2, 1e-9)
        away = ((places - middle[:, :, None]) / half[:, :, None]) ** 2
        return away[:, 0, :, None] + away[:, 1, None, :] < 1

    a, b = inside(first), inside(second)
    shared, either = (a & b).sum(axis=(1, 2)), (a | b).sum(axis=(1, 2))
    return shared / np.maximum(either, 1)


def main(seeds):
    """Prints, for each mix, precision, log loss and bands by each evidence."""
    duplicates_loader.load()
    from duplicates.iou_core.clues import PREDICTIONS
    from duplicates.iou_core.decisions.likelihood import EvidenceTally, fit
    from duplicates.iou_core.overlaps import find_overlaps

    project = find_overlaps, EvidenceTally, fit
    ways = {
        "boxes": (),
        "and annotators": (annotators,),
        "and predictions": (predictions, PREDICTIONS),
        "and predictions of a poor model": (of_a_poor_model, PREDICTIONS),
        "and masks": (masks,),
    }
    for mix in MIXES:
        print(f"\n{mix.name}: {seeds} datasets of {_IMAGES:,} images")
        for name, way in ways.items():
            parts = [
                of_scene(*project, mix, _IMAGES, seed, *way) for seed in range(seeds)
            ]
            each = [average_precision(part.likelihood, part.true) for part in parts]
            stated = np.concatenate([part.likelihood for part in parts])
            true = np.concatenate([part.true for part in parts])
            right = np.where(true, stated, 1 - stated)
            loss = -1000 * np.log(np.maximum(right, 1e-9)).mean()
            print(
                f"  {name}: average precision {np.mean(each):.3f}, "
                f"log loss {loss:.2f} per 1,000 pairs, "
                f"{stated.sum():,.0f} expected, {true.sum():,} true"
            )
            for band in bands(stated, true):
                interval = f"{band.low:.2f} to {band.high:.2f}"
                print(
                    f"    {band.stated:6.2f}  {band.true:4.2f}  {interval}  "
                    f"{band.count:8,}"
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
