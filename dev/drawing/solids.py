"""3-D boxes: cars in FiftyOne 3-D scenes, and groups with two cameras."""

import math
import pathlib
import random

import fiftyone as fo
from fiftyone.core.threed import MeshStandardMaterial, Quaternion

from dev.drawing import plants, scenes, shapes

SEED = 55
_KINDS = ("exact_copy", "shifted_copy", "two_classes", plants.NEIGHBOR)
_SHIFT = 120  # pixels between the two cameras


def make(folder, count):
    """Builds scenes, and returns samples with the 3-D boxes of their cars."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [_sample(folder, number) for number in range(count)]


def groups(folder, count):
    """Returns groups of a 3-D scene and the images of two cameras."""
    folder = pathlib.Path(folder)
    made = make(folder, count)
    samples = []
    for number, scene in enumerate(made):
        group = fo.Group()
        image, labels = scenes.draw(number)
        width, height = image.width - _SHIFT, image.height
        for name, left in (("left", 0), ("right", _SHIFT)):
            path = folder / f"{name}-{number:03d}.jpg"
            image.crop((left, 0, left + width, height)).save(path, quality=92)
            samples.append(
                fo.Sample(
                    filepath=str(path),
                    metadata=fo.ImageMetadata(width=width, height=height),
                    group=group.element(name),
                    ground_truth=fo.Detections(
                        detections=_seen(labels, left, width, image.width)
                    ),
                )
            )
        scene["group"] = group.element("scene")
        samples.append(scene)
    return samples


def _seen(labels, left, width, whole):
    """Returns the labels that one camera sees."""
    found = []
    for label in labels:
        x, y, w, h = label["bounding_box"]
        box = [(x * whole - left) / width, y, w * whole / width, h]
        if box[0] >= 0 and box[0] + box[2] <= 1:
            found.append(fo.Detection(**{**label, "bounding_box": box}))
    return found


def _sample(folder, number):
    rng = random.Random(f"{SEED}-{number}")
    path = folder / f"scene-{number:03d}.fo3d"
    scene = fo.Scene(camera=fo.PerspectiveCamera(position=[0, -28, 16], up="Z"))
    _add(scene, "ground", (0, 0, -0.05), (60, 40, 0.1), 0, "#8d9298")
    kind, cars = _KINDS[number % len(_KINDS)], []
    for lane, y in enumerate((-7, -2.4, 2.2)):
        for slot in range(4):
            if rng.random() < 0.25:
                continue
            name, size = rng.choice(
                (("car", (4.4, 1.9, 1.5)), ("truck", (6.4, 2.4, 2.9)))
            )
            at = (slot * 8 - 12 + rng.uniform(-0.5, 0.5), y, size[2] / 2)
            turned = rng.uniform(-0.15, 0.15)
            color = rng.choice(shapes.PAINTS)
            _add(scene, f"{name} {lane} {slot}", at, size, turned, color)
            cars.append((name, at, size, turned, None))
    cars += _planted(rng, cars, kind)
    scene.write(str(path))
    return fo.Sample(
        filepath=str(path),
        ground_truth=fo.Detections(detections=[_label(*car) for car in cars]),
    )


def _planted(rng, cars, kind):
    if kind == plants.NEIGHBOR:
        return []
    name, at, size, turned, _ = rng.choice(cars)
    if kind == "two_classes":
        name = plants.OTHER_CLASS[name]
    if kind != "exact_copy":
        x, y, z = at
        at = (x + rng.uniform(-0.15, 0.15), y + rng.uniform(-0.08, 0.08), z)
        turned += rng.uniform(-0.02, 0.02)
    return [(name, at, size, turned, kind)]


def _add(scene, name, at, size, turned, color):
    half = turned / 2
    box = fo.BoxGeometry(
        name,
        *size,
        default_material=MeshStandardMaterial(color=color),
        position=list(at),
        quaternion=Quaternion(0, 0, math.sin(half), math.cos(half)),
    )
    scene.add(box)


def _label(name, at, size, turned, planted):
    return fo.Detection(
        label=name,
        location=list(at),
        dimensions=list(size),
        rotation=[0.0, 0.0, turned],
        planted=planted,
    )
