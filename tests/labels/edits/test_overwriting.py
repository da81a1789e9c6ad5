"""Values from other sources are overwritten only on request, and can be restored."""

import fiftyone as fo
import fiftyone.operators as foo
import odd_labels
import pytest
from fiftyone.operators.executor import ExecutionError
from odd_labels import FIELD, PATH

from duplicates.iou_core.errors import FieldError
from duplicates.iou_core.params import ComputeParams
from duplicates.labels.edits.computed import overwrite as overwriting
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.edits.restore import restore
from duplicates.labels.edits.tagged import ALIKE

PARAMS = ComputeParams(FIELD)
ATTRS = "score", "annotator"  # of some of the odd labels


def overwrite(dataset, params=PARAMS, attrs=ATTRS, **options):
    return compute_max_ious(dataset, params, *attrs, overwrite=True, **options)


def attributes(dataset, *names):
    """Returns the stored values of attributes by label id."""
    return {
        label["_id"]: [label.get(name) for name in names]
        for document in dataset._sample_collection.find()
        for label in document[FIELD]["detections"]
        if "_id" in label
    }


def test_the_values_equal_those_under_an_unused_name_and_other_bytes_are_unchanged(
    dataset,
):
    free = compute_max_ious(dataset, PARAMS, "free_iou", "free_id")
    before = odd_labels.raw(dataset)
    done = overwrite(dataset)

    stored = attributes(dataset, *ATTRS)
    assert stored == attributes(dataset, "free_iou", "free_id")
    assert (done.count, done.samples) == (free.count, free.samples)
    assert done.by_class == free.by_class
    assert done.counts.tolist() == free.counts.tolist()
    assert done.skipped.to_dict() == free.skipped.to_dict()
    assert odd_labels.raw(dataset) != before


def test_overwritten_values_are_restored_byte_for_byte(dataset):
    before, ids = odd_labels.raw(dataset), odd_labels.label_ids(dataset)
    (restore_key,) = overwrite(dataset).restore_keys
    assert odd_labels.raw(dataset) != before
    assert odd_labels.label_ids(dataset) == ids
    (action,) = journal.list_actions(dataset)
    assert (action["operation"], action["count"]) == ("overwrite", len(free_ids(ids)))

    undone = restore(dataset, restore_key)
    assert undone.count == len(free_ids(ids))
    assert odd_labels.raw(dataset) == before


def free_ids(ids):
    return [_id for found in ids.values() for _id in found if _id is not None]


def test_a_label_that_was_edited_since_is_not_restored(dataset):
    before = odd_labels.raw_labels(dataset)
    (restore_key,) = overwrite(dataset).restore_keys
    sample = dataset._sample_collection.find_one()
    edited = next(one for one in sample[FIELD]["detections"] if "_id" in one)["_id"]
    dataset._sample_collection.update_one(
        {"_id": sample["_id"]},
        {"$set": {f"{PATH}.$[one].score": 99}},
        array_filters=[{"one._id": edited}],
    )

    assert restore(dataset, restore_key).skipped.reasons == {"was edited since": 1}
    now = odd_labels.raw_labels(dataset)
    assert {_id for _id in now if now[_id] != before[_id]} == {edited}


def test_without_the_request_overwriting_is_an_error_before_and_after(dataset):
    before = odd_labels.raw(dataset)
    for _ in range(2):
        with pytest.raises(FieldError, match="or overwrite=True, which can be undone"):
            compute_max_ious(dataset, PARAMS, *ATTRS)
        assert odd_labels.raw(dataset) == before
        (restore_key,) = overwrite(dataset).restore_keys
        restore(dataset, restore_key)
    overwrite(dataset)
    with pytest.raises(FieldError, match="values of other origin"):
        compute_max_ious(dataset, PARAMS, *ATTRS)


def test_values_of_the_plugin_are_replaced_without_the_journal(dataset):
    for _ in range(2):
        assert overwrite(dataset, attrs=("max_iou", "partner")).restore_keys == []
    assert journal.list_actions(dataset) == []


def test_samples_that_are_edited_in_between_are_computed_again(dataset, monkeypatch):
    confirm, edited = overwriting._Overwriting.confirm, []

    def edit_after(work, sample_ids):
        found = confirm(work, sample_ids)
        if not edited:
            edited.append(sample_ids[0])
            moved = {f"{PATH}.0.bounding_box": [500, 0, 1, 1], "last_modified_at": None}
            dataset._sample_collection.update_one(
                {"_id": sample_ids[0]}, {"$set": moved}
            )
        return found

    monkeypatch.setattr(overwriting._Overwriting, "confirm", edit_after)
    assert overwrite(dataset).skipped.reasons == {"has no id": 8}
    stored = attributes(dataset, *ATTRS)
    compute_max_ious(dataset, PARAMS, "free_iou", "free_id")
    assert stored == attributes(dataset, "free_iou", "free_id")


def test_labels_that_share_an_id_are_skipped(raw_dataset):
    documents = odd_labels.documents(2, odd=False)
    labels = documents[0][FIELD]["detections"]
    labels[1]["_id"] = labels[0]["_id"]
    labels[0]["score"] = 0.5
    dataset = raw_dataset(documents)
    before = odd_labels.raw(dataset)
    done = overwrite(dataset)
    assert done.skipped.reasons == {ALIKE: 2}

    restore(dataset, *done.restore_keys)
    assert odd_labels.raw(dataset) == before


def test_each_of_two_fields_has_its_own_key(make_dataset):
    one = [("a", [0, 0, 1, 1], {"annotator": "ann"})]
    dataset = make_dataset([one, one])
    dataset.clone_sample_field(FIELD, "other")
    before = odd_labels.raw(dataset)
    params = ComputeParams(FIELD, "other")
    done = overwrite(dataset, params, ("max_iou", "annotator"))

    assert (done.count, len(done.restore_keys)) == (4, 2)
    partners = dataset.values("other.detections.id", unwind=True)
    assert [labels[0].annotator for labels in dataset.values(PATH)] == partners
    for restore_key in done.restore_keys:
        restore(dataset, restore_key)
    assert odd_labels.raw(dataset) == before


def test_the_operator_overwrites_on_request(make_dataset):
    labels = [("a", [0, 0, 1, 1], {"annotator": name}) for name in ("ann", "bob")]
    dataset = make_dataset([labels])
    before = odd_labels.raw(dataset)
    compute = foo.get_operator("@iou/duplicates/compute_max_ious")
    with pytest.raises(ExecutionError, match="overwrite=True"):
        compute(dataset, id_attr="annotator")
    done = compute(dataset, id_attr="annotator", overwrite=True).result
    assert done["message"].endswith("; what they replaced can be restored")
    (first, second) = fo.load_dataset(dataset.name).values(PATH)[0]
    assert (first.annotator, second.annotator) == (second.id, first.id)

    (restore_key,) = done["restore_keys"]
    undo = foo.get_operator("@iou/duplicates/restore_deleted")
    assert undo(dataset, restore_key=restore_key).result["count"] == 2
    assert odd_labels.raw(dataset) == before
