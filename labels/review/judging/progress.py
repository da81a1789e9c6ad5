"""The number of pairs of a dataset that each person judged."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import fiftyone.core.collections as foc

from ...scans.decisions import verdicts
from ...scans.decisions.verdict_kinds import VERDICTS, time_text
from ...scans.decisions.verdict_people import Person


def review_progress(samples: foc.SampleCollection) -> dict[str, Any]:
    """Returns how many pairs each person judged, and how, ready for JSON.

    People of one name are told apart by their browsers. A pair that several people
    judged alike counts for each of them, and once in all.

    Args:
        samples: the dataset, or a view of it

    Returns:
        ``{"people": [...], "verdicts": {...}}``: the people who judged most come first;
        the name and the browser are None where they are not known. ``verdicts`` has
        the number of pairs with each kind of verdict
    """
    pairs: Counter[Person] = Counter()
    kinds = Counter(dict.fromkeys(VERDICTS, 0))
    last: dict[Person, datetime] = {}
    for of_pair in verdicts.of_each_person(samples):
        kinds[of_pair[0].verdict] += 1
        for verdict in of_pair:
            person = verdict.who, verdict.browser
            pairs[person] += 1
            last[person] = max(last.get(person, verdict.at), verdict.at)
    ranked = sorted(pairs, key=lambda one: (-pairs[one], one[0] or "", one[1] or ""))
    return {
        "people": [
            {
                "who": person[0],
                "browser": person[1],
                "pairs": pairs[person],
                "last": time_text(last[person]),
            }
            for person in ranked
        ],
        "verdicts": {kind: kinds[kind] for kind in VERDICTS},
    }
