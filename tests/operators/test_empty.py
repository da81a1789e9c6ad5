"""Operators and the panel find no duplicates in empty views and datasets."""

import json

import fiftyone as fo
import fiftyone.operators as foo
import panel_calls
import pytest
from fiftyone import ViewField as F

BOX = [0.1, 0.1, 0.2, 0.2]


def _copies():
    box = fo.Detection(label="car", bounding_box=BOX)
    return fo.Detections(detections=[box, box.copy()])


def _no_groups():
    dataset, _, name = _no_samples()
    dataset.add_group_field("group", default="left")
    return dataset, dataset, name


def _no_samples():
    dataset = fo.Dataset()
    dataset.add_sample_field(
        "gt", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    return dataset, dataset, "gt"


def _view_without_samples():
    dataset, _, name = _no_samples()
    box = fo.Detection(label="car", bounding_box=BOX)
    sample = fo.Sample(
        filepath="/a.png", gt=fo.Detections(detections=[box, box.copy()])
    )
    dataset.add_sample(sample)
    return dataset, dataset.match(F("filepath") == "nothing"), name


def _samples_without_labels():
    dataset, _, name = _no_samples()
    dataset.add_sample(fo.Sample(filepath="/a.png"))
    return dataset, dataset, name


def _video_without_frames():
    dataset = fo.Dataset()
    dataset.add_sample(fo.Sample(filepath="/a.mp4"))
    dataset.add_frame_field(
        "gt", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    return dataset, dataset, "frames.gt"


def _slice_without_samples():
    dataset, _, name = _no_samples()
    dataset.add_group_field("group", default="left")
    element = fo.Group().element("right")
    dataset.add_sample(fo.Sample(filepath="/a.png", group=element, gt=_copies()))
    return dataset, dataset, name


@pytest.fixture(
    params=[
        _no_samples,
        _view_without_samples,
        _samples_without_labels,
        _video_without_frames,
        _no_groups,
        _slice_without_samples,
    ],
    ids=lambda make: make.__name__.strip("_"),
)
def empty(request, database):
    dataset, samples, name = request.param()
    yield samples, name
    dataset.delete()


def call(name, samples, /, **params):
    result = foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result
    return json.loads(json.dumps(result))


def test_operators_find_nothing(empty):
    samples, field = empty
    found = call("find_duplicates", samples, label_field=field)
    key = found["scan_key"]
    assert (found["count"], found["samples"], found["labels"]) == (0, 0, 0)
    again = call("find_duplicates", samples, label_field=field, since=key)
    assert again["count"] == 0

    for name, params in {
        "compute_max_ious": {"label_field": field},
        "tag_duplicates": {"label_field": field},
        "untag_duplicates": {"label_field": field},
        "show_duplicates": {"label_field": field},
        "delete_duplicates": {"label_field": field},
        "list_pairs": {"scan_key": key},
        "list_class_pairs": {"scan_key": key},
        "export_journal": {},
    }.items():
        assert call(name, samples, **params)["count"] == 0, name
    for name in ("tag", "delete", "merge", "show"):
        assert call(f"{name}_duplicates", samples, scan_key=key)["count"] == 0, name
    for name in ("delete", "merge"):
        params = {"scan_key": key, "dry_run": True}
        assert call(f"{name}_duplicates", samples, **params)["count"] == 0, name
    if field.startswith("frames."):
        assert call("list_tracks", samples, scan_key=key)["count"] == 0


@pytest.mark.slow
@pytest.mark.sampled(2)
def test_workers_find_nothing(empty):
    samples, field = empty
    params = {"label_field": field, "engine": "processes", "workers": 2}

    assert call("find_duplicates", samples, **params)["count"] == 0
    assert call("compute_max_ious", samples, **params)["count"] == 0


def test_the_panel_shows_a_scan_of_nothing(empty):
    samples, field = empty
    dataset = samples._root_dataset
    view = None if samples is dataset else samples
    app = panel_calls.App(dataset, view=view)
    target = "dataset" if view is None else "view"
    run = panel_calls.scanned(app, label_field=field, target=target)
    summary = app.send("open_scan", scan_key=run["scan_key"])["summary"]
    assert summary["labels"] == 0

    plan = {
        "scan_key": run["scan_key"],
        "iou_thresh": 0.75,
        "method": "simple",
        "keep": [],
        "metric": "iou",
        "classes": None,
    }
    freshness = app.send("refresh", scan_key=run["scan_key"], tag="duplicate")[
        "freshness"
    ]
    assert freshness["state"] == "up_to_date"
    assert app.send("count_labels", **plan)["labels"] == 0
    groups = app.send("list_groups", **plan, class_pair=None, offset=0, limit=50)
    assert groups["total"] == 0
    pairs = app.send("list_class_pairs", scan_key=run["scan_key"], metric="iou")
    assert pairs["ok"], pairs
    again = app.send("rescan", scan_key=run["scan_key"])
    assert panel_calls.ended(app, again["run"])["state"] == "done"
