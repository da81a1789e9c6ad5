"""Labels edited in both FiftyOne and CVAT, interrupted loads, and their undo."""

import cvat_data
import pytest
from bson import ObjectId
from cvat_trips import send_trip, set_values

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(3, confidence=0.5))


def _remove(dataset, label_id):
    dataset._sample_collection.update_one(
        {f"{cvat_data.PATH}._id": label_id},
        {"$pull": {cvat_data.PATH: {"_id": label_id}}},
    )


def test_a_label_edited_on_both_sides_is_a_conflict_and_is_not_changed(
    dataset, account, cvat
):
    from duplicates.labels.cvat.load import load

    send_trip(dataset, account)
    ids = list(cvat_data.stored(dataset))
    for label_id in ids[:2]:
        cvat.shape_of(label_id)["points"] = [1.0, 2.0, 30.0, 40.0]
    for label_id in (ids[2], ids[3]):
        cvat.delete(cvat.shape_of(label_id))
    set_values(dataset, ids[0], label="bird")  # moved there, relabeled here
    _remove(dataset, ids[1])  # moved there, deleted here
    set_values(dataset, ids[2], confidence=0.9)  # deleted there, edited here
    _remove(dataset, ids[3])  # deleted on both sides
    set_values(dataset, ids[4], label="bird")  # edited here alone
    _remove(dataset, ids[5])  # deleted here alone
    before = cvat_data.fields(dataset)

    preview = load.preview(dataset, account, "trip")
    counts = preview.comparison.counts
    assert counts["conflicts"] == 3
    assert counts["moved"] == counts["deleted"] == counts["added"] == 0
    assert (counts["unchanged"], counts["gone_here"]) == (5, 1)
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 0
    assert loaded.written.skipped.reasons == {"was edited in FiftyOne as well": 3}
    assert cvat_data.fields(dataset) == before


def test_an_edit_between_preview_and_load_is_an_error(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    send_trip(dataset, account)
    shape = cvat.shapes()[0]
    shape["points"] = [1.0, 2.0, 30.0, 40.0]
    digest = load.preview(dataset, account, "trip").digest
    shape["points"] = [1.0, 2.0, 30.0, 41.0]
    before = cvat_data.fields(dataset)
    with pytest.raises(CvatError, match="got other edits"):
        load.load(dataset, account, "trip", digest)
    assert cvat_data.fields(dataset) == before


def test_later_edits_in_cvat_are_loaded_by_a_later_load(dataset, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    send_trip(dataset, account)
    states = [cvat_data.fields(dataset)]
    first, second, third = cvat.shapes()[:3]
    first["points"] = [1.0, 2.0, 30.0, 40.0]
    drawn = cvat.draw(1, "dog", [5, 6, 70, 80])
    keys = [load.load(dataset, account, "trip").written.restore_key]
    states.append(cvat_data.fields(dataset))

    first["points"] = [1.0, 2.0, 31.0, 41.0]
    drawn["points"] = [5.0, 6.0, 71.0, 81.0]
    cvat.delete(second)
    counts = load.preview(dataset, account, "trip").comparison.counts
    assert counts["moved"] == 2
    assert counts["deleted"] == 1
    assert counts["conflicts"] == counts["added"] == 0
    keys.append(load.load(dataset, account, "trip").written.restore_key)
    assert load.load(dataset, account, "trip").written.count == 0

    for key, state in zip(keys[::-1], states[::-1]):
        restore.restore(dataset, key)
        assert cvat_data.fields(dataset) == state

    # what was undone can be loaded again
    again = load.load(dataset, account, "trip")
    assert again.written.count == 3
    assert third["points"]


@pytest.mark.parametrize("field", [None, "missing", "empty"])
def test_a_label_drawn_in_an_image_without_labels_is_added(
    field, make_images, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store
    from duplicates.labels.edits import restore

    dataset = make_images([[cvat_data.label(cvat_data.NEAR)]] * 1)
    send_trip(dataset, account)
    (trip,) = store.all_trips(dataset)
    assert trip["images"] == 1
    (label_id,) = cvat_data.stored(dataset)
    cvat.delete(cvat.shapes()[0])
    cvat.draw(0, "cat", [5, 6, 70, 80])
    change = {
        None: {"$set": {cvat_data.FIELD: None}},
        "missing": {"$unset": {cvat_data.FIELD: ""}},
        "empty": {"$set": {cvat_data.PATH: []}},
    }[field]
    dataset._sample_collection.update_one({}, change)
    before = cvat_data.fields(dataset)

    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 1
    (new,) = cvat_data.stored(dataset)
    assert new != label_id
    dataset.reload()
    assert len(dataset.first()[cvat_data.FIELD].detections) == 1
    assert restore.restore(dataset, loaded.written.restore_key).count == 1
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ("conflict", "1 edit was not loaded, so the task is kept in CVAT"),
        ("skipped", "2 edits were not loaded, so the task is kept in CVAT"),
        ("meanwhile", "1 edit was not loaded, so the task is kept in CVAT"),
        ("unfinished", "1 job is not completed, so the task is kept in CVAT"),
    ],
)
def test_a_task_with_edits_that_were_not_loaded_is_kept_in_cvat(
    case, problem, dataset, account, cvat, monkeypatch
):
    from duplicates.labels.cvat.load import load

    send_trip(dataset, account)
    if case != "unfinished":
        cvat.complete()
    first, second, third = cvat.shapes()[:3]
    label_ids = [ObjectId(cvat.label_id_of(shape)) for shape in (first, second)]
    first["points"] = [1.0, 2.0, 30.0, 40.0]
    if case == "conflict":
        set_values(dataset, label_ids[0], label="bird")
    if case == "skipped":
        second["type"] = third["type"] = "ellipse"
    if case == "meanwhile":
        looked = load.preview_of

        def preview_of(*args):
            found = looked(*args)
            set_values(dataset, label_ids[0], label="bird")
            return found

        monkeypatch.setattr(load, "preview_of", preview_of)
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert (loaded.is_removed, loaded.problem) == (False, problem)
    assert len(cvat.tasks) == 1


def test_removed_images_tracks_and_rotations_of_older_trips_are_skipped(
    dataset, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store

    send_trip(dataset, account)
    # as a trip was stored before boxes could be turned
    store.record(store.require(dataset, "trip"), rotation_unit=None)
    before = cvat_data.fields(dataset)
    (task,) = cvat.tasks.values()
    task["deleted_frames"].append(0)
    task["shapes"] = [s for s in task["shapes"] if s["frame"]]
    task["tracks"] = [{"id": 1, "frame": 1, "label_id": 1, "shapes": []}]
    task["shapes"][0]["rotation"] = 30.0
    cvat.draw(1, "dog", [1, 2, 3, 4, 5, 6], kind="polygon")
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 0
    assert loaded.written.skipped.reasons == {
        "is in an image that was removed in CVAT": 3,
        "is a track in CVAT, not a shape": 1,
        "is rotated in CVAT, which a box cannot be": 1,
        "is a polygon in CVAT, which the field cannot hold": 1,
    }
    assert cvat_data.fields(dataset) == before


def _merge(cvat, shapes, carries):
    """Merges shapes into a track, as CVAT does, with or without their ids."""
    (task,) = cvat.tasks.values()
    parts = [{k: s[k] for k in ("frame", "points", "attributes")} for s in shapes]
    first = shapes[0]
    track = {"id": 9, "frame": first["frame"], "label_id": first["label_id"]}
    for part in parts if carries != "shapes" else ():
        part["attributes"] = []
    own = first["attributes"] if carries == "track" else []
    task["tracks"] = [{**track, "attributes": own, "shapes": parts}]
    for shape in shapes:
        cvat.delete(shape)


@pytest.mark.parametrize("carries", ["track", "shapes", "nothing"])
def test_labels_that_became_part_of_a_track_are_not_deleted(
    carries, dataset, account, cvat
):
    from duplicates.labels.cvat.load import load

    send_trip(dataset, account)
    before = cvat_data.fields(dataset)
    first, other, _ = (s for s in cvat.shapes() if s["frame"] == 1)
    second = next(s for s in cvat.shapes() if s["frame"] == 2)
    _merge(cvat, [first, second], carries)
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 0
    assert cvat_data.fields(dataset) == before
    reasons = loaded.written.skipped.reasons
    n_tracks = reasons.pop("is a track in CVAT, not a shape", 0)
    assert n_tracks == (carries == "nothing"), "others are counted by label"
    assert reasons.total() == 2
    if carries == "shapes":
        assert reasons == {"is part of a track in CVAT": 2}

    cvat.delete(other)
    n = load.load(dataset, account, "trip").written.count
    assert n == (1 if carries == "shapes" else 0), "it may be part of the track"


def test_a_shape_merged_alone_is_recognized_by_its_track(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    send_trip(dataset, account)
    first, other, _ = (s for s in cvat.shapes() if s["frame"] == 1)
    _merge(cvat, [first], "track")
    cvat.delete(other)
    loaded = load.load(dataset, account, "trip")
    assert loaded.preview.comparison.counts["deleted"] == loaded.written.count == 1


@pytest.mark.parametrize("edit", ["class", "box", "rotation", "nothing"])
def test_a_rotated_label_can_be_edited(edit, make_images, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    label = cvat_data.label(cvat_data.NEAR, rotation=0.5)
    dataset = make_images([[label, cvat_data.label(cvat_data.FAR, "dog")]])
    send_trip(dataset, account)
    before = cvat_data.fields(dataset)
    shape = cvat.shape_of(label["_id"])
    assert shape["rotation"] != 0
    if edit == "class":
        cvat.relabel(shape, "dog")
    if edit == "box":
        shape["points"] = [64.0, 48.0, 320.0, 240.0]
    if edit == "rotation":
        shape["rotation"] += 5
        cvat.relabel(shape, "dog")
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == (edit != "nothing")
    assert loaded.written.skipped.reasons.total() == 0
    found = dataset.reload() or dataset.first()[cvat_data.FIELD].detections[0]
    assert found.rotation == (5.5 if edit == "rotation" else 0.5)
    assert found.label == ("dog" if edit in ("class", "rotation") else "cat")
    assert found.bounding_box == (
        [0.1, 0.1, 0.4, 0.4] if edit == "box" else cvat_data.NEAR
    )
    if loaded.written.count:
        restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == before
