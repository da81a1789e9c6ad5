"""Actions and scans of a renamed field apply to the field under its new name."""

import json

import fiftyone as fo
import fiftyone.operators as foo
import pytest
from fiftyone.operators.executor import ExecutionError
from panel_calls import App

BOX = [0.1, 0.1, 0.2, 0.2]
FAR = [0.6, 0.6, 0.2, 0.2]
PATH = "detections.id"


def call(name, samples, /, **params):
    result = foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result
    return json.loads(json.dumps(result))


@pytest.fixture
def dataset(make_dataset):
    """Two samples with two fields; duplicates of the first field are deleted."""
    labels = [("car", BOX), ("car", BOX), ("bus", FAR)]
    dataset = make_dataset([labels, labels])
    other = make_dataset([labels, labels])
    dataset.set_values("predictions", other.values("ground_truth"))
    return dataset


def deleted(dataset):
    before = dataset.values(f"ground_truth.{PATH}")
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    return before, call("delete_duplicates", dataset, scan_key=key)["restore_key"]


def test_a_renamed_field_is_found_by_its_labels(dataset):
    before, key = deleted(dataset)
    dataset.rename_sample_field("ground_truth", "checked")

    assert call("restore_deleted", dataset, restore_key=key)["count"] == 2
    assert dataset.values(f"checked.{PATH}") == before


def test_tags_are_undone_in_a_renamed_field(dataset):
    tagged = call("tag_duplicates", dataset, label_field="ground_truth")
    assert tagged["count"] == 2
    key = call("list_deleted", dataset)["actions"][0]["restore_key"]
    dataset.rename_sample_field("ground_truth", "checked")

    assert call("restore_deleted", dataset, restore_key=key)["count"] == 2
    assert dataset.count_label_tags() == {}


def test_the_field_has_to_be_given_if_two_fields_have_its_labels(dataset):
    before, key = deleted(dataset)
    dataset.clone_sample_field("ground_truth", "copy")
    dataset.rename_sample_field("ground_truth", "checked")

    with pytest.raises(ExecutionError, match=r"as label_field \(checked, copy\)"):
        call("restore_deleted", dataset, restore_key=key)
    done = call("restore_deleted", dataset, restore_key=key, label_field="checked")
    assert done["count"] == 2
    assert dataset.values(f"checked.{PATH}") == before


def test_a_deleted_field_is_not_confused_with_another(dataset):
    _, key = deleted(dataset)
    dataset.delete_sample_field("ground_truth")

    with pytest.raises(ExecutionError, match="name of the field 'ground_truth'"):
        call("restore_deleted", dataset, restore_key=key)


def test_another_field_is_an_error_while_the_original_exists(dataset):
    _, key = deleted(dataset)

    with pytest.raises(ExecutionError, match="'ground_truth', as the field is still"):
        call("restore_deleted", dataset, restore_key=key, label_field="predictions")


@pytest.mark.parametrize("name", ["delete_duplicates", "tag_duplicates"])
def test_the_scan_of_a_renamed_field_has_its_new_name(dataset, name):
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    dataset.rename_sample_field("ground_truth", "checked")

    (scan,) = call("list_scans", dataset)["scans"]
    assert scan["params"]["label_field"] == "checked"
    assert scan["renamed"] == {"ground_truth": "checked"}
    done = call(name, dataset, scan_key=key)
    assert (done["count"], done["skipped"]["count"]) == (2, 0)
    assert call("restore_deleted", dataset, **done_by(dataset))["count"] == 2


def done_by(dataset):
    actions = call("list_deleted", dataset)["actions"]
    assert [action["field"] for action in actions] == ["checked"]
    return {"restore_key": actions[0]["restore_key"]}


def test_the_scan_of_a_renamed_field_of_frames_has_its_new_name(make_dataset):
    dataset = make_dataset([])
    sample = fo.Sample(filepath="/videos/1.mp4")
    for number in (1, 2):
        alike = [fo.Detection(label="car", bounding_box=BOX) for _ in range(2)]
        sample.frames[number] = fo.Frame(detections=fo.Detections(detections=alike))
    dataset.add_sample(sample)
    key = call("find_duplicates", dataset, label_field="frames.detections")["scan_key"]
    dataset.rename_frame_field("detections", "checked")

    assert call("delete_duplicates", dataset, scan_key=key)["count"] == 2
    assert dataset.count("frames.checked.detections") == 2


def test_both_fields_of_a_scan_may_be_renamed(dataset):
    key = call(
        "find_duplicates",
        dataset,
        label_field="predictions",
        other_field="ground_truth",
    )["scan_key"]
    expected = call("delete_duplicates", dataset, scan_key=key, dry_run=True)
    dataset.rename_sample_field("ground_truth", "checked")
    dataset.rename_sample_field("predictions", "guessed")

    found = call("delete_duplicates", dataset, scan_key=key, dry_run=True)
    fields = found["params"]["label_field"], found["params"]["other_field"]
    assert fields == ("guessed", "checked")
    assert found["label_ids"] == expected["label_ids"] != []


def test_a_scan_is_continued_after_its_field_was_renamed(dataset):
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    dataset.rename_sample_field("ground_truth", "checked")

    again = call("find_duplicates", dataset, label_field="checked", since=key)
    assert again["count"] == 2
    assert again["scan_key"] != key


def test_the_error_for_a_scan_of_an_ambiguous_field_says_what_to_do(dataset):
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    dataset.clone_sample_field("ground_truth", "copy")
    dataset.rename_sample_field("ground_truth", "checked")
    for name in ("delete_duplicates", "tag_duplicates", "show_duplicates"):
        with pytest.raises(ExecutionError, match="if it was renamed, rename it back"):
            call(name, dataset, scan_key=key)

    dataset.rename_sample_field("checked", "ground_truth")
    assert call("delete_duplicates", dataset, scan_key=key)["count"] == 2


def test_the_scan_of_a_deleted_field_is_not_applied_to_another(dataset):
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    dataset.delete_sample_field("ground_truth")

    (scan,) = call("list_scans", dataset)["scans"]
    assert (scan["params"]["label_field"], scan["renamed"]) == ("ground_truth", {})
    with pytest.raises(ExecutionError, match="'ground_truth', which the samples do"):
        call("delete_duplicates", dataset, scan_key=key)
    call("delete_scan", dataset, scan_key=key)


@pytest.mark.parametrize("deleted_field", ["predictions", "ground_truth"])
def test_a_deleted_field_is_not_taken_for_the_other_field_of_its_scan(
    dataset, deleted_field
):
    dataset.delete_sample_field("predictions")
    dataset.clone_sample_field("ground_truth", "predictions")
    key = call(
        "find_duplicates",
        dataset,
        label_field="predictions",
        other_field="ground_truth",
    )["scan_key"]
    dataset.delete_sample_field(deleted_field)

    with pytest.raises(ExecutionError, match="which the samples do not have"):
        call("delete_duplicates", dataset, scan_key=key)


def test_the_labels_of_a_scan_are_looked_up_once(dataset):
    from duplicates.labels import store
    from duplicates.labels.scans import stored

    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    dataset.rename_sample_field("ground_truth", "checked")
    assert stored.open_scan(dataset, key).params.label_field == "checked"
    store.collection("blocks").delete_many({})
    assert stored.open_scan(dataset, key).params.label_field == "checked"


def test_a_scan_of_a_view_that_selects_by_a_renamed_field_cannot_be_checked(dataset):
    view = dataset.filter_labels("ground_truth", fo.ViewField("label") == "car")
    key = call("find_duplicates", view, label_field="ground_truth")["scan_key"]
    dataset.rename_sample_field("ground_truth", "checked")

    with pytest.raises(ExecutionError, match="a view that can still be made"):
        call("find_duplicates", dataset, label_field="checked", since=key)


def test_the_panel_shows_that_the_field_of_a_scan_was_renamed(dataset):
    key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    dataset.rename_sample_field("ground_truth", "checked")

    (entry,) = App(dataset).send("list_scans")["scans"]
    assert entry["label_field"] == "checked"
    assert entry["compared"] == ["renamed from ground_truth"]
    summary = App(dataset).send("open_scan", scan_key=key)["summary"]
    assert summary["params"]["label_field"] == "checked"
    assert summary["compared"] == ["renamed from ground_truth"]
