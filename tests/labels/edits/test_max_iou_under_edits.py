"""Edits while max IoUs are read, computed and written."""

import random
import threading

import distinct_ious
import fiftyone as fo
import fiftyone_reference as theirs
import pytest
from called import dataset_ids
from distinct_ious import FIELD, PATH
from edited_meanwhile import EDITS, edit, now

from duplicates.iou_core.params import ComputeParams
from duplicates.labels.edits import max_iou
from duplicates.labels.edits.max_iou import compute_max_ious

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


def compute(samples):
    return compute_max_ious(samples, ComputeParams(FIELD), id_attr="partner")


class TestMaxIou:
    @pytest.mark.parametrize("name", EDITS)
    def test_labels_edited_before_the_write_get_their_own_values(
        self, dataset, before_each_write, name
    ):
        ids = dataset_ids(dataset)[::3]
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
        ids = dataset_ids(dataset)[::3]
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
        ids = dataset_ids(dataset)[::3]
        before_each_write(lambda: [edit(dataset, _id, EDITS[name]) for _id in ids])
        compute(view)
        (reference,) = theirs.max_ious(view, FIELD)

        assert distinct_ious.misplaced(dataset) == []
        assert view.values(f"{PATH}.max_iou") == reference[0]

    def test_edits_between_reading_the_view_and_the_stored_lists_are_handled(
        self, dataset, monkeypatch
    ):
        view = dataset.filter_labels(FIELD, fo.ViewField("label") != "class 1")
        ids = dataset_ids(dataset)[::3]
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
        gone, emptied = dataset_ids(dataset)[:2]

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
        (busy,) = dataset_ids(dataset)[:1]
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
        ids = dataset_ids(dataset)
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
        ids = dataset_ids(dataset)
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
