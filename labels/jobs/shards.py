"""Parts of a collection that can be processed independently, and repeated.

The ids of the samples are read once, in the order of the collection, and cut. If they
ascend, as they usually do, a part is a range of ids. Otherwise (restored samples, views
that sort or shuffle), a part is a list of ids, selected *after* the stages of the view,
so that ``limit`` and ``skip`` keep their meaning. The results of the parts, one after
the other, are in FiftyOne's order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.media as fom
import fiftyone.core.view as fov
import numpy as np

from ..reading import read
from ..reading.columns import Block
from ..reading.decoder import LabelDecoder
from ..reading.raw.ids import Bytes, as_keys, to_object_ids

MIN_SAMPLES = 500
"""The smallest size of a part, unless the collection is smaller."""

MAX_SAMPLES = 20_000
"""The largest size of a part: the work that is lost when a worker dies."""

_PARTS_PER_WORKER = 4


class Sharded:
    """A collection cut into parts.

    Args:
        samples: a dataset or a view
        n_workers: the number of workers
        on_frames: whether to process its frames, not its samples
    """

    def __init__(
        self, samples: foc.SampleCollection, n_workers: int, on_frames: bool
    ) -> None:
        self._ids = ids_in_order(samples, on_frames)
        n = len(self._ids)
        self._size = part_size(n, n_workers)
        keys = as_keys(self._ids)
        self._ascends = bool((keys[1:] > keys[:-1]).all())
        if not self._ascends and len(np.unique(keys)) < n:
            # a view that holds a sample twice cannot be cut by ids
            self._size = n
            self._ids = self._ids[:0]
            self.sizes = [n]
        else:
            self.sizes = [len(part) for part in self._parts()]

    def _parts(self) -> list[Bytes]:
        size = self._size
        return [self._ids[k : k + size] for k in range(0, len(self._ids), size)]

    def tasks(self) -> Iterator[dict[str, Any]]:
        """Yields the description of each part for a worker, as plain data."""
        if self.sizes and not len(self._ids):
            yield {"part": 0, "cut": "not"}
        for part, ids in enumerate(self._parts()):
            if self._ascends:
                yield {"part": part, "cut": "range", "ids": ids[[0, -1]].tobytes()}
            else:
                yield {"part": part, "cut": "list", "ids": ids.tobytes()}


def part_size(n_samples: int, n_workers: int) -> int:
    """Returns the size of the parts of a collection."""
    size = -(-n_samples // (n_workers * _PARTS_PER_WORKER))
    return min(max(size, MIN_SAMPLES), MAX_SAMPLES)


def read_shard(
    samples: foc.SampleCollection, decoder: LabelDecoder, shard: dict[str, Any]
) -> Iterator[Block]:
    """Yields the labels of a part of a collection, in the order of the collection.

    Args:
        samples: the collection
        decoder: the :class:`..reading.decoder.LabelDecoder` of the fields
        shard: one of :meth:`Sharded.tasks`
    """
    if shard["cut"] == "not":
        return read.read_blocks(samples, decoder)
    ids = to_object_ids(np.frombuffer(shard["ids"], np.uint8).reshape(-1, 12))
    if shard["cut"] == "range":
        return read.read_range(samples, decoder, *ids)
    return read.read_in_order(samples, decoder, ids)


def ids_in_order(samples: foc.SampleCollection, on_frames: bool) -> Bytes:
    """Returns the ids of a collection's samples, or frames, ``(n, 12)``, in order."""
    decoder = LabelDecoder([], on_frames=on_frames)
    parts = [block.document_ids for block in read.read_blocks(samples, decoder)]
    return np.concatenate(parts) if parts else np.zeros((0, 12), np.uint8)


def describe(samples: foc.SampleCollection) -> dict[str, Any]:
    """Returns a collection as plain data, for :func:`open_samples`."""
    dataset = samples._root_dataset
    is_view = isinstance(samples, fov.DatasetView)
    grouped = dataset.media_type == fom.GROUP
    return {
        "dataset": dataset.name,
        "stages": samples._serialize() if is_view else None,
        "slice": dataset.group_slice if grouped else None,
        "view_slice": samples.group_slice if grouped and is_view else None,
    }


def open_samples(described: dict[str, Any]) -> foc.SampleCollection:
    """Returns the collection that :func:`describe` described, in any process."""
    dataset = fo.load_dataset(described["dataset"])
    # a worker may have loaded it for an earlier job, before a field was declared
    dataset.reload()
    if described["slice"] is not None:
        dataset.group_slice = described["slice"]
    if described["stages"] is None:
        return dataset
    view = fov.DatasetView._build(dataset, described["stages"])
    if described["view_slice"] not in (None, view.group_slice):
        view.group_slice = described["view_slice"]
    return view
