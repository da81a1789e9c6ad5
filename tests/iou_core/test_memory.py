"""20,000 boxes in one image, dense or all identical, need bounded memory."""

import json
import subprocess
import sys

import pytest

from duplicates.iou_core.pairs import MAX_PAIRS_PER_IMAGE

pytestmark = pytest.mark.slow

N = 20_000

# Memory is the peak of the whole process, less the memory of its imports.
SCRIPT = """
import json, resource, sys
import numpy as np
sys.path.insert(0, {root!r})
import duplicates_loader
duplicates_loader.load()
from duplicates.iou_core.decisions.curves import Curves
from duplicates.iou_core.decisions.removals import graph_removals
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.decisions.methods import find_duplicates

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

N = {n}
rng = np.random.default_rng(1)
if {kind!r} == "dense":
    boxes = np.empty((N, 4))
    boxes[:, 2:] = np.exp(rng.normal(np.log(0.014), 0.5, (N, 2)))
    boxes[:, :2] = rng.random((N, 2)) * (1 - boxes[:, 2:])
else:
    boxes = np.tile([0.1, 0.2, 0.3, 0.4], (N, 1))
image = np.zeros(N, np.int64)
before = peak()
found = find_overlaps(boxes, image)
removed = {{
    method: len(
        find_duplicates(
            found.pairs, found.earlier_iou, 0.75, method, image, found.truncated
        )
    )
    for method in ("simple", "greedy")
}}
curves = {{}}
for method in ("simple", "greedy"):
    curve = Curves()
    curve.add(graph_removals(found, image, method), image, 1)
    curves[method] = int(curve.labels[70])
print(json.dumps({{
    "mb": peak() - before,
    "pairs": len(found.pairs),
    "truncated": found.truncated.tolist(),
    "max_iou": [found.max_iou.min(), found.max_iou.max()],
    "removed": removed,
    "curves": curves,
}}))
"""


@pytest.fixture(scope="module")
def run(pytestconfig):
    root = str(pytestconfig.rootpath.parent)

    def run_one(kind, n=N):
        script = SCRIPT.format(root=root, n=n, kind=kind)
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return run_one


def test_a_dense_image_takes_less_than_200_mb(run):
    found = run("dense")

    assert found["mb"] < 200
    assert found["pairs"] > N
    assert found["truncated"] == []
    assert found["curves"] == found["removed"]
    assert 0 < found["removed"]["greedy"] <= found["removed"]["simple"] < N


@pytest.mark.parametrize("n", [N // 2, pytest.param(N, marks=pytest.mark.long)])
def test_identical_boxes_neither_crash_nor_exhaust_memory(run, n):
    found = run("identical", n)

    assert found["mb"] < 1500
    assert found["pairs"] == MAX_PAIRS_PER_IMAGE
    assert found["truncated"] == [0]
    assert found["max_iou"] == [pytest.approx(1), pytest.approx(1)]
    assert found["removed"] == {"simple": n - 1, "greedy": n - 1}
    assert found["curves"] == found["removed"]
