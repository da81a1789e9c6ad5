"""A valid label of every kind."""

import fiftyone as fo
import numpy as np

SQUARE = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]]
FLAT = dict(location=[0, 0, 0], dimensions=[1, 1, 1], rotation=[0.0, 0.0, 0.5])


def good_labels():
    """Returns two identical labels of every kind, and the options to compare them."""
    blob = np.ones((6, 6), dtype=bool)
    box = [0.1, 0.1, 0.2, 0.2]
    return {
        "boxes": (fo.Detection(bounding_box=box), {}),
        "masks": (fo.Detection(bounding_box=box, mask=blob), dict(use_masks=True)),
        "outlines": (
            fo.Detection(bounding_box=box, mask=blob),
            dict(use_masks=True, tolerance=1),
        ),
        "polygons": (fo.Polyline(points=[SQUARE], filled=True, closed=True), {}),
        "lines": (fo.Polyline(points=[SQUARE]), {}),
        "keypoints": (fo.Keypoint(points=[(0.1, 0.2), (0.3, 0.5)]), {}),
        "cuboids": (fo.Detection(**FLAT), {}),
        "segments": (fo.TemporalDetection(support=[3, 9]), {}),
    }
