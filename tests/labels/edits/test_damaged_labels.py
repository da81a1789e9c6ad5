"""Labels whose tags, attributes, class, confidence or id have types of their own.

A dataset that is imported holds what its author wrote, and FiftyOne checks little.
"""

import json
import math

import odd_labels
import pytest
from bson import ObjectId
from odd_labels import FIELD

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete, merge, restore, retagging, tag, tagged
from duplicates.labels.edits.journal import table
from duplicates.labels.fields import require_label_field
from duplicates.labels.review.expected.plan_details import plan_details
from duplicates.labels.scans import plans, search

ODD = {
    "tags": [5, "my_new", {"new": 1}, [["new"], {"new": 1}, 5, None], True, 0.5],
    "attributes": [5, ["a"], "a", True],
    "confidence": ["high", math.inf, -math.inf, -1, [1], {}],
    "label": [5, {"a": 1}, ["cat"], True],
    "by": [5, {"who": {"$ne": 1}}, ["ann"], "$where"],
}
KEEP = ("attribute:by.who=ann", "tagged:new", "most_attributes", "highest_confidence")
ACTIONS = {
    "delete": delete.delete_plan,
    "merge": lambda dataset, plan: merge.merge_plan(dataset, plan, "weighted_mean"),
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "duplicate"),
    "delete tagged": lambda dataset, plan: delete.delete_tagged(dataset, FIELD, "new"),
}


def label(x, **odd):
    return {
        "_id": ObjectId(),
        "_cls": "Detection",
        "attributes": {"made": {"value": 1}},
        "tags": [],
        "label": "cat",
        "bounding_box": [x, 0, 1, 1.0],
        **odd,
    }


def sample(name, value):
    labels = [
        label(0.0, tags=["new"], confidence=0.5, by={"who": "ann"}),
        label(0.02, **{name: value}),
        label(0.04, **{name: value}),
        {**label(9), "_id": 5},
        {**label(9), "_id": {"$oid": "new"}, "tags": "new"},
        "no label",
    ]
    return {FIELD: {"_cls": "Detections", "detections": labels}}


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset([sample(name, one) for name in ODD for one in ODD[name]])


@pytest.fixture
def plan(dataset):
    found = search.find_duplicates(dataset, FindParams(FIELD, keep=KEEP))
    return plans.plan(dataset, str(found.scan_key))


@pytest.mark.parametrize("name", ACTIONS)
def test_damaged_labels_are_changed_and_restored(dataset, plan, name):
    n = sum(map(len, ODD.values()))
    assert len(plan) == 2 * n
    before = odd_labels.raw(dataset)

    done = ACTIONS[name](dataset, plan)

    # only a list can get a tag; the others are reported
    left = 2 * sum(not isinstance(one, list) for one in ODD["tags"])
    skipped = left if name == "tag" else 0
    assert done.count == (n if name == "delete tagged" else 2 * n - skipped)
    assert done.skipped.reasons == ({retagging.NO_TAGS: skipped} if skipped else {})
    rows, _ = table.rows(dataset)
    assert json.loads(json.dumps(rows)) == rows
    assert {type(row["class"]) for row in rows} == {str}
    restore.restore(dataset, done.restore_key)
    assert odd_labels.raw(dataset) == before


def test_what_is_no_list_of_texts_holds_no_tags(dataset, plan):
    n, field = sum(map(len, ODD.values())), require_label_field(dataset, FIELD)

    assert len(tagged.find_tagged(dataset, field, "new")) == n
    assert tagged.count_tagged(dataset, field, "new") == n
    assert tagged.count_tagged(dataset, field, "$_id") == 0
    assert plan_details(dataset, plan)["by_tag"] == {"(no tag)": 2 * n}
