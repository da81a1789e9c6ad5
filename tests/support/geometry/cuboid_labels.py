"""Cuboids as labels and as a geometry."""

import fiftyone as fo
import numpy as np

from duplicates.iou_core.geometry.cuboids.cuboids import Cuboids

CUBE = ([0, 0, 0], [1, 1, 1], [0, 0, 0])


def cuboids(*labels):
    """Returns the geometry of ``(location, dimensions, rotation)`` labels."""
    columns = zip(*labels) if labels else [np.zeros((0, 3))] * 3
    return Cuboids(*(np.array(list(column), float) for column in columns))


def detections(labels):
    return [
        fo.Detection(location=list(at), dimensions=list(size), rotation=list(turn))
        for at, size, turn in labels
    ]


def random_cuboids(n, seed, axes=(1, 1, 1), spread=3.0):
    rng = np.random.default_rng(seed)
    columns = (
        rng.random((n, 3)) * spread,
        rng.uniform(0.5, 2, (n, 3)),
        rng.uniform(-4, 4, (n, 3)) * axes,
    )
    return list(zip(*(column.tolist() for column in columns)))
