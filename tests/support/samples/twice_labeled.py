"""Drawn images in which some objects are labeled twice, for datasets of a test."""

from dev.simulation.scenes import CLASSES, MIXES, draw

MANY = MIXES[2]


def samples(images=80, seed=2):
    """Returns what ``make_dataset`` is called with.

    With the defaults, some 30 of 566 pairs are likely one object.
    """
    drawn = draw(MANY, images, seed)
    found = [[] for _ in range(images)]
    rows = zip(drawn.image.tolist(), drawn.classes.tolist(), drawn.boxes.tolist())
    for image, number, box in rows:
        name = CLASSES[number] if number < len(CLASSES) else f"rare {number}"
        found[image].append((name, box))
    return found
