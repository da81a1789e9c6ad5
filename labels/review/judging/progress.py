"""Who judged how much of a dataset."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import fiftyone.core.collections as foc

from ...scans.decisions import verdicts
from ...scans.decisions.verdict_kinds import KINDS, time_text


def review_progress(samples: foc.SampleCollection) -> dict[str, Any]:
    """Returns how many pairs each person judged, and how, ready for JSON.

    Args:
        samples: the dataset, or a view of it

    Returns:
        ``{"people": [...], "verdicts": {...}}``: the people who judged most come first;
        the name is None where it is not known
    """
    pairs: Counter[str | None] = Counter()
    kinds = Counter(dict.fromkeys(KINDS, 0))
    last: dict[str | None, datetime] = {}
    for verdict in verdicts.of_dataset(samples):
        who = verdict.who
        pairs[who] += 1
        kinds[verdict.verdict] += 1
        last[who] = max(last.get(who, verdict.at), verdict.at)
    ranked = sorted(pairs, key=lambda who: (-pairs[who], who or ""))
    return {
        "people": [
            {"who": who, "pairs": pairs[who], "last": time_text(last[who])}
            for who in ranked
        ],
        "verdicts": {kind: kinds[kind] for kind in KINDS},
    }
