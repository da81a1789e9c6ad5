"""Instance masks and polygons: the visible pixels of the objects on a street."""

import pathlib
import random

import cv2
import fiftyone as fo
import numpy as np

from dev.drawing import backdrop, plants, street

SEED = 52
_KINDS = ("exact_copy", "shifted_copy", "two_classes", plants.NEIGHBOR)
_THIN = {"bicycle"}
_LEAST, _MOST = 0.82, 0.96


def masks(folder, count):
    """Draws scenes, and returns samples with instance masks."""
    return _samples(folder, count, _detection, fo.Detections, "detections")


def polygons(folder, count):
    """Draws scenes, and returns samples with filled polygons."""
    return _samples(folder, count, _polyline, fo.Polylines, "polylines")


def _samples(folder, count, to_label, document, list_name):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for number in range(count):
        image, labels = _draw(number)
        path = folder / f"scene-{number:03d}.jpg"
        image.save(path, quality=92)
        value = document(**{list_name: [to_label(*label) for label in labels]})
        samples.append(
            fo.Sample(
                filepath=str(path),
                metadata=fo.ImageMetadata(width=image.width, height=image.height),
                ground_truth=value,
            )
        )
    return samples


def _draw(number):
    """Returns an image, and ``(class, pixels, planted)`` of its labels."""
    rng = random.Random(f"{SEED}-{number}")
    image = backdrop.draw(rng, street.SIZE)
    kind = _KINDS[number % len(_KINDS)]
    things = street.populate(rng, with_neighbors=kind == plants.NEIGHBOR)
    labels = []
    for thing in things:
        image.paste(thing.sprite, thing.box[:2], thing.sprite)
        planted = plants.NEIGHBOR if thing.neighbor else None
        labels.append((thing.label, _pixels(thing), planted))
    fitting = [
        (label, pixels)
        for label, pixels, _ in labels
        if plants.can_carry(label, kind) and label not in _THIN
    ]
    if kind != plants.NEIGHBOR and fitting:
        label, pixels = rng.choice(fitting)
        if kind == "two_classes":
            label = plants.OTHER_CLASS[label]
        copy = pixels if kind == "exact_copy" else _drawn_again(rng, pixels)
        labels.append((label, copy, kind))
    return image, labels


def _pixels(thing):
    width, height = street.SIZE
    x, y, w, h = thing.box
    pixels = np.zeros((height, width), dtype=bool)
    seen = np.asarray(thing.sprite.getchannel("A")) > 127
    bottom, right = min(y + h, height), min(x + w, width)
    pixels[y:bottom, x:right] = seen[: bottom - y, : right - x]
    return pixels


def _drawn_again(rng, pixels):
    """Returns the pixels as a second annotator would mark them."""
    while True:
        size = rng.choice((1, 2, 3))
        change = rng.choice((cv2.erode, cv2.dilate))
        again = change(pixels.astype(np.uint8), np.ones((size, size), np.uint8))
        shift = rng.randint(-3, 3), rng.randint(-3, 3)
        again = np.roll(again, shift, axis=(0, 1)).astype(bool)
        iou = (again & pixels).sum() / (again | pixels).sum()
        if _LEAST <= iou <= _MOST:
            return again


def _detection(label, pixels, planted):
    height, width = pixels.shape
    rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    box = left / width, top / height, (right - left) / width, (bottom - top) / height
    return fo.Detection(
        label=label,
        bounding_box=[float(value) for value in box],
        mask=pixels[top:bottom, left:right],
        planted=planted,
    )


def _polyline(label, pixels, planted):
    height, width = pixels.shape
    found, _ = cv2.findContours(
        pixels.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    rings = [cv2.approxPolyDP(ring, 0.8, closed=True)[:, 0] for ring in found]
    return fo.Polyline(
        label=label,
        points=[
            [(float(x / width), float(y / height)) for x, y in ring]
            for ring in rings
            if len(ring) > 2
        ],
        closed=True,
        filled=True,
        planted=planted,
    )
