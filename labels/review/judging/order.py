"""The orders in which groups are reviewed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ....iou_core.arrays import Floats, Ints
from ...reading.columns import Bytes
from ...reading.raw.hashes import mix


@dataclass(frozen=True)
class Keys:
    """What ``G`` groups are ordered by.

    Attributes:
        likelihood: ``(G,)`` that of the likeliest pair
        class_pair: ``(G, 2)`` the classes of that pair, the lower number first
        first_label: ``(G, 12)`` the id of the first label
        seed: a text; another one gives another random order
    """

    likelihood: Floats
    class_pair: Ints
    first_label: Bytes
    seed: str


def _uncertain(keys: Keys) -> Ints:
    return np.argsort(np.abs(keys.likelihood - 0.5), kind="stable")


def _likeliest(keys: Keys) -> Ints:
    return np.argsort(-keys.likelihood, kind="stable")


def _by_class_pair(keys: Keys) -> Ints:
    """Returns the groups of the most frequent class pair first; likely ones first."""
    _, pair, count = np.unique(
        keys.class_pair, axis=0, return_inverse=True, return_counts=True
    )
    return np.lexsort((-keys.likelihood, pair.ravel(), -count[pair.ravel()]))


def _by_image(keys: Keys) -> Ints:
    return np.arange(len(keys.likelihood))


def _random(keys: Keys) -> Ints:
    """Returns an order that other filters, and another threshold, do not change."""
    seed = np.frombuffer(keys.seed.encode().ljust(8, b"\0")[:8], np.uint64)
    tail = np.ascontiguousarray(keys.first_label[:, 4:]).view(np.uint64).ravel()
    head = keys.first_label[:, :4].astype(np.uint64) @ (
        np.uint64(256) ** np.arange(4, dtype=np.uint64)
    )
    return np.argsort(mix(mix(tail ^ seed) ^ head), kind="stable")


ORDERS: Mapping[str, Callable[[Keys], Ints]] = {
    "uncertain": _uncertain,
    "likeliest": _likeliest,
    "class_pair": _by_class_pair,
    "image": _by_image,
    "random": _random,
}
"""The orders by name; groups that an order does not tell apart are in the scan's."""

BY_LIKELIHOOD = ("uncertain", "likeliest")
"""The orders whose first groups do not stand for the others."""
