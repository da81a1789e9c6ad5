"""Verdicts on labels that another person deleted while they were reviewed."""

import panel_calls
import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits.confirm import CHANGED
from duplicates.labels.scans import search
from duplicates.labels.scans.decisions import verdicts

PLAN = {"keep": [], "metric": "iou", "classwise": False, "iou_thresh": 0.75}


@pytest.mark.parametrize("verdict", ["real", "remove_both", None])
def test_nothing_is_stored_and_the_answer_says_why(make_dataset, verdict):
    dataset = make_dataset(panel_calls.SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "dups")
    app, sample = panel_calls.App(dataset), dataset.first()
    ids = [label.id for label in sample.ground_truth.detections[:2]]
    sample.ground_truth.detections = sample.ground_truth.detections[1:]
    sample.save()

    answer = app.send(
        "judge_pairs",
        scan_key="dups",
        document_id=sample.id,
        method="simple",
        verdicts=[{"label_ids": ids, "verdict": verdict, "kept": None, "seen": None}],
        **PLAN,
    )

    assert answer["ok"]
    assert answer["gone"]
    assert (answer["stored"], answer["conflicts"]) == ([], [])
    assert not any(answer["delta"]["labels"])
    assert verdicts.list_verdicts(dataset) == []


def test_a_group_with_a_deleted_label_cannot_be_called_real(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    app, sample = panel_calls.App(dataset), dataset.first()
    ids = [label.id for label in sample.ground_truth.detections[:2]]
    sample.ground_truth.detections = sample.ground_truth.detections[1:]
    sample.save()

    error = app.send("judge_labels", scan_key=None, label_ids=ids)["error"]

    assert error["message"] == "A label of this group was deleted since the scan."
    assert (error["consequence"], error["advice"]) == (
        "Nothing was changed.",
        "Scan again.",
    )
    assert verdicts.list_verdicts(dataset) == []


def test_a_dry_run_says_that_the_reviewed_labels_are_gone(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "dups")
    app, sample = panel_calls.App(dataset), dataset.first()
    asked = {"scan_key": "dups", "method": "simple", **PLAN}
    queue = app.send("review_queue", **asked, order="image", filters={})["groups"]
    group = next(one for one in queue if one["document_id"] == str(sample.id))
    kept, removed = group["label_ids"][:2]
    verdicts.set_verdict(dataset, [kept, removed], "duplicate", kept)

    def dry_run():
        sent = {**asked, "source": "reviewed", "tag": "duplicate", "classes": None}
        return app.send("preview_delete", **sent)

    def listed():
        wanted = [{"document_id": str(sample.id), "label_ids": group["label_ids"]}]
        return app.send("review_groups", **asked, groups=wanted)["groups"]

    assert dry_run()["labels"] == 1
    assert len(listed()) == 1
    left = [label for label in sample.ground_truth.detections if label.id == kept]
    sample.ground_truth.detections = left
    sample.save()

    found = dry_run()

    assert (found["labels"], found["classes"]) == (0, [])
    assert found["skipped"] == {"count": 1, "reasons": {CHANGED: 1}}
    assert listed() == []
