"""Operators called from Python accept values of Python's libraries."""

import json

import fiftyone as fo
import fiftyone.operators as foo
import numpy as np
import pytest

FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.2, 0.2]


def call(name, samples, /, **params):
    result = foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result
    return json.loads(json.dumps(result))


@pytest.fixture
def dataset(make_dataset):
    labels = [("a", BOX, {"confidence": 0.5}), ("b", BOX, {"confidence": 0.9})]
    return make_dataset([labels, labels[:1], []])


def test_numpy_numbers_tuples_and_paths_are_accepted(dataset, tmp_path):
    found = call(
        "find_duplicates",
        dataset,
        label_field=FIELD,
        iou_thresh=np.float64(0.5),
        classwise=np.bool_(False),
        keep=("highest_confidence", "largest"),
        scan_key="scan",
    )
    first, second = dataset.first().ground_truth.detections
    assert found["label_ids"] == [first.id]

    path = tmp_path / "pairs.csv"
    written = call(
        "list_pairs", dataset, scan_key="scan", min_iou=np.float32(0), path=path
    )
    assert written["path"] == str(path)
    assert len(path.read_text().splitlines()) == 2
    listed = call("list_groups", dataset, scan_key="scan", limit=np.int64(5))
    assert listed["count"] == 1
    pairs = ({"classes": ("a", "b"), "iou_thresh": np.float64(0.9)},)
    assert call("set_class_pairs", dataset, class_pairs=pairs)["count"] == 1
    call("set_class_pairs", dataset, class_pairs=())
    judged = call("set_verdict", dataset, label_ids=np.array([first.id, second.id]))
    assert judged["count"] == 1
    call("clear_verdicts", dataset)


def test_a_background_run_accepts_them(dataset):
    params = {"label_field": FIELD, "iou_thresh": np.float32(0.5)}
    executed = foo.execute_operator(
        "@iou/duplicates/find_duplicates",
        {"dataset": dataset},
        params=params,
        request_delegation=True,
    )

    assert executed.error is None
    assert type(params["iou_thresh"]) is np.float32  # the caller's value is unchanged


def test_tagging_can_be_undone_by_the_key_in_its_result(dataset):
    tagged = call("tag_duplicates", dataset, label_field=FIELD)
    assert dataset.count_label_tags() == {"duplicate": 1}
    assert call("restore_deleted", dataset, restore_key=tagged["restore_key"])
    assert dataset.count_label_tags() == {}

    again = call("tag_duplicates", dataset, scan_key=tagged["scan_key"])
    off = call("untag_duplicates", dataset, label_field=FIELD)
    assert call("tag_duplicates", dataset, scan_key=tagged["scan_key"])["count"] == 1
    known = {entry["restore_key"] for entry in call("list_deleted", dataset)["actions"]}
    assert {again["restore_key"], off["restore_key"]} <= known

    same = call("tag_duplicates", dataset, scan_key=tagged["scan_key"])
    assert (same["count"], same["restore_key"]) == (1, None)


def test_the_scope_of_a_video_scan_counts_frames(database):
    dataset = fo.Dataset()
    samples = []
    for k in range(2):
        sample = fo.Sample(filepath=f"/videos/{k}.mp4")
        for number in range(1, 4):
            boxes = [fo.Detection(label="a", bounding_box=BOX) for _ in range(2)]
            sample.frames[number] = fo.Frame(gt=fo.Detections(detections=boxes))
        samples.append(sample)
    dataset.add_samples(samples, progress=False)
    try:
        whole = call("find_duplicates", dataset, label_field="frames.gt")
        part = call("find_duplicates", dataset.limit(1), label_field="frames.gt")
    finally:
        dataset.delete()

    assert whole["scope"] == {
        "kind": "dataset",
        "samples": 2,
        "frames": 6,
        "slices": None,
    }
    assert (part["scope"]["samples"], part["scope"]["frames"]) == (1, 3)


class TestTwoFields:
    @pytest.fixture
    def both(self, make_dataset):
        dataset = make_dataset([[("a", BOX), ("b", [0.6, 0.6, 0.2, 0.2])], []])
        sample = dataset.first()
        sample["predictions"] = fo.Detections(
            detections=[fo.Detection(label="c", bounding_box=BOX)]
        )
        sample.save()
        call(
            "find_duplicates",
            dataset,
            label_field=FIELD,
            other_field="predictions",
            scan_key="two",
        )
        return dataset

    def test_the_reason_says_that_only_one_field_loses_labels(self, both):
        result = call("delete_duplicates", both, scan_key="two", dry_run=True)
        (reason,) = result["reasons"]

        assert reason["rule"] == "other_field"
        assert reason["example"]["reason"] == (
            "only labels of ground_truth are removed, not those of predictions"
        )

    def test_the_members_of_a_group_have_their_fields(self, both):
        (group,) = call("list_groups", both, scan_key="two")["groups"]
        fields = {member["class"]: member["field"] for member in group["members"]}

        assert fields == {"a": FIELD, "c": "predictions"}

    @pytest.mark.parametrize("mode", ["labels", "patches"])
    def test_labels_are_shown_with_their_partners(self, both, mode):
        from duplicates.labels.review import views
        from duplicates.labels.scans import plans

        view = views.plan_view(both, plans.plan(both, "two"), mode)

        shown = view.first()
        own = shown[FIELD]
        assert (own.label if mode == "patches" else own.detections[0].label) == "a"
        assert [label.label for label in shown["predictions"].detections] == ["c"]
