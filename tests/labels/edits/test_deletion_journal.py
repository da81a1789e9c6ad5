"""The journal has each deleted label before it is deleted, whatever fails."""

import bson
import fiftyone_reference as theirs
import generated
import pytest
from bson import ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument
from deletions import FIELD, delete_by_plan, delete_by_tag, detections, label, plan_for

from duplicates.labels import store
from duplicates.labels.edits import delete, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.journal.action import Action
from duplicates.labels.edits.restore import restore
from duplicates.labels.edits.writing import writer as write


def raw_labels(dataset):
    """Returns the bytes of every stored label by id, with its sample and position."""
    raw = bson.CodecOptions(
        document_class=RawBSONDocument,
        datetime_conversion=DatetimeConversion.DATETIME_MS,
    )
    found = {}
    for document in dataset._sample_collection.with_options(raw).find():
        holder = document.get(FIELD) or {}
        for k, stored in enumerate(holder.get("detections") or []):
            found[stored["_id"]] = (document["_id"], k, stored.raw)
    return found


def journaled(restore_key):
    """Returns the same from the journal."""
    return {
        entry["label_id"]: (document["sample_id"], entry["index"], entry["before"])
        for document in journal.entries(restore_key)
        for entry in document["entries"]
    }


@pytest.mark.parametrize("way", [delete_by_tag, delete_by_plan])
def test_the_journal_stores_the_bytes_and_position_of_every_label(make_dataset, way):
    dataset = make_dataset(generated.samples(2))
    plan = plan_for(dataset)
    if way is delete_by_tag:
        tag.tag_plan(dataset, plan, "duplicate")
    before = raw_labels(dataset)
    done = way(dataset, plan)

    assert journaled(done.restore_key) == {
        ObjectId(label_id): before[ObjectId(label_id)] for label_id in done.label_ids
    }
    (listed,) = [
        action
        for action in journal.list_actions(dataset)
        if action["restore_key"] == done.restore_key
    ]
    assert (listed["operation"], listed["state"]) == ("delete", "done")
    assert (listed["count"], listed["samples"]) == (done.count, done.samples)


def test_labels_with_any_content_are_journaled_unchanged(raw_dataset):
    odd = {
        "zeta": [1, {"b": 2.0, "a": None}],
        "mask": bytes(range(256)) * 40,
        "n": bson.Int64(3),
        "when": bson.datetime_ms.DatetimeMS(-(10**14)),
        "nan": float("nan"),
        "decimal": bson.Decimal128("1.10"),
    }
    dataset = raw_dataset(
        [
            detections(label(), label(**odd), label(label="dog", **odd)),
            detections(label(**odd, tags=["keep"])),
        ]
    )
    plan = plan_for(dataset)
    before = raw_labels(dataset)
    done = delete.delete_plan(dataset, plan)

    assert done.count == 2
    assert journaled(done.restore_key) == {
        ObjectId(i): before[ObjectId(i)] for i in done.label_ids
    }


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_broken_connection_loses_no_label_and_no_journal_entry(
    make_dataset, monkeypatch, when
):
    """The command fails, or its reply is lost after it was executed."""
    dataset = make_dataset(generated.samples(7))
    plan = plan_for(dataset)
    before = raw_labels(dataset)
    update = write.Writer._update

    def broken(writer, batch):
        if when == "after":
            update(writer, batch)
        raise ConnectionError("the connection is gone")

    monkeypatch.setattr(write.Writer, "_update", broken)
    with pytest.raises(ConnectionError):
        delete.delete_plan(dataset, plan)
    monkeypatch.undo()
    gone = before.keys() - raw_labels(dataset).keys()
    apply = journal.list_actions(dataset)

    assert (0 < len(gone) <= len(plan)) if when == "after" else not gone
    assert len(apply) == 1
    kept = journaled(apply[0]["restore_key"])
    assert kept.items() >= {_id: before[_id] for _id in gone}.items()
    restore(dataset, apply[0]["restore_key"])
    assert raw_labels(dataset) == before


def test_the_changes_of_a_cancelled_run_can_be_undone(make_dataset, monkeypatch):
    from duplicates.iou_core.errors import RunCancelled
    from duplicates.labels.edits import change

    monkeypatch.setattr(change, "SAMPLES_AT_ONCE", 5)
    dataset = make_dataset(generated.samples(8))
    plan = plan_for(dataset)
    before = raw_labels(dataset)

    class Impatient:
        def progress(self, done, total):
            if done >= 10:
                raise RunCancelled("the run to continue", "a request to stop", "run")

    with pytest.raises(RunCancelled):
        delete.delete_plan(dataset, plan, Impatient())
    gone = before.keys() - raw_labels(dataset).keys()
    (action,) = journal.list_actions(dataset)

    assert 0 < len(gone) < len(plan)
    assert journaled(action["restore_key"]).keys() == gone
    assert action["count"] == len(gone)
    restore(dataset, action["restore_key"])
    assert raw_labels(dataset) == before


def test_labels_that_cannot_be_journaled_are_not_deleted(make_dataset, monkeypatch):
    dataset = make_dataset(generated.samples(9, n=30))
    plan = plan_for(dataset)
    before = theirs.stored(dataset, without=())

    def full(action, samples):
        raise OSError("no space left on device")

    monkeypatch.setattr(Action, "record", full)
    with pytest.raises(OSError, match="no space left"):
        delete.delete_plan(dataset, plan)
    assert theirs.stored(dataset, without=()) == before


def test_the_journal_is_on_disk_before_a_label_is_changed(make_dataset, monkeypatch):
    dataset = make_dataset(generated.samples(10, n=30))
    plan = plan_for(dataset)
    before = raw_labels(dataset)
    update = write.Writer._update
    seen = []

    def watched(writer, batch):
        (action,) = journal.list_actions(dataset)
        seen.append(journaled(action["restore_key"]).keys())
        # the steps before this one have deleted the labels that they journaled
        assert before.keys() - raw_labels(dataset).keys() <= seen[-1]
        return update(writer, batch)

    monkeypatch.setattr(write.Writer, "_update", watched)
    done = delete.delete_plan(dataset, plan)

    assert seen[-1] == {ObjectId(label_id) for label_id in done.label_ids}
    for name in ("journal", "actions"):
        assert (
            store.collection(name, journaled=True).write_concern.document["j"] is True
        )
