"""Small datasets of boxes around a few places, many of which mark one object twice."""

import fiftyone as fo
from bson import ObjectId

CLASSES = ("car", "bus")
OTHER = "other"
PLACES = ((0.1, 0.1), (0.55, 0.55), (0.14, 0.14))
_ATTRIBUTES = (("iscrowd", "BooleanField"), ("note", "FloatField"))


def labels(rng, most):
    """Returns ``(class, box, attributes)`` of some labels, a few of them crowds."""
    found = []
    for _ in range(rng.randint(most // 2, most)):
        x, y = rng.choice(PLACES)
        at = x + rng.choice((0, 0, 0.01, 0.03)), y + rng.choice((0, 0, 0.02))
        sides = rng.choice((*[(0.3, 0.3)] * 3, (0.32, 0.3), (0.3, 0.15)))
        is_crowd = {"iscrowd": rng.random() < 0.1}
        found.append((rng.choice(CLASSES), list(map(float, (*at, *sides))), is_crowd))
    return found


def images(make_dataset, rng):
    """Returns a dataset of two to four images with labels in two fields."""
    n, most = rng.randint(2, 4), rng.randint(4, 9)
    samples = [labels(rng, most) for _ in range(n)]
    dataset = make_dataset(samples, attributes=_ATTRIBUTES, others=(OTHER,))
    for document in dataset._sample_collection.find({}, {"_id": True}):
        found = [_document(name, box) for name, box, _ in labels(rng, 2)]
        value = {OTHER: {"_cls": "Detections", "detections": found}}
        dataset._sample_collection.update_one(document, {"$set": value})
    return dataset


def _document(name, box):
    label = {"_id": ObjectId(), "_cls": "Detection", "attributes": {}, "tags": []}
    return {**label, "label": name, "bounding_box": box}


def videos(make_dataset, rng):
    """Returns a dataset of one or two videos with labels in three frames each."""
    dataset = make_dataset([])
    dataset.media_type = "video"
    # without metadata the server would open the file
    facts = fo.VideoMetadata(frame_width=64, frame_height=48, frame_rate=10)
    for name in ("one", "other")[: rng.randint(1, 2)]:
        sample = fo.Sample(filepath=f"/{name}.mp4", metadata=facts)
        for number in range(1, 4):
            found = [
                fo.Detection(label=label, bounding_box=box, note=0.5, **attributes)
                for label, box, attributes in labels(rng, 7)
            ]
            sample.frames[number] = fo.Frame(found=fo.Detections(detections=found))
        dataset.add_sample(sample)
    return dataset
