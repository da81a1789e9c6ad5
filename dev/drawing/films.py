"""Videos: moving objects on a street, with their tracks and temporal segments."""

import dataclasses
import pathlib
import random

import cv2
import fiftyone as fo
import numpy as np

from dev.drawing import backdrop, plants, shapes

SEED = 56
FRAMES, RATE = 48, 12
SIZE = (480, 360)

# OpenCV's wheels can write VP9 in MP4, and browsers can play it
_CODEC = "vp09"
_EVENTS = ("passes", "waits", "turns around")
_SHAPES = ((shapes.car, 46, 0.79), (shapes.truck, 74, 0.74), (shapes.person, 110, 0.97))


@dataclasses.dataclass(frozen=True)
class _Mover:
    """An object that moves at a constant speed, in pixels per frame."""

    label: str
    sprite: object
    x: float
    y: float
    speed: float

    def box(self, frame):
        """Returns its box in a frame, as ``(x, y, w, h)`` in pixels."""
        return (round(self.x + self.speed * frame), round(self.y), *self.sprite.size)


def tracks(folder, count):
    """Draws videos of streets, and returns samples with tracked objects."""
    samples = []
    for number in range(count):
        rng, sample, movers = _film(folder, number)
        again = rng.choice([mover for mover in movers if mover.label != "person"])
        kind = ("two_classes", "shifted_copy")[number % 2]
        label = (
            again.label if kind != "two_classes" else plants.OTHER_CLASS[again.label]
        )
        first = rng.randint(4, 12)
        span = range(first, first + rng.randint(18, 28))
        for frame in range(FRAMES):
            labels = [
                _detection(mover.label, mover.box(frame), index, None)
                for index, mover in enumerate(movers, 1)
            ]
            if frame in span:
                x, y, w, h = again.box(frame)
                box = (x + rng.choice((-1, 1)), y + rng.choice((-1, 0, 1)), w, h)
                labels.append(_detection(label, box, len(movers) + 1, kind))
            sample.frames[frame + 1] = fo.Frame(
                detections=fo.Detections(detections=labels)
            )
        samples.append(sample)
    return samples


def segments(folder, count):
    """Draws videos of streets, and returns samples with temporal segments."""
    samples = []
    for number in range(count):
        rng, sample, movers = _film(folder, number)
        events = []
        for k, mover in enumerate(movers):
            first = 1 + 10 * k + rng.randint(0, 3)
            last = first + rng.randint(14, 22)
            events.append((f"{mover.label} {_EVENTS[k]}", first, last, None))
        label, first, last, _ = rng.choice(events)
        kind = ("exact_copy", "shifted_copy")[number % 2]
        by = int(kind == "shifted_copy")
        events.append((label, first + by, last + by, kind))
        sample["events"] = fo.TemporalDetections(
            detections=[
                fo.TemporalDetection(label=name, support=[start, end], planted=planted)
                for name, start, end, planted in events
            ]
        )
        samples.append(sample)
    return samples


def _film(folder, number):
    """Returns a random generator, the sample of a video, and its moving objects."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(f"{SEED}-{number}")
    street = backdrop.draw(rng, SIZE)
    movers = [_mover(rng, *shape) for shape in _SHAPES]
    path = folder / f"street-{number}.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*_CODEC), RATE, SIZE)
    for frame in range(FRAMES):
        image = street.copy()
        for mover in movers:
            image.paste(mover.sprite, mover.box(frame)[:2], mover.sprite)
        writer.write(np.asarray(image)[:, :, ::-1])
    writer.release()
    metadata = fo.VideoMetadata(
        frame_width=SIZE[0],
        frame_height=SIZE[1],
        frame_rate=RATE,
        total_frame_count=FRAMES,
        duration=FRAMES / RATE,
    )
    return rng, fo.Sample(filepath=str(path), metadata=metadata), movers


def _mover(rng, shape, height, base):
    """Returns an object that crosses the image without leaving it."""
    sprite = shape(rng, height)
    width, height = sprite.size
    room = SIZE[0] - width - 12
    start, end = rng.uniform(0, 0.3) * room, rng.uniform(0.7, 1) * room
    if rng.random() < 0.5:
        start, end = end, start
    x, speed = 6 + start, (end - start) / FRAMES
    return _Mover(shape.__name__, sprite, x, base * SIZE[1] - height, speed)


def _detection(label, box, index, planted):
    x, y, w, h = box
    width, height = SIZE
    return fo.Detection(
        label=label,
        bounding_box=[x / width, y / height, w / width, h / height],
        index=index,
        planted=planted,
    )
