"""Edits while the plugin reads, computes and writes."""

import datetime
import random
import threading

import distinct_ious
import fiftyone as fo
import fiftyone_reference as theirs
import pytest
from bson import ObjectId
from distinct_ious import FIELD, PATH

from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import delete, max_iou, tag
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.edits.writing import writer as write
from duplicates.labels.scans import plans, search


@pytest.fixture
def before_each_write(monkeypatch):
    """A function that runs another one before each command of updates is sent."""

    def inject(act, times=1):
        update = write.Writer._update
        left = [times]
        lock = threading.Lock()

        def edited_first(writer, batch):
            with lock:
                if left[0]:
                    left[0] -= 1
                    act()
            return update(writer, batch)

        monkeypatch.setattr(write.Writer, "_update", edited_first)
        return left

    return inject


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def edit(dataset, sample_id, change, stamp=True):
    """Changes the list of a sample, as another program would."""
    collection = dataset._sample_collection
    document = collection.find_one({"_id": sample_id})
    labels = change(document[FIELD]["detections"])
    values = {PATH: labels, **({"last_modified_at": now()} if stamp else {})}
    collection.update_one({"_id": sample_id}, {"$set": values})


def new_label(k=0):
    return {
        "_id": ObjectId(),
        "_cls": "Detection",
        "label": "new",
        "tags": [],
        "bounding_box": [1000.0 + k, 0.0, 1.0, 1.0],
    }


def moved_box(labels):
    for label in labels[:1]:
        label["bounding_box"] = [-5.0, 0.0, 1.0, 1.0]
    return labels


EDITS = {
    "the first label is deleted": lambda labels: labels[1:],
    "the last label is deleted": lambda labels: labels[:-1],
    "a label is inserted first": lambda labels: [new_label(), *labels],
    "a label is appended": lambda labels: [*labels, new_label()],
    "a label is replaced by another": lambda labels: [new_label(), *labels[1:]],
    "the order is reversed": lambda labels: labels[::-1],
    "two labels are swapped": lambda labels: [labels[1], labels[0], *labels[2:]],
    "all labels are deleted": lambda labels: [],
    "a box is moved": moved_box,
}
UNSTAMPED = [
    "the first label is deleted",
    "the last label is deleted",
    "a label is inserted first",
    "a label is appended",
    "the order is reversed",
    "all labels are deleted",
]


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset(distinct_ious.documents(40, 3))


def sample_ids(dataset):
    return [ObjectId(sample_id) for sample_id in dataset.values("id")]


def compute(samples):
    return compute_max_ious(samples, ComputeParams(FIELD), id_attr="partner")


class TestMaxIou:
    @pytest.mark.parametrize("name", EDITS)
    def test_labels_edited_before_the_write_get_their_own_values(
        self, dataset, before_each_write, name
    ):
        ids = sample_ids(dataset)[::3]
        before_each_write(lambda: [edit(dataset, _id, EDITS[name]) for _id in ids])
        done = compute(dataset)
        (reference,) = theirs.max_ious(dataset, FIELD)

        assert distinct_ious.misplaced(dataset) == []
        assert dataset.values(f"{PATH}.max_iou") == reference[0]
        assert done.count == dataset.count(f"{PATH}.max_iou")
        assert done.skipped.to_dict()["count"] == 0

    @pytest.mark.parametrize("name", UNSTAMPED)
    def test_they_do_so_even_if_the_edit_does_not_change_the_stamp(
        self, dataset, before_each_write, name
    ):
        ids = sample_ids(dataset)[::3]
        before_each_write(
            lambda: [edit(dataset, _id, EDITS[name], stamp=False) for _id in ids]
        )
        compute(dataset)
        (reference,) = theirs.max_ious(dataset, FIELD)

        assert distinct_ious.misplaced(dataset) == []
        assert dataset.values(f"{PATH}.max_iou") == reference[0]

    @pytest.mark.parametrize("name", EDITS)
    def test_labels_of_a_filtered_view_edited_before_the_write_get_their_own_values(
        self, dataset, before_each_write, name
    ):
        view = dataset.filter_labels(FIELD, fo.ViewField("label") != "class 1")
        ids = sample_ids(dataset)[::3]
        before_each_write(lambda: [edit(dataset, _id, EDITS[name]) for _id in ids])
        compute(view)
        (reference,) = theirs.max_ious(view, FIELD)

        assert distinct_ious.misplaced(dataset) == []
        assert view.values(f"{PATH}.max_iou") == reference[0]

    def test_edits_between_reading_the_view_and_the_stored_lists_are_handled(
        self, dataset, monkeypatch
    ):
        view = dataset.filter_labels(FIELD, fo.ViewField("label") != "class 1")
        ids = sample_ids(dataset)[::3]
        stored_positions = max_iou.at_stored_positions
        edits = list(EDITS.values())

        def edited_first(samples, decoder, block):
            for k, _id in enumerate(ids):
                if edits:
                    edit(dataset, _id, edits[k % len(edits)])
            edits.clear()
            return stored_positions(samples, decoder, block)

        monkeypatch.setattr(max_iou, "at_stored_positions", edited_first)
        compute(view)

        assert distinct_ious.misplaced(dataset) == []

    def test_deleted_samples_and_emptied_fields_are_not_written(
        self, dataset, before_each_write
    ):
        gone, emptied = sample_ids(dataset)[:2]

        def act():
            dataset._sample_collection.delete_one({"_id": gone})
            dataset._sample_collection.update_one(
                {"_id": emptied}, {"$set": {FIELD: None, "last_modified_at": now()}}
            )

        before_each_write(act)
        done = compute(dataset)

        assert done.count == 38 * 6
        assert dataset._sample_collection.find_one({"_id": gone}) is None
        assert dataset._sample_collection.find_one({"_id": emptied})[FIELD] is None

    def test_edits_by_fiftyone_are_noticed(self, dataset, before_each_write):
        first, second, third = dataset.values("id")[:3]

        def act():
            sample = dataset[first]
            sample.ground_truth.detections.reverse()
            sample.save()
            label_ids = dataset.select(second).values(f"{PATH}.id")[0][:1]
            dataset.delete_labels(ids=label_ids)
            dataset.select(third).set_values(
                FIELD, [fo.Detections(detections=dataset[third][FIELD].detections[2:])]
            )

        before_each_write(act)
        compute(dataset)
        (reference,) = theirs.max_ious(dataset, FIELD)

        assert distinct_ious.misplaced(dataset) == []
        assert dataset.values(f"{PATH}.max_iou") == reference[0]

    def test_samples_that_are_edited_repeatedly_are_reported(
        self, dataset, before_each_write
    ):
        (busy,) = sample_ids(dataset)[:1]
        before_each_write(
            lambda: edit(dataset, busy, lambda labels: labels[::-1]), times=100
        )
        done = compute(dataset)

        assert done.skipped.reasons == {max_iou.CHANGED: 6}
        assert done.count == 39 * 6
        assert distinct_ious.misplaced(dataset) == []

    def test_invalid_labels_of_edited_samples_are_counted_once(
        self, dataset, before_each_write
    ):
        ids = sample_ids(dataset)
        for _id in ids[:10]:
            edit(
                dataset,
                _id,
                lambda labels: [{**labels[0], "bounding_box": None}, *labels[1:]],
            )
        before_each_write(
            lambda: [edit(dataset, _id, lambda labels: labels) for _id in ids[5:15]]
        )
        done = compute(dataset)

        assert done.skipped.to_dict()["count"] == 10
        assert len(done.skipped.labels) == 10

    @pytest.mark.slow
    def test_constant_edits_are_never_overwritten(self, dataset):
        stop = threading.Event()
        rng = random.Random(1)
        ids = sample_ids(dataset)
        edits = list(EDITS.values())

        def keep_editing():
            while not stop.is_set():
                change = rng.choice(edits)
                edit(dataset, rng.choice(ids), change)

        editor = threading.Thread(target=keep_editing)
        editor.start()
        try:
            for _ in range(15):
                compute(dataset)
        finally:
            stop.set()
            editor.join()

        assert distinct_ious.misplaced(dataset) == []


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
        ids = sample_ids(dataset)[::3]
        before_each_write(lambda: [edit(dataset, _id, EDITS[name]) for _id in ids])
        done = tag.tag_plan(dataset, plan, "duplicate")
        found = tagged(dataset)

        assert found <= planned(plan)
        assert {str(_id) for _id in found} == set(done.label_ids)
        assert done.count + sum(done.skipped.reasons.values()) == len(plan)

    def test_only_tagged_labels_are_untagged(self, dataset, plan, before_each_write):
        tag.tag_plan(dataset, plan, "duplicate")
        ids = sample_ids(dataset)[::3]
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
        ids = sample_ids(dataset)[::3]
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
        failing, edited = sample_ids(dataset)[:2]
        not_written = write.Writer._not_written
        update = write.Writer._update
        begun, done_once = iter([True]), []

        def edited_first(writer, batch):
            # several threads write
            if next(begun, False):
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
        ids = sample_ids(dataset)

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
    (first,) = sample_ids(dataset)[:1]
    edit(dataset, first, lambda labels: labels[2:])
    before_each_write(lambda: edit(dataset, first, lambda labels: labels[2:]))
    done = delete.delete_plan(dataset, plan)

    assert done.count == len(plan) - 2
    assert sum(done.skipped.reasons.values()) == 2
