"""The effect of a plan on a dataset, before anything is written."""

from __future__ import annotations

from collections import Counter
from typing import Any

import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.decisions.reasons import kind_of_reason
from ...edits.writing import read_tags
from ...fields import require_label_field, tags_of
from ...scans.plans import Plan, Removal

IMAGES = 10
"""The number of listed images; those that lose the most labels come first."""

REASONS = 20
"""The number of listed reasons, each with an example."""

NO_TAG = "(no tag)"
"""The name under which labels without a tag are counted."""

_SAMPLES_AT_ONCE = 5000


def plan_details(samples: foc.SampleCollection, plan: Plan) -> dict[str, Any]:
    """Returns the counts of a plan, the reasons, and the balance of the classes.

    Args:
        samples: the dataset, or a view of it
        plan: the plan

    Returns:
        ``{"count", "samples", "by_class", "by_tag", "by_sample", "reasons",
        "label_changes", "balance"}``. Reasons are counted by their rule, each with an
        example, a :class:`...scans.plans.Removal`; the rest is ready for JSON. A label
        counts at each of its tags; shares are of the labels that were scanned
    """
    by_rule: dict[str, list[Removal]] = {}
    for removal in plan.removals:
        by_rule.setdefault(removal.reason.rule, []).append(removal)
    common = sorted(by_rule.items(), key=lambda item: -len(item[1]))
    return {
        "count": len(plan),
        "samples": len(plan.by_document),
        "by_class": plan.by_class,
        "by_tag": _by_tag(samples, plan),
        "by_sample": _by_sample(samples, plan),
        "reasons": [
            {
                "rule": rule,
                "reason": kind_of_reason(rule),
                "count": len(found),
                "example": found[0],
            }
            for rule, found in common[:REASONS]
        ],
        "label_changes": list(plan.label_changes),
        "balance": _balance(samples, plan),
    }


def _by_tag(samples: foc.SampleCollection, plan: Plan) -> dict[str, int]:
    dataset = samples._root_dataset
    field = require_label_field(dataset, plan.params.label_field)
    ids = list(plan.label_ids)
    counts: Counter[str] = Counter()
    for k in range(0, len(ids), _SAMPLES_AT_ONCE):
        found = read_tags.read(dataset, field, ids[k : k + _SAMPLES_AT_ONCE])
        for document_id, stored_tags in found.items():
            for label_id in plan.label_ids[document_id]:
                place = stored_tags.find(label_id)
                if place >= 0:
                    tags = tags_of({"tags": stored_tags.tags_at(place)})
                    counts.update(tags or [NO_TAG])
    return dict(counts.most_common())


def _by_sample(samples: foc.SampleCollection, plan: Plan) -> list[dict[str, Any]]:
    most = Counter(r.sample_id for r in plan.removals).most_common(IMAGES)
    found = samples._root_dataset._sample_collection.find(
        {"_id": {"$in": [ObjectId(sample_id) for sample_id, _ in most]}},
        {"filepath": True},
    )
    files = {str(sample["_id"]): sample.get("filepath", "") for sample in found}
    return [
        {"sample_id": sample_id, "filepath": files.get(sample_id), "count": n}
        for sample_id, n in most
    ]


def _balance(samples: foc.SampleCollection, plan: Plan) -> list[dict[str, Any]]:
    """Returns what becomes of the classes that lose labels, the largest loss first."""
    counts = plan.scan(samples).counts
    before = dict(zip(counts["names"], map(int, counts["labels"])))
    total, removed = sum(before.values()), plan.by_class
    left = max(total - len(plan), 1)
    return [
        {
            "class": name,
            "before": before[name],
            "after": before[name] - n,
            "share_before": before[name] / max(total, 1),
            "share_after": (before[name] - n) / left,
        }
        for name, n in removed.items()
    ]
