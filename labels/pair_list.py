"""Every pair of a stored scan, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import fiftyone.core.collections as foc
import numpy as np

from ..iou_core.errors import ParamsError
from ..iou_core.likelihood import LikelihoodModel
from . import scan_blocks, scans
from .columns import to_strings
from .find import class_name
from .group_list import model_of
from .places import name_places

PAGE = 1000
"""How many pairs a page holds by default."""


@dataclass(frozen=True)
class PairPage:
    """Some pairs of a scan.

    Attributes:
        count: how many pairs there are in the range, on all pages
        pairs: one dict for each pair of this page, ready for JSON
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
        min_iou (None): leave out pairs whose IoU does not exceed this. By
            default, the threshold of the scan
        max_iou (1): leave out pairs whose IoU exceeds this
        offset (0): how many pairs to pass over
        limit (1000): how many pairs to return at the most

    Returns:
        a :class:`PairPage`; empty where no pair is in the range

    Raises:
        ScanError: if there is no such scan
        ParamsError: if the page is none
    """
    for where, value in (("offset", offset), ("limit", limit)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ParamsError("a number of pairs, 0 or more", repr(value), where)

    config = scans.load(samples, scan_key)
    if min_iou is None:
        min_iou = config["params"]["iou_thresh"]
    names = [
        class_name(name) for name in scan_blocks.classes(config["scan_uuid"])["names"]
    ]
    model = model_of(config["scan_uuid"])
    count = 0
    page: list[dict[str, Any]] = []
    for block in scan_blocks.blocks(config["scan_uuid"]):
        iou = block.pairs.iou
        rows = np.flatnonzero((iou > min_iou) & (iou <= max_iou))
        lo = min(max(offset - count, 0), len(rows))
        hi = min(max(offset + limit - count, 0), len(rows))
        count += len(rows)
        if lo < hi:
            page += _as_data(block, rows[lo:hi], names, model)
    name_places(samples, config["params"]["label_field"], page)
    return PairPage(count, page)


def _as_data(
    block: scan_blocks.StoredBlock,
    rows: Any,
    names: list[str],
    model: LikelihoodModel,
) -> list[dict[str, Any]]:
    pairs = block.pairs.select(rows)
    likelihood = model.likelihood(pairs, block.classes)
    samples = to_strings(block.sample_ids)
    labels = to_strings(block.label_ids)
    return [
        {
            "sample_id": samples[block.image[i]],
            "label_ids": [labels[i], labels[j]],
            "classes": [names[block.classes[i]], names[block.classes[j]]],
            "iou": iou,
            "ios": ios,
            "likelihood": likely,
            "crowd": not decides,
        }
        for i, j, iou, ios, decides, likely in zip(
            pairs.i.tolist(),
            pairs.j.tolist(),
            pairs.iou.tolist(),
            pairs.ios.tolist(),
            pairs.decides.tolist(),
            likelihood.tolist(),
        )
    ]
