"""Edits in CVAT beside a label's shape, class and attributes, and exact sides."""

import bson
import cvat_data
import fiftyone as fo
import numpy as np
import pytest
from PIL import Image


def load(dataset, account, key, **given):
    from duplicates.labels.cvat.load import load

    return load.load(dataset, account, key, **given)


def label_of(dataset, label_id):
    return bson.decode(cvat_data.stored(dataset)[label_id])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("occluded", True, "was marked as occluded, or as not occluded, in CVAT"),
        ("z_order", 3, "was moved to another layer in CVAT"),
        ("group", 7, "was grouped in CVAT"),
    ],
)
def test_an_edit_that_no_label_stores_is_named_and_keeps_the_task(
    name, value, words, make_images, account, cvat
):
    dataset = make_images(cvat_data.pairs(1))
    before = cvat_data.fields(dataset)
    key = cvat_data.send_all(dataset, account)
    shape = cvat.shapes()[0]
    shape[name] = value
    cvat.complete()

    done = load(dataset, account, key, cleanup=True)
    reason = f"{words}, which is not loaded"
    found = done.preview.to_dict()
    assert found["counts"]["unchanged"] == 2
    assert found["skipped"]["reasons"] == {reason: 1}
    (skipped,) = found["skipped"]["labels"]
    assert skipped["label_id"] == cvat.label_id_of(shape)
    assert (done.is_removed, len(cvat.tasks)) == (False, 1)
    assert cvat_data.fields(dataset) == before
    again = load(dataset, account, key, cleanup=True, discard_rest=True)
    assert (again.is_removed, len(cvat.tasks)) == (True, 0)


def test_a_tag_of_an_image_is_named_and_keeps_the_task(make_images, account, cvat):
    dataset = make_images(cvat_data.pairs(1))
    key = cvat_data.send_all(dataset, account)
    (task,) = cvat.tasks.values()
    task["tags"] = [{"id": 1, "frame": 0, "label_id": cvat.class_id("cat")}]
    cvat.complete()

    done = load(dataset, account, key, cleanup=True)
    assert done.preview.to_dict()["skipped"]["reasons"] == {
        "is among the tags of an image in CVAT": 1
    }
    assert not done.is_removed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"issues": {"url": "", "count": 2}}, "is among the issues of a job in CVAT"),
        ({"type": "ground_truth"}, "is among the ground-truth jobs in CVAT"),
    ],
)
def test_what_people_made_beside_the_shapes_is_named_and_keeps_the_task(
    change, words, make_images, account, cvat
):
    dataset = make_images(cvat_data.pairs(1))
    key = cvat_data.send_all(dataset, account)
    cvat.complete()
    (task,) = cvat.tasks.values()
    if "type" in change:
        task["jobs"].append({**task["jobs"][0], "id": 7, **change})
    else:
        task["jobs"][0] |= change

    done = load(dataset, account, key, cleanup=True)
    n = change.get("issues", {"count": 1})["count"]
    assert done.preview.comparison.skipped == {words: n}
    assert not done.is_removed
    assert done.problem.endswith("not loaded, so the task is kept in CVAT")
    assert load(dataset, account, key, cleanup=True, discard_rest=True).is_removed


@pytest.mark.parametrize("edit", ["a shape", "the state"])
def test_a_task_that_is_edited_during_a_load_is_kept(
    edit, make_images, account, cvat, monkeypatch
):
    from duplicates.labels.cvat.load import load as loads

    dataset = make_images(cvat_data.pairs(2))
    key = cvat_data.send_all(dataset, account, task_size=1)
    cvat.delete(cvat.shapes()[0])
    cvat.complete()
    applied = loads.apply

    def apply(*args):
        shape = cvat.shapes()[-1]
        if edit == "a shape":
            shape["points"] = [p + 5 for p in shape["points"]]
        else:
            list(cvat.tasks.values())[-1]["jobs"][0]["state"] = "in progress"
        return applied(*args)

    with monkeypatch.context() as patch:
        patch.setattr(loads, "apply", apply)
        done = load(dataset, account, key, cleanup=True)
    words = "CVAT was edited during the load, so the tasks are kept in CVAT"
    assert (done.written.count, done.problem) == (1, words)
    assert len(cvat.tasks) == 2
    assert load(dataset, account, key).written.count == (1 if edit == "a shape" else 0)


@pytest.mark.parametrize("value", [True, False, None])
def test_an_attribute_occluded_is_the_switch_of_cvat(value, make_images, account, cvat):
    dataset = make_images([[cvat_data.label(cvat_data.NEAR, occluded=value)]])
    dataset.add_sample_field(f"{cvat_data.PATH}.occluded", fo.BooleanField)
    before = cvat_data.fields(dataset)
    key = cvat_data.send_all(dataset, account, attributes=["occluded"])
    (shape,) = cvat.shapes()
    assert shape["occluded"] is bool(value)
    assert "occluded" not in cvat.texts(shape)
    assert load(dataset, account, key).written.count == 0
    assert cvat_data.fields(dataset) == before

    shape["occluded"] = not value
    done = load(dataset, account, key)
    (label_id,) = cvat_data.stored(dataset)
    assert label_of(dataset, label_id)["occluded"] is not bool(value)
    assert done.preview.to_dict()["skipped"]["count"] == 0


def test_sides_that_nobody_moved_keep_their_exact_values(make_images, account, cvat):
    dataset = make_images([[cvat_data.label(cvat_data.NEAR) for _ in range(3)]])
    ids = list(cvat_data.stored(dataset))
    key = cvat_data.send_all(dataset, account)
    x, y, w, h = cvat_data.NEAR
    points = [s["points"] for s in map(cvat.shape_of, ids)]
    assert points[0] == pytest.approx([64 * 1.037, 48.528, 258.432, 240.672])
    points[0][2] = 300.0
    points[1][1] = 10.5
    points[2][:] = [p + 20 for p in points[2]]

    load(dataset, account, key)
    boxes = [label_of(dataset, _id)["bounding_box"] for _id in ids]
    assert boxes[0] == [x, y, pytest.approx(300 / 640 - x), h]
    assert boxes[0][0] + boxes[0][2] == pytest.approx(300 / 640)
    assert boxes[1] == [x, 10.5 / 480, w, y + h - 10.5 / 480]
    assert boxes[2] == [pytest.approx(x + 20 / 640), pytest.approx(y + 20 / 480), w, h]


@pytest.mark.parametrize("is_file", [True, False])
def test_a_mask_that_was_only_moved_keeps_its_pixels(
    is_file, make_images, account, cvat, tmp_path
):
    dataset, label_id, _ = masked(make_images, tmp_path, is_file)
    before = label_of(dataset, label_id)
    key = cvat_data.send_all(dataset, account)
    (shape,) = cvat.shapes()
    moved = [a + b for a, b in zip(shape["points"][-4:], (8, 4, 8, 4))]
    shape["points"] = [*shape["points"][:-4], *moved]

    load(dataset, account, key)
    x, y, w, h = before["bounding_box"]
    after = {**before, "bounding_box": [x + 8 / 640, y + 4 / 480, w, h]}
    assert label_of(dataset, label_id) == after


def test_an_edited_mask_of_a_file_is_a_new_file_and_can_be_undone(
    make_images, account, cvat, tmp_path
):
    from duplicates.labels.cvat.load import load as loads
    from duplicates.labels.edits import restore

    dataset, label_id, path = masked(make_images, tmp_path, True)
    before, pixels = cvat_data.fields(dataset), path.read_bytes()
    key = cvat_data.send_all(dataset, account)
    (shape,) = cvat.shapes()
    left, top = shape["points"][-4:-2]
    shape["points"] = [0.0, 100.0, left, top, left + 9, top + 9]

    loads.preview(dataset, account, key)
    assert list(path.parent.iterdir()) == [path]
    done = load(dataset, account, key)
    after = label_of(dataset, label_id)
    new = path.parent / after["mask_path"]
    assert after.get("mask") is None
    assert new != path
    assert np.asarray(Image.open(new)).shape == (10, 10)
    assert np.asarray(Image.open(new)).all()
    assert path.read_bytes() == pixels
    assert load(dataset, account, key).written.count == 0

    restore.restore(dataset, done.written.restore_key)
    assert cvat_data.fields(dataset) == before


def masked(make_images, tmp_path, is_file):
    """Returns a dataset with one mask of 20 x 10 pixels, in a box of 64 x 48."""
    folder = tmp_path / "masks"
    folder.mkdir()
    path = folder / "one.png"
    mask = np.zeros((10, 20), dtype=np.uint8)
    mask[2:8, 3:15] = 255
    Image.fromarray(mask).save(path)
    held = fo.Detection(mask=mask > 0).to_dict()["mask"]
    extra = {"mask_path": str(path)} if is_file else {"mask": held}
    label = cvat_data.label([0.2, 0.2, 0.1, 0.1], **extra)
    return make_images([[label]]), label["_id"], path


def test_a_label_deleted_here_and_not_edited_in_cvat_is_not_unchanged(
    make_images, account, cvat
):
    from duplicates.labels.cvat.load import load as loads

    dataset = make_images(cvat_data.pairs(1))
    key = cvat_data.send_all(dataset, account)
    dataset._sample_collection.update_one({}, {"$pop": {cvat_data.PATH: 1}})
    counts = loads.preview(dataset, account, key).comparison.counts
    assert (counts["unchanged"], counts["gone_here"]) == (2, 1)


def test_a_track_through_two_jobs_is_counted_once(make_images, account, cvat):
    from duplicates.labels.cvat.load import load as loads

    dataset = make_images(cvat_data.pairs(2))
    key = cvat_data.send_all(dataset, account, segment_size=1)
    (task,) = cvat.tasks.values()
    track = {"id": 5, "frame": 0, "label_id": cvat.class_id("cat"), "attributes": []}
    task["tracks"] = [{**track, "shapes": [{"frame": 0, "outside": False}]}]
    found = loads.preview(dataset, account, key)
    assert found.comparison.skipped == {"is a track in CVAT, not a shape": 1}


@pytest.mark.parametrize(
    ("kind", "words"), [("ellipse", "an ellipse"), ("points", "a set of points")]
)
def test_other_shapes_are_named_with_their_article(
    kind, words, make_images, account, cvat
):
    from duplicates.labels.cvat.load import load as loads

    dataset = make_images(cvat_data.pairs(1))
    key = cvat_data.send_all(dataset, account)
    cvat.draw(0, "cat", [1.0, 2.0, 3.0, 4.0], kind=kind)
    skipped = loads.preview(dataset, account, key).comparison.skipped
    assert skipped == {f"is {words} in CVAT, which the field cannot hold": 1}


@pytest.mark.parametrize("is_known", [False, True], ids=["no size", "a known size"])
def test_an_image_that_cannot_be_read_is_left_out_by_name(
    is_known, make_images, account, cvat
):
    from duplicates.labels.cvat.send import selection, send

    dataset = make_images(cvat_data.pairs(2))
    first, _ = dataset.values("filepath")
    if is_known:
        dataset.compute_metadata(progress=False)
    with open(first, "wb") as file:
        file.write(b"no image")
    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    done = send.send(dataset, account, chosen)
    assert (done.labels, done.upload.images) == (3, 1)
    assert done.left.reasons == {"is in an image that cannot be read (im0.jpg)": 3}
    assert len(done.left.labels) == 3


def test_discarding_tasks_that_are_gone_deletes_none(make_images, account, cvat):
    from duplicates.labels.cvat.trips import removal, store

    dataset = make_images(cvat_data.pairs(1))
    key = cvat_data.send_all(dataset, account)
    cvat.tasks.clear()
    assert removal.discard(dataset, account, key) == 0
    assert store.all_trips(dataset) == []
