"""Values that the tests of other projects state for boxes, keypoints and NMS."""

import math

import numpy as np
import pytest
from geometries import concatenate, matrices
from pycocotools.cocoeval import COCOeval

from duplicates.iou_core.decisions.methods import find_duplicates
from duplicates.iou_core.geometry.keypoints import Keypoints
from duplicates.iou_core.geometry.protocol import Boxes
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.labels.scans.scan_words import COCO_SIGMAS

NAN = math.nan


def from_corners(corners):
    """Returns ``[x, y, w, h]`` for ``[x1, y1, x2, y2]``."""
    corners = np.array(corners, float)
    return np.column_stack((corners[:, :2], corners[:, 2:] - corners[:, :2]))


def kept_by_nms(shapes, scores, classes, thresh):
    """Returns the sorted indices of the labels of one image that NMS keeps."""
    image = np.zeros(len(scores), np.int64)
    found = find_overlaps(shapes, image, classes=np.array(classes), min_iou=0)
    rank = np.argsort(np.argsort(-np.array(scores), kind="stable"), kind="stable")
    removed = find_duplicates(
        found.pairs, found.earlier_iou, thresh, "nms", rank=rank
    ).tolist()
    return sorted(set(range(len(scores))) - set(removed))


# corners [x1, y1, x2, y2] and their IoUs, from the tests of torchvision, file
# test/test_ops.py, class TestBoxIou, and the loss of its boxes of test_giou_loss
TORCHVISION = {
    "whole numbers": (
        [[0, 0, 100, 100], [0, 0, 50, 50], [200, 200, 300, 300], [0, 0, 25, 25]],
        [[1, 0.25, 0, 0.0625], [0.25, 1, 0, 0.25], [0, 0, 1, 0], [0.0625, 0.25, 0, 1]],
        0,
    ),
    "fractions": (
        [
            [285.3538, 185.5758, 1193.5110, 851.4551],
            [285.1472, 188.7374, 1192.4984, 851.0669],
            [279.2440, 197.9812, 1189.4746, 849.2019],
        ],
        [[1, 0.9933, 0.9673], [0.9933, 1, 0.9737], [0.9673, 0.9737, 1]],
        1e-4,
    ),
    "a quarter, a common edge, a common corner": (
        [[-1, -1, 1, 1], [0, 0, 1, 1], [0, 1, 1, 2], [1, 1, 2, 2]],
        [[1, 0.25, 0, 0], [0.25, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        0,
    ),
}


@pytest.mark.parametrize("name", TORCHVISION)
def test_boxes_have_the_ious_of_torchvision(name):
    corners, expected, tolerance = TORCHVISION[name]

    iou, _ = matrices(Boxes(from_corners(corners)))
    np.fill_diagonal(iou, 1)
    np.testing.assert_allclose(iou, expected, rtol=0, atol=tolerance)


# TensorFlow, core/kernels/image/non_max_suppression_op_test.cc
THREE_CLUSTERS = [
    [0, 0, 1, 1],
    [0, 0.1, 1, 1.1],
    [0, -0.1, 1, 0.9],
    [0, 10, 1, 11],
    [0, 10.1, 1, 11.1],
    [0, 100, 1, 101],
]

# corners [x1, y1, x2, y2], scores, classes, the threshold, and the boxes that are kept
NMS = {
    # mmcv, tests/test_ops/test_nms.py
    "mmcv": (
        [[6, 3, 8, 7], [3, 6, 9, 11], [3, 7, 10, 12], [1, 4, 13, 7]],
        [0.6, 0.9, 0.7, 0.2],
        [0, 0, 0, 0],
        0.3,
        [0, 1, 3],
    ),
    "mmcv, nms_match": (
        [
            [49.1, 32.4, 51.0, 35.9],
            [49.3, 32.9, 51.0, 35.3],
            [35.3, 11.5, 39.9, 14.5],
            [35.2, 11.7, 39.7, 15.7],
        ],
        [0.9, 0.9, 0.4, 0.3],
        [0, 0, 0, 0],
        0.6,
        [0, 2],
    ),
    # TensorFlow, core/kernels/image/non_max_suppression_op_test.cc
    "three clusters of TensorFlow": (
        THREE_CLUSTERS,
        [0.9, 0.75, 0.6, 0.95, 0.5, 0.3],
        [0] * 6,
        0.5,
        [0, 3, 5],
    ),
    "TensorFlow, at a threshold of 0": (
        THREE_CLUSTERS,
        [1, 1, 1, 1, 1, 1],
        [0] * 6,
        0.0,
        [0, 3, 5],
    ),
    "ten identical boxes of TensorFlow": (
        [[0, 0, 1, 1]] * 10,
        [0.9] * 10,
        [0] * 10,
        0.5,
        [0],
    ),
    # torchvision, test/test_ops.py, test_nms_float16
    "torchvision, at a threshold of 0.2": (
        [
            [285.3538, 185.5758, 1193.5110, 851.4551],
            [285.1472, 188.7374, 1192.4984, 851.0669],
            [279.2440, 197.9812, 1189.4746, 849.2019],
        ],
        [0.6370, 0.7569, 0.3966],
        [0, 0, 0],
        0.2,
        [1],
    ),
    # apple/axlearn, axlearn/vision/nms_test.py
    "axlearn": (
        [[1, 10, 2, 20], [1.1, 10.1, 2.1, 20.1], [30, 50, 40, 60]],
        [0.9, 0.8, 0.7],
        [0, 0, 0],
        0.5,
        [0, 2],
    ),
    # open-mmlab/mmpose, tests/post_processing/test_nms.py, test_func_nms
    "mmpose": ([[0, 0, 10, 10], [0, 0, 10, 8]], [0.9, 0.8], [0, 0], 0.5, [0]),
    # the example of ultralytics.utils.nms.TorchNMS; the boxes have an IoU of 25 / 175
    "ultralytics": ([[0, 0, 10, 10], [5, 5, 15, 15]], [0.9, 0.8], [0, 0], 0.5, [0, 1]),
    # supervision, tests of box_non_max_suppression
    "supervision, one box": ([[10, 10, 40, 40]], [0.8], [0], 0.5, [0]),
    "supervision, one class": (
        [[10, 10, 40, 40], [15, 15, 40, 40]],
        [0.8, 0.9],
        [0, 0],
        0.5,
        [1],
    ),
    "supervision, two classes": (
        [[10, 10, 40, 40], [15, 15, 40, 40]],
        [0.8, 0.9],
        [0, 1],
        0.5,
        [0, 1],
    ),
}


@pytest.mark.parametrize("name", NMS)
def test_nms_keeps_the_boxes_that_other_projects_keep(name):
    corners, scores, classes, thresh, kept = NMS[name]

    assert kept_by_nms(from_corners(corners), scores, classes, thresh) == kept


@pytest.mark.parametrize("n_classes", [1, 4])
@pytest.mark.parametrize("thresh", [0.2, 0.5, 0.8])
def test_nms_keeps_what_the_reference_of_torchvision_keeps(thresh, n_classes):
    """The IoU of the last box with the first barely exceeds the threshold, as there."""
    rng = np.random.default_rng(7)
    boxes = 100 * rng.random((400, 4))
    boxes[-1] = boxes[0]
    boxes[-1, 2] /= thresh + 1e-5
    scores, classes = rng.random(400), rng.integers(n_classes, size=400)
    ious, _ = matrices(Boxes(boxes))
    ious[classes[:, None] != classes] = 0

    picked, left = [], np.argsort(-scores)
    while len(left):
        picked.append(int(left[0]))
        left = left[1:][ious[left[0], left[1:]] <= thresh]
    assert kept_by_nms(boxes, scores, classes, thresh) == sorted(picked)


def oks(earlier, later, sigma):
    """Returns the OKS of two labels whose points have one sigma."""
    labels = Keypoints(*concatenate([earlier, later]), [sigma] * len(earlier))
    return matrices(labels)[0][0, 1]


WHOLE, SHORT = [(0, 0), (1, 1), (2, 2)], [(0, 0), (1, 1), (NAN, NAN)]
# talmolab/sleap, tests/nn/test_evals.py; in images of 4 by 4 pixels
SLEAP = {
    "the same": (WHOLE, WHOLE, 1),
    "without one point": (WHOLE, SHORT, 2 / 3),
    "with one more point": (SHORT, WHOLE, 1),
    "both without a point": (SHORT, SHORT, 1),
}


@pytest.mark.parametrize("name", SLEAP)
def test_keypoints_have_the_oks_of_sleap(name):
    earlier, later, expected = SLEAP[name]

    found = oks(np.array(earlier) / 4, np.array(later) / 4, 0.05)
    assert found == pytest.approx(expected, rel=1e-7)


def test_keypoints_have_the_oks_of_deeplabcut():
    """Its sigma of 0.01 is doubled, as in COCO. File tests/test_inferenceutils.py."""
    rng = np.random.default_rng(1)
    one, other = rng.random((12, 2)) / 2, rng.random((12, 2)) / 2 + 0.5
    half, none = one.copy(), np.full_like(one, NAN)
    half[:6] = NAN

    assert oks(one, one, 0.02) == 1
    assert oks(one, other, 0.02) == pytest.approx(0, abs=1e-8)
    assert oks(one, half, 0.02) == pytest.approx(0.5, rel=1e-12)
    assert oks(one, none, 0.02) == pytest.approx(0, abs=1e-12)
    # it has no OKS with a label without points: here they overlap nothing
    assert oks(none, one, 0.02) == 0


def test_nms_by_oks_keeps_the_poses_that_mmpose_keeps():
    """open-mmlab/mmpose, tests/post_processing/test_nms.py, test_soft_oks_nms."""
    poses = [[(x, x)] * 17 for x in (0.1, 0.1, 1.0)]
    labels = Keypoints(*concatenate(poses), list(COCO_SIGMAS.values()))

    assert kept_by_nms(labels, [0.9, 0.4, 0.7], [0, 0, 0], 0.9) == [0, 2]


@pytest.mark.parametrize("noise", [0.002, 0.01, 0.05])
def test_the_sigmas_offered_as_cocos_give_the_oks_of_pycocotools(noise):
    """Of people whose area is the extent of their points."""
    rng = np.random.default_rng(3)
    person = 0.2 + 0.5 * rng.random((17, 2))
    people = [person, *(person + rng.normal(0, noise, (5, 17, 2)))]
    labels = Keypoints(*concatenate(people), list(COCO_SIGMAS.values()))
    evaluation = COCOeval(iouType="keypoints")
    evaluation.params.maxDets = [20]
    flat = [np.column_stack((p, np.full(17, 2))).ravel().tolist() for p in people]
    truth = {"keypoints": flat[0], "bbox": [0] * 4, "area": labels.area[0]}
    evaluation._gts = {(1, 1): [truth]}
    evaluation._dts = {(1, 1): [{"keypoints": f, "score": 1} for f in flat[1:]]}

    theirs = evaluation.computeOks(1, 1)[:, 0]
    np.testing.assert_allclose(matrices(labels)[0][0, 1:], theirs, atol=1e-9)
    assert 0 < theirs.min() < 1
