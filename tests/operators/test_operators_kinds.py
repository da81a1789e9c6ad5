"""Operators for labels of every kind: forms, patches, frames and group slices."""

import fiftyone as fo
import fiftyone.operators as foo
import pytest
import resolved
from drawn import CASES, FIELD
from fiftyone import ViewField as F
from fiftyone.operators.executor import ExecutionError

KIND_OPTIONS = {
    "use_masks",
    "use_boxes",
    "tolerance",
    "keypoint_sigmas",
    "unmarked_as_missing",
    "iscrowd",
}


def call(name, samples, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result


OFFERED = {
    "boxes": {"use_masks", "iscrowd"},
    "polygons": {"use_boxes", "keypoint_sigmas", "iscrowd"},
    "keypoints": {"keypoint_sigmas", "unmarked_as_missing"},
    "segments": set(),
}


@pytest.mark.parametrize("name", OFFERED)
@pytest.mark.parametrize("operator", ["find_duplicates", "compute_max_ious"])
def test_a_form_offers_only_applicable_options(draw, operator, name):
    fields = resolved.fields(operator, draw(name, n=2), label_field=FIELD)

    assert KIND_OPTIONS & fields.keys() == OFFERED[name]
    assert not any(field.invalid for field in fields.values())


def test_a_tolerance_is_offered_only_for_masks(draw):
    fields = resolved.fields(
        "find_duplicates", draw("masks", n=2), label_field=FIELD, use_masks=True
    )

    assert "tolerance" in fields


def test_an_option_for_another_kind_is_reported_in_one_sentence(draw):
    with pytest.raises(ExecutionError) as error:
        call("find_duplicates", draw("keypoints", n=2), use_masks=True)

    sentence = "use_masks has no effect on keypoints, only on instance masks"
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize("name", ["boxes", "polygons"])
def test_only_labels_of_the_patches_are_compared(draw, name):
    dataset, case = draw(name, seed=2), CASES[name]
    patches = dataset.to_patches(FIELD).match(F(f"{FIELD}.label") == "a")
    view = dataset.filter_labels(FIELD, F("label") == "a")
    found = call("find_duplicates", patches, iou_thresh=0.3)

    assert found["label_ids"]
    expected = call("find_duplicates", view, iou_thresh=0.3)
    assert found["label_ids"] == expected["label_ids"]
    assert found["labels"] == view.count(f"{FIELD}.{case.list_name}")
    tagged = call("tag_duplicates", dataset, scan_key=found["scan_key"], tag="dup")
    assert tagged["count"] == found["count"]
    assert dataset.count_label_tags() == {"dup": found["count"]}


def test_only_labels_of_the_evaluation_patches_are_compared(draw):
    dataset = draw("boxes", seed=2, fields=(FIELD, "other"))
    dataset.evaluate_detections("other", gt_field=FIELD, eval_key="ev", progress=False)
    patches = dataset.to_evaluation_patches("ev")
    found = call("find_duplicates", patches, label_field=FIELD, iou_thresh=0.3)

    expected = call("find_duplicates", dataset, label_field=FIELD, iou_thresh=0.3)
    assert found["label_ids"] == expected["label_ids"] != []


def test_labels_of_frames_are_found_tagged_shown_deleted_and_restored(draw):
    dataset, field = draw("boxes", frames=True), f"frames.{FIELD}"
    path = f"{field}.detections"
    found = call("find_duplicates", dataset, label_field=field, iou_thresh=0.3)
    key, n_labels = found["scan_key"], dataset.count(path)
    assert found["count"] > 5
    assert f"in {found['samples']} frames, are duplicates" in found["message"]

    tagged = call("tag_duplicates", dataset, scan_key=key, tag="dup")
    assert tagged["message"].startswith(f"{found['count']} labels in")
    assert "frames have the tag 'dup'" in tagged["message"]
    for mode in ("samples", "labels"):
        for given in (dict(scan_key=key), dict(label_field=field, tag="dup")):
            shown = call("show_duplicates", dataset, mode=mode, **given)
            view = fo.DatasetView._build(dataset, shown["view"])
            assert len(view) > 0
            assert shown["count"] == found["count"]
    with pytest.raises(ExecutionError, match="no patches of this field"):
        call("show_duplicates", dataset, scan_key=key, mode="patches")

    deleted = call("delete_duplicates", dataset, label_field=field, tag="dup")
    assert dataset.count(path) == n_labels - found["count"]
    back = call("restore_deleted", dataset, restore_key=deleted["restore_key"])
    assert (back["count"], dataset.count(path)) == (found["count"], n_labels)

    ious = call("compute_max_ious", dataset, label_field=field)
    assert f"labels in {ious['samples']} frames have 'max_iou'" in ious["message"]
    assert dataset.bounds(f"{path}.max_iou") == tuple(ious["bounds"])


def test_tracks_are_listed(draw):
    dataset = draw("boxes", frames=True)
    found = call("find_duplicates", dataset, label_field=f"frames.{FIELD}")

    listed = call("list_tracks", dataset, scan_key=found["scan_key"])
    assert listed["message"] == "0 pairs of tracks, in 0 videos"


@pytest.fixture
def grouped(database):
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    for _ in range(2):
        group = fo.Group()
        for name in ("left", "right"):
            boxes = [[0.1, 0.1, 0.2, 0.2]] * (2 if name == "left" else 3)
            labels = [fo.Detection(label="a", bounding_box=box) for box in boxes]
            value = fo.Detections(detections=labels)
            sample = fo.Sample(filepath="/a.png", group=group.element(name), gt=value)
            dataset.add_sample(sample)
    yield dataset
    dataset.delete()


@pytest.mark.parametrize(
    ("slices", "count"),
    [
        (None, 2),
        ("left", 2),
        (["right"], 4),
        (["left", "right"], 6),
        ("all", 6),
        (["all"], 6),
    ],
    ids=str,
)
def test_group_slices_can_be_chosen(grouped, slices, count):
    given = {} if slices is None else dict(group_slices=slices)

    assert call("find_duplicates", grouped, **given)["count"] == count
    call("compute_max_ious", grouped, **given)
    samples = grouped.select_group_slices(["left", "right"])
    values = samples.values(f"{FIELD}.detections.max_iou", unwind=True)
    assert sum(value is not None for value in values) == {2: 4, 4: 6, 6: 10}[count]


@pytest.mark.parametrize("slices", ["front", ["left", "front"]], ids=str)
def test_an_unknown_slice_is_an_error(grouped, slices):
    with pytest.raises(ExecutionError, match="group_slices: expected all, or some of"):
        call("find_duplicates", grouped, group_slices=slices)


class TestShownGroups:
    """Views of the labels to remove, in any slices."""

    @pytest.fixture
    def mixed(self, grouped):
        group = grouped.first().group
        flat = dict(location=[0, 0, 0], dimensions=[1, 1, 1], rotation=[0, 0, 0.5])
        labels = [fo.Detection(label="a", **flat) for _ in range(2)]
        value = fo.Detections(detections=labels)
        sample = fo.Sample(filepath="/a.fo3d", group=group.element("scene"), gt=value)
        grouped.add_sample(sample)
        return grouped

    def shown(self, dataset, mode, **given):
        found = call("find_duplicates", dataset, **given)
        answer = call("show_duplicates", dataset, scan_key=found["scan_key"], mode=mode)
        return fo.DatasetView._build(dataset, answer["view"])

    @pytest.mark.parametrize(("slices", "count"), [("right", 2), ("left", 2)])
    def test_duplicates_of_one_slice_are_shown_in_its_samples(
        self, grouped, slices, count
    ):
        view = self.shown(grouped, "labels", group_slices=slices)

        assert len(view) == count
        assert view.count(f"{FIELD}.detections") == {"left": 4, "right": 6}[slices]

    def test_duplicates_of_several_image_slices_are_shown_in_their_samples(
        self, grouped
    ):
        view = self.shown(grouped, "samples", group_slices="all")

        assert len(view) == 4

    def test_duplicates_of_images_and_scenes_are_shown_in_their_groups(self, mixed):
        view = self.shown(mixed, "samples", group_slices="all")

        assert len(view) == 2
        assert view.media_type == "group"

    @pytest.mark.parametrize("slices", ["left", "right", "all", None])
    def test_patches_show_only_labels_of_images(self, mixed, slices):
        given = {} if slices is None else dict(group_slices=slices)
        view = self.shown(mixed, "patches", **given)

        assert len(view) == {"left": 4, "right": 6, "all": 10, None: 4}[slices]

    def test_tagged_patches_show_only_labels_of_the_active_slice(self, grouped):
        call("tag_duplicates", grouped, label_field=FIELD, tag="dup")
        answer = call(
            "show_duplicates", grouped, label_field=FIELD, tag="dup", mode="patches"
        )

        assert len(fo.DatasetView._build(grouped, answer["view"])) == 2


def test_patches_of_3d_scenes_are_an_error(draw):
    dataset = draw("cuboids", seed=2)
    found = call("find_duplicates", dataset, iou_thresh=0.2)

    with pytest.raises(ExecutionError, match="mode: expected samples or labels"):
        call("show_duplicates", dataset, scan_key=found["scan_key"], mode="patches")
