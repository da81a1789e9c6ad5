"""Edits while the plugin tags and deletes labels."""

import random
import threading

import distinct_ious
import pytest
from bson import ObjectId
from called import dataset_ids
from distinct_ious import FIELD, PATH
from edited_meanwhile import EDITS, edit, new_label, now

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete, tag
from duplicates.labels.edits.writing import writer as write
from duplicates.labels.scans import plans, search


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset(distinct_ious.documents(40, 3))


@pytest.fixture
def plan(dataset):
    """A plan for half of the labels: the second of every pair above the threshold."""
    params = FindParams(FIELD, iou_thresh=0.6)
    found = search.find_duplicates(dataset, params, scan_key="pairs")
    plan = plans.plan(dataset, found.scan_key)
    assert len(plan) == 120
    return plan


def tagged(dataset, name="duplicate"):
    return {
        label["_id"]
        for document in dataset._sample_collection.find()
        for label in (document.get(FIELD) or {}).get("detections") or []
        if name in (label.get("tags") or ())
    }


def planned(plan):
    return {ObjectId(removal.label_id) for removal in plan.removals}


class TestTags:
    @pytest.mark.parametrize("name", EDITS)
    def test_only_planned_labels_are_tagged_and_all_others_are_skipped(
        self, dataset, plan, before_each_write, name
    ):
        ids = dataset_ids(dataset)[::3]
        before_each_write(lambda: [edit(dataset, _id, EDITS[name]) for _id in ids])
        done = tag.tag_plan(dataset, plan, "duplicate")
        found = tagged(dataset)

        assert found <= planned(plan)
        assert {str(_id) for _id in found} == set(done.label_ids)
        assert done.count + sum(done.skipped.reasons.values()) == len(plan)

    def test_only_tagged_labels_are_untagged(self, dataset, plan, before_each_write):
        tag.tag_plan(dataset, plan, "duplicate")
        ids = dataset_ids(dataset)[::3]
        others = {ObjectId(): None for _ in ids}

        def act():
            for _id, other in zip(ids, others, strict=True):
                fresh = {**new_label(), "_id": other, "tags": ["duplicate"]}
                edit(dataset, _id, lambda labels, fresh=fresh: [fresh, *labels[1:]])

        before_each_write(act)
        tag.untag(dataset, FIELD, "duplicate")

        assert tagged(dataset) == set(others)


class TestDeletion:
    @pytest.mark.parametrize("name", EDITS)
    def test_every_label_is_in_the_dataset_or_in_the_journal(
        self, dataset, plan, before_each_write, name
    ):
        ids = dataset_ids(dataset)[::3]
        lost = set()

        def act():
            before = label_ids(dataset)
            for _id in ids:
                edit(dataset, _id, EDITS[name])
            lost.update(before - label_ids(dataset))

        before = label_ids(dataset)
        before_each_write(act)
        done = delete.delete_plan(dataset, plan)
        left = label_ids(dataset)
        deleted = {ObjectId(label_id) for label_id in done.label_ids}

        assert before - left <= deleted | lost
        assert deleted <= planned(plan) - left
        assert journaled(done.restore_key) == deleted
        assert done.count + sum(done.skipped.reasons.values()) == len(plan)

    def test_an_edit_right_after_the_write_keeps_the_journal_entry(
        self, dataset, plan, monkeypatch
    ):
        """The edit replaces the stamp of the write while another guard fails."""
        failing, edited = dataset_ids(dataset)[:2]
        not_written = write.Writer._not_written
        update = write.Writer._update
        begun, done_once = iter([True]), []

        def edited_first(writer, batch):
            # several threads write, and one of them writes this sample
            written = {one.document_id for one in batch}
            if failing in written and next(begun, False):
                edit(dataset, failing, lambda labels: [labels[0], *labels[2:]])
            return update(writer, batch)

        def edited_after(writer, batch):
            if not done_once:
                edit(dataset, edited, lambda labels: [*labels, new_label()])
                done_once.append(True)
            return not_written(writer, batch)

        monkeypatch.setattr(write.Writer, "_update", edited_first)
        monkeypatch.setattr(write.Writer, "_not_written", edited_after)
        before = label_ids(dataset)
        found = dataset._sample_collection.find_one({"_id": failing})
        by_the_edit = {found[FIELD]["detections"][1]["_id"]}
        done = delete.delete_plan(dataset, plan)
        gone = before - label_ids(dataset) - by_the_edit

        assert done_once
        assert gone == journaled(done.restore_key)
        assert gone == {ObjectId(label_id) for label_id in done.label_ids}

    @pytest.mark.slow
    def test_constant_edits_lose_no_label(self, dataset, plan):
        stop = threading.Event()
        rng = random.Random(2)
        ids = dataset_ids(dataset)

        def keep_editing():
            while not stop.is_set():
                dataset._sample_collection.update_one(
                    {"_id": rng.choice(ids)},
                    {
                        "$push": {PATH: {"$each": [new_label()], "$position": 0}},
                        "$set": {"last_modified_at": now()},
                    },
                )

        before = label_ids(dataset)
        editor = threading.Thread(target=keep_editing)
        editor.start()
        try:
            done = delete.delete_plan(dataset, plan)
        finally:
            stop.set()
            editor.join()
        gone = before - label_ids(dataset)

        assert gone == {ObjectId(label_id) for label_id in done.label_ids}
        assert gone <= planned(plan)
        if done.restore_key:
            assert journaled(done.restore_key) == gone


def label_ids(dataset):
    return {
        label["_id"]
        for document in dataset._sample_collection.find({}, {f"{PATH}._id": True})
        for label in (document.get(FIELD) or {}).get("detections") or []
    }


def journaled(restore_key):
    from duplicates.labels.edits.journal import journal

    return {
        entry["label_id"]
        for document in journal.entries(restore_key)
        for entry in document["entries"]
    }


def test_a_skipped_label_is_counted_once_even_if_its_sample_is_retried(
    dataset, plan, before_each_write
):
    """One label is deleted before the run, and its sample is edited during the run."""
    (first,) = dataset_ids(dataset)[:1]
    edit(dataset, first, lambda labels: labels[2:])
    before_each_write(lambda: edit(dataset, first, lambda labels: labels[2:]))
    done = delete.delete_plan(dataset, plan)

    assert done.count == len(plan) - 2
    assert sum(done.skipped.reasons.values()) == 2
