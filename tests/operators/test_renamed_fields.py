"""An action on a field that was renamed is undone in what the field is called now."""

import json

import fiftyone.operators as foo
import pytest
from fiftyone.operators.executor import ExecutionError

BOX = [0.1, 0.1, 0.2, 0.2]
FAR = [0.6, 0.6, 0.2, 0.2]
PATH = "detections.id"


def call(name, samples, /, **params):
    result = foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result
    return json.loads(json.dumps(result))


@pytest.fixture
def dataset(make_dataset):
    """Two samples with two fields: duplicates of the first are deleted."""
    labels = [("car", BOX), ("car", BOX), ("bus", FAR)]
    dataset = make_dataset([labels, labels])
    other = make_dataset([labels, labels])
    dataset.set_values("predictions", other.values("ground_truth"))
    return dataset


def deleted(dataset):
    before = dataset.values(f"ground_truth.{PATH}")
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    return before, call("delete_duplicates", dataset, scan_key=key)["restore_key"]


def test_it_is_found_by_the_labels_that_it_holds(dataset):
    before, key = deleted(dataset)
    dataset.rename_sample_field("ground_truth", "checked")

    assert call("restore_deleted", dataset, restore_key=key)["count"] == 2
    assert dataset.values(f"checked.{PATH}") == before


def test_tags_are_given_back_there_too(dataset):
    tagged = call("tag_duplicates", dataset, label_field="ground_truth")
    assert tagged["count"] == 2
    key = call("list_deleted", dataset)["actions"][0]["restore_key"]
    dataset.rename_sample_field("ground_truth", "checked")

    assert call("restore_deleted", dataset, restore_key=key)["count"] == 2
    assert dataset.count_label_tags() == {}


def test_where_two_fields_hold_its_labels_somebody_has_to_say(dataset):
    before, key = deleted(dataset)
    dataset.clone_sample_field("ground_truth", "copy")
    dataset.rename_sample_field("ground_truth", "checked")

    with pytest.raises(ExecutionError, match=r"as label_field \(checked, copy\)"):
        call("restore_deleted", dataset, restore_key=key)
    done = call("restore_deleted", dataset, restore_key=key, label_field="checked")
    assert done["count"] == 2
    assert dataset.values(f"checked.{PATH}") == before


def test_a_field_that_is_gone_is_no_other_one(dataset):
    _, key = deleted(dataset)
    dataset.delete_sample_field("ground_truth")

    with pytest.raises(ExecutionError, match=r"'ground_truth' is called now"):
        call("restore_deleted", dataset, restore_key=key)


def test_another_field_is_refused_while_its_own_is_there(dataset):
    _, key = deleted(dataset)

    with pytest.raises(ExecutionError, match="'ground_truth', the field of this act"):
        call("restore_deleted", dataset, restore_key=key, label_field="predictions")


def test_the_scan_of_a_renamed_field_says_what_helps(dataset):
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    dataset.rename_sample_field("ground_truth", "checked")
    for name in ("delete_duplicates", "tag_duplicates", "show_duplicates"):
        with pytest.raises(ExecutionError, match="if it was renamed, rename it back"):
            call(name, dataset, scan_key=key)

    dataset.rename_sample_field("checked", "ground_truth")
    assert call("delete_duplicates", dataset, scan_key=key)["count"] == 2
