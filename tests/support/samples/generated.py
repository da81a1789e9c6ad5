"""Seeded samples with ties, chains, copies and empty lists."""

import random

CLASSES = ["cat", "dog", "bird", None]


def samples(seed, n=60):
    """Returns samples for ``make_dataset``, the same for the same seed.

    No box is a crowd or has no area, as FiftyOne gives other values for those.
    """
    rng = random.Random(seed)
    return [KINDS[k % len(KINDS)](rng) for k in range(n)]


def _named(rng, boxes):
    return [(rng.choice(CLASSES), list(box)) for box in boxes]


def _nothing(rng):
    return None


def _empty(rng):
    return []


def _one(rng):
    return _named(rng, [_anywhere(rng)])


def _scattered(rng):
    return _named(rng, [_anywhere(rng) for _ in range(rng.randint(2, 15))])


def _ties(rng):
    """Boxes on a coarse grid: many have equal IoUs, many only touch."""
    return _named(
        rng,
        [
            (
                rng.randrange(4) / 10,
                rng.randrange(4) / 10,
                rng.randint(1, 4) / 10,
                rng.randint(1, 4) / 10,
            )
            for _ in range(rng.randint(2, 14))
        ],
    )


def _chain(rng):
    x, y, w, h = _anywhere(rng)
    step = rng.choice([0.05, 0.1, 0.3]) * w
    boxes = [(x + k * step, y, w, h) for k in range(rng.randint(3, 9))]
    rng.shuffle(boxes)
    return _named(rng, boxes)


def _identical(rng):
    return _named(rng, [_anywhere(rng)] * rng.randint(2, 6))


def _groups_of_copies(rng):
    boxes = []
    for _ in range(rng.randint(1, 4)):
        x, y, w, h = _anywhere(rng)
        for _ in range(rng.randint(1, 5)):
            shift = [rng.uniform(-0.05, 0.05) * w for _ in range(2)]
            boxes.append((x + shift[0], y + shift[1], w, h))
    rng.shuffle(boxes)
    return _named(rng, boxes)


def _nested(rng):
    x, y, w, h = _anywhere(rng)
    return _named(rng, [(x, y, w * k / 8, h * k / 8) for k in range(1, 9)])


def _anywhere(rng):
    return (
        rng.uniform(-0.1, 0.8),
        rng.uniform(-0.1, 0.8),
        rng.uniform(0.01, 0.4),
        rng.uniform(0.01, 0.4),
    )


KINDS = [
    _scattered,
    _ties,
    _chain,
    _identical,
    _groups_of_copies,
    _nested,
    _one,
    _empty,
    _nothing,
]
