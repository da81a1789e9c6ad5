"""An action is undone after the later ones that changed the same labels."""

import pytest
from own_tagged import BOX, FAR, FIELD, TAG, own, retag, tagged_now

from duplicates.iou_core.errors import OrderError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.edits import delete, tag
from duplicates.labels.edits.journal import journal, order
from duplicates.labels.edits.restore import restore
from duplicates.labels.scans import plans, search


def content(dataset):
    """All stored samples, apart from their stamps."""
    documents = list(dataset._sample_collection.find({}))
    for document in documents:
        del document["last_modified_at"]
    return documents


def plan_of(samples, field=FIELD, method="simple"):
    key = search.find_duplicates(samples, FindParams(field, method=method)).scan_key
    return plans.plan(samples, key)


def blocked(dataset):
    actions = journal.list_actions(dataset)
    return order.first_to_undo(dataset, [one["restore_key"] for one in actions])


@pytest.fixture
def dataset(make_dataset):
    """Three samples with two cars each at one place, and a lone label."""
    return make_dataset([[("car", BOX), ("car", BOX), ("bus", FAR)]] * 3)


def test_a_tagging_is_undone_after_the_deletion_of_what_it_tagged(dataset):
    untouched = content(dataset)
    first = retag(dataset, plan_of(dataset))
    second = retag(dataset, plan_of(dataset, method="greedy"))
    gone = delete.delete_tagged(dataset, FIELD, TAG)
    before = content(dataset)
    assert blocked(dataset) == {
        second.restore_key: gone.restore_key,
        first.restore_key: second.restore_key,
    }

    sentence = "a later deletion of 3 labels changed some of the same labels"
    for done in (second, first):
        with pytest.raises(OrderError, match=" first"):
            restore(dataset, done.restore_key)
    with pytest.raises(ParamsError, match=rf"{sentence} \(undo {gone.restore_key} fi"):
        restore(dataset, second.restore_key)
    assert content(dataset) == before

    for done in (gone, second, first):
        assert restore(dataset, done.restore_key).skipped.reasons == {}
    assert content(dataset) == untouched
    assert tagged_now(dataset) == own(dataset) == set()
    assert blocked(dataset) == {}


def test_actions_on_other_labels_are_undone_in_any_order(dataset):
    untouched = content(dataset)
    first = delete.delete_plan(dataset.limit(1), plan_of(dataset.limit(1)))
    others = dataset.skip(1)
    second = tag.tag_plan(others, plan_of(others), TAG)
    assert blocked(dataset) == {}
    restore(dataset, first.restore_key)
    restore(dataset, second.restore_key)
    assert content(dataset) == untouched


def test_actions_on_a_copy_of_the_field_are_undone_in_any_order(dataset):
    dataset.clone_sample_field(FIELD, "copy")
    first = retag(dataset, plan_of(dataset))
    gone = delete.delete_plan(dataset, plan_of(dataset, "copy"))
    # the labels of a copy have the same ids
    assert set(gone.label_ids) == set(first.label_ids)
    assert blocked(dataset) == {}
    assert restore(dataset, first.restore_key).count == 3


def test_a_deletion_of_a_renamed_field_is_still_in_the_way(dataset):
    first = retag(dataset, plan_of(dataset))
    dataset.rename_sample_field(FIELD, "new")
    gone = delete.delete_tagged(dataset, "new", TAG)
    assert blocked(dataset) == {first.restore_key: gone.restore_key}
    with pytest.raises(OrderError, match=f"undo {gone.restore_key} first"):
        restore(dataset, first.restore_key)


def test_a_later_action_that_was_killed_is_in_the_way_until_it_is_undone(dataset):
    untouched = content(dataset)
    first = retag(dataset, plan_of(dataset))
    gone = delete.delete_tagged(dataset, FIELD, TAG)
    killed = {"$set": {"state": "under_way", "count": 0, "samples": 0}}
    store.collection("actions").update_one({"_id": gone.restore_key}, killed)
    with pytest.raises(OrderError, match="a later deletion changed some of the same"):
        restore(dataset, first.restore_key)
    restore(dataset, gone.restore_key)
    restore(dataset, first.restore_key)
    assert content(dataset) == untouched


def test_a_later_action_that_was_killed_before_its_first_label_is_not_in_the_way(
    dataset,
):
    first = retag(dataset, plan_of(dataset))
    gone = delete.delete_tagged(dataset.limit(1), FIELD, TAG)
    store.collection("journal").delete_many({"restore_key": gone.restore_key})
    assert blocked(dataset) == {}
    assert restore(dataset, first.restore_key).count == 2


def test_a_later_action_whose_undo_data_was_deleted_is_not_in_the_way(dataset):
    first = retag(dataset, plan_of(dataset))
    gone = delete.delete_tagged(dataset.limit(1), FIELD, TAG)
    journal.empty(dataset, gone.restore_key)
    assert restore(dataset, first.restore_key).count == 2
