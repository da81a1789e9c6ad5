"""Deletions of plans in which people decided, and how they are undone."""

import odd_labels
import pytest

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete, restore
from duplicates.labels.edits.journal import journal
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.verdict_kinds import Given

PATH = "ground_truth.detections"
BOX, WIDE = [0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.42, 0.4]


pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


def ids(dataset):
    return [i for found in dataset.values(f"{PATH}.id") for i in found or ()]


def test_a_deletion_merges_what_people_merged_in_one_action_and_undoes_both(
    make_dataset,
):
    tagged = {"tags": ["seen"], "note": "n"}
    dataset = make_dataset([[("a", BOX), ("a", WIDE, tagged)], [("a", BOX)] * 2])
    a, b, c, d = ids(dataset)
    key = str(search.find_duplicates(dataset, FindParams("ground_truth")).scan_key)
    verdicts.set_verdict(dataset, [a, b], "merge", a)
    verdicts.set_verdict(dataset, [c, d], "duplicate", d)
    before = odd_labels.raw(dataset)

    done = delete.delete_plan(dataset, plans.plan(dataset, key, only_judged=True))

    assert sorted(done.label_ids) == sorted([b, c])
    # the label that another one is merged into is not deleted
    assert journal.list_actions(dataset)[0]["count"] == done.count == 2
    dataset.reload()
    assert ids(dataset) == [a, d]
    kept = dataset.first().ground_truth.detections[0]
    assert kept.bounding_box == pytest.approx(WIDE)
    assert (kept.tags, kept["note"]) == (["seen"], "n")

    restore.restore(dataset, done.restore_key)
    assert odd_labels.raw(dataset) == before


def test_labels_that_cannot_be_merged_have_no_such_verdict_and_none_is_deleted(
    make_dataset,
):
    import fiftyone as fo

    dataset = make_dataset([[]])
    sample = dataset.first()
    points = [(0.1, 0.1), (0.5, 0.5), (0.2, 0.4)]
    sample["points"] = fo.Keypoints(
        keypoints=[fo.Keypoint(label="a", points=points) for _ in range(2)]
    )
    sample.save()
    key = str(search.find_duplicates(dataset, FindParams("points")).scan_key)
    a, b = dataset.values("points.keypoints.id")[0]
    with pytest.raises(ParamsError, match="to merge"):
        verdicts.set_verdict(dataset, [a, b], "merge", a)
    # a development version stored them
    verdicts.put(dataset, {sample._id: [Given.parse([a, b], "merge", a)]})
    plan = plans.plan(dataset, key)
    assert len(plan) == 1
    with pytest.raises(FieldError, match="to merge"):
        delete.delete_plan(dataset, plan)
    assert dataset.values("points.keypoints.id") == [[a, b]]
