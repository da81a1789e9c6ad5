"""Deletes labels, after putting them into the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import bson
import fiftyone.core.collections as foc
from bson import CodecOptions, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument

from . import tagged, updates
from .actions import Written, carry_out, require_writable_field
from .columns import NO_STAMP
from .confirm import Confirmed, confirm
from .entries import Removed, SampleEntries, order_of
from .fields import LabelField
from .plans import Plan
from .runs import Run
from .tag import require_tag

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_MS,
)

_NO_LABEL = RawBSONDocument(bson.encode({}))


def delete_plan(
    samples: foc.SampleCollection, plan: Plan, run: Run | None = None
) -> Written:
    """Deletes the labels that a plan removes.

    Args:
        samples: the dataset, or a view of it
        plan: the plan; what of it no longer holds is skipped
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`.actions.Written`, with the key that undoes it

    Raises:
        FieldError: if the field cannot be written to
    """
    label_field = require_writable_field(samples, plan.params.label_field)
    params = {"scan_key": plan.scan_key, **plan.params.to_dict()}
    return carry_out(
        samples,
        _Deletion(samples, label_field),
        label_field,
        params,
        [ObjectId(sample_id) for sample_id in plan.seen],
        lambda ids: confirm(samples, plan, ids),
        run,
        plan.reasons,
    )


def delete_tagged(
    samples: foc.SampleCollection,
    label_field: str,
    tag: str,
    run: Run | None = None,
) -> Written:
    """Deletes the labels that carry a tag.

    Args:
        samples: a dataset or a view; labels that it filters out stay
        label_field: the label field
        tag: the tag
        run (None): told how far it is, and asked whether to go on

    Returns:
        what was :class:`.actions.Written`, with the key that undoes it

    Raises:
        DuplicatesError: if the tag is empty or the field cannot be written to
    """
    tag = require_tag(tag)
    field = require_writable_field(samples, label_field)
    found = tagged.find_tagged(samples, field, tag)
    done = carry_out(
        samples,
        _Deletion(samples, field),
        field,
        {"tag": tag},
        list(found.labels),
        lambda ids: tagged.confirm(samples, field, tag, found, ids),
        run,
    )
    done.skipped.count("has no id", found.without_id)
    return done


class RawLabels:
    """What operations on whole labels have in common: their bytes.

    Args:
        samples: the dataset, or a view of it
        field: the label field
    """

    def __init__(self, samples: foc.SampleCollection, field: LabelField) -> None:
        self._samples = samples
        self._field = field

    def happened(self, samples: Sequence[SampleEntries]) -> set[ObjectId]:
        """Returns the samples that have none of the removed labels any more."""
        found = self.read([part.sample_id for part in samples])
        left = {
            sample_id: {label.get("_id") for _, label in labels}
            for sample_id, _, labels in found
        }
        return {
            part.sample_id
            for part in samples
            if part.sample_id in left
            and not any(
                isinstance(entry, Removed) and entry.label_id in left[part.sample_id]
                for entry in part.entries
            )
        }

    def read(
        self, sample_ids: list[ObjectId]
    ) -> Iterator[tuple[ObjectId, int, list[tuple[int, RawBSONDocument]]]]:
        """Yields samples: id, stamp, and the places and bytes of their labels.

        What stands in a list and is no label counts as an empty one.
        """
        collection = self._field.collection(self._samples).with_options(_RAW)
        keys = {self._field.list_path: True, "last_modified_at": True}
        for doc in collection.find({"_id": {"$in": sample_ids}}, keys):
            stamp = doc.get("last_modified_at")
            yield (
                doc["_id"],
                NO_STAMP if stamp is None else int(stamp),
                [
                    (k, label if isinstance(label, RawBSONDocument) else _NO_LABEL)
                    for k, label in enumerate(self._field.list_in(doc))
                ],
            )


class _Deletion(RawLabels):
    name = "delete"

    def prepare(
        self, confirmed: Confirmed
    ) -> tuple[list[SampleEntries], list[ObjectId]]:
        prepared = []
        stale = set(confirmed.labels)
        for sample_id, stamp, labels in self.read(list(confirmed.labels)):
            wanted = set(confirmed.labels[sample_id])
            entries = [
                Removed(label["_id"], k, label)
                for k, label in labels
                if label.get("_id") in wanted
            ]
            if stamp == confirmed.stamps[sample_id] and len(entries) == len(wanted):
                stale.discard(sample_id)
                order = order_of(label.get("_id") for _, label in labels)
                prepared.append(SampleEntries(sample_id, order, list(entries)))
        return prepared, list(stale)

    def updates(self, samples: Sequence[SampleEntries]) -> Iterator[updates.Update]:
        return updates.delete_updates(self._field, samples)
