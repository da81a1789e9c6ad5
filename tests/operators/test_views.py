"""Operators and the panel act on the labels that patches and dynamic groups show."""

import json

import fiftyone as fo
import fiftyone.operators as foo
import panel_calls
import pytest
from fiftyone.operators.executor import ExecutionError

from duplicates.labels.review import views
from duplicates.labels.scans import plans

BOX = [0.1, 0.1, 0.2, 0.2]
FAR = [0.6, 0.6, 0.2, 0.2]


def call(name, samples, /, **params):
    result = foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result
    return json.loads(json.dumps(result))


@pytest.fixture
def dataset(make_dataset):
    """Six images of two scenes, each with two identical labels and a separate one."""
    labels = [("car", BOX), ("car", BOX), ("bus", FAR)]
    dataset = make_dataset([labels] * 6)
    dataset.set_values("scene", list("ababab"))
    dataset.set_values("predictions", dataset.values("ground_truth"))
    return dataset


GROUPED = {
    "dynamic groups": lambda d: d.group_by("scene"),
    "ordered groups": lambda d: d.group_by("scene", order_by="filepath"),
    "groups of a view": lambda d: d.limit(6).group_by("scene"),
}


@pytest.mark.parametrize("name", GROUPED)
def test_samples_of_dynamic_groups_are_compared_separately(dataset, name):
    view = GROUPED[name](dataset)
    key = call("find_duplicates", view, label_field="ground_truth")["scan_key"]

    assert call("compute_max_ious", view, label_field="ground_truth")["count"] == 18
    assert call("tag_duplicates", view, label_field="ground_truth")["count"] == 6
    assert call("untag_duplicates", view, label_field="ground_truth")["count"] == 6
    assert call("tag_duplicates", view, scan_key=key)["count"] == 6
    assert call("delete_duplicates", view, label_field="ground_truth")["count"] == 6


def test_a_single_dynamic_group_can_be_scanned(dataset):
    view = dataset.match(fo.ViewField("scene") == "a").group_by("scene")

    assert call("find_duplicates", view, label_field="ground_truth")["samples"] == 3


LIMITED = {
    "flat groups": lambda d: d.group_by("scene", flat=True).limit(2),
    "ordered flat groups": lambda d: (
        d.group_by("scene", order_by="filepath", reverse=True, flat=True)
        .skip(2)
        .limit(2)
    ),
    "matching flat groups": lambda d: d.group_by(
        "scene", flat=True, match_expr=fo.ViewField().length() > 1
    ).limit(2),
    "groups": lambda d: d.group_by("number").limit(2),
    "labels of groups": lambda d: (
        d.group_by("scene", flat=True)
        .limit(2)
        .filter_labels("ground_truth", fo.ViewField("label") == "car")
    ),
}


@pytest.mark.parametrize("name", LIMITED)
def test_samples_that_a_view_chooses_among_groups_are_the_same_to_the_end(
    dataset, name
):
    # MongoDB returns groups in another order for another query
    dataset.set_values("number", list(range(6)))
    view = LIMITED[name](dataset)
    call("tag_duplicates", dataset, label_field="ground_truth", tag="all")
    for _ in range(3):
        found = call("find_duplicates", view, label_field="ground_truth")
        assert (found["count"], found["samples"]) == (2, 2)
        field, scan = {"label_field": "ground_truth"}, {"scan_key": found["scan_key"]}
        for operator, params in (
            ("tag_duplicates", scan),
            ("delete_duplicates", scan),
            ("tag_duplicates", {"tag": "second", **field}),
            ("delete_duplicates", {"tag": "all", **field}),
            ("compute_max_ious", {"overwrite": True, **field}),
        ):
            done = call(operator, view, **params)
            assert (done["samples"], done["skipped"]["count"]) == (2, 0), operator
            if operator == "delete_duplicates":
                call("restore_deleted", dataset, restore_key=done["restore_key"])


def _evaluated(dataset):
    dataset.evaluate_detections(
        "predictions", gt_field="ground_truth", eval_key="eval", progress=False
    )
    return dataset.to_evaluation_patches("eval")


SHOWN = {
    "dynamic groups": (lambda d: d.group_by("scene"), 6, 18),
    "patches": (lambda d: d.limit(2).to_patches("ground_truth"), 2, 6),
    "evaluation patches": (_evaluated, 6, 18),
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_panel_scans_the_view_that_the_app_shows(dataset, name):
    make, samples, labels = SHOWN[name]
    app = panel_calls.App(dataset, view=make(dataset))
    targets = {one["kind"]: one for one in app.send("open_panel")["targets"]}
    assert targets["view"]["samples"] == samples

    run = panel_calls.scanned(app, target="view")
    summary = app.send("open_scan", scan_key=run["scan_key"])["summary"]
    freshness = app.send("refresh", scan_key=run["scan_key"], tag="duplicate")[
        "freshness"
    ]

    assert summary["scope"]["kind"] == "view"
    assert (summary["samples"], summary["labels"]) == (samples, labels)
    assert freshness["state"] == "up_to_date"
    assert not freshness["other_view"]


def test_scanning_selected_patches_compares_only_their_labels(dataset):
    view = dataset.to_patches("ground_truth")
    first = dataset.first().ground_truth.detections
    app = panel_calls.App(dataset, view=view, selected=[label.id for label in first])
    run = panel_calls.scanned(app, target="selection")
    summary = app.send("open_scan", scan_key=run["scan_key"])["summary"]

    assert (summary["samples"], summary["labels"]) == (1, 3)


def test_patches_that_the_panel_itself_shows_are_not_a_target(dataset):
    view = dataset.select([dataset.first().id], ordered=True).to_patches("ground_truth")
    targets = panel_calls.App(dataset, view=view).send("open_panel")["targets"]

    assert [target["kind"] for target in targets] == ["dataset"]


@pytest.mark.parametrize(
    "make",
    [lambda d: d.select_fields("scene"), lambda d: d.exclude_fields("ground_truth")],
    ids=["select_fields", "exclude_fields"],
)
def test_the_error_for_a_view_without_the_field_says_so(dataset, make):
    message = r"got 'ground_truth', which the samples do not have \(the view leaves it"
    with pytest.raises(ExecutionError, match=message):
        call("find_duplicates", make(dataset), label_field="ground_truth")


def test_a_message_does_not_round_the_threshold_to_one(dataset):
    nearly = 0.9999999
    found = call(
        "find_duplicates", dataset, label_field="ground_truth", iou_thresh=nearly
    )
    assert found["count"] == 6
    assert "(IoU > 0.9999999, simple)" in found["message"]


@pytest.mark.parametrize("method", ["simple", "greedy"])
def test_a_kept_label_and_its_duplicates_are_neighbors_among_the_patches(
    make_dataset, method
):
    others = [("car", BOX), ("bus", FAR), ("van", [0.4, 0.1, 0.1, 0.1])]
    dataset = make_dataset([others + others + [("car", BOX)]] * 2)
    found = call("find_duplicates", dataset, label_field="ground_truth")
    which = {"scan_key": found["scan_key"], "method": method}
    shown = call("show_duplicates", dataset, mode="patches", **which)

    view = fo.DatasetView._build(dataset, shown["view"])
    assert view.values("ground_truth.label") == [
        *("car", "car", "car", "bus", "bus", "van", "van") * 2
    ]
    plan = plans.plan(dataset, found["scan_key"], method=method)
    removed = {removal.label_id for removal in plan.removals}
    is_removed = [label_id in removed for label_id in view.values("ground_truth.id")]
    assert is_removed == [False, True, True, False, True, False, True] * 2
    assert views.is_plan_view(view)


@pytest.mark.parametrize("by", ["tag", "scan"])
def test_patches_of_deleted_labels_disappear_from_the_grid(dataset, by):
    scan_key = call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]
    call("tag_duplicates", dataset, scan_key=scan_key)
    view = dataset.to_patches("ground_truth")
    stages = view._serialize()
    which = {"scan_key": scan_key}
    if by == "tag":
        which = {"label_field": "ground_truth", "tag": "duplicate"}
    assert call("delete_duplicates", view, **which)["count"] == 6

    # the App asks for the view by its stages
    assert len(fo.DatasetView._build(dataset, stages)) == 12
