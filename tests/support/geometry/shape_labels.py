"""Labels of masks and polygons, as geometries and as FiftyOne's."""

import fiftyone as fo
import numpy as np

from duplicates.iou_core.geometry.masks.masks import Masks
from duplicates.iou_core.geometry.polygons.polygons import Polygons

FULL = [0, 0, 1, 1]
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]]
LINE = [[0.1, 0.1], [0.5, 0.5]]


def masks(labels):
    """Returns the geometry of ``(box, mask)`` labels."""
    boxes = np.array([box for box, _ in labels], float).reshape(-1, 4)
    return Masks(boxes, lambda k: labels[k][1])


def detections(labels):
    return [fo.Detection(bounding_box=list(box), mask=mask) for box, mask in labels]


def polygons(*labels):
    return Polygons.from_lists(labels)


def polylines(labels):
    return [fo.Polyline(points=rings, closed=True, filled=True) for rings in labels]


def star(rng, points, center=None, size=0.3):
    """Returns a ring around a center that does not cross itself."""
    center = rng.random(2) if center is None else center
    angle = np.sort(rng.random(points)) * 2 * np.pi
    radius = size * (0.3 + 0.7 * rng.random((points, 1)))
    at = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return (center + radius * at).tolist()
