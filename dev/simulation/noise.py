"""The box that a second annotator draws of an object.

Two people agree less on small objects. The IoU of their boxes has the density
``a * IoU ** (a - 1)``, with an exponent ``a`` that rises with the object's size. Where
the image cuts an object, both draw to its border, so only the free sides differ.
"""

import numpy as np

SIZE = np.array([0.03, 0.075, 0.15, 0.30, 0.55, 0.85])
"""Sizes: the square root of an object's share of the image."""

EXPONENT = np.array([4.2, 8.2, 9.8, 12.8, 18.7, 23.3])
"""The exponent at each size, from boxes that two people drew of the same objects."""

FREE_SIDES = np.array([3.95, 3.86, 3.77, 3.66, 3.36, 2.3])
"""The mean number of sides that are not at a border at each size, in COCO val 2017."""

BORDER = 0.01
_ROUNDS = 40


def second_boxes(rng, corners):
    """Returns the boxes of a second annotator.

    Args:
        rng: a :class:`numpy.random.Generator`
        corners: ``(N, 4)`` boxes ``[x0, y0, x1, y1]`` in the unit square

    Returns:
        an ``(N, 4)`` array in the same convention
    """
    n = len(corners)
    free = np.stack([corners[:, :2] > BORDER, corners[:, 2:] < 1 - BORDER], axis=1)
    free = free.reshape(n, 4)
    sides = corners[:, 2:] - corners[:, :2]
    size = np.sqrt(sides.prod(axis=1))
    usual = np.interp(size, SIZE, EXPONENT) * np.interp(size, SIZE, FREE_SIDES)
    wanted = rng.beta(usual / np.maximum(free.sum(axis=1), 0.5), 1)
    # one of the two may draw closer boxes than the other
    outward = rng.random((n, 4)) < rng.beta(2, 2, n)[:, None]
    step = rng.exponential(size=(n, 4)) * np.where(outward, 1, -1) * free
    step *= np.tile(sides, 2) * np.array([-1, -1, 1, 1])
    step /= np.maximum(
        np.abs(step / np.tile(sides, 2)).sum(axis=1, keepdims=True), 1e-9
    )
    low, high = np.zeros(n), np.full(n, 0.95)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        near = iou(corners, _moved(corners, step, middle)) > wanted
        low, high = np.where(near, middle, low), np.where(near, high, middle)
    second = _moved(corners, step, low)
    at_border = np.where(free, 0, rng.exponential(0.001, (n, 4)))
    return np.clip(second + at_border * np.array([1, 1, -1, -1]), 0, 1)


def _moved(corners, step, by):
    return np.clip(corners + step * by[:, None], 0, 1)


def iou(a, b):
    """Returns the IoU of each box in ``a`` with the one in the same row of ``b``."""
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    areas = [(box[:, 2:] - box[:, :2]).clip(0).prod(axis=1) for box in (a, b)]
    return shared / np.maximum(areas[0] + areas[1] - shared, 1e-12)
