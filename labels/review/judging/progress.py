"""The progress of the people who review a dataset."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import fiftyone.core.collections as foc

from ... import store
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


def verdicts_of_others(samples: foc.SampleCollection, browser: str | None) -> str:
    """Returns a text that changes whenever other people's verdicts on a dataset do.

    It is cheap, as it is asked for with each verdict: one query of an index. It may
    also change when a person replaces the verdict of another one. Verdicts that were
    given on another dataset with the same labels do not change it.

    Args:
        samples: the dataset, or a view of it
        browser: the browser of the person whose verdicts do not count; None for none
    """
    also = {"$ifNull": ["$also", []]}
    at = {"$max": {"$ifNull": ["$modified", "$created"]}}
    stages = [
        {
            "$match": {
                "dataset_id": samples._root_dataset._doc.id,
                "$or": [{"browser": {"$ne": browser}}, {"also.0": {"$exists": True}}],
            }
        },
        {
            "$group": {
                "_id": None,
                "n": {"$sum": {"$add": [1, {"$size": also}]}},
                "at": at,
            }
        },
    ]
    found = next(store.collection("verdicts").aggregate(stages), {"n": 0, "at": ""})
    return f"{found['n']} {found['at']}"
