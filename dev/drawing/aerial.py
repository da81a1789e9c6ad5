"""Rotated boxes: parked cars seen from above."""

import math
import pathlib
import random

import fiftyone as fo
from PIL import Image, ImageDraw

from dev.drawing import plants, shapes

SEED = 54
SIZE = (640, 480)
_KINDS = ("exact_copy", "shifted_copy", "two_classes", plants.NEIGHBOR)


def make(folder, count):
    """Draws parking lots, and returns samples with a rotated box per car."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for number in range(count):
        image, cars = _draw(number)
        path = folder / f"lot-{number:03d}.jpg"
        image.save(path, quality=92)
        samples.append(
            fo.Sample(
                filepath=str(path),
                metadata=fo.ImageMetadata(width=SIZE[0], height=SIZE[1]),
                ground_truth=fo.Polylines(polylines=[_label(*car) for car in cars]),
            )
        )
    return samples


def _draw(number):
    """Returns an image, and ``(class, box, planted)`` of its labels."""
    rng = random.Random(f"{SEED}-{number}")
    image = Image.new("RGB", SIZE, "#6f747b")
    pen = ImageDraw.Draw(image)
    kind = _KINDS[number % len(_KINDS)]
    slant = rng.uniform(-0.6, 0.6)
    cars = []
    for y in (110, 250, 390):
        x = 60 + rng.uniform(0, 40)
        while x < SIZE[0] - 60:
            if rng.random() < 0.75:
                name = rng.choice(("car", "car", "truck"))
                long = rng.uniform(72, 80) if name == "car" else rng.uniform(92, 100)
                box = (x, y, long, rng.uniform(32, 38), slant + rng.uniform(1.5, 1.64))
                cars.append((name, box, None))
                _paint(pen, rng, box)
            x += 62
    # neighboring cars do not overlap, but their upright boxes do
    if kind == plants.NEIGHBOR:
        return image, [(name, box, kind) for name, box, _ in cars]
    name, box, _ = rng.choice(cars)
    if kind == "two_classes":
        name = plants.OTHER_CLASS[name]
    if kind != "exact_copy":
        x, y, long, wide, turned = box
        turned += rng.uniform(-0.02, 0.02)
        box = (x + rng.uniform(-2, 2), y + rng.uniform(-2, 2), long, wide, turned)
    return image, [*cars, (name, box, kind)]


def _paint(pen, rng, box):
    x, y, long, wide, turned = box
    paint = rng.choice(shapes.PAINTS)
    for size, color in ((1, paint), (0.55, shapes.GLASS), (0.38, paint)):
        pen.polygon(_corners(x, y, long * size, wide * (size + 1) / 2, turned), color)


def _corners(x, y, long, wide, turned):
    cos, sin = math.cos(turned), math.sin(turned)
    return [
        (
            x + a * long / 2 * cos - b * wide / 2 * sin,
            y + a * long / 2 * sin + b * wide / 2 * cos,
        )
        for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]


def _label(name, box, planted):
    label = fo.Polyline.from_rotated_box(*box, frame_size=SIZE, label=name, filled=True)
    label["planted"] = planted
    return label
