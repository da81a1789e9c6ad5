"""The orders in which groups are reviewed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ....iou_core.arrays import Floats, Ints
from ...reading.raw.hashes import mix
from ...reading.raw.ids import Bytes

SAMPLE = "sample"
"""The order of the random pairs that show how true the likelihoods are."""


@dataclass(frozen=True)
class Keys:
    """The values that ``G`` groups are ordered by.

    Attributes:
        likelihood: ``(G,)`` that of the likeliest pair
        class_pair: ``(G, 2)`` the classes of that pair, the lower number first
        first_label: ``(G, 12)`` the id of the first label
        seed: a text; another one gives another random order
        place: ``(G,)`` that of the group's first pair in a sample
    """

    likelihood: Floats
    class_pair: Ints
    first_label: Bytes
    seed: str
    place: Ints


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
    return np.argsort(random_numbers(keys.first_label, keys.seed), kind="stable")


def random_numbers(label_ids: Bytes, seed: str) -> npt.NDArray[np.uint64]:
    """Returns a random number for each label, always the same.

    Args:
        label_ids: ``(N, 12)``
        seed: a text, of which eight characters count; another one gives others
    """
    start = np.frombuffer(seed.encode().ljust(8, b"\0")[:8], np.uint64)
    tail = np.ascontiguousarray(label_ids[:, 4:]).view(np.uint64).ravel()
    head = label_ids[:, :4].astype(np.uint64) @ (
        np.uint64(256) ** np.arange(4, dtype=np.uint64)
    )
    return mix(mix(tail ^ start) ^ head)


def _sampled(keys: Keys) -> Ints:
    return np.argsort(keys.place, kind="stable")


ORDERS: Mapping[str, Callable[[Keys], Ints]] = {
    "uncertain": _uncertain,
    "likeliest": _likeliest,
    "class_pair": _by_class_pair,
    "image": _by_image,
    "random": _random,
    SAMPLE: _sampled,
}
"""The orders by name; groups that an order does not tell apart are in the scan's."""

BY_LIKELIHOOD = ("uncertain", "likeliest", SAMPLE)
"""The orders whose first groups do not stand for the others, or not for all."""
