"""Labels edited in both FiftyOne and CVAT, interrupted loads, and their undo."""

import broken
import cvat_data
import pytest
from bson import ObjectId

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(3, confidence=0.5))


def _send(dataset, account, **given):
    from duplicates.labels.cvat.send import selection, send

    given = given or {"label_ids": [str(_id) for _id in cvat_data.stored(dataset)]}
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, **given)
    return send.send(dataset, account, chosen, anno_key="trip")


def _set(dataset, label_id, **values):
    changes = {f"{cvat_data.PATH}.$[label].{k}": v for k, v in values.items()}
    dataset._sample_collection.update_one(
        {f"{cvat_data.PATH}._id": label_id},
        {"$set": changes},
        array_filters=[{"label._id": label_id}],
    )


def _remove(dataset, label_id):
    dataset._sample_collection.update_one(
        {f"{cvat_data.PATH}._id": label_id},
        {"$pull": {cvat_data.PATH: {"_id": label_id}}},
    )


def test_a_label_edited_on_both_sides_is_a_conflict_and_is_not_changed(
    dataset, account, cvat
):
    from duplicates.labels.cvat.load import load

    _send(dataset, account)
    ids = list(cvat_data.stored(dataset))
    for label_id in ids[:2]:
        cvat.shape_of(label_id)["points"] = [1.0, 2.0, 30.0, 40.0]
    for label_id in (ids[2], ids[3]):
        cvat.delete(cvat.shape_of(label_id))
    _set(dataset, ids[0], label="bird")  # moved there, relabeled here
    _remove(dataset, ids[1])  # moved there, deleted here
    _set(dataset, ids[2], confidence=0.9)  # deleted there, edited here
    _remove(dataset, ids[3])  # deleted on both sides
    _set(dataset, ids[4], label="bird")  # edited here alone
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

    _send(dataset, account)
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

    _send(dataset, account)
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
    _send(dataset, account)
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


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("where", ["record", "_update", "close"])
def test_an_interrupted_load_can_be_undone_or_repeated(
    where, when, dataset, account, cvat, monkeypatch
):
    from duplicates.iou_core.errors import DatabaseError
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore
    from duplicates.labels.edits.journal import journal
    from duplicates.labels.edits.journal.action import Action
    from duplicates.labels.edits.writing import writer

    _send(dataset, account)
    before = cvat_data.fields(dataset)
    first, second, third = cvat.shapes()[:3]
    first["points"] = [1.0, 2.0, 30.0, 40.0]
    cvat.relabel(second, "dog")
    cvat.delete(third)
    cvat.draw(1, "dog", [5, 6, 70, 80])
    owner = writer.Writer if where == "_update" else Action
    with monkeypatch.context() as patch:
        broken.breaks(patch, owner, where, when)
        with pytest.raises(DatabaseError):
            load.load(dataset, account, "trip")

    for action in journal.list_actions(dataset):
        restore.restore(dataset, action["restore_key"])
    assert cvat_data.fields(dataset) == before
    assert load.load(dataset, account, "trip").written.count == 4
    done = cvat_data.fields(dataset)
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == done


class _Stops:
    """A run that is cancelled after the first write."""

    id = "stops"

    def progress(self, done, total):
        from duplicates.iou_core.errors import RunCancelled

        if done:
            raise RunCancelled("the run to go on", "a request to stop", self.id)

    def waits_for(self, words):
        """Shows nothing."""


@pytest.mark.parametrize("end", ["cancelled", "killed", "lost"])
def test_the_changes_of_an_interrupted_load_can_be_undone_and_loaded_again(
    end, dataset, account, cvat, monkeypatch
):
    from duplicates.iou_core.errors import DatabaseError, RunCancelled
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store
    from duplicates.labels.edits import job, restore
    from duplicates.labels.edits.journal import journal
    from duplicates.labels.edits.writing import writer

    _send(dataset, account)
    before = cvat_data.fields(dataset)
    for frame in range(3):
        (shape,) = [s for s in cvat.shapes() if s["frame"] == frame][:1]
        shape["points"] = [1.0, 2.0, 30.0, 40.0]
    with monkeypatch.context() as patch:
        patch.setattr(job, "SAMPLES_AT_ONCE", 1)
        if end == "killed":  # nothing that it would do at its end is done
            patch.setattr(store, "record_loaded", lambda *_: None)
            broken.breaks(patch, writer.Writer, "write", "after", call=2)
        elif end == "lost":
            broken.breaks(patch, writer.Writer, "write", "before", call=2)
        run = _Stops() if end == "cancelled" else None
        with pytest.raises((RunCancelled, DatabaseError)):
            load.load(dataset, account, "trip", run=run)
    assert cvat_data.fields(dataset) != before
    (first,) = store.require(dataset, "trip")["loads"]
    again = load.load(dataset, account, "trip")
    assert again.written.count == (1 if end == "killed" else 2)
    done = cvat_data.fields(dataset)

    restore.restore(dataset, first)
    undone = load.preview(dataset, account, "trip").comparison.counts
    assert undone["moved"] == (1 if end == "cancelled" else 2)
    assert load.load(dataset, account, "trip").written.count == undone["moved"]
    assert cvat_data.fields(dataset) == done
    for action in journal.list_actions(dataset):
        if action["state"] != "restored":
            restore.restore(dataset, action["restore_key"])
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize("fault", [403, 500, "cut"])
def test_a_failed_deletion_of_a_task_does_not_hide_the_load(
    fault, dataset, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import trips
    from duplicates.labels.edits import restore

    _send(dataset, account)
    before = cvat_data.fields(dataset)
    cvat.delete(cvat.shapes()[0])
    cvat.complete()
    cvat.fault = lambda method, path, n: fault if method == "DELETE" else None
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert (loaded.written.count, loaded.is_removed) == (1, False)
    assert loaded.problem.startswith("The task could not be deleted in CVAT (127.")
    assert trips.require_open(dataset, "trip")["loads"] == [loaded.written.restore_key]
    cvat.fault = lambda *_: None
    assert restore.restore(dataset, loaded.written.restore_key).count == 1
    assert cvat_data.fields(dataset) == before
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert (loaded.is_removed, loaded.problem, cvat.tasks) == (True, None, {})
    assert loaded.remaining == 2, "counted before the trip is deleted"


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

    _send(dataset, account)
    if case != "unfinished":
        cvat.complete()
    first, second, third = cvat.shapes()[:3]
    label_ids = [ObjectId(cvat.label_id_of(shape)) for shape in (first, second)]
    first["points"] = [1.0, 2.0, 30.0, 40.0]
    if case == "conflict":
        _set(dataset, label_ids[0], label="bird")
    if case == "skipped":
        second["type"] = third["type"] = "ellipse"
    if case == "meanwhile":
        looked = load.preview_of

        def preview_of(*args):
            found = looked(*args)
            _set(dataset, label_ids[0], label="bird")
            return found

        monkeypatch.setattr(load, "preview_of", preview_of)
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert (loaded.is_removed, loaded.problem) == (False, problem)
    assert len(cvat.tasks) == 1


def test_labels_that_share_an_id_or_have_none_are_not_sent(make_images, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.send import selection, send

    same = cvat_data.label(cvat_data.NEAR)
    nameless = cvat_data.label(cvat_data.FAR)
    del nameless["_id"]
    lists = [[same, {**same, "bounding_box": cvat_data.ALIKE}, nameless]]
    lists[0].append(cvat_data.label(cvat_data.FAR, "dog"))
    dataset = make_images(lists)
    before = cvat_data.fields(dataset)
    ids = [str(lists[0][3]["_id"])]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    posted = send.send(dataset, account, chosen, anno_key="trip")
    assert posted.labels == len(cvat.shapes()) == 1
    assert posted.left.reasons == {
        "shares its id with another label of its image": 2,
        "has no id to match edits by": 1,
    }

    (shape,) = cvat.shapes()
    shape["points"] = [p + 7 for p in shape["points"]]
    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.counts["moved"] == 1
    assert preview.comparison.counts["deleted"] == 0
    load.load(dataset, account, "trip")
    after = cvat_data.fields(dataset)
    assert after != before


def test_labels_of_copied_samples_that_share_ids_are_told_apart(
    make_images, account, cvat, monkeypatch
):
    from duplicates.iou_core.errors import RunCancelled
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import job

    (labels,) = cvat_data.pairs(1)
    dataset = make_images([labels, labels])
    _send(dataset, account)
    label_id = labels[0]["_id"]
    shapes = [s for s in cvat.shapes() if cvat.label_id_of(s) == str(label_id)]
    assert [shape["frame"] for shape in shapes] == [0, 1]
    for shape, step in zip(shapes, (5, 9)):
        shape["points"] = [p + step for p in shape["points"]]

    with monkeypatch.context() as patch:
        # stops after the first of the two samples
        patch.setattr(job, "SAMPLES_AT_ONCE", 1)
        with pytest.raises(RunCancelled):
            load.load(dataset, account, "trip", run=_Stops())
    assert load.load(dataset, account, "trip").written.count == 1
    boxes = [sample[cvat_data.FIELD].detections[0].bounding_box for sample in dataset]
    x = cvat_data.NEAR[0]
    lefts = [box[0] for box in boxes]
    assert lefts == pytest.approx([x + 5 / 640, x + 9 / 640])


def test_only_the_flagged_labels_and_their_partners_are_sent(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    ids = list(cvat_data.stored(dataset))
    before = cvat_data.stored(dataset)
    posted = _send(dataset, account, label_ids=[str(ids[1])], scope="labels")
    assert posted.labels == 2
    assert {cvat.label_id_of(s) for s in cvat.shapes()} == {str(ids[0]), str(ids[1])}
    cvat.delete(cvat.shape_of(ids[1]))
    cvat.complete()
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert loaded.written.count == 1
    assert loaded.remaining == 0
    assert loaded.is_removed
    after = cvat_data.stored(dataset)
    assert before.keys() - after.keys() == {ids[1]}
    assert all(after[k] == before[k] for k in after)
    assert cvat.tasks == {}
    dataset.reload()
    assert dataset.list_annotation_runs() == []


def test_duplicates_by_likelihood_are_counted_by_the_fit_of_their_scan_while_it_exists(
    dataset, account, cvat
):
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.send import selection, send
    from duplicates.labels.scans import plans, search, stored

    key = search.find_duplicates(dataset, FindParams(cvat_data.FIELD)).scan_key
    plan = plans.plan(dataset, key, 0.2, metric="likelihood")
    assert len(plan) == 3
    chosen = selection.select(dataset, "labels", scan_key=key, plan=plan)
    posted = send.send(dataset, account, chosen, anno_key="trip")
    assert posted.labels == 6

    shape = cvat.shape_of(next(iter(cvat_data.stored(dataset))))
    *rest, bottom = shape["points"]
    shape["points"] = [*rest, 1.4 * bottom]  # an IoU of 0.67 with the other box
    assert load.preview(dataset, account, "trip").still_duplicate == 3
    stored.delete(dataset, key)
    assert load.preview(dataset, account, "trip").still_duplicate == 2


def test_removed_images_tracks_and_rotations_of_older_trips_are_skipped(
    dataset, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store

    _send(dataset, account)
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

    _send(dataset, account)
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

    _send(dataset, account)
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
    _send(dataset, account)
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


@pytest.mark.parametrize("far", [1e308, -1e308, float("inf"), 1e7, 2**62])
def test_a_box_far_outside_the_image_is_not_sent(far, make_images, account, cvat):
    dataset = make_images(
        [[cvat_data.label([0.1, far, 0.2, 0.3]), cvat_data.label(cvat_data.NEAR)]]
    )
    posted = _send(dataset, account)
    assert posted.labels == 1
    assert posted.left.reasons == {"has no box that CVAT can represent": 1}


def test_reasons_for_several_labels_are_in_the_plural():
    from duplicates.labels.edits.job import Written
    from duplicates.operators import planned

    done = Written()
    for reason, n in (("is a track in CVAT", 2), ("was edited", 1), ("no box", 2)):
        done.skipped.count(reason, n)
    words = "(2 are a track in CVAT, 1 was edited, 2 no box)"
    assert planned.written(done, "is as in CVAT", "run")["message"].endswith(words)


def test_masks_are_sent_as_masks_and_only_an_edited_one_changes(
    make_images, account, cvat
):
    import fiftyone as fo
    import numpy as np

    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    mask = np.zeros((30, 40), bool)
    mask[5:20, 3:30] = True
    packed = fo.Detection(mask=mask).to_dict()["mask"]
    lists = [
        [
            cvat_data.label([0.1, 0.1, 0.3, 0.4], mask=packed, index=3),
            cvat_data.label([0.5, 0.5, 0.1, 0.1], mask=packed),
            cvat_data.label(cvat_data.FAR, "dog"),
        ]
    ]
    dataset = make_images(lists)
    before, fields = cvat_data.stored(dataset), cvat_data.fields(dataset)
    _send(dataset, account)
    assert sorted(s["type"] for s in cvat.shapes()) == ["mask", "mask", "rectangle"]
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == fields

    shape = cvat.shape_of(lists[0][1]["_id"])
    shape["points"] = [2.0, 3.0, 7.0, 100.0, 200.0, 103.0, 202.0]
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 1
    after = cvat_data.stored(dataset)
    changed = lists[0][1]["_id"]
    assert {k for k in before if before[k] != after[k]} == {changed}
    label = next(
        one
        for one in dataset.first()[cvat_data.FIELD].detections
        if one.id == str(changed)
    )
    assert label.mask.tolist() == [[0, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert label.bounding_box == [100 / 640, 200 / 480, 4 / 640, 3 / 480]
    restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == fields


@pytest.mark.parametrize("kind", ["video", "group", "keypoints", "cuboid", "patches"])
def test_a_selection_that_cannot_be_sent_is_an_error_with_its_reason(
    kind, dataset, make_images, account, cvat
):
    import fiftyone as fo

    from duplicates.iou_core.errors import FieldError

    field, samples = cvat_data.FIELD, dataset
    if kind in ("video", "group"):
        samples = fo.Dataset()
        samples.media_type = kind if kind == "video" else "image"
        if kind == "group":
            samples.add_group_field("group", default="left")
    elif kind == "keypoints":
        dataset.add_sample_field(
            "keypoints", fo.EmbeddedDocumentField, embedded_doc_type=fo.Keypoints
        )
        field = "keypoints"
    elif kind == "cuboid":
        cuboid = cvat_data.label([], location=[1, 2, 3], dimensions=[1, 1, 1])
        samples = make_images([[cuboid]])
    else:
        samples = dataset.to_patches(cvat_data.FIELD)
    from duplicates.labels.cvat.send import selection, send

    owner = dataset if kind == "patches" else samples

    def go():
        ids = [str(ObjectId(k)) for k in cvat_data.stored(owner)]
        chosen = selection.select(samples, label_field=field, label_ids=ids)
        send.send(samples, account, chosen)

    with pytest.raises(FieldError) as caught:
        go()
    words = {"group": "grouped", "keypoints": "Keypoints", "patches": "patches"}
    assert words.get(kind, kind) in str(caught.value)
    assert cvat.log == []
    if samples is not dataset and kind in ("video", "group"):
        samples.delete()


def test_an_edit_right_after_a_load_keeps_the_deleted_labels_in_the_journal(
    dataset, account, cvat, monkeypatch
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits.restore import restore
    from duplicates.labels.edits.writing.writer import Writer

    _send(dataset, account)
    # those of one sample, and one of another
    removed, moved, *_, edited = cvat_data.stored(dataset)
    cvat.delete(cvat.shape_of(removed))
    for label_id in (moved, edited):
        cvat.shape_of(label_id)["points"] = [1.0, 2.0, 30.0, 40.0]
    update, not_written = Writer._update, Writer._not_written
    begun = []

    def edit(label_id):
        _set(dataset, label_id, label="bird")
        _stamp(dataset, label_id)

    def edited_before(writer, batch):
        if not begun:
            edit(edited)
        return update(writer, batch)

    def edited_after(writer, batch):
        if not begun:
            edit(moved)
            begun.append(True)
        return not_written(writer, batch)

    monkeypatch.setattr(Writer, "_update", edited_before)
    monkeypatch.setattr(Writer, "_not_written", edited_after)
    loaded = load.load(dataset, account, "trip")

    assert begun
    assert removed not in cvat_data.stored(dataset)
    restore(dataset, loaded.written.restore_key)
    assert removed in cvat_data.stored(dataset)


def _stamp(dataset, label_id):
    from duplicates.labels import store

    dataset._sample_collection.update_one(
        {f"{cvat_data.PATH}._id": label_id},
        {"$set": {"last_modified_at": store.now()}},
    )
