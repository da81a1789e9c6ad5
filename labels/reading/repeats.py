"""Views that repeat samples: each label is compared once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import fiftyone.core.collections as foc
import fiftyone.core.stages as fosg
import fiftyone.core.view as fov
import numpy as np

from ...iou_core.arrays import Bools
from .columns import Block, LabelColumns, to_bytes, to_strings


def may_repeat(samples: foc.SampleCollection) -> bool:
    """Returns whether a collection may hold a sample more than once."""
    return isinstance(samples, fov.DatasetView) and any(
        isinstance(stage, fosg.Concat) for stage in samples._stages
    )


def each_label_once(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yields blocks without the labels of earlier blocks.

    A repeated sample keeps only labels that its first appearance left out, and is
    dropped if there are none. Labels of different appearances are not compared.

    Args:
        blocks: the blocks of a collection, in its order
    """
    samples: set[bytes] = set()
    labels: set[bytes] = set()
    for block in blocks:
        keys = to_bytes(block.document_ids)
        first = np.zeros(len(keys), dtype=np.bool_)
        for k, key in enumerate(keys):
            first[k] = key not in samples
            samples.add(key)
        fresh = [_fresh(columns, keys, labels) for columns in block.fields]
        kept = first.copy()
        for columns, rows in zip(block.fields, fresh):
            kept[columns.image[rows]] = True
        fields = tuple(
            columns.take(rows, kept) for columns, rows in zip(block.fields, fresh)
        )
        again = set(to_strings(block.document_ids[~first])) if block.bad else set()
        bad = [label for label in block.bad if label.document_id not in again]
        yield Block(block.document_ids[kept], block.stamps[kept], fields, bad)


def _fresh(columns: LabelColumns, keys: list[bytes], seen: set[bytes]) -> Bools:
    """Returns which labels were not seen before."""
    fresh = np.zeros(len(columns), dtype=np.bool_)
    image = columns.image.tolist()
    for row, label_id in enumerate(to_bytes(columns.ids)):
        key = keys[image[row]] + label_id
        fresh[row] = key not in seen
        seen.add(key)
    return fresh
