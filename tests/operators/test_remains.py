"""The plugin's stored data: how long it is kept, and how it is erased."""

import datetime
import re

import app_server
import fiftyone as fo
import fiftyone.core.odm as odm
import fiftyone.operators as foo
import panel_calls
import pytest
from fiftyone.operators.executor import ExecutionError

from dev import release
from duplicates.iou_core.errors import ScanError
from duplicates.labels import store
from duplicates.labels.edits.journal import journal
from duplicates.labels.scans.decisions import block_verdicts, class_pair_rules

PATH = "ground_truth.detections.id"
BOX = [0.1, 0.1, 0.4, 0.4]


@pytest.fixture
def used_dataset(make_dataset):
    """A function that makes datasets with a scan, a journal, a verdict and a rule."""

    def make():
        dataset = make_dataset([[("car", BOX), ("truck", BOX)], [("car", BOX)]])
        call("find_duplicates", dataset, label_field="ground_truth", scan_key="scan")
        call("tag_duplicates", dataset, scan_key="scan", tag="duplicate")
        ids = dataset.values("ground_truth.detections.id")[0]
        call("set_verdict", dataset, label_ids=ids)
        rule = {"classes": ["car", "truck"], "may_overlap": True}
        call("set_class_pairs", dataset, class_pairs=[rule])
        return dataset

    return make


def call(name, dataset, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(dataset, **params).result


def stored_of(dataset_id):
    found = {
        name: store.collection(name).count_documents({"dataset_id": dataset_id})
        for name in ("actions", "journal", "verdicts")
    }
    found["rules"] = store.collection("class_pairs").count_documents(
        {"_id": dataset_id}
    )
    return found


def test_the_data_of_a_deleted_dataset_is_erased_after_30_days(used_dataset):
    dataset, other = used_dataset(), used_dataset()
    dataset_id, name = dataset._doc.id, dataset.name
    before = stored_of(dataset_id)
    assert before == {"actions": 1, "journal": 1, "verdicts": 1, "rules": 1}
    dataset.delete()
    store.purge()
    assert stored_of(dataset_id) == before, "the data is kept for 30 days"
    assert name in call("list_deleted", other)["gone_datasets"]

    past = store.now() - store.KEEP_ORPHANS - datetime.timedelta(hours=1)
    store.collection("orphans").update_one(
        {"_id": dataset_id}, {"$set": {"since": past}}
    )
    call("find_duplicates", other, label_field="ground_truth")
    assert stored_of(dataset_id) == before, "a scan purged a moment ago"
    store.purge()
    # clones of the dataset still use its verdicts
    assert stored_of(dataset_id) == {
        "actions": 0,
        "journal": 0,
        "verdicts": 1,
        "rules": 0,
    }
    assert store.collection("orphans").count_documents({"_id": dataset_id}) == 0
    assert stored_of(other._doc.id) == before


def test_the_trash_of_a_deleted_dataset_is_emptied_by_name(used_dataset):
    dataset, other = used_dataset(), used_dataset()
    dataset_id, name = dataset._doc.id, dataset.name
    with pytest.raises(
        ExecutionError, match="dataset_name: expected a deleted dataset"
    ):
        call("empty_trash", other, dataset_name=name)
    dataset.delete()
    assert call("empty_trash", other, dataset_name=name)["count"] == 1
    assert set(stored_of(dataset_id).values()) == {0}
    assert stored_of(other._doc.id)["actions"] == 1


def test_the_verdicts_and_rules_of_a_deleted_dataset_are_erased_by_name(
    make_dataset, used_dataset
):
    dataset, other = make_dataset([[("car", BOX), ("truck", BOX)]]), used_dataset()
    call("set_verdict", dataset, label_ids=dataset.values(PATH)[0])
    rule = {"classes": ["car", "truck"], "may_overlap": True}
    call("set_class_pairs", dataset, class_pairs=[rule])
    dataset_id, name = dataset._doc.id, dataset.name
    dataset.delete()
    assert call("list_deleted", other)["gone_datasets"][name] == 0
    assert call("empty_trash", other, dataset_name=name)["count"] == 0
    assert set(stored_of(dataset_id).values()) == {0}
    assert name not in call("list_deleted", other)["gone_datasets"]


def holders_of(dataset_id):
    """Returns the collections of the plugin that name a dataset."""
    database = odm.get_db_conn()
    names = {dataset_id, str(dataset_id)}
    return {
        name.partition(".")[2]
        for name in store.names()
        for document in database[name].find()
        if names & {document["_id"], document.get("dataset_id")}
    }


KEPT = {"runs"}
"""They name a dataset for 7 days at most."""


def test_nothing_of_a_dataset_is_left_after_full_use_and_erasing_it_by_name(
    used_dataset,
):
    dataset, other = used_dataset(), used_dataset()
    app, dataset_id, name = panel_calls.App(dataset), dataset._doc.id, dataset.name
    settings = panel_calls.example("save_settings")["request"]
    assert app.send("save_settings", **settings)["ok"]
    call("delete_duplicates", dataset, scan_key="scan", iou_thresh=0.6)
    used = holders_of(dataset_id)
    assert used >= {"actions", "verdicts", "class_pairs", "own_tags", "settings"}
    dataset.delete()
    call("empty_trash", other, dataset_name=name)
    assert holders_of(dataset_id) - KEPT == set()
    assert "actions" in holders_of(other._doc.id)
    assert set(store.names()) <= {f"iou_duplicates.{name}" for name in COLLECTIONS}
    assert call("erase_everything", other, confirm=True)["erased"]
    assert store.names() == []


COLLECTIONS = {
    "actions",
    "blocks",
    "class_pairs",
    "cvat_images",
    "cvat_labels",
    "cvat_trips",
    "journal",
    "locks",
    "orphans",
    "own_tags",
    "results",
    "runs",
    "settings",
    "verdicts",
}


def test_the_security_page_names_every_collection():
    text = (release.ROOT / "docs" / "security.md").read_text()
    source = "".join(
        (release.ROOT / path).read_text()
        for path in release.files()
        if path.suffix == ".py"
    )
    written = set(re.findall(r'\bcollection\("(\w+)"', source))
    assert written == COLLECTIONS
    for name in COLLECTIONS:
        general = re.sub("cvat_.*", "cvat_*", name)
        assert f"`iou_duplicates.{general}`" in text or f"`.{general}`" in text, name


def test_erasing_counts_first_and_then_deletes_everything(used_dataset):
    dataset, other = used_dataset(), used_dataset()
    other.delete()
    call("compute_max_ious", dataset, label_field="ground_truth", iou_attr="my_iou")
    labels = dataset.values("ground_truth.detections.id")
    asked = {"tags": ["duplicate"], "attributes": ["my_iou"]}
    counted = call("erase_everything", dataset, **asked)
    assert not counted["erased"]
    assert counted["tags"] == {"duplicate": 1}
    assert counted["attributes"] == ["ground_truth.detections.my_iou"]
    assert counted["scans"] >= 1
    assert {"iou_duplicates.journal", "iou_duplicates.blocks"} <= counted[
        "collections"
    ].keys()
    assert dataset.list_runs() == ["scan"]

    done = call("erase_everything", dataset, confirm=True, **asked)
    assert done["erased"]
    assert store.names() == []
    dataset.reload()
    assert dataset.list_runs() == []
    assert dataset.count_label_tags() == {}
    assert dataset.get_field("ground_truth.detections.my_iou") is None
    assert dataset.values("ground_truth.detections.id") == labels
    assert call("find_duplicates", dataset, label_field="ground_truth")["count"] == 1


def test_only_a_python_caller_can_erase(used_dataset):
    dataset = used_dataset()
    reply = app_server.execute("erase_everything", dataset, confirm=True)
    assert "confirm: expected False" in reply
    assert store.collection("actions").count_documents({}) > 0


@pytest.mark.parametrize("name", ["label", "confidence", "missing", 3])
def test_attributes_of_fiftyone_are_never_deleted(used_dataset, name):
    dataset = used_dataset()
    with pytest.raises(ExecutionError, match="attributes"):
        call("erase_everything", dataset, attributes=[name], confirm=True)
    assert store.collection("actions").count_documents({}) > 0


def test_nothing_is_erased_during_a_run(used_dataset):
    from duplicates.labels.jobs import runs

    dataset = used_dataset()
    with (
        runs.start(dataset, "find_duplicates", "ground_truth"),
        pytest.raises(ExecutionError, match="no run under way"),
    ):
        call("erase_everything", dataset, confirm=True)
    assert store.collection("actions").count_documents({}) > 0


def test_data_of_a_newer_version_is_reported_in_one_sentence(used_dataset):
    dataset = used_dataset()
    dataset_id = dataset._doc.id
    newer = {"$set": {"format": 99}}
    readers = {
        "actions": lambda: journal.list_actions(dataset),
        "class_pairs": lambda: class_pair_rules.load_class_pairs(dataset),
        "verdicts": block_verdicts.Verdicts,
    }
    for name, read in readers.items():
        collection = store.collection(name)
        where = {"_id" if name == "class_pairs" else "dataset_id": dataset_id}
        assert collection.update_many(where, newer).modified_count
        with pytest.raises(ScanError, match="update the plugin"):
            read()
        collection.update_many(where, {"$set": {"format": store.FORMAT}})
        read()
    store.collection("class_pairs").update_one({"_id": dataset_id}, newer)
    with pytest.raises(ExecutionError, match="update the plugin"):
        call("set_class_pairs", dataset, class_pairs=[])
    odm.get_db_conn().drop_collection("iou_duplicates.class_pairs")
    assert fo.dataset_exists(dataset.name)
