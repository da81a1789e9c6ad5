"""A base for changes of whole labels, read as bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import fiftyone.core.collections as foc
from bson import ObjectId

from ...fields import LabelField
from ..journal.entries import DocumentEntries, Entry, Removed
from ..journal.lists import ListNow, id_bytes
from . import read_labels, updates


class RawLabels:
    """A base for operations on whole labels, read as bytes.

    Args:
        samples: the dataset, or a view of it
        field: the label field
    """

    has_state = True

    def __init__(self, samples: foc.SampleCollection, field: LabelField) -> None:
        self._samples = samples
        self._field = field

    def happened(self, samples: Sequence[DocumentEntries]) -> set[ObjectId]:
        """Returns the samples without any of the removed labels."""
        found = read_labels.read(
            self._samples, self._field, [part.document_id for part in samples]
        )
        left = {now.document_id: set(map(id_bytes, now.ids)) for now in found}
        return {
            part.document_id
            for part in samples
            if part.document_id in left
            and not any(
                isinstance(entry, Removed)
                and entry.label_id.binary in left[part.document_id]
                for entry in part.entries
            )
        }

    def read(self, document_ids: Sequence[ObjectId]) -> Iterator[ListNow]:
        """Yields the lists of samples, with all their bytes."""
        return read_labels.read_whole(self._samples, self._field, document_ids)

    def prepared(
        self,
        document_ids: Sequence[ObjectId],
        stamps: Mapping[ObjectId, int],
        entries_of: Callable[[ListNow], Sequence[Entry] | None],
    ) -> tuple[list[DocumentEntries], list[ObjectId]]:
        """Returns what changes in samples, and the samples that were edited in between.

        Args:
            document_ids: the samples, or frames
            stamps: their time stamps when the change was confirmed
            entries_of: returns the entries of a sample whose stamp is the same; an
                empty list if no label changes; None if the sample was edited
        """
        prepared = []
        stale = set(document_ids)
        for now in self.read(document_ids):
            if now.milliseconds != stamps[now.document_id]:
                continue
            entries = entries_of(now)
            if entries is None:
                continue
            stale.discard(now.document_id)
            if entries:
                prepared.append(
                    DocumentEntries(now.document_id, now.order, [*entries], now)
                )
        return prepared, list(stale)

    def updates(self, samples: Sequence[DocumentEntries]) -> Iterator[updates.Update]:
        """Yields one guarded update for each sample."""
        return updates.list_updates(self._field, samples)
