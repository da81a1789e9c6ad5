"""Keypoints: people who are drawn from their joints."""

import pathlib
import random

import fiftyone as fo
from PIL import ImageDraw

from dev.drawing import backdrop, plants, shapes, street

SEED = 53
SIGMA = 0.08
JOINTS = (
    *("head", "neck", "left elbow", "left hand", "right elbow", "right hand"),
    *("hip", "left knee", "left foot", "right knee", "right foot"),
)
BONES = [[0, 1], [1, 2, 3], [1, 4, 5], [1, 6], [6, 7, 8], [6, 9, 10]]

_KINDS = ("exact_copy", "shifted_copy", plants.NEIGHBOR)
_HIDDEN = (float("nan"), float("nan"))


def make(folder, count):
    """Draws scenes with people, and returns samples with their keypoints."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for number in range(count):
        image, labels = _draw(number)
        path = folder / f"people-{number:03d}.jpg"
        image.save(path, quality=92)
        samples.append(
            fo.Sample(
                filepath=str(path),
                metadata=fo.ImageMetadata(width=image.width, height=image.height),
                ground_truth=fo.Keypoints(keypoints=labels),
            )
        )
    return samples


def _draw(number):
    rng = random.Random(f"{SEED}-{number}")
    image = backdrop.draw(rng, street.SIZE)
    kind = _KINDS[number % len(_KINDS)]
    pen = ImageDraw.Draw(image)
    people = []
    count = rng.randint(3, 4)
    for slot in range(count):
        x = street.SIZE[0] * (slot + 0.5) / count + rng.uniform(-25, 25)
        height = rng.uniform(150, 200)
        people.append((_person(rng, x, 470 - rng.uniform(0, 25), height), None))
        if kind == plants.NEIGHBOR and slot == 0:
            joints = _person(rng, x + 0.22 * height, 465, height)
            people = [(people[0][0], kind), (joints, kind)]
    for joints, _ in people:
        _paint(pen, rng, joints)
    labels = [_label(rng, joints, planted) for joints, planted in people]
    if kind != plants.NEIGHBOR:
        joints, _ = rng.choice(people)
        by = 0 if kind == "exact_copy" else 2.5
        again = [
            (x + rng.uniform(-by, by), y + rng.uniform(-by, by)) for x, y in joints
        ]
        labels.append(_label(rng, again, kind, hidden=0))
    return image, labels


def _person(rng, x, foot, height):
    """Returns the joints of a person, in pixels."""
    lean, step, swing = rng.uniform(-6, 6), rng.uniform(0.05, 0.12), rng.random() * 0.2
    at = lambda across, up: (x + across * height + lean * up, foot - up * height)  # noqa: E731
    return [
        *(at(0, 0.93), at(0, 0.82)),
        *(at(-0.13, 0.65), at(-0.15 - swing, 0.5), at(0.13, 0.65), at(0.15, 0.48)),
        at(0, 0.5),
        *(at(-step / 2, 0.26), at(-step, 0), at(step / 2, 0.25), at(step, 0)),
    ]


def _paint(pen, rng, joints):
    shirt, trousers = rng.choice(shapes.SHIRTS), rng.choice(shapes.TROUSERS)
    thick = max(6, round((joints[8][1] - joints[0][1]) * 0.06))
    for bone, color in zip(BONES[1:], (shirt, shirt, shirt, trousers, trousers)):
        width = 2 * thick if bone == [1, 6] else thick
        pen.line([joints[k] for k in bone], fill=color, width=width, joint="curve")
    x, y = joints[0]
    r = 1.3 * thick
    pen.ellipse([x - r, y - r, x + r, y + r], fill=rng.choice(shapes.SKINS))


def _label(rng, joints, planted, hidden=0.05):
    width, height = street.SIZE
    points = [
        _HIDDEN
        if rng.random() < hidden and planted is None
        else (x / width, y / height)
        for x, y in joints
    ]
    return fo.Keypoint(label="person", points=points, planted=planted)
