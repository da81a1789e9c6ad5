"""Label fields inside embedded documents can be scanned, changed, undone and shown."""

import json

import bson
import fiftyone as fo
import fiftyone.operators as foo
import fiftyone.utils.iou as foui
import panel_calls
import pytest
from fiftyone.operators.executor import ExecutionError

from duplicates.iou_core import clues
from duplicates.labels.scans import stored as scans

BOX = [0.1, 0.1, 0.2, 0.2]
NEAR = [0.1, 0.1, 0.2, 0.21]
FAR = [0.6, 0.6, 0.2, 0.2]
ON_SAMPLES = ["meta.boxes", "meta.deep.boxes"]
FIELDS = ON_SAMPLES + [f"frames.{name}" for name in ON_SAMPLES]


def _labels():
    return fo.Detections(
        detections=[fo.Detection(label="car", bounding_box=b) for b in (BOX, NEAR, FAR)]
    )


def _meta():
    deep = fo.DynamicEmbeddedDocument(boxes=_labels())
    return fo.DynamicEmbeddedDocument(boxes=_labels(), deep=deep, note="kept")


def _dataset(on_frames):
    """Three samples with labels, one with a null document, one without a document."""
    dataset = fo.Dataset()
    samples = []
    for k in range(5):
        sample = fo.Sample(filepath=f"/{k}.{'mp4' if on_frames else 'png'}")
        unit = sample
        if on_frames:
            sample.frames[1] = unit = fo.Frame()
        if k < 3:
            unit["meta"] = _meta()
        samples.append(sample)
    # FiftyOne 1.10 cannot infer the schema of a document in a document in a list
    samples[0]["metas"] = [fo.DynamicEmbeddedDocument(boxes=_labels())]
    dataset.add_samples(samples, dynamic=True, progress=False)
    if on_frames:
        dataset.add_dynamic_frame_fields()
    units = dataset._frame_collection if on_frames else dataset._sample_collection
    last = units.find_one({"meta": None})
    units.update_one({"_id": last["_id"]}, {"$unset": {"meta": ""}})
    return dataset


@pytest.fixture(params=FIELDS)
def field(request):
    return request.param


@pytest.fixture
def dataset(field, database):
    dataset = _dataset(field.startswith("frames."))
    yield dataset
    dataset.delete()


def call(name, samples, /, **params):
    result = foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result
    return json.loads(json.dumps(result))


def stored(dataset, field):
    units = (
        dataset._frame_collection
        if field.startswith("frames.")
        else dataset._sample_collection
    )
    return {
        doc["_id"]: bson.encode(
            {k: v for k, v in doc.items() if k != "last_modified_at"}
        )
        for doc in units.find()
    }


def test_duplicates_equal_fiftyones(dataset, field):
    found = call("find_duplicates", dataset, label_field=field)

    assert found["count"] == 3
    if not field.startswith("frames."):
        theirs = foui.find_duplicates(dataset, field, iou_thresh=0.75)
        assert found["label_ids"] == theirs


def test_max_ious_are_stored(dataset, field):
    stored_in = f"{field}.detections.max_iou"

    assert call("compute_max_ious", dataset, label_field=field)["count"] == 9
    values = [v for v in dataset.values(stored_in, unwind=True) if v is not None]
    assert sorted(values) == pytest.approx([0.0] * 3 + [0.2 / 0.21] * 6)


@pytest.mark.parametrize("action", ["tag", "delete", "merge"])
def test_changes_are_made_and_undone(dataset, field, action):
    key = call("find_duplicates", dataset, label_field=field)["scan_key"]
    before = stored(dataset, field)
    done = call(f"{action}_duplicates", dataset, scan_key=key)
    assert (done["count"], done["skipped"]["count"]) == (3, 0)
    assert stored(dataset, field) != before

    actions = call("list_deleted", dataset)["actions"]
    assert len(call("export_journal", dataset)["rows"]) >= 3
    back = call("restore_deleted", dataset, restore_key=actions[0]["restore_key"])
    assert back["skipped"]["count"] == 0
    assert stored(dataset, field) == before


def test_labels_are_restored_if_the_list_was_deleted(dataset, field):
    key = call("find_duplicates", dataset, label_field=field)["scan_key"]
    done = call("delete_duplicates", dataset, scan_key=key)
    on_frames, name = field.startswith("frames."), field.removeprefix("frames.")
    units = dataset._frame_collection if on_frames else dataset._sample_collection
    held = {f"{name}.detections": {"$ne": None}}
    first, second, third = (unit["_id"] for unit in units.find(held))
    parent = name.rpartition(".")[0]
    units.update_one({"_id": first}, {"$set": {name: None}})
    units.update_one({"_id": second}, {"$unset": {name: ""}})
    units.update_one({"_id": third}, {"$set": {parent: None}})

    back = call("restore_deleted", dataset, restore_key=done["restore_key"])

    assert (back["count"], back["skipped"]["count"]) == (2, 1)
    counts = [c for c in dataset.values(f"{field}.detections.id", unwind=True) if c]
    assert len(counts) == 2


def test_the_panel_offers_scans_and_shows_them(dataset, field):
    app = panel_calls.App(dataset)
    names = [entry["name"] for entry in app.send("open_panel")["fields"]]
    assert field in names
    run = panel_calls.scanned(app, label_field=field)
    plan = {
        "scan_key": run["scan_key"],
        "iou_thresh": 0.75,
        "method": "simple",
        "keep": [],
        "metric": "iou",
        "classes": None,
    }

    groups = app.send("list_groups", **plan, class_pair=None, offset=0, limit=50)
    assert groups["total"] == 3
    members = [member for group in groups["groups"] for member in group["members"]]
    assert [member["label"] for member in members] == ["car"] * 6
    assert app.send("show_labels", **plan, mode="samples")["labels"] == 3
    shown = app.send("show_labels", **plan, mode="labels")
    if field == "frames.meta.deep.boxes":
        assert "cannot leave out labels" in shown["error"]["message"]
    else:
        assert shown["labels"] == 3
    assert app.send("plan_details", **plan)["labels"] == 3
    tagged = app.send("tag_labels", **plan, tag="duplicate")
    assert (tagged["labels"], tagged["tagged"]) == (3, 3)


@pytest.mark.parametrize("field", FIELDS[:1])
def test_their_patches_are_shown_and_scanned(dataset, field):
    view = dataset.to_patches(field)

    assert call("find_duplicates", view, label_field=field)["count"] == 3
    key = call("find_duplicates", dataset, label_field=field)["scan_key"]
    shown = call("show_duplicates", dataset, scan_key=key, mode="patches")
    assert shown["count"] == 3


@pytest.mark.parametrize("field", FIELDS[1:2])
def test_fields_without_patches_in_fiftyone_are_an_error(dataset, field):
    key = call("find_duplicates", dataset, label_field=field)["scan_key"]

    with pytest.raises(ExecutionError, match="FiftyOne makes no patches of this field"):
        call("show_duplicates", dataset, scan_key=key, mode="patches")


@pytest.mark.parametrize("field", FIELDS[:1])
def test_two_fields_of_one_document_are_compared(dataset, field):
    two = {"label_field": "meta.boxes", "other_field": "meta.deep.boxes"}
    call("compute_max_ious", dataset, **two)
    ours = dataset.values("meta.boxes.detections.max_iou")
    foui.compute_max_ious(dataset, "meta.boxes", other_field="meta.deep.boxes")

    assert dataset.values("meta.boxes.detections.max_iou") == ours
    assert call("find_duplicates", dataset, **two)["count"] == 9


@pytest.mark.parametrize("field", FIELDS[::2])
def test_predictions_in_the_same_document_or_frame_are_evidence(dataset, field):
    deep = field.replace("boxes", "deep.boxes")
    given = dict(label_field=field, predictions=deep)
    key = call("find_duplicates", dataset, **given)["scan_key"]

    (near,) = [
        block.pairs.agreement.tolist()
        for block in scans.open_scan(dataset, key).blocks()
    ]
    assert near == [clues.ONE_EACH] * 3
    groups = call("list_groups", dataset, scan_key=key)
    assert groups["count"] == 3
    if field.startswith("frames."):
        dataset.add_sample_field(
            "own", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
        )
        with pytest.raises(ExecutionError, match="type Detections of the frames, got"):
            call("find_duplicates", dataset, label_field=field, predictions="own")
        with pytest.raises(ExecutionError, match="type Detections of the samples, got"):
            call("find_duplicates", dataset, label_field="own", predictions=deep)


@pytest.mark.parametrize("field", FIELDS[:1])
def test_the_error_for_a_list_of_documents_lists_the_usable_fields(dataset, field):
    with pytest.raises(ExecutionError, match=r"meta\.boxes, meta\.deep\.boxes"):
        call("find_duplicates", dataset, label_field="metas.boxes")


@pytest.mark.parametrize("field", FIELDS[:1])
def test_a_read_only_document_is_not_written_to(dataset, field):
    dataset.get_field("meta").read_only = True
    dataset.get_field("meta").save()
    key = call("find_duplicates", dataset, label_field=field)["scan_key"]

    with pytest.raises(ExecutionError, match="read-only"):
        call("delete_duplicates", dataset, scan_key=key)


@pytest.mark.parametrize("field", FIELDS[:1])
def test_sending_them_to_cvat_is_an_error_that_names_the_field(dataset, field):
    with pytest.raises(ExecutionError, match="not inside another one to send to CVAT"):
        call("send_to_cvat", dataset, label_field=field, tag="duplicate")
