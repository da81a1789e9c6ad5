"""A stored scan is out of date only if labels that it compared were edited."""

import panel_calls
import pytest
from bson import ObjectId

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import tag, tagged
from duplicates.labels.fields import require_label_field
from duplicates.labels.reading import read
from duplicates.labels.scans import freshness, plans, search, stored
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.class_pair_rules import set_class_pair

BOX = [0.1, 0.1, 0.4, 0.4]
SAMPLES = [[("cat", BOX), ("cat", BOX)], [("dog", BOX)], [], None]


@pytest.fixture
def dataset(make_dataset):
    dataset = make_dataset(SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


def of(dataset):
    found = freshness.check_freshness(dataset, "scan")
    return found.added, found.removed, found.edited


def test_a_fresh_scan_is_up_to_date(dataset):
    assert of(dataset) == (0, 0, 0)
    assert freshness.check_freshness(dataset, "scan").is_up_to_date


def test_added_and_deleted_samples_are_counted(dataset):
    import fiftyone as fo

    dataset.add_samples([fo.Sample("/new.jpg"), fo.Sample("/newer.jpg")])
    dataset.delete_samples([dataset.first().id])
    assert of(dataset) == (2, 1, 0)


@pytest.mark.parametrize(
    ("change", "edited"),
    [
        ({"bounding_box": [0.2, 0.1, 0.4, 0.4]}, 1),
        ({"label": "lynx"}, 1),
        ({"tags": ["seen"]}, 0),
        ({"confidence": 0.5}, 0),
    ],
)
def test_only_changes_that_affect_decisions_count_as_edits(dataset, change, edited):
    sample = dataset.first()
    for name, value in change.items():
        sample.ground_truth.detections[0][name] = value
    sample.save()
    assert of(dataset) == (0, 0, edited)


def test_a_deleted_label_makes_its_sample_edited(dataset):
    sample = dataset.first()
    sample.ground_truth.detections.pop()
    sample.save()
    assert of(dataset) == (0, 0, 1)


def test_an_edit_that_does_not_change_the_stamp_is_not_noticed(dataset):
    dataset._sample_collection.update_many({}, {"$unset": {"last_modified_at": ""}})
    assert of(dataset) == (0, 0, 0)


def test_samples_with_a_new_stamp_are_read_once(dataset, monkeypatch):
    plan = plans.plan(dataset, "scan")
    tag.tag_plan(dataset, plan, "duplicate")
    asked = []
    whole = read.read_blocks

    def count(samples, decoder, document_ids=None):
        asked.append(document_ids)
        return whole(samples, decoder, document_ids)

    monkeypatch.setattr(read, "read_blocks", count)
    assert of(dataset) == (0, 0, 0)
    assert asked == [None, [ObjectId(dataset.first().id)]]
    asked.clear()
    assert of(dataset) == (0, 0, 0)
    assert asked == [None]


def test_nothing_is_kept_of_the_stamps_that_samples_had_before(dataset):
    for k in range(3):
        tag.tag_plan(dataset, plans.plan(dataset, "scan"), f"tag {k}")
        assert of(dataset) == (0, 0, 0)
        uuid = stored.open_scan(dataset, "scan").uuid
        assert len(freshness._memory[uuid]) == 1


def test_samples_are_recognized_as_scanned_by_their_ids(dataset):
    ids = [ObjectId(_id) for _id in dataset.values("id")]
    scan = stored.open_scan(dataset, "scan")
    asked = [ids[3], ObjectId(), ids[0], ids[0], ObjectId(b"\0" * 12)]
    found = freshness.are_scanned(scan, asked)
    assert found.tolist() == [True, False, True, True, False]
    assert freshness.are_scanned(scan, []).tolist() == []
    search.find_duplicates(dataset[:0], FindParams("ground_truth"), "empty")
    empty = stored.open_scan(dataset, "empty")
    assert freshness.are_scanned(empty, ids).tolist() == [False] * 4


def test_a_view_is_compared_with_itself(make_dataset):
    dataset = make_dataset(SAMPLES)
    search.find_duplicates(dataset.limit(2), FindParams("ground_truth"), "scan")
    last = dataset.last()
    last.tags.append("seen")
    last.save()
    assert of(dataset) == (0, 0, 0)


def test_tagged_labels_are_counted(dataset):
    field = require_label_field(dataset, "ground_truth")
    assert tagged.count_tagged(dataset, field, "duplicate") == 0
    tag.tag_plan(dataset, plans.plan(dataset, "scan"), "duplicate")
    assert tagged.count_tagged(dataset, field, "duplicate") == 1
    assert tagged.count_tagged(dataset.skip(1), field, "duplicate") == 0


def test_a_deleted_scan_does_not_exist(dataset):
    answer = panel_calls.App(dataset).send("refresh", scan_key="none", tag="duplicate")
    assert answer["freshness"]["state"] == "gone"


def test_a_refresh_names_the_scan_that_replaced_the_open_one(dataset):
    app, asked = panel_calls.App(dataset), {"scan_key": "scan", "tag": "duplicate"}
    assert app.send("refresh", **asked)["opened"] == "scan"
    search.find_duplicates(dataset, FindParams("ground_truth"), "after")
    stored.update(dataset, "after", replaces=["scan"])
    stored.delete(dataset, "scan")

    assert app.send("refresh", **asked)["opened"] == "after"


def test_an_idle_panel_sees_changes_of_samples_verdicts_and_rules(dataset):
    app, last = panel_calls.App(dataset), dataset.skip(1).first()

    def seen():
        found = app.send("list_scans")["seen"]
        assert app.send("refresh", scan_key=None, tag="duplicate")["seen"] == found
        return found

    first = seen()
    assert seen() == first
    last.ground_truth.detections.pop()
    last.save()
    edited = seen()
    dataset.delete_samples([last.id])
    deleted = seen()
    cats = dataset.values("ground_truth.detections.id")[0]
    verdicts.set_verdict(dataset, cats, "real")
    judged = seen()
    set_class_pair(dataset, ["cat", "dog"], may_overlap=True)
    ruled = seen()

    assert len({one["samples"] for one in (first, edited, deleted)}) == 3
    assert deleted["samples"] == judged["samples"] == ruled["samples"]
    assert first["verdicts"] == deleted["verdicts"]
    assert len({one["verdicts"] for one in (deleted, judged, ruled)}) == 3
