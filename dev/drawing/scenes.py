"""The demo's default dataset: street scenes with planted duplicates.

The same seed gives the same images and labels. Each label stores what was planted: a
copy stores its kind of duplicate, and so do neighbors, which overlap but are real.
"""

import hashlib
import json
import pathlib
import random

from dev.drawing import backdrop, pen, plants, shapes, street
from dev.simulation import noise

SEED = 51
COUNT = 200


def make(folder, count=COUNT, seed=SEED):
    """Draws scenes into a folder, or returns those of an earlier run.

    Args:
        folder: the folder for the images and their labels
        count: the number of images
        seed: the seed

    Returns:
        a list with a dict per image: ``"filename"`` and ``"labels"``, see :func:`draw`
    """
    folder = pathlib.Path(folder)
    index, version = folder / "scenes.json", _version(count, seed)
    if index.exists():
        earlier = json.loads(index.read_text(encoding="utf-8"))
        if earlier["version"] == version:
            return earlier["scenes"]

    folder.mkdir(parents=True, exist_ok=True)
    scenes = []
    for number in range(count):
        image, labels = draw(number, seed)
        filename = f"scene-{number:03d}.jpg"
        image.save(folder / filename, quality=92)
        scenes.append({"filename": filename, "labels": labels})
    content = json.dumps({"version": version, "scenes": scenes})
    index.write_text(content, encoding="utf-8")
    return scenes


def draw(number, seed=SEED):
    """Draws one scene.

    Args:
        number: the number of the scene
        seed: the seed

    Returns:
        a tuple of the RGB image and the list of its labels: dicts with ``"label"``,
        ``"bounding_box"`` (relative ``[x, y, w, h]``), ``"confidence"`` and
        ``"planted"`` (one of :data:`dev.drawing.plants.KINDS`, or None)
    """
    rng = random.Random(f"{seed}-{number}")
    image = backdrop.draw(rng, street.SIZE)
    kinds = plants.kinds_of_scene(rng, number)
    things = street.populate(rng, with_neighbors=plants.NEIGHBOR in kinds)
    for thing in things:
        image.paste(thing.sprite, thing.box[:2], thing.sprite)
    return image, _originals(rng, things) + _copies(rng, things, kinds)


def _originals(rng, things):
    return [
        _label(
            thing.label,
            thing.box,
            rng.uniform(0.8, 0.99),
            plants.NEIGHBOR if thing.neighbor else None,
        )
        for thing in things
    ]


def _copies(rng, things, kinds):
    free = [thing for thing in things if not thing.neighbor]
    labels = []
    # two_classes comes first, as it needs a vehicle and there may be only one.
    for kind in sorted(kinds - {plants.NEIGHBOR}, reverse=True):
        fitting = [thing for thing in free if plants.can_carry(thing.label, kind)]
        if not fitting:
            continue
        thing = rng.choice(fitting)
        free.remove(thing)
        for label, box in plants.copies(rng, thing.label, thing.box, kind, street.SIZE):
            labels.append(_label(label, box, rng.uniform(0.45, 0.85), kind))
    return labels


def _label(label, box, confidence, planted):
    width, height = street.SIZE
    x, y, w, h = box
    return {
        "label": label,
        "bounding_box": [x / width, y / height, w / width, h / height],
        "confidence": round(confidence, 3),
        "planted": planted,
    }


def _version(count, seed):
    sources = (backdrop, pen, plants, shapes, street, noise)
    digest = hashlib.sha256(f"{count} {seed}".encode())
    for path in (__file__, *(source.__file__ for source in sources)):
        digest.update(pathlib.Path(path).read_bytes())
    return digest.hexdigest()
