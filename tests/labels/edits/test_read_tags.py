"""The tags of labels are read exactly as they are stored, in any form."""

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duplicates.labels import fields
from duplicates.labels.edits.journal.lists import MISSING, order_of
from duplicates.labels.edits.writing import read_tags

FIELD = "ground_truth"

any_tags = st.sampled_from([[], ["a"], ["a", "b"], None, "a", 5, {"a": 1}, MISSING])
any_label = st.tuples(any_tags, st.booleans())
any_list = st.one_of(st.none(), st.lists(any_label, max_size=60))


def label_of(tags, has_id):
    label = {"_id": ObjectId()} if has_id else {}
    return label if tags == MISSING else {**label, "tags": tags}


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=st.lists(any_list, max_size=5))
def test_tags_of_any_kind_are_found_by_the_ids_of_labels(raw_dataset, samples):
    lists = [
        None if labels is None else [label_of(*label) for label in labels]
        for labels in samples
    ]
    dataset = raw_dataset(
        [{FIELD: None if held is None else {"detections": held}} for held in lists]
    )
    ids = dataset._sample_collection.distinct("_id")
    field = fields.require_label_field(dataset, FIELD)
    found = read_tags.read(dataset, field, ids)

    assert found.keys() == set(ids)
    for sample_id, held in zip(ids, lists):
        held = held or []
        read = found[sample_id]
        assert read.order == order_of(label.get("_id") for label in held)
        for k, label in enumerate(held):
            if "_id" in label:
                assert read.find(label["_id"]) == k
                assert read.tags(label["_id"]) == label.get("tags", MISSING)
        assert read.find(ObjectId()) == -1
        assert read.tags(ObjectId()) == MISSING


def test_a_deleted_sample_is_not_found(raw_dataset):
    dataset = raw_dataset([{FIELD: {"detections": [label_of(["a"], True)]}}])
    field = fields.require_label_field(dataset, FIELD)

    assert not read_tags.read(dataset, field, [ObjectId()])


@pytest.mark.parametrize("more", [0, 200])
@pytest.mark.parametrize("shift", range(1, 12))
def test_an_id_is_found_only_at_the_start_of_an_id(shift, more):
    wanted = ObjectId(b"\x01" * 12)
    near = b"\x02" * shift + wanted.binary + b"\x02" * (12 - shift)
    order = near + 2 * wanted.binary + b"\x03" * 12 * more
    found = read_tags.TagList(order, lambda k: [str(k)])

    assert found.find(wanted) == 2
    assert found.tags(wanted) == ["2"]
    assert found.find(ObjectId(b"\x04" * 12)) == -1
