"""Boxes with a rotation, and their duplicates."""

import fiftyone as fo

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans.search import find_duplicates

FIELD, OTHER = "gt", "predictions"
LONG = [0.3, 0.45, 0.4, 0.1]


def box(rotation=None, bounds=LONG, **attributes):
    if rotation is not None:
        attributes["rotation"] = rotation
    return fo.Detection(label="boat", bounding_box=bounds, **attributes)


def image(*labels, size=(100, 100), path="/a.jpg", **fields):
    metadata = None if size is None else fo.ImageMetadata(width=size[0], height=size[1])
    fields[FIELD] = fo.Detections(detections=list(labels))
    return fo.Sample(filepath=path, metadata=metadata, **fields)


def put(dataset, *samples):
    dataset.add_samples(list(samples), progress=False)
    return dataset


def found(dataset, thresh=0.5, **options):
    return find_duplicates(dataset, FindParams(FIELD, iou_thresh=thresh, **options))
