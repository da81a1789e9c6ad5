"""A deletion opens its scan once, and hands it on."""

import sys

import fiftyone.operators as foo
import pytest

OPERATOR = "@iou/duplicates/delete_duplicates"
BY_PLAN = {"source": "plan", "tag": "duplicate", "sure": False, "emptied": 0}
NEAR = [0.1, 0.1, 0.4, 0.4]


@pytest.fixture
def opened(database, monkeypatch):
    """The keys of the scans that were opened by the plugin that the host loaded."""
    package = type(foo.get_operator(OPERATOR)).__module__.rsplit(".", 2)[0]
    stored = sys.modules[f"{package}.labels.scans.stored"]
    rescans = sys.modules[f"{package}.panel.jobs.rescans"]
    keys, open_scan = [], stored.open_scan

    def count(samples, scan_key):
        keys.append(scan_key)
        return open_scan(samples, scan_key)

    monkeypatch.setattr(stored, "open_scan", count)
    # repeating a scan opens more scans
    monkeypatch.setattr(rescans, "RESCAN_LABELS", 0)
    return keys


@pytest.fixture(params=["as scanned", "edited since"])
def edited(request, dataset, plan):
    """Datasets in which a deletion confirms all samples, or reads one of them again."""
    if request.param == "edited since":
        sample = dataset.first()
        sample["ground_truth"].detections[2].bounding_box = NEAR
        sample.save()
    return dataset


@pytest.mark.parametrize(("source", "opens"), [("plan", 1), ("tag", 3)])
def test_a_deletion_in_the_panel_opens_the_scan_once_and_no_more_often_than_a_preview(
    source, opens, app, plan, edited, opened
):
    # of tagged labels, at most two more, to find the newest scan that still holds
    request = {**plan, **BY_PLAN, "source": source}
    app.send("tag_labels", **plan, tag="duplicate")
    opened.clear()
    shown = app.send("preview_delete", **request)
    assert shown["labels"] > 0
    assert 1 <= len(opened) <= opens

    opened.clear()
    seen = {"expected": shown["labels"], "digest": shown["digest"]}
    done = app.send(
        "delete_labels", **{**request, **seen, "emptied": shown["emptied"]["count"]}
    )
    assert done["labels"] == shown["labels"]
    # and once more afterwards, to see whether it can be repeated
    assert len(opened) <= opens + 1


def test_a_deletion_from_python_opens_the_scan_once(plan, edited, opened):
    delete = foo.get_operator(OPERATOR)
    found = delete(edited, scan_key=plan["scan_key"], allow_emptied=True).result
    assert found["count"] == 3
    assert opened == [plan["scan_key"]]
