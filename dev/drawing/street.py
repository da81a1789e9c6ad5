"""The objects on a street, from back to front; only neighbors overlap much."""

import dataclasses

from dev.drawing import backdrop, shapes

SIZE = (640, 480)
MARGIN = 6


@dataclasses.dataclass(frozen=True)
class Thing:
    """An object of a scene.

    Args:
        label: its class
        box: its box, ``(x, y, w, h)`` in pixels
        sprite: its RGBA image, of the size of the box
        neighbor (False): whether it overlaps another object on purpose
    """

    label: str
    box: tuple
    sprite: object
    neighbor: bool = False


def populate(rng, with_neighbors):
    """Returns the objects of a scene in drawing order.

    Args:
        rng: a :class:`random.Random`
        with_neighbors: whether two of them overlap as duplicates do

    Returns:
        a list of :class:`Thing`
    """
    return _back_row(rng) + _road(rng) + _front_row(rng, with_neighbors)


def _back_row(rng):
    things = []
    for center in _slots(rng, rng.randint(3, 4), 20):
        shape = rng.choice((shapes.house, shapes.house, shapes.tree))
        base = backdrop.PAVEMENT - rng.uniform(0.01, 0.04)
        things.append(_place(rng, shape, center, base, rng.uniform(100, 150)))
    return things


def _road(rng):
    lane, scale = rng.choice(((0.075, 0.9), (0.165, 1.1)))
    things = []
    for center in _slots(rng, rng.randint(1, 2), 50):
        shape, height = rng.choice(
            ((shapes.car, 58), (shapes.car, 62), (shapes.truck, 92))
        )
        base = backdrop.ROAD + lane
        things.append(_place(rng, shape, center, base, height * scale))
    return things


def _front_row(rng, with_neighbors):
    centers = _slots(rng, rng.randint(2, 3), 50)
    together = rng.randrange(len(centers)) if with_neighbors else None
    things = []
    for slot, center in enumerate(centers):
        if slot == together:
            things += rng.choice((_couple, _rider))(rng, center)
            continue
        shape, height = rng.choice(
            (
                (shapes.person, 150),
                (shapes.person, 140),
                (shapes.dog, 58),
                (shapes.bicycle, 88),
            )
        )
        things.append(_place(rng, shape, center, rng.uniform(0.93, 0.985), height))
    return things


def _couple(rng, center):
    base, height = rng.uniform(0.94, 0.98), rng.uniform(140, 155)
    left = _place(rng, shapes.person, center - 9, base, height)
    right = _place(rng, shapes.person, center + 9, base + 0.01, height)
    return [dataclasses.replace(thing, neighbor=True) for thing in (left, right)]


def _rider(rng, center):
    bicycle = _place(rng, shapes.bicycle, center, 0.98, rng.uniform(92, 100))
    rider = _place(rng, shapes.person, center - 12, 0.94, rng.uniform(142, 150))
    return [dataclasses.replace(thing, neighbor=True) for thing in (rider, bicycle)]


def _slots(rng, count, jitter):
    room = SIZE[0] / count
    return [room * (n + 0.5) + rng.uniform(-jitter, jitter) for n in range(count)]


def _place(rng, shape, center, base, height):
    sprite = shape(rng, height)
    width, height = sprite.size
    x = round(min(max(MARGIN, center - width / 2), SIZE[0] - MARGIN - width))
    y = round(base * SIZE[1]) - height
    return Thing(shape.__name__, (x, y, width, height), sprite)
