"""Hashes of labels, by which it is noticed that other ones are meant."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from .columns import Block, Hashes, LabelColumns
from .raw.hashes import mix


def document_hashes(block: Block) -> Hashes:
    """Returns one hash for each sample, of all labels and predictions of a block.

    It covers the ids, shapes, classes, crowd flags and clues of its labels in their
    order. Tags, other attributes, and labels that cannot be compared have no effect.

    Args:
        block: ``S`` samples

    Returns:
        an ``(S,)`` uint64 array
    """
    total = np.zeros(len(block), dtype=np.uint64)
    for columns in block.columns:
        total = mix(total) + _field_hashes(columns)
    return total


def ids_digest(label_ids: Iterable[str]) -> str:
    """Returns a digest of the ids of labels, whatever their order.

    A person confirms a change by it: other labels have another digest, even if there
    are as many.
    """
    return blake2b("\n".join(sorted(label_ids)).encode(), digest_size=16).hexdigest()


def _field_hashes(columns: LabelColumns) -> Hashes:
    ids = np.ascontiguousarray(columns.ids[:, :8]).view(np.uint64)[:, 0]
    tails = np.ascontiguousarray(columns.ids[:, 8:]).view(np.uint32)[:, 0]
    label = mix(ids) ^ mix(tails.astype(np.uint64) + np.uint64(1))
    # -0.0 and 0.0 are the same number
    words = (columns.boxes + 0.0).view(np.uint64)
    for k in range(4):
        label = mix(label ^ words[:, k])
    if columns.digests is not None:
        # upright boxes have no digest, whatever else a block holds
        shaped = mix(label ^ columns.digests)
        label = np.where(columns.digests != 0, shaped, label)
    if columns.clues is not None:
        for numbers in columns.clues.T:
            label = mix(label ^ numbers)
    label = mix(label ^ columns.class_hashes ^ columns.iscrowd.astype(np.uint64))
    place = np.arange(len(columns)) - columns.offsets[:-1][columns.image]
    label = mix(label + place.astype(np.uint64))
    total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(label, dtype=np.uint64)))
    return total[columns.offsets[1:]] - total[columns.offsets[:-1]]
