"""The thresholds of the curves, and the levels and bins of an IoU."""

from __future__ import annotations

import numpy as np

from ..arrays import Floats, Ints

THRESHOLDS: Floats = np.append(np.arange(5, 100) / 100, [0.999, 1.0])
"""``(97,)`` float64: 0.05, 0.06, ..., 0.99, then 0.999 (exact copies) and 1."""

N_BINS = 100
"""The number of bins of the histogram: ``[0, 0.01)``, ..., ``[0.99, 1]``."""


def level(iou: Floats) -> Ints:
    """Returns how many of :data:`THRESHOLDS` each IoU exceeds.

    Args:
        iou: an ``(N,)`` array in ``[0, 1]``

    Returns:
        an ``(N,)`` array in ``[0, 96]``; no IoU exceeds the last threshold

    Examples:
        >>> level(np.array([0, 0.05, 0.06, 1])).tolist()
        [0, 0, 1, 96]
        >>> level(np.zeros(0)).tolist()
        []
    """
    return np.searchsorted(THRESHOLDS, iou, side="left")


def histogram(max_iou: Floats) -> Ints:
    """Returns the number of labels in each bin of max IoU.

    Args:
        max_iou: an ``(N,)`` array in ``[0, 1]``

    Returns:
        a ``(100,)`` array; the last bin is closed

    Examples:
        >>> counts = histogram(np.array([0.0, 0.005, 1.0]))
        >>> int(counts[0]), int(counts[99])
        (2, 1)
        >>> int(histogram(np.zeros(0)).sum())
        0
    """
    return np.bincount(bins(max_iou), minlength=N_BINS)


def bins(max_iou: Floats) -> Ints:
    """Returns the bin of each max IoU; see :func:`histogram`.

    Args:
        max_iou: an ``(N,)`` array in ``[0, 1]``

    Returns:
        an ``(N,)`` array in ``[0, 99]``
    """
    found: Ints = np.minimum((max_iou * N_BINS).astype(np.int64), N_BINS - 1)
    # 0.29 * 100 is 28.999999999999996, and 0.5699999999999999 * 100 is 57
    found += (found < N_BINS - 1) & (max_iou >= (found + 1) / N_BINS)
    found -= max_iou < found / N_BINS
    return found
