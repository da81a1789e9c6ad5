"""Boxes that are difficult for a sweep: ties, touching, degenerate, tall, far away."""

import numpy as np
from hypothesis import strategies as st

GRID = st.integers(0, 10).map(lambda k: k / 10)
LENGTH = st.integers(1, 6).map(lambda k: k / 10)
ANY = st.floats(-3, 3, allow_subnormal=False).map(lambda v: round(v, 6))
SIZE = st.floats(0, 2).map(lambda v: round(v, 6))
FAR = st.sampled_from([-1e300, -1e9, 1e6, 1e6 + 1, 1e12])

on_a_grid = st.tuples(GRID, GRID, LENGTH, LENGTH)
anywhere = st.tuples(ANY, ANY, SIZE, SIZE)
degenerate = st.one_of(
    st.tuples(GRID, GRID, st.just(0.0), LENGTH),
    st.tuples(GRID, GRID, LENGTH, st.just(0.0)),
    st.tuples(GRID, GRID, st.just(0.0), st.just(0.0)),
)
far_out = st.tuples(st.one_of(GRID, FAR), st.one_of(GRID, FAR), LENGTH, LENGTH)
box = st.one_of(on_a_grid, on_a_grid, anywhere, degenerate, far_out)


def crowded(kind, n, rng):
    """Returns ``(n, 4)`` boxes of one image.

    Args:
        kind: a key of :data:`KINDS`
        n: the number of boxes
        rng: a :class:`numpy.random.Generator`
    """
    boxes = np.empty((n, 4))
    boxes[:, :2] = rng.random((n, 2))
    boxes[:, 2:] = 0.02 + 0.05 * rng.random((n, 2))
    KINDS[kind](boxes, rng)
    return boxes


def _near_copies(boxes, rng):
    half = len(boxes) // 2
    boxes[half : 2 * half] = boxes[:half] + 0.002 * rng.random((half, 4))


def _on_a_grid(boxes, rng):
    boxes[:] = rng.integers(0, 12, boxes.shape) / 12
    boxes[:, 2:] = (1 + rng.integers(0, 3, (len(boxes), 2))) / 12


def _tall(boxes, rng):
    some = rng.random(len(boxes)) < 0.2
    boxes[some, 1] = -0.5
    boxes[some, 3] = 2.0


def _flat(boxes, rng):
    boxes[:, 3] = 1e-4


def _degenerate(boxes, rng):
    _on_a_grid(boxes, rng)
    boxes[rng.random(len(boxes)) < 0.3, 2] = 0
    boxes[rng.random(len(boxes)) < 0.3, 3] = 0


def _far_out(boxes, rng):
    some = rng.random(len(boxes)) < 0.1
    boxes[some, 0] += 1e7
    some = rng.random(len(boxes)) < 0.1
    boxes[some, 1] -= 1e15


def _in_one_row(boxes, rng):
    boxes[:, 1] = 0.5
    boxes[:, 3] = 0.1


KINDS = {
    "scattered": lambda boxes, rng: None,
    "near copies": _near_copies,
    "on a grid": _on_a_grid,
    "tall": _tall,
    "flat": _flat,
    "degenerate": _degenerate,
    "far out": _far_out,
    "in one row": _in_one_row,
}
