"""Scenes of objects that overlap, and their labels by two annotators.

People stand in rows and crowds, ride, and carry bags; meals fill tables that the image
cuts; vehicles park side by side. Some objects are labeled twice, with one class
or with two that are easily confused.
"""

from dataclasses import dataclass, field

import numpy as np

from .noise import second_boxes

CLASSES = (
    *("person", "car", "truck", "bus", "backpack", "handbag", "table", "pizza"),
    *("bed", "bicycle", "cup", "bowl", "chair", "couch"),
)
_NUMBER = {name: k for k, name in enumerate(CLASSES)}
_LEAST_SIDE = 0.012


@dataclass(frozen=True)
class Mix:
    """The frequencies of scenes, duplicates and classes.

    Attributes:
        name: the name
        same: the share of objects labeled twice with their own class
        confused: by two classes, the share of the first's objects that are labeled
            as the second as well
        rates: the mean number of each kind of scene in an image
        rare: the number of further classes, each with few objects
    """

    name: str
    same: float = 0.003
    confused: dict[tuple[str, str], float] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    rare: int = 40


_CONFUSED = {
    ("car", "truck"): 0.02,
    ("bus", "truck"): 0.04,
    ("backpack", "handbag"): 0.08,
    ("chair", "couch"): 0.08,
    ("cup", "bowl"): 0.03,
}
_RATES = {
    "crowd": 0.25,
    "traffic": 0.2,
    "meal": 0.15,
    "bedroom": 0.06,
    "close": 0.15,
    "riders": 0.15,
    "bags": 0.15,
    "seats": 0.2,
    "scattered": 1.0,
}
MIXES = (
    Mix("usual", 0.003, _CONFUSED, _RATES),
    Mix("few duplicates", 0.0005, {("car", "truck"): 0.005}, _RATES),
    Mix("many duplicates", 0.04, {k: 4 * v for k, v in _CONFUSED.items()}, _RATES),
    Mix("crowds", 0.003, {}, {"crowd": 1.5, "riders": 0.5, "scattered": 0.5}),
    Mix(
        "containers and close-ups",
        0.003,
        _CONFUSED,
        {**_RATES, "meal": 0.6, "bedroom": 0.4, "close": 0.6},
    ),
    Mix("one class", 0.01, {}, {"crowd": 1.0}, rare=0),
)


@dataclass
class Drawn:
    """Labels of which it is known what they mark.

    Attributes:
        boxes: ``(N, 4)`` relative ``[x, y, w, h]``
        image: ``(N,)`` the image of each, rising
        classes: ``(N,)`` its class
        marks: ``(N,)`` the number of the object that it marks
    """

    boxes: np.ndarray
    image: np.ndarray
    classes: np.ndarray
    marks: np.ndarray


def draw(mix, images, seed):
    """Returns the labels of a number of images.

    Args:
        mix: the :class:`Mix`
        images: the number of images
        seed: a number; equal seeds give equal labels
    """
    rng = np.random.default_rng(seed)
    parts = [
        _SCENES[name](rng, rng.poisson(rate, images), mix)
        for name, rate in mix.rates.items()
    ]
    image, classes, corners = (np.concatenate(part) for part in zip(*parts))
    corners = np.clip(corners, 0, 1)
    seen = (corners[:, 2:] - corners[:, :2]).min(axis=1) > _LEAST_SIDE
    image, classes, corners = image[seen], classes[seen], corners[seen]
    twice, named = _labeled_twice(rng, mix, classes)
    second = second_boxes(rng, corners[twice])
    corners = np.concatenate([corners, second])
    image = np.concatenate([image, image[twice]])
    classes = np.concatenate([classes, named])
    marks = np.concatenate([np.arange(len(seen[seen])), twice])
    order = np.argsort(image, kind="stable")
    boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    return Drawn(boxes[order], image[order], classes[order], marks[order])


def _labeled_twice(rng, mix, classes):
    """Returns which objects are labeled twice, and the class of the second label."""
    draws = rng.random(len(classes))
    named = np.where(draws < mix.same, classes, -1)
    for (first, second), share in mix.confused.items():
        of = (classes == _NUMBER[first]) & (named < 0)
        named[of & (rng.random(len(classes)) < share)] = _NUMBER[second]
    twice = np.flatnonzero(named >= 0)
    return twice, named[twice]


def _corners(center, sides):
    return np.concatenate([center - sides / 2, center + sides / 2], axis=1)


def _row(rng, counts, names, size, shape, spacing):
    """Returns objects side by side; ``spacing`` is in widths of an object."""
    n_scenes = int(counts.sum())
    image = np.repeat(np.arange(len(counts)), counts)
    n = rng.geometric(0.25, n_scenes) + 1
    scene = np.repeat(np.arange(n_scenes), n)
    place = np.arange(len(scene)) - np.repeat(np.cumsum(n) - n, n)
    height = size(n_scenes)[scene] * rng.lognormal(0, 0.12, len(scene))
    width = height * rng.uniform(*shape, len(scene))
    start = np.stack(
        [rng.uniform(-0.1, 0.8, n_scenes), rng.uniform(0.2, 0.9, n_scenes)]
    )
    close = rng.uniform(*spacing, n_scenes)[scene]
    x = start[0][scene] + place * width * close * rng.uniform(0.4, 1.6, len(scene))
    y = start[1][scene] + 0.1 * height * rng.normal(size=len(scene))
    corners = _corners(np.stack([x, y], axis=1), np.stack([width, height], axis=1))
    classes = rng.choice([_NUMBER[name] for name in names], len(scene))
    return image[scene], classes, corners


def _sizes(rng, mean, spread):
    return lambda n: np.exp(rng.normal(np.log(mean), spread, n))


def _crowd(rng, counts, mix):
    return _row(rng, counts, ["person"], _sizes(rng, 0.2, 0.7), (0.3, 0.5), (0.15, 1.5))


def _traffic(rng, counts, mix):
    names = ["car", "car", "car", "truck", "bus"]
    return _row(rng, counts, names, _sizes(rng, 0.12, 0.8), (0.9, 2.0), (0.2, 1.5))


def _seats(rng, counts, mix):
    names = ["chair", "chair", "couch", "cup", "bowl"]
    return _row(rng, counts, names, _sizes(rng, 0.2, 0.7), (0.7, 1.3), (0.3, 1.5))


def _outer(rng, counts, size):
    n = int(counts.sum())
    image = np.repeat(np.arange(len(counts)), counts)
    sides = np.exp(rng.normal(np.log(size), 0.4, (n, 1)) + rng.normal(0, 0.25, (n, 2)))
    return image, _corners(rng.uniform(0.25, 0.75, (n, 2)), sides)


def _holding(rng, counts, outer, inner, size, filled, many):
    """Returns large objects with ``many`` others in front of each."""
    image, around = _outer(rng, counts, size)
    n = rng.geometric(1 / many, len(image))
    of = np.repeat(np.arange(len(image)), n)
    seen = np.clip(around, 0, 1)[of]
    sides = (seen[:, 2:] - seen[:, :2]).clip(0)
    inside = (
        sides * rng.beta(*filled, (len(of), 1)) * rng.lognormal(0, 0.1, sides.shape)
    )
    inside = np.minimum(inside, sides * rng.uniform(0.9, 1, sides.shape))
    low = seen[:, :2] + rng.random(sides.shape) * (sides - inside)
    within = np.concatenate([low, low + inside], axis=1)
    names = [[_NUMBER[name] for name in inner]] * 2
    return (
        np.concatenate([image, image[of]]),
        np.concatenate(
            [np.full(len(image), _NUMBER[outer]), rng.choice(names[0], len(of))]
        ),
        np.concatenate([around, within]),
    )


def _meal(rng, counts, mix):
    inner = ["pizza", "pizza", "bowl", "cup"]
    return _holding(rng, counts, "table", inner, 0.9, (1.5, 2.0), 2.0)


def _bedroom(rng, counts, mix):
    return _holding(rng, counts, "bed", ["person"], 0.8, (2.5, 1.5), 1.3)


def _bags(rng, counts, mix):
    inner = ["backpack", "handbag"]
    return _holding(rng, counts, "person", inner, 0.35, (2.0, 4.0), 1.2)


def _close(rng, counts, mix):
    """Returns large objects that the image cuts, and others that fill it as well."""
    names = ["person", "person", "couch", "bus"]
    parts = [_outer(rng, counts, 1.0) for _ in range(2)]
    second = rng.random(len(parts[1][0])) < 0.5
    image = np.concatenate([parts[0][0], parts[1][0][second]])
    corners = np.concatenate([parts[0][1], parts[1][1][second]])
    return image, rng.choice([_NUMBER[name] for name in names], len(image)), corners


def _riders(rng, counts, mix):
    """Returns people on bicycles, which overlap in every image."""
    image, bicycle = _outer(rng, counts, 0.25)
    sides = bicycle[:, 2:] - bicycle[:, :2]
    up = sides * np.array([0, -0.4]) * rng.uniform(0.3, 1.6, (len(image), 1))
    scale = rng.uniform([0.6, 0.8], [1.1, 1.5], sides.shape)
    center = (bicycle[:, :2] + bicycle[:, 2:]) / 2 + up
    person = _corners(center, sides * scale)
    classes = np.repeat([_NUMBER["bicycle"], _NUMBER["person"]], len(image))
    return np.tile(image, 2), classes, np.concatenate([bicycle, person])


def _scattered(rng, counts, mix):
    """Returns objects of the rare classes, anywhere."""
    n = int(counts.sum())
    image = np.repeat(np.arange(len(counts)), counts)
    sides = np.exp(rng.normal(np.log(0.15), 0.9, (n, 1)) + rng.normal(0, 0.3, (n, 2)))
    classes = len(CLASSES) + rng.geometric(0.05, n) % mix.rare
    return image, classes, _corners(rng.uniform(0, 1, (n, 2)), sides)


_SCENES = {
    "crowd": _crowd,
    "traffic": _traffic,
    "meal": _meal,
    "bedroom": _bedroom,
    "close": _close,
    "riders": _riders,
    "bags": _bags,
    "seats": _seats,
    "scattered": _scattered,
}
