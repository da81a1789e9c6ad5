"""Duplicates of several kinds that are planted among the labels of a scene.

Boxes are ``(x, y, w, h)`` in pixels, origin top-left, half-open.
"""

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


def copies(rng, label, box, kind, width):
    """Returns further labels of an object.

    Args:
        rng: a :class:`random.Random`
        label: the class of the object
        box: its box
        kind: the kind of duplicate
        width: the width of the image

    Returns:
        a list of ``(class, box)``
    """
    if kind == "exact_copy":
        return [(label, box)]
    if kind == "shifted_copy":
        return [(label, _nudged(rng, box, width, 0.79, 0.93))]
    if kind == "two_classes":
        return [(OTHER_CLASS[label], _nudged(rng, box, width, 0.85, 0.99))]
    if kind == "chain":
        return [(label, link) for link in _chain(rng, box, width)]
    return [(label, _part(rng, box))]


def iou(a, b):
    """Returns the IoU of two boxes."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0, across) * max(0, down)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def _nudged(rng, box, width, low, high):
    x, y, w, h = box
    while True:
        left, right = (x + rng.uniform(-0.12, 0.12) * w for _ in range(2))
        top, bottom = (y + rng.uniform(-0.12, 0.12) * h for _ in range(2))
        left, right = max(0, left), min(width, right + w)
        nudged = (round(left), round(top), round(right - left), round(bottom + h - top))
        if low <= iou(box, nudged) <= high:
            return nudged


def _chain(rng, box, width):
    # A box moved by a fraction s of its width has an IoU of (1 - s) / (1 + s) with the
    # original: 0.79 to 0.83 for neighboring links, 0.65 for the first and the last.
    x, y, w, h = box
    step = max(2, rng.uniform(0.095, 0.115) * w)
    direction = 1 if x + w / 2 < width / 2 else -1
    return [(round(x + direction * n * step), y, w, h) for n in (1, 2)]


def _part(rng, box):
    x, y, w, h = box
    width, height = round(rng.uniform(0.55, 0.8) * w), round(rng.uniform(0.3, 0.5) * h)
    return (x + round((w - width) * rng.random()), y + round(0.03 * h), width, height)
