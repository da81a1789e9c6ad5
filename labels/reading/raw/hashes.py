"""Hashes of text and of words. They depend on the data alone: they may be stored."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Ints
from .buffer import Raw


def string_hashes(raw: Raw, at: Ints) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Returns a 64-bit hash and the length in bytes of the strings at offsets.

    The hash depends on the bytes alone, so it may be stored.
    """
    length = raw.i32[at].astype(np.int64) - 1
    hashes = mix(length.astype(np.uint64))
    k = 0
    alive = np.arange(len(at))
    while len(alive := alive[length[alive] > k]):
        left = np.minimum(length[alive] - k, 8).astype(np.uint64)
        mask = np.uint64(2**64 - 1) >> (np.uint64(64) - left * np.uint64(8))
        word = raw.u64[at[alive] + 4 + k] & mask
        hashes[alive] = mix(hashes[alive] ^ word)
        k += 8
    return hashes, length


def mix(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scrambles 64-bit words, one to one.

    Source: the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
    """
    x = words + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
