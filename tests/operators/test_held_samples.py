"""Samples in a script's memory are saved after the plugin has written."""

import subprocess
import sys

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone_reference as theirs
import pytest

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
BOX = [0.1, 0.1, 0.2, 0.2]


def call(name, samples, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result


def ghosts(dataset):
    """Finds labels without id or class, which a write by position created."""
    return [
        label
        for document in theirs.documents(dataset).values()
        for label in (document.get(FIELD) or {}).get("detections") or []
        if "_id" not in label or "bounding_box" not in label
    ]


@pytest.fixture
def dataset(make_dataset):
    return make_dataset([[("a", BOX), ("b", BOX), ("c", BOX)] for _ in range(5)])


def edit_and_save(samples):
    for k, sample in enumerate(samples):
        for label in sample[FIELD].detections:
            label["note"] = f"sample {k}"
        sample["weather"] = "rain"
        sample.save()


def test_samples_in_memory_get_the_new_values_and_save_no_old_ones(dataset):
    held = list(dataset)
    call("compute_max_ious", dataset, id_attr="partner")
    ious = dataset.values(f"{PATH}.max_iou")

    assert [[x["max_iou"] for x in s[FIELD].detections] for s in held] == ious
    edit_and_save(held)
    assert dataset.values(f"{PATH}.max_iou") == ious
    assert ghosts(dataset) == []
    assert dataset.values(f"{PATH}.note")[4] == ["sample 4"] * 3


def test_samples_in_memory_get_the_tags_and_keep_them(dataset):
    held = list(dataset)
    call("tag_duplicates", dataset)

    assert [[x.tags for x in s[FIELD].detections] for s in held] == [
        [[], ["duplicate"], ["duplicate"]]
    ] * 5
    edit_and_save(held)
    assert dataset.count_label_tags() == {"duplicate": 10}
    call("untag_duplicates", dataset)
    edit_and_save(held)
    assert dataset.count_label_tags() == {}
    assert ghosts(dataset) == []


def test_saving_samples_in_memory_restores_no_deleted_labels(dataset):
    held = list(dataset)
    call("tag_duplicates", dataset)
    call("delete_duplicates", dataset)

    assert [[x.label for x in s[FIELD].detections] for s in held] == [["a"]] * 5
    edit_and_save(held)
    assert dataset.values(f"{PATH}.label") == [["a"]] * 5
    assert ghosts(dataset) == []
    assert dataset.values(f"{PATH}.note") == [[f"sample {k}"] for k in range(5)]


def test_saving_samples_of_a_view_or_an_iteration_corrupts_nothing(dataset):
    view = dataset.match(fo.ViewField("filepath").ends_with("3.jpg"))
    held = [*view, dataset.first(), dataset[dataset.last().id]]
    call("tag_duplicates", dataset, tag="twin")
    call("delete_duplicates", dataset, tag="twin")
    for sample in held:
        sample["weather"] = "sun"
        sample.save()
    for sample in dataset.iter_samples(autosave=True):
        sample["weather"] = "rain"

    assert dataset.values(f"{PATH}.label") == [["a"]] * 5
    assert ghosts(dataset) == []


def test_only_unsaved_edits_of_samples_in_memory_are_lost(dataset):
    held = dataset.first()
    held[FIELD].detections[0].label = "changed, not saved"
    call("tag_duplicates", dataset)
    held.save()

    assert ghosts(dataset) == []
    assert dataset.count_label_tags() == {"duplicate": 10}
    assert dataset.first()[FIELD].detections[0].label == "a"


ANOTHER = """
import sys
import fiftyone as fo
dataset = fo.load_dataset(sys.argv[1])
held = list(dataset)
print("held", flush=True)
sys.stdin.readline()
for sample in held:
    for label in sample.ground_truth.detections:
        label["note"] = "from another process"
    sample.save()
print("saved", flush=True)
"""


@pytest.mark.slow
def test_labels_that_another_process_corrupts_are_skipped_and_reported(dataset):
    """Samples of another process are not reloaded; they are saved by position."""
    dataset.persistent = True
    other = subprocess.Popen(
        [sys.executable, "-c", ANOTHER, dataset.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        while "held" not in (line := other.stdout.readline()):
            assert line, "the other process ended early"
        call("tag_duplicates", dataset)
        call("delete_duplicates", dataset)
        other.communicate("go on\n", timeout=60)
    finally:
        other.kill()
    made_up = ghosts(dataset)
    found = call("find_duplicates", dataset)
    done = call("compute_max_ious", dataset)

    assert len(made_up) == 10, "no corrupt labels were created, so nothing is tested"
    for result in (found, done):
        assert result["skipped"]["count"] == 10
        assert result["skipped"]["reasons"] == {"has no id": 10}
    assert found["labels"] == 5
    assert ghosts(dataset) == made_up
