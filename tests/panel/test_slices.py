"""Group slices in the panel: choices, scans and actions."""

import fiftyone as fo
import panel_calls
import pytest

BOX = [0.1, 0.1, 0.3, 0.3]
CUBOID = dict(location=[0, 0, 0], dimensions=[4, 2, 2], rotation=[0, 0, 0.5])
COPIES = {"left": 2, "right": 3, "scene": 2}
"""The number of identical labels in each sample of a slice."""


@pytest.fixture
def dataset(database):
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    for k in range(2):
        group = fo.Group()
        for name, n in COPIES.items():
            place = CUBOID if name == "scene" else dict(bounding_box=BOX)
            labels = [fo.Detection(label="car", **place) for _ in range(n)]
            ending = "fo3d" if name == "scene" else "png"
            dataset.add_sample(
                fo.Sample(
                    filepath=f"/{name}-{k}.{ending}",
                    group=group.element(name),
                    gt=fo.Detections(detections=labels),
                )
            )
    dataset.add_sample_field(
        "lines", fo.EmbeddedDocumentField, embedded_doc_type=fo.Polylines
    )
    yield dataset
    dataset.delete()


def scanned(app, slices, **form):
    form = {"label_field": "gt", "slices": slices, **form}
    run = panel_calls.scanned(app, **form)
    return app.send("open_scan", scan_key=run["scan_key"])["summary"]


def plan_of(summary):
    return {
        "scan_key": summary["scan_key"],
        "iou_thresh": 0.75,
        "method": "simple",
        "keep": [],
        "metric": "iou",
        "classes": None,
    }


def test_slices_are_offered_with_their_media_types_and_fields(dataset):
    opened = panel_calls.App(dataset).send("open_panel")

    media = {one["name"]: one["media_type"] for one in opened["dataset"]["slices"]}
    assert media == {"left": "image", "right": "image", "scene": "3d"}
    assert opened["slice"] == "left"
    fields = {field["name"]: field["slices"] for field in opened["fields"]}
    assert fields == {"gt": ["left", "right", "scene"], "lines": ["left", "right"]}
    assert opened["targets"][0]["slices"] is None


def test_datasets_without_groups_have_no_slices(make_dataset):
    opened = panel_calls.App(make_dataset(panel_calls.SAMPLES)).send("open_panel")

    assert (opened["slice"], opened["dataset"]["slices"]) == (None, [])
    assert [field["slices"] for field in opened["fields"]] == [[]]


@pytest.mark.parametrize(
    ("slices", "count", "unit"),
    [
        (None, 2, "image"),
        (["right"], 4, "image"),
        (["left", "right"], 6, "image"),
        (["scene"], 2, "scene"),
        (["left", "right", "scene"], 8, "sample"),
    ],
    ids=str,
)
def test_a_scan_covers_the_chosen_slices(dataset, slices, count, unit):
    app = panel_calls.App(dataset)
    summary = scanned(app, slices)

    assert summary["scope"]["kind"] == "dataset"
    assert summary["scope"]["slices"] == (slices or ["left"])
    assert summary["unit"] == unit
    assert app.send("count_labels", **plan_of(summary))["labels"] == count
    (entry,) = app.send("open_panel")["scans"]
    assert entry["slices"] == (slices or ["left"])


def test_the_active_slice_is_the_slice_that_the_app_shows(dataset):
    app = panel_calls.App(dataset, group_slice="right")

    assert app.send("open_panel")["slice"] == "right"
    assert scanned(app, None)["scope"]["slices"] == ["right"]


def test_a_scan_applies_to_its_slices_while_the_app_shows_another(dataset):
    then = panel_calls.App(dataset, group_slice="left")
    summary = scanned(then, None)
    app = panel_calls.App(dataset, group_slice="right")
    asked = {"scan_key": summary["scan_key"], "tag": "duplicate"}

    freshness = app.send("refresh", **asked)["freshness"]
    assert (freshness["state"], freshness["other_view"]) == ("up_to_date", False)
    run = panel_calls.ended(
        app, app.send("rescan", scan_key=summary["scan_key"])["run"]
    )
    again = app.send("open_scan", scan_key=run["scan_key"])["summary"]
    assert again["scope"]["slices"] == ["left"]
    assert again["labels"] == summary["labels"]


def test_a_scan_by_the_operator_applies_to_its_slice(dataset):
    import fiftyone.operators as foo

    found = foo.get_operator("@iou/duplicates/find_duplicates")(
        dataset, label_field="gt"
    )
    app = panel_calls.App(dataset, group_slice="right")
    asked = {"scan_key": found.result["scan_key"], "tag": "duplicate"}

    assert app.send("refresh", **asked)["freshness"]["state"] == "up_to_date"


@pytest.mark.parametrize("name", ["front", "scene"])
def test_a_slice_that_cannot_be_scanned_is_reported(dataset, name):
    form = {**panel_calls.FORM, "label_field": "lines", "slices": [name]}
    answer = panel_calls.App(dataset).send("start_scan", **form)

    assert not answer["ok"]
    assert (
        "slices that lines can be compared in (left, right)"
        in (answer["error"]["message"])
    )


def test_selected_samples_are_scanned_in_the_slices_of_their_groups(dataset):
    app = panel_calls.App(dataset, selected=[str(dataset.first().id)])
    summary = scanned(app, ["left", "right"], target="selection")

    assert summary["scope"]["kind"] == "selection"
    assert (summary["samples"], summary["labels"]) == (2, 5)


def test_a_view_is_scanned_in_the_slices_of_its_groups(dataset):
    view = dataset.limit(1)
    app = panel_calls.App(dataset, view=view)
    summary = scanned(app, ["right", "scene"], target="view")

    assert summary["scope"]["kind"] == "view"
    assert (summary["samples"], summary["labels"]) == (2, 5)
    asked = {"scan_key": summary["scan_key"], "tag": "duplicate"}
    assert not app.send("refresh", **asked)["freshness"]["other_view"]


def test_a_view_that_selects_its_slices_leaves_no_choice(dataset):
    view = dataset.select_group_slices(["left", "right"])
    app = panel_calls.App(dataset, view=view)
    targets = {one["kind"]: one for one in app.send("open_panel")["targets"]}

    assert targets["view"]["slices"] == ["left", "right"]
    assert scanned(app, None, target="view")["scope"]["slices"] == ["left", "right"]


@pytest.mark.parametrize(
    "slices",
    [["right"], ["left", "right"], ["scene"], ["left", "right", "scene"]],
    ids=str,
)
def test_labels_of_chosen_slices_are_shown_tagged_deleted_and_restored(dataset, slices):
    app = panel_calls.App(dataset)
    summary = scanned(app, slices)
    plan, going = plan_of(summary), sum(2 * (COPIES[name] - 1) for name in slices)

    def labels():
        everything = dataset.select_group_slices(list(COPIES), _allow_mixed=True)
        return everything.count("gt.detections")

    groups = app.send("list_groups", **plan, class_pair=None, offset=0, limit=50)
    assert groups["total"] == 2 * len(slices)
    for mode in ("samples", "labels"):
        shown = app.send("show_labels", **plan, mode=mode)
        assert (shown["labels"], shown["left_out"]) == (going, 0)
    tagged = app.send("tag_labels", **plan, tag="duplicate")
    assert (tagged["labels"], tagged["tagged"]) == (going, going)
    assert app.send("plan_details", **plan)["labels"] == going
    asked = {**plan, "source": "tag", "tag": "duplicate"}
    assert app.send("preview_delete", **asked)["labels"] == going
    deleted = app.delete(**asked, sure=False, emptied=0)
    assert deleted["summary"]["scope"]["slices"] == slices
    assert labels() == 14 - going
    key = deleted["restore_key"]
    key_of = deleted["summary"]["scan_key"]
    back = app.send("restore", restore_key=key, scan_key=key_of, tag="duplicate")
    assert back["labels"] == going
    assert back["summary"]["scan_key"] == summary["scan_key"]
    assert labels() == 14


def test_sending_a_grouped_dataset_to_cvat_is_an_error(dataset, monkeypatch):
    for name, value in (("URL", "http://localhost:1"), ("USERNAME", "a")):
        monkeypatch.setenv(f"FIFTYONE_CVAT_{name}", value)
    monkeypatch.setenv("FIFTYONE_CVAT_PASSWORD", "b")
    app = panel_calls.App(dataset)
    plan = plan_of(scanned(app, ["left", "right"]))
    asked = panel_calls.example("cvat_preview_upload")["request"]
    answer = app.send(
        "cvat_preview_upload", **{**asked, **plan, "request_id": 1, "source": "plan"}
    )

    assert not answer["ok"]
    assert "a grouped dataset" in answer["error"]["message"]


@pytest.mark.parametrize("slices", [["left", "right"], ["left", "scene"]], ids=str)
def test_showing_patches_counts_the_omitted_labels_of_scenes(dataset, slices):
    app = panel_calls.App(dataset)
    shown = app.send("show_labels", **plan_of(scanned(app, slices)), mode="patches")

    assert shown["left_out"] == 2 * (COPIES["scene"] - 1) * ("scene" in slices)
