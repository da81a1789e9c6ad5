"""Polygons and lines in CVAT trips."""

import cvat_data
import pytest
from bson import ObjectId
from cvat_trips import send_trip

from duplicates.iou_core.errors import FieldError
from duplicates.labels.cvat.load import load
from duplicates.labels.edits import restore

pytestmark = pytest.mark.slow

NEAR = [[0.1037, 0.1011], [0.4011, 0.1013], [0.4017, 0.5003], [0.1031, 0.5009]]
ALIKE = [[0.1041, 0.1012], [0.4013, 0.1009], [0.4019, 0.5011], [0.1029, 0.4999]]
LINE = [[0.6013, 0.6007], [0.7011, 0.8003], [0.9017, 0.6503]]


def _lists(n, **extra):
    """Returns ``n`` lists with two polygons of one cat, and the line of a dog."""
    poly = cvat_data.polyline
    line = {"name": "dog", "filled": False, **extra}
    return [
        [poly(NEAR, **extra), poly(ALIKE, **extra), poly(LINE, **line)]
        for _ in range(n)
    ]


def _rings(dataset):
    return {
        ObjectId(one.id): one
        for sample in dataset
        if sample[cvat_data.FIELD] is not None
        for one in sample[cvat_data.FIELD].polylines
    }


def test_unedited_labels_keep_their_bytes(make_images, account, cvat):
    lists = _lists(3)
    for k, extra in enumerate(cvat_data.EXTRAS):
        lists[k % 3][k // 3].update(extra)
    lists[0][2]["closed"] = True
    dataset = make_images(lists, holder="Polylines")
    before = cvat_data.fields(dataset)
    posted = send_trip(dataset, account)
    assert (posted.labels, posted.not_sent) == (9, 0)
    kinds = [shape["type"] for shape in cvat.shapes()]
    assert sorted(kinds) == ["polygon"] * 6 + ["polyline"] * 3

    preview = load.preview(dataset, account, "trip")
    counts = preview.comparison.counts
    assert counts["expected"] == counts["unchanged"] == 9
    assert preview.comparison.changes == ()
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.restore_key is None
    assert loaded.remaining == preview.still_duplicate == 3
    assert cvat_data.fields(dataset) == before


def test_every_kind_of_edit_comes_back_and_can_be_undone(make_images, account, cvat):
    lists = _lists(5, index=7, confidence=0.5, tags=["x"])
    dataset = make_images(lists, holder="Polylines")
    before, fields = cvat_data.stored(dataset), cvat_data.fields(dataset)
    send_trip(dataset, account)
    ids = [[one["_id"] for one in labels] for labels in lists]

    cvat.delete(cvat.shape_of(ids[0][1]))
    cvat.shape_of(ids[1][1])["points"][:2] = [32.0, 24.5]
    cvat.relabel(cvat.shape_of(ids[2][1]), "dog")
    both = cvat.shape_of(ids[3][2])
    cvat.relabel(both, "cat")
    both["points"] = [64.0, 48.0, 320.0, 240.0]
    cvat.shape_of(ids[4][0])["points"][4:4] = [300.0, 120.0]
    cvat.draw(0, "dog", [10, 20, 330, 260, 64, 96], kind="polygon")
    cvat.draw(1, "dog", [10, 20, 330, 260], kind="polyline")

    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.counts == {
        "expected": 15,
        "unchanged": 10,
        "moved": 3,
        "relabeled": 2,
        "attributes": 0,
        "deleted": 1,
        "gone_here": 0,
        "added": 2,
        "conflicts": 0,
        "refused": 0,
    }
    assert cvat_data.fields(dataset) == fields
    loaded = load.load(dataset, account, "trip", digest=preview.digest)
    assert loaded.written.count == 7
    assert loaded.remaining == preview.still_duplicate
    after = cvat_data.stored(dataset)
    assert ids[0][1] not in after
    same = {k for k in before.keys() & after.keys() if before[k] == after[k]}
    edited = {ids[0][1], ids[1][1], ids[2][1], ids[3][2], ids[4][0]}
    assert before.keys() - same == edited

    found = _rings(dataset)
    moved = found[ids[1][1]]
    assert moved.points == [[[32 / 640, 24.5 / 480], *ALIKE[1:]]]
    assert (moved.index, moved.tags, moved.closed) == (7, ["x"], True)
    assert found[ids[2][1]].label == "dog"
    assert found[ids[2][1]].points == [ALIKE]
    assert found[ids[3][2]].points == [[[0.1, 0.1], [0.5, 0.5]]]
    assert not found[ids[3][2]].filled
    inserted = [*NEAR[:2], [300 / 640, 0.25], *NEAR[2:]]
    assert found[ids[4][0]].points == [inserted]
    new = {found[k].filled: found[k] for k in after.keys() - before.keys()}
    assert new[True].closed
    assert not new[False].closed
    drawn = [[10 / 640, 20 / 480], [330 / 640, 260 / 480], [0.1, 0.2]]
    assert new[True].points == [drawn]

    again = load.load(dataset, account, "trip")
    assert again.written.count == 0
    restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == fields


def test_deleted_points_keep_the_others_exact(make_images, account, cvat):
    dataset = make_images(_lists(1), holder="Polylines")
    send_trip(dataset, account)
    label_id = next(iter(cvat_data.stored(dataset)))
    del cvat.shape_of(label_id)["points"][2:4]
    load.load(dataset, account, "trip")
    assert _rings(dataset)[label_id].points == [[NEAR[0], *NEAR[2:]]]


def test_a_polygon_edited_on_both_sides_is_not_changed(make_images, account, cvat):
    dataset = make_images(_lists(1), holder="Polylines")
    send_trip(dataset, account)
    first, second, _ = cvat_data.stored(dataset)
    cvat.shape_of(first)["points"][0] += 9
    cvat.delete(cvat.shape_of(second))
    changes = {f"{cvat_data.FIELD}.polylines.{k}.confidence": 0.9 for k in range(3)}
    dataset._sample_collection.update_one({}, {"$set": changes})
    before = cvat_data.fields(dataset)
    counts = load.preview(dataset, account, "trip").comparison.counts
    assert (counts["conflicts"], counts["unchanged"]) == (2, 1)
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.skipped.reasons == {"was edited in FiftyOne as well": 2}
    assert cvat_data.fields(dataset) == before


def test_a_copied_polygon_becomes_a_new_label_also_without_its_id(
    make_images, account, cvat
):
    dataset = make_images(_lists(1), holder="Polylines")
    before = cvat_data.stored(dataset)
    send_trip(dataset, account)
    first, second, _ = cvat.shapes()
    cvat.copy(first, points=[p + 50 for p in first["points"]])
    cvat.set_label_id(second, "")
    second["id"] = 99_999
    load.load(dataset, account, "trip")
    after = cvat_data.stored(dataset)
    assert len(after) == 4
    assert all(after[k] == before[k] for k in before)


def test_polylines_that_cvat_cannot_represent_are_not_sent_and_are_named(
    make_images, account, cvat
):
    lists = _lists(2)
    rest = [
        cvat_data.polyline(NEAR, [[0.2, 0.2], [0.3, 0.2]]),
        cvat_data.polyline(),
        cvat_data.polyline(LINE[:2]),
        cvat_data.polyline(LINE[:1], filled=False),
        cvat_data.polyline([[float("nan"), 0.5], *NEAR]),
        cvat_data.polyline([[1e300, 0.5], *NEAR]),
        cvat_data.polyline(["ab", "cd", "ef"]),
        cvat_data.polyline(NEAR, points=None),
    ]
    lists[0] = [rest[0], *lists[0], *rest[1:]]
    dataset = make_images(lists, holder="Polylines")
    before = cvat_data.fields(dataset)
    posted = send_trip(dataset, account)
    assert (posted.labels, posted.not_sent) == (6, 8)
    assert posted.upload.left.reasons == {
        "has no points": 2,
        "has fewer points than CVAT accepts": 3,
        "has points that are not pairs of finite numbers": 2,
        "has points far outside of the image": 1,
    }
    named = {label["label_id"] for label in posted.upload.left.labels}
    assert named == {str(one["_id"]) for one in rest}
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before

    cvat.delete(cvat.shape_of(lists[0][1]["_id"]))
    load.load(dataset, account, "trip")
    kept = cvat_data.stored(dataset)
    assert all(one["_id"] in kept for one in rest)
    assert len(kept) == 13


def test_every_polyline_that_cvat_can_represent_is_sent(make_images, account, cvat):
    dataset = make_images([[cvat_data.polyline(NEAR[:2])]], holder="Polylines")
    with pytest.raises(FieldError, match=r"can represent, got 1 that has fewer points"):
        send_trip(dataset, account)
    assert cvat.log == []


def test_shapes_that_cannot_become_polylines_are_skipped(make_images, account, cvat):
    dataset = make_images(_lists(1), holder="Polylines")
    before = cvat_data.fields(dataset)
    send_trip(dataset, account)
    cvat.draw(0, "dog", [1, 2, 3, 4])
    cvat.shapes()[0]["type"] = "polyline"
    cvat.shapes()[1]["points"] = [5.0, 5.0, 5.0, 9.0, 5.0, 7.0]
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.skipped.reasons == {
        "is a box in CVAT, which the field cannot hold": 1,
        "is a line in CVAT, and was a polygon": 1,
        "has no area in CVAT": 1,
    }
    assert cvat_data.fields(dataset) == before


def test_only_the_flagged_polygons_and_their_partners_are_sent(
    make_images, account, cvat
):
    dataset = make_images(_lists(2), holder="Polylines")
    before = cvat_data.stored(dataset)
    ids = list(before)
    posted = send_trip(dataset, account, label_ids=[str(ids[1])], scope="labels")
    assert posted.labels == 2
    cvat.delete(cvat.shape_of(ids[1]))
    cvat.complete()
    loaded = load.load(dataset, account, "trip", cleanup=True)
    assert (loaded.written.count, loaded.remaining) == (1, 0)
    after = cvat_data.stored(dataset)
    assert before.keys() - after.keys() == {ids[1]}
    assert all(after[k] == before[k] for k in after)
    assert cvat.tasks == {}


def test_a_polygon_drawn_in_an_image_without_labels_is_added(
    make_images, account, cvat
):
    dataset = make_images([[cvat_data.polyline(NEAR)]], holder="Polylines")
    send_trip(dataset, account)
    cvat.draw(0, "cat", [5, 6, 70, 80, 90, 7], kind="polygon")
    dataset._sample_collection.update_one({}, {"$set": {cvat_data.FIELD: None}})
    before = cvat_data.fields(dataset)
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 1
    dataset.reload()
    (new,) = dataset.first()[cvat_data.FIELD].polylines
    assert new.filled
    restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == before


def test_of_five_hundred_polylines_exactly_the_edited_ones_differ(
    make_images, account, cvat
):
    extras = cvat_data.EXTRAS
    lists = [
        [
            cvat_data.polyline(
                [[x + 0.07 * j, y + 0.001 * k] for x, y in NEAR],
                filled=j % 3 > 0,
                **extras[(k + j) % len(extras)],
            )
            for j in range(10)
        ]
        for k in range(50)
    ]
    dataset = make_images(lists, holder="Polylines")
    before = cvat_data.stored(dataset)
    send_trip(dataset, account)
    edited = [lists[k * 4][k]["_id"] for k in range(10)]
    for label_id in edited:
        shape = cvat.shape_of(label_id)
        shape["points"] = [p + 3 for p in shape["points"]]
    load.load(dataset, account, "trip")
    after = cvat_data.stored(dataset)
    assert list(after) == list(before)
    assert {k for k in before if before[k] != after[k]} == set(edited)


@pytest.mark.parametrize("closed", [True, False])
def test_a_copy_of_a_line_is_closed_if_the_line_is(closed, make_images, account, cvat):
    line = cvat_data.polyline(NEAR, filled=False, closed=closed)
    dataset = make_images([[line]], holder="Polylines")
    before = cvat_data.fields(dataset)
    send_trip(dataset, account)
    (shape,) = cvat.shapes()
    cvat.copy(shape, points=[p + 9 for p in shape["points"]])

    for _ in "ab":  # once more after an undo
        done = load.load(dataset, account, "trip")
        _, copied = _rings(dataset).values()
        assert (copied.closed, copied.filled) == (closed, False)
        restore.restore(dataset, done.written.restore_key)
        assert cvat_data.fields(dataset) == before
