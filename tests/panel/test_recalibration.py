"""Recalibration and the random sample, as the panel asks for them."""

import panel_calls
import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search, stored
from duplicates.labels.scans.decisions import verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")

PLAN = {
    "iou_thresh": 0.9,
    "method": "simple",
    "keep": [],
    "metric": "iou",
    "classwise": False,
    "classes": None,
}


@pytest.fixture
def app(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "dups")
    return panel_calls.App(dataset)


def judge(app, sample):
    verdicts.set_verdict(app.dataset, _ids(app)[sample][:2])


def _ids(app):
    return app.dataset.values("ground_truth.detections.id")


def compared(answer):
    return answer["summary"]["compared"]


def test_verdicts_recalibrate_when_asked_and_at_a_rescan_but_not_when_settled(
    app,
):
    judge(app, 0)
    first = app.send("recalibrate", scan_key="dups")
    assert first["run"] is None
    assert compared(first) == ["likelihoods from one of your verdicts"]
    key = first["summary"]["scan_key"]
    assert compared(app.send("open_scan", scan_key="dups")) == []

    judge(app, 1)
    settled = app.send("settle_verdicts", scan_key=key)
    assert compared(settled) == ["likelihoods from one of your verdicts"]

    run = app.send("rescan", scan_key=settled["summary"]["scan_key"])["run"]
    done = panel_calls.ended(app, run)
    renewed = app.send("open_scan", scan_key=done["scan_key"])
    assert compared(renewed) == ["likelihoods from 2 of your verdicts"]
    (listed,) = (
        entry
        for entry in app.send("list_scans")["scans"]
        if entry["scan_key"] == done["scan_key"]
    )
    assert listed["compared"] == compared(renewed)
    assert "calibration" not in stored.open_scan(app.dataset, "dups").config
    report = app.send("write_report", scan_key=done["scan_key"], **PLAN)["html"]
    assert "boxes, likelihoods from 2 of your verdicts" in report


def test_the_groups_of_a_sample_are_read_whatever_the_cut(app):
    found = app.send("check_likelihoods", scan_key="dups")
    assert found["pairs"] > 0
    listed = app.send(
        "review_queue", scan_key="dups", **PLAN, order="sample", filters={}
    )
    assert listed["total"] == found["pairs"]

    groups = [
        {name: group[name] for name in ("document_id", "label_ids")}
        for group in listed["groups"]
    ]
    asked = {"scan_key": "dups", **PLAN, "iou_thresh": 1.0, "groups": groups}
    assert app.send("review_groups", **asked)["groups"] == []
    read = app.send("review_groups", **asked, order="sample")["groups"]
    assert len(read) == len(groups)
