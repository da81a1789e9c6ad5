"""Values that the plugin computes after an action do not keep it from being undone."""

import odd_labels
import pytest
from odd_labels import FIELD, PATH
from undoable import planned

from duplicates.iou_core.params import ComputeParams
from duplicates.labels.edits import delete, max_iou, merge, restore
from duplicates.labels.edits.writing import undo

ACTIONS = {"delete": delete.delete_plan, "merge": merge.merge_plan}


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset(odd_labels.documents(4, odd=False))


def compute(dataset):
    max_iou.compute_max_ious(dataset, ComputeParams(FIELD), "max_iou", "partner")


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_undone_byte_for_byte(dataset, name):
    before = odd_labels.raw_labels(dataset)
    done = ACTIONS[name](dataset, planned(dataset))
    merged = {k for k, v in odd_labels.raw_labels(dataset).items() if v != before[k]}
    compute(dataset)
    undone = restore.restore(dataset, done.restore_key)

    assert (undone.count, undone.others) == (done.count, len(merged))
    assert undone.skipped.reasons == {}
    restored = merged | {k for k in before if str(k) in done.label_ids}
    after = odd_labels.raw_labels(dataset)
    assert {k: after[k] for k in restored} == {k: before[k] for k in restored}


def test_undoing_it_again_after_that_changes_nothing(dataset):
    done = merge.merge_plan(dataset, planned(dataset))
    restore.restore(dataset, done.restore_key)
    compute(dataset)
    before = odd_labels.raw(dataset)
    undone = restore.restore(dataset, done.restore_key)

    assert set(undone.skipped.reasons) == {undo.THERE}
    assert odd_labels.raw(dataset) == before


def test_an_edit_beside_the_values_is_still_an_edit(dataset):
    done = merge.merge_plan(dataset, planned(dataset))
    compute(dataset)
    everything = {f"{PATH}.$[].label": "edited"}
    dataset._sample_collection.update_many({}, {"$set": everything})
    undone = restore.restore(dataset, done.restore_key)

    assert undone.skipped.reasons[undo.EDITED] > 0
