"""IoUs that the tests of other projects state for turned boxes and cuboids.

Those of Ultralytics state none: its ``probiou`` compares Gaussians, not boxes.
"""

import math

import numpy as np
import pytest
from geometries import matrices
from scipy.spatial.transform import Rotation

from duplicates.iou_core.geometry.cuboids.cuboids import Cuboids
from duplicates.iou_core.geometry.oriented import OrientedBoxes

ROOT2 = math.sqrt(2)

# [center x, center y, width, height, degrees counter-clockwise], from the tests of
# detectron2, file tests/structures/test_rotated_boxes.py
DETECTRON2 = {
    "half": ([0.5, 0.5, 1, 1, 0], [0.25, 0.5, 0.5, 1, 0], 0.5),
    "precision": ([565, 565, 10, 10, 0], [565, 565, 10, 8.3, 0], 0.83),
    "the same": ([0.5, 0.5, 1, 1, 0], [0.5, 0.5, 1, 1, 0], 1),
    "lower half": ([0.5, 0.5, 1, 1, 0], [0.5, 0.25, 1, 0.5, 0], 0.5),
    "first quarter": ([0.5, 0.5, 1, 1, 0], [0.25, 0.25, 0.5, 0.5, 0], 0.25),
    "last quarter": ([0.5, 0.5, 1, 1, 0], [0.75, 0.75, 0.5, 0.5, 0], 0.25),
    "corner": ([0.5, 0.5, 1, 1, 0], [1, 1, 1, 1, 0], 0.25 / 1.75),
    "45 degrees inside": ([1, 1, ROOT2, ROOT2, 45], [1, 1, 2, 2, 0], 0.5),
    "-45 degrees around": ([1, 1, 2 * ROOT2, 2 * ROOT2, -45], [1, 1, 2, 2, 0], 0.5),
    "orthogonal": ([5, 5, 10, 6, 55], [5, 5, 10, 6, -35], 36 / 84),
    "large and close": (
        [299.5, 417.370422, 600, 364.259186, 27.1828],
        [299.5, 417.370422, 600, 364.259155, 27.1828],
        364.259155 / 364.259186,
    ),
    "issue 1207, simplified": ([3, 3, 8, 2, -45], [6, 0, 8, 2, -45], 0),
    "issue 1207": ([160, 153, 230, 23, -37], [190, 127, 80, 21, -46], 0),
}

# [center x, center y, width, height, radians clockwise], from the tests of mmcv,
# file tests/test_ops/test_box_iou_rotated.py
MMCV_FIRST = [[1, 1, 3, 4, 0.5], [2, 2, 3, 4, 0.6], [7, 7, 8, 8, 0.4]]
MMCV_SECOND = [[0, 2, 2, 5, 0.3], [2, 1, 3, 3, 0.5], [5, 5, 6, 7, 0.4]]
MMCV_IOUS = [[0.3708, 0.4351, 0.0], [0.1104, 0.4487, 0.0424], [0.0, 0.0, 0.3622]]

# in radians, from Rotated_IoU (github.com/lilanxiao/Rotated_IoU, test_corner_cases.py)
ROTATED_IOU = {
    "the same": ([0, 0, 2, 2, 0], [0, 0, 2, 2, 0], 1),
    "a common edge": ([0, 0, 2, 2, 0], [0, 2, 2, 2, 0], 0),
    "edges on one line": ([0, 0, 2, 2, 0], [0, 1, 2, 2, 0], 1 / 3),
    "the same, turned often": ([38, 120, 1.3, 20, 50], [38, 120, 1.3, 20, 50], 1),
}


def oriented(*boxes):
    """Returns boxes of ``[center x, center y, width, height, radians clockwise]``."""
    x, y, w, h, angle = np.array(boxes, float).T
    bounds = np.column_stack((x - w / 2, y - h / 2, w, h))
    return OrientedBoxes(bounds, angle, np.ones(len(boxes)))


@pytest.mark.parametrize("name", DETECTRON2)
def test_turned_boxes_have_the_ious_of_detectron2(name):
    *boxes, expected = DETECTRON2[name]
    clockwise = [[*box[:4], -math.radians(box[4])] for box in boxes]

    iou, _ = matrices(oriented(*clockwise))
    assert iou[0, 1] == pytest.approx(expected, abs=1e-6)


def test_a_diagonal_of_turned_boxes_has_the_ious_of_detectron2():
    first = [[5 + 20 * k, 5 + 20 * k, 10, 10, 0] for k in range(100)]
    second = [[5 + 20 * k, 5 + 20 * k, 10, 1 + 9 * k / 200, 0] for k in range(200)]
    iou, _ = matrices(oriented(*first, *second))

    between = iou[:100, 100:]
    expected = [(1 + 9 * k / 200) / 10 for k in range(100)]
    np.testing.assert_allclose(np.diag(between), expected, atol=1e-9)
    assert np.count_nonzero(between) == 100


@pytest.mark.parametrize("direction", [1, -1])
def test_turned_boxes_have_the_ious_of_mmcv(direction):
    """mmcv turns counter-clockwise by the opposite angles."""
    boxes = [[*box[:4], box[4]] for box in MMCV_FIRST + MMCV_SECOND]
    if direction < 0:
        # mirrored at the vertical axis, which turns clockwise into counter-clockwise
        boxes = [[-x, y, w, h, -angle] for x, y, w, h, angle in boxes]
    iou, _ = matrices(oriented(*boxes))

    np.testing.assert_allclose(iou[:3, 3:], MMCV_IOUS, atol=1e-4)


@pytest.mark.parametrize("name", ROTATED_IOU)
def test_turned_boxes_have_the_ious_of_the_corner_cases_of_rotated_iou(name):
    *boxes, expected = ROTATED_IOU[name]

    iou, _ = matrices(oriented(*boxes))
    assert iou[0, 1] == pytest.approx(expected, abs=1e-9)


# corners 0, 1, 3 and 4 of two boxes and their IoU, as in the tests of pytorch3d
# (tests/test_iou_box3d.py); the values with volumes were measured with MeshLab
PYTORCH3D = {
    "MeshLab": (
        [
            [3.1673, -2.2574, 0.4817],
            [4.6470, 0.2223, 2.4197],
            [3.7403, -1.2953, -1.1869],
            [-4.9316, 2.5724, 0.4856],
        ],
        [
            [0.5623, 4.0647, 3.4334],
            [3.3584, 4.3191, 1.1791],
            [0.2763, -6.1779, 1.9229],
            [-2.0773, 4.6121, 0.2213],
        ],
        33.558529 / (65.899010 + 156.386719 - 33.558529),
    ),
    "issue 1082": (
        [
            [-2.5629019, 4.13995749, -1.76344576],
            [1.92329434, 4.28127117, -1.86155124],
            [-2.61625053, 5.83358276, -1.76344576],
            [-2.53123587, 4.14095496, -0.31397536],
        ],
        [
            [-2.6256125, 4.13036357, -1.82893437],
            [1.87201008, 4.25296695, -1.82893437],
            [-2.67199782, 5.83197777, -1.82893437],
            [-2.6256125, 4.13036357, -0.40095884],
        ],
        0.91,
    ),
    "issue 1287, the same": (
        [
            [-167.5847, -70.6167, -2.7927],
            [-166.7333, -72.4264, -2.7927],
            [-167.5847, -70.6167, -4.5927],
            [-163.0605, -68.4880, -2.7927],
        ],
        [
            [-167.5847, -70.6167, -2.7927],
            [-166.7333, -72.4264, -2.7927],
            [-167.5847, -70.6167, -4.5927],
            [-163.0605, -68.4880, -2.7927],
        ],
        1,
    ),
    "issue 1287, nearly the same": (
        [
            [-33.94158, -4.51639, 0.96941],
            [-34.67156, -2.65437, 0.96941],
            [-33.94158, -4.51639, -0.95367],
            [-38.75954, -6.40521, 0.96941],
        ],
        [
            [-33.94159, -4.51638, 0.96939],
            [-34.67158, -2.65437, 0.96939],
            [-33.94159, -4.51638, -0.95368],
            [-38.75954, -6.40523, 0.96939],
        ],
        1,
    ),
    "issue 1287, around": (
        [
            [-105.6248, -32.7026, -1.2279],
            [-106.4690, -30.8895, -1.2279],
            [-105.6248, -32.7026, -3.0279],
            [-110.1575, -34.8132, -1.2279],
        ],
        [
            [-105.5094, -32.9504, -1.0641],
            [-106.4272, -30.9793, -1.0641],
            [-105.5094, -32.9504, -3.1916],
            [-110.0421, -35.0609, -1.0641],
        ],
        17.108501 / (18.000067 + 23.128527 - 17.108501),
    ),
    "issue 1287, below": (
        [
            [-59.4785, -15.6003, 0.4398],
            [-60.2263, -13.6928, 0.4398],
            [-59.4785, -15.6003, -1.3909],
            [-64.1743, -17.4412, 0.4398],
        ],
        [
            [-59.4874, -15.5775, -0.1512],
            [-60.2174, -13.7155, -0.1512],
            [-59.4874, -15.5775, -1.9820],
            [-64.1832, -17.4185, -0.1512],
        ],
        12.505723 / (18.918238 + 18.468531 - 12.505723),
    ),
}


def cuboid(corners):
    """Returns location, dimensions and rotation vector, from a corner and its three."""
    origin, *ends = np.array(corners)
    edges = np.array(ends) - origin
    location = origin + edges.sum(axis=0) / 2
    if np.linalg.det(edges) < 0:
        edges = edges[[1, 0, 2]]
    dimensions = np.linalg.norm(edges, axis=1)
    turn = Rotation.from_matrix((edges / dimensions[:, None]).T)
    return location, dimensions, turn.as_rotvec()


def cuboids(*labels):
    return Cuboids(*(np.array(list(column), float) for column in zip(*labels)))


@pytest.mark.parametrize("name", PYTORCH3D)
def test_cuboids_have_the_ious_of_pytorch3d(name):
    *boxes, expected = PYTORCH3D[name]

    iou, _ = matrices(cuboids(*map(cuboid, boxes)))
    assert iou[0, 1] == pytest.approx(expected, abs=3e-3)


@pytest.mark.parametrize("shift", [(0, 0.3, 0), (0.7, 0, 0), (0.2, 0.5, 0.9)])
@pytest.mark.parametrize("turn", [(0, 0, 0), (0.4, -1.1, 2.0)])
def test_shifted_unit_cubes_share_the_volumes_of_pytorch3d(shift, turn):
    moved = Rotation.from_rotvec(turn).apply(shift)
    unit = [1, 1, 1]
    iou, _ = matrices(cuboids(([0, 0, 0], unit, turn), (moved, unit, turn)))

    shared = np.prod(1 - np.array(shift))
    assert iou[0, 1] == pytest.approx(shared / (2 - shared), abs=1e-9)


def test_cubes_with_a_coplanar_face_share_the_volume_of_pytorch3d():
    """Issue 992: two cubes of side 2 share a volume of 2."""
    side, upright = [2, 2, 2], [0, 0, 0]
    labels = ([0, 0, 0], side, upright), ([-1, 1, 0], side, upright)

    assert matrices(cuboids(*labels))[0][0, 1] == pytest.approx(2 / 14, abs=1e-12)
