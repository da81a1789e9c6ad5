"""Duplicates of several kinds that are planted among the labels of a scene.

Two people who draw one object agree as :mod:`dev.simulation.noise` says, but no less
than the demo's cut asks for.

Boxes are ``(x, y, w, h)`` in pixels, origin top-left, half-open.
"""

import numpy as np

from dev.simulation import noise

_CLOSE = 0.81
"""The least IoU of a duplicate and the label before it."""

_FAR = 0.745
"""The IoU that the first and the last label of a chain stay below."""

_AT_ONCE = 64  # boxes of a second and a third person

FOUND_KINDS = ("exact_copy", "shifted_copy", "two_classes", "chain")
INSIDE, NEIGHBOR = "inside", "neighbor"
KINDS = (*FOUND_KINDS, INSIDE, NEIGHBOR)

OTHER_CLASS = {"car": "truck", "truck": "car"}
_CAN_CARRY = {
    "two_classes": set(OTHER_CLASS),
    INSIDE: {"person", "house", "car", "truck"},
}


def kinds_of_scene(rng, number):
    """Returns the kinds to plant in a scene: the next one in turn, and perhaps another.

    Args:
        rng: a :class:`random.Random`
        number: the number of the scene

    Returns:
        a set of 0 to 2 kinds
    """
    in_turn = (*KINDS, None)[number % (len(KINDS) + 1)]
    another = rng.choice(KINDS) if rng.random() < 0.4 else None
    return {in_turn, another} - {None}


def can_carry(label, kind):
    """Returns whether a kind of duplicate can be planted on an object of a class."""
    return label in _CAN_CARRY.get(kind, {label})


def copies(rng, label, box, kind, size):
    """Returns further labels of an object.

    Args:
        rng: a :class:`random.Random`
        label: the class of the object
        box: its box
        kind: the kind of duplicate
        size: the width and the height of the image

    Returns:
        a list of ``(class, box)``
    """
    if kind == "exact_copy":
        return [(label, box)]
    if kind == "shifted_copy":
        return [(label, again) for again in _drawn_again(rng, box, size)]
    if kind == "two_classes":
        return [(OTHER_CLASS[label], again) for again in _drawn_again(rng, box, size)]
    if kind == "chain":
        return [(label, link) for link in _chain(rng, box, size)]
    return [(label, _part(rng, box))]


def iou(a, b):
    """Returns the IoU of two boxes."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0, across) * max(0, down)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def _drawn_again(rng, box, size):
    """Returns the box of a second person who draws the object."""
    return _first(rng, box, size, lambda again, _: _is_close(box, again))[:1]


def _chain(rng, box, size):
    """Returns the boxes of a second and a third person who draw the object.

    Each overlaps the one before by much, but the third one overlaps the first by less.
    """
    return _first(
        rng,
        box,
        size,
        lambda second, third: (
            _is_close(box, second)
            and _is_close(second, third)
            and iou(box, third) < _FAR
        ),
    )


def _first(rng, box, size, fits):
    """Returns the first box drawn again, and again from that one, that fit."""
    x, y, w, h = box
    sides = np.tile(size, 2)
    corners = np.tile(np.array([x, y, x + w, y + h]) / sides, (_AT_ONCE, 1))
    numbers = np.random.default_rng(rng.getrandbits(64))
    while True:
        second = noise.second_boxes(numbers, corners)
        third = noise.second_boxes(numbers, second)
        for pair in zip(_pixels(second * sides), _pixels(third * sides)):
            if fits(*pair):
                return pair


def _pixels(corners):
    """Returns corners as boxes in whole pixels."""
    corners = np.rint(corners).astype(int)
    sides = corners[:, 2:] - corners[:, :2]
    return [tuple(box) for box in np.hstack([corners[:, :2], sides]).tolist()]


def _is_close(box, other):
    return _CLOSE <= iou(box, other) < 1


def _part(rng, box):
    x, y, w, h = box
    width, height = round(rng.uniform(0.55, 0.8) * w), round(rng.uniform(0.3, 0.5) * h)
    return (x + round((w - width) * rng.random()), y + round(0.03 * h), width, height)
