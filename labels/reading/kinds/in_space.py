"""Which labels are boxes in space: as the first label of their sample is.

Source: ``fiftyone.utils.iou`` decides by the first label of each sample as well.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools, Ints
from ..raw import walk
from ..raw.decoded import decode_at
from . import shape_columns
from .label_shapes import CUBOID_KEYS, is_in_space


def which_in_space(
    raw: walk.Raw,
    found: dict[str, walk.Element],
    regular: Bools,
    at: Ints,
    is_first: Bools,
    sample: Ints,
    decided: npt.NDArray[np.int8],
) -> Bools | None:
    """Returns which labels are cuboids: those of samples whose first label is one.

    Args:
        raw: the bytes
        found: the elements of ``M`` labels
        regular: ``(M,)`` bool, whose elements are known
        at: ``(M,)`` where the labels begin
        is_first: ``(M,)`` bool, which are the first of their samples
        sample: ``(M,)`` the sample of each
        decided: ``(S,)`` whether the labels of each sample are cuboids, -1 where that
            is open; it is filled in

    Returns:
        an ``(M,)`` bool array; None where no label is a cuboid, and nothing was to be
        filled in but that
    """
    nothing_in_space = not found[CUBOID_KEYS[0]].type.any() and bool(regular.all())
    if nothing_in_space and (decided < 1).all():
        return None
    first = np.flatnonzero(is_first & (decided[sample] < 0))
    solid, known = shape_columns.are_in_space(raw, found)
    for row in first[~(known & regular)[first]].tolist():
        solid[row] = is_in_space(decode_at(raw, int(at[row])))
    decided[sample[first]] = solid[first]
    return np.asarray(decided[sample] == 1)
