"""Verdicts of a table, checked and stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import fiftyone.core.collections as foc

from ...scans.decisions import verdict_places
from ...scans.decisions.verdict_changes import Dated, add_newer
from ...scans.decisions.verdict_kinds import MERGE, require_who
from ..judging.judge import unpaired
from .parse import Row, RowError, records, row_of

LISTED = 100
"""The largest number of skipped rows that are named; all are counted."""

MISSING = "names a label that the dataset does not have"
APART = "names labels of two samples"
NOT_MERGED = "merges labels that cannot be merged"
REPEATED = "is a second verdict on its labels"
OLDER = "is older than the verdict that is stored"
UNDATED = "differs from the verdict that is stored, and has no time"


@dataclass
class Imported:
    """The outcome of an import.

    Attributes:
        stored: the number of verdicts that were stored
        unpaired: how many labels these remove that are in no pair of a stored scan:
            nothing removes them yet
        unchanged: how many were stored already
        left_out: the rows that were left out, counted from 1, and why
    """

    stored: int = 0
    unpaired: int = 0
    unchanged: int = 0
    left_out: dict[int, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Returns it, ready for JSON; at most :data:`LISTED` rows are named."""
        rows = sorted(self.left_out.items())
        return {
            "stored": self.stored,
            "unpaired": self.unpaired,
            "unchanged": self.unchanged,
            "skipped": {
                "count": len(rows),
                "reasons": dict(Counter(self.left_out.values()).most_common()),
            },
            "rows": [{"row": row, "reason": reason} for row, reason in rows[:LISTED]],
        }


def import_review(
    samples: foc.SampleCollection, content: str, kind: str, who: str | None = None
) -> Imported:
    """Stores the verdicts of a table that :mod:`.table` made, or a person.

    Each row is checked by itself. Of two verdicts on one pair the newer one is kept; a
    row that cannot be stored is left out and reported. No label is changed, and the
    journal has no entry: an export made before holds the verdicts of before.

    Args:
        samples: the dataset, or a view of it
        content: the table
        kind: "csv" or "json"
        who (None): the name of the person where a row has none

    Raises:
        ParamsError: if it is no such table, or the name is too long
    """
    name = require_who(who)
    done = Imported()
    rows: dict[int, Row] = {}
    first: dict[bytes, int] = {}
    for number, record in enumerate(records(content, kind), 1):
        try:
            row = row_of(record, name)
        except RowError as error:
            done.left_out[number] = str(error)
            continue
        if first.setdefault(row.given.key, number) != number:
            done.left_out[number] = REPEATED
        else:
            rows[number] = row
    dated = _placed(samples, rows, done)
    numbers, some = list(dated), list(dated.values())
    added = add_newer(samples, some)
    done.stored, done.unchanged = len(added.stored), len(added.unchanged)
    done.unpaired = len(unpaired(samples, (some[k].given for k in added.stored)))
    done.left_out |= {numbers[k]: OLDER for k in added.older}
    done.left_out |= {numbers[k]: UNDATED for k in added.undated}
    return done


def _placed(
    samples: foc.SampleCollection, rows: dict[int, Row], done: Imported
) -> dict[int, Dated]:
    """Returns the verdicts on labels that the dataset has; the others are left out."""
    found_at = _find_labels(samples, list(rows.values()))
    dated = {}
    for number, row in rows.items():
        ids = row.given.label_ids
        document_id = verdict_places.common_document(found_at, ids)
        if not all(label_id in found_at for label_id in ids):
            done.left_out[number] = MISSING
        elif document_id is None:
            done.left_out[number] = APART
        elif row.given.verdict == MERGE and not verdict_places.can_merge(found_at, ids):
            done.left_out[number] = NOT_MERGED
        else:
            dated[number] = Dated(row.given, document_id, row.who, row.at)
    return dated


def _find_labels(
    samples: foc.SampleCollection, rows: Sequence[Row]
) -> verdict_places.LabelPlaces:
    """Returns where the labels of rows are.

    Where a row names the sample of its labels, only that sample is searched.
    """
    dataset = samples._root_dataset
    named, others = (
        [row for row in rows if (row.sample_id is None) is not is_named]
        for is_named in (True, False)
    )
    found_at: verdict_places.LabelPlaces = {}
    if named:
        ids = {label_id for row in named for label_id in row.given.label_ids}
        sample_ids = {row.sample_id for row in named if row.sample_id is not None}
        found_at = verdict_places.find_labels(dataset, ids, None, sample_ids)
    if others:
        ids = {label_id for row in others for label_id in row.given.label_ids}
        found_at = verdict_places.find_labels(dataset, ids) | found_at
    return found_at
