"""Every pair of a stored scan, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ...iou_core.decisions.likelihood import Likelihoods, explain
from ...iou_core.errors import ParamsError
from ..reading.places import name_places
from ..reading.raw.ids import to_strings
from ..scans import stored
from ..scans.blocks.block import StoredBlock
from ..scans.decisions.measure import Fit, measured
from ..tables import AT_ONCE, Page, Row
from .groups import explanation

PAGE = 1000
"""The default number of pairs on a page."""


COLUMNS = (
    "sample_id",
    "frame_number",
    "label_id_1",
    "label_id_2",
    "class_1",
    "class_2",
    "iou",
    "ios",
    "mask_iou",
    "likelihood",
    "crowd",
)
"""The columns of the table of pairs; in a "crowd" pair, one label is a crowd.

Only labels of a video's frames have a frame number. An IoU of masks is only known of
pairs that a scan compared by it as well.
"""


@dataclass(frozen=True)
class PairPage:
    """Some pairs of a scan.

    Attributes:
        count: the number of pairs in the range, on all pages
        pairs: one dict for each pair of this page, ready for JSON, with an
            ``explanation`` of its likelihood
    """

    count: int
    pairs: list[dict[str, Any]]


def list_pairs(
    samples: foc.SampleCollection,
    scan_key: str,
    min_iou: float | None = None,
    max_iou: float = 1.0,
    offset: int = 0,
    limit: int = PAGE,
) -> PairPage:
    """Returns pairs of a scan, in its order.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        min_iou (None): leave out pairs whose IoU does not exceed this. By default,
            those that do not exceed the threshold of the scan, by its metric
        max_iou (1): leave out pairs whose IoU exceeds this
        offset (0): the number of pairs to pass over
        limit (1000): the largest number of pairs to return

    Returns:
        a :class:`PairPage`; empty where no pair is in the range

    Raises:
        ScanError: if there is no such scan
        ParamsError: if the offset or limit is invalid
    """
    for where, value in (("offset", offset), ("limit", limit)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ParamsError("a number of pairs, 0 or more", repr(value), where)

    scan = stored.open_scan(samples, scan_key)
    names, params = scan.class_names, scan.params
    model = scan.likelihood_model
    fit = Fit(model, names)
    count = 0
    page: list[dict[str, Any]] = []
    for block in scan.blocks():
        iou = block.pairs.iou
        if min_iou is None:
            above = measured(block, params.metric, fit) > params.iou_thresh
        else:
            above = iou > min_iou
        rows = np.flatnonzero(above & (iou <= max_iou))
        lo = min(max(offset - count, 0), len(rows))
        hi = min(max(offset + limit - count, 0), len(rows))
        count += len(rows)
        if lo < hi:
            found = _as_data(block, rows[lo:hi], names, model)
            _explain(found, block, rows[lo:hi], names, model)
            page += found
    name_places(samples, scan.params.label_field, page)
    return PairPage(count, page)


def pair_rows(
    samples: foc.SampleCollection,
    scan_key: str,
    min_iou: float = 0.0,
    cursor: str | None = None,
    limit: int = AT_ONCE,
) -> Page:
    """Returns pairs of a scan as rows of a table, in its order.

    Args:
        samples: the dataset, or a view of it
        scan_key: the scan
        min_iou (0): leave out pairs whose IoU does not exceed this
        cursor (None): where the page before ended
        limit (20000): the largest number of rows to return

    Returns:
        a page of rows with :data:`COLUMNS`; only the blocks that it is in are read

    Raises:
        ScanError: if there is no such scan
        ParamsError: if the cursor is not one of this table
    """
    scan = stored.open_scan(samples, scan_key)
    at, passed = _place(cursor)
    names = scan.class_names
    model = scan.likelihood_model
    page: list[Row] = []
    for number, block in enumerate(scan.blocks(at), at):
        rows = np.flatnonzero(block.pairs.iou > min_iou)
        left = limit - len(page)
        if left == 0:
            return page, f"{number}:{passed}"
        found = _as_data(block, rows[passed : passed + left], names, model)
        name_places(samples, scan.params.label_field, found)
        page += map(_row, found)
        if passed + left < len(rows):
            return page, f"{number}:{passed + left}"
        passed = 0
    return page, None


def _place(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return 0, 0
    block, _, row = cursor.partition(":")
    if not (block.isdecimal() and row.isdecimal()):
        raise ParamsError("the cursor of a page", repr(cursor), "cursor")
    return int(block), int(row)


def _row(pair: dict[str, Any]) -> Row:
    ids, classes = pair["label_ids"], pair["classes"]
    return {
        "sample_id": pair["sample_id"],
        "frame_number": pair.get("frame_number"),
        "label_id_1": ids[0],
        "label_id_2": ids[1],
        "class_1": classes[0],
        "class_2": classes[1],
        **{name: pair[name] for name in COLUMNS[6:]},
    }


def _explain(
    found: list[dict[str, Any]],
    block: StoredBlock,
    rows: Any,
    names: list[str | None],
    model: Likelihoods,
) -> None:
    """Adds to pairs what their likelihoods come from, in words."""
    pairs = block.pairs.select(rows)
    why = explain(model, pairs, block.classes, block.boxes, names)
    for pair, words in zip(found, why):
        pair["explanation"] = explanation(pair, words)


def _as_data(
    block: StoredBlock,
    rows: Any,
    names: list[str | None],
    model: Likelihoods,
) -> list[dict[str, Any]]:
    pairs = block.pairs.select(rows)
    likelihood = model.likelihood(pairs, block.classes, block.boxes)
    samples = to_strings(block.document_ids)
    labels = to_strings(block.label_ids)
    return [
        {
            "sample_id": samples[block.image[i]],
            "label_ids": [labels[i], labels[j]],
            "classes": [names[block.classes[i]], names[block.classes[j]]],
            "iou": iou,
            "ios": ios,
            "mask_iou": mask_iou,
            "likelihood": likely,
            "crowd": not decides,
        }
        for i, j, iou, ios, mask_iou, decides, likely in zip(
            pairs.i.tolist(),
            pairs.j.tolist(),
            pairs.iou.tolist(),
            pairs.ios.tolist(),
            pairs.mask_ious(),
            pairs.decides.tolist(),
            likelihood.tolist(),
        )
    ]
