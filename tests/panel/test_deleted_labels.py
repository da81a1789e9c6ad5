"""Verdicts on labels that another person deleted while they were reviewed."""

import panel_calls
import pytest

from duplicates.iou_core.params import FindParams
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
