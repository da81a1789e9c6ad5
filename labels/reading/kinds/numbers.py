"""Labels that are a few numbers without a place in an image: cuboids and segments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Bools
from .shapes import ShapeColumns, digests_of_rows


def is_real(value: Any) -> bool:
    """Returns whether a stored value is a number; infinities and NaN are."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def are_finite(values: Any, n: int) -> bool:
    """Returns whether a stored value is a list of ``n`` finite numbers."""
    return (
        isinstance(values, (list, tuple))
        and len(values) == n
        and all(is_real(value) and math.isfinite(value) for value in values)
    )


def columns_of_numbers(known: Bools, numbers: npt.NDArray[Any]) -> ShapeColumns:
    """Returns the shapes of ``M`` labels.

    Args:
        known: ``(M,)`` bool, which labels are known
        numbers: ``(M, n)`` the numbers of each label
    """
    numbers = numbers[known]
    n, size = numbers.shape
    digests = digests_of_rows((numbers.ravel(), size * np.arange(n + 1)))
    return ShapeColumns.of_known(known, np.zeros((n, 4)), list(numbers), digests)
