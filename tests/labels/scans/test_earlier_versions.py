"""Scans, verdicts and the journal of version 0.1.0 can still be used."""

import gzip
import pathlib

import bson
import fiftyone as fo
import fiftyone.core.odm as odm
import fiftyone.operators as foo
import pytest

DATABASE = pathlib.Path(__file__).resolve().parents[2]
DATABASE = DATABASE / "support" / "earlier" / "0.1.0.bson.gz"
STAMPS = ("last_modified_at",)


@pytest.fixture
def earlier():
    """A dataset of six images in which version 0.1.0 scanned, tagged, deleted and
    merged, and its samples before that.
    """
    stored = bson.decode(gzip.decompress(DATABASE.read_bytes()))
    before, keys = stored.pop("before"), stored.pop("deleted")
    connection = odm.get_db_conn()
    for name, documents in stored.items():
        if documents:
            connection[name].insert_many(documents)
    dataset = fo.load_dataset("old")
    yield dataset, before, keys
    dataset.delete()
    for name, documents in stored.items():
        ids = [document["_id"] for document in documents]
        connection[name].delete_many({"_id": {"$in": ids}})


def call(name, dataset, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(dataset, **params).result


def unstamped(document):
    return {key: value for key, value in document.items() if key not in STAMPS}


def test_scans_verdicts_and_class_pairs_of_version_0_1_0_are_listed(earlier):
    dataset, _, _ = earlier

    scans = {scan["scan_key"] for scan in call("list_scans", dataset)["scans"]}
    assert scans == {"boxes", "kept", "roofs"}
    assert call("list_verdicts", dataset)["count"] == 1
    pairs = call("list_class_pairs", dataset, scan_key="boxes", iou_thresh=0.5)
    assert pairs["count"] > 0
    assert call("list_deleted", dataset)["count"] == 3


def test_a_scan_of_version_0_1_0_can_be_planned(earlier):
    dataset, _, keys = earlier
    call("restore_deleted", dataset, restore_key=keys["delete"])

    plan = call("delete_duplicates", dataset, scan_key="boxes", dry_run=True)

    assert plan["count"] == 5  # six pairs, one of which has a verdict
    assert call("list_pairs", dataset, scan_key="kept")["count"] == 6
    assert call("list_groups", dataset, scan_key="kept")["count"] == 5


def test_actions_of_version_0_1_0_are_undone_byte_for_byte(earlier):
    dataset, before, _ = earlier

    for action in call("list_deleted", dataset)["actions"]:
        call("restore_deleted", dataset, restore_key=action["restore_key"])

    after = list(dataset._sample_collection.find())
    assert [unstamped(sample) for sample in after] == [unstamped(s) for s in before]
