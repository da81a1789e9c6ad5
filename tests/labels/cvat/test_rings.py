"""Polylines of several rings in CVAT trips: one shape for each ring."""

import cvat_data
import pytest
from bson import ObjectId

pytestmark = pytest.mark.slow

OUTER = [[0.1037, 0.1011], [0.4011, 0.1013], [0.4017, 0.5003], [0.1031, 0.5009]]
SECOND = [[0.5003, 0.1007], [0.6001, 0.1009], [0.6007, 0.3001]]
THIRD = [[0.7003, 0.6007], [0.8001, 0.6009], [0.8007, 0.9001]]
LINE = [[0.2003, 0.7007], [0.3001, 0.8009]]


@pytest.fixture(autouse=True)
def backwards(cvat):
    # which ring a shape is must not depend on the order of answers
    cvat.backwards = True


def _lists(**extra):
    """A label of three rings, its duplicate, one of two lines, and one of one ring."""
    poly = cvat_data.polyline
    lines = poly(LINE, SECOND, filled=False, name="dog", **extra)
    return [
        [
            poly(OUTER, SECOND, THIRD, **extra),
            poly(OUTER, SECOND, THIRD, **extra),
            lines,
            poly(OUTER, **extra),
        ]
    ]


@pytest.fixture
def dataset(make_images):
    return make_images(_lists(index=7, tags=["x"], confidence=0.5), holder="Polylines")


def _send(dataset, account, **options):
    from duplicates.labels.cvat.send import selection, send
    from duplicates.labels.cvat.server import options as how

    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    return send.send(dataset, account, chosen, how.Options(**options), anno_key="trip")


def _rings(cvat, label_id):
    """Returns the shapes of the rings of a label, in the order of the rings."""
    found = {cvat.label_id_of(s): s for s in cvat.shapes()}
    return [
        found[f"{label_id}#{k}"] for k in range(1, 10) if f"{label_id}#{k}" in found
    ]


def _points(dataset, label_id):
    dataset.reload()
    return {
        ObjectId(one.id): one.points
        for one in dataset.first()[cvat_data.FIELD].polylines
    }[label_id]


def test_each_ring_is_a_shape_and_those_of_a_label_are_a_group(dataset, account, cvat):
    posted = _send(dataset, account)
    assert (posted.labels, posted.not_sent) == (4, 0)
    assert len(cvat.shapes()) == 9
    ids = list(cvat_data.stored(dataset))
    groups = [{s["group"] for s in _rings(cvat, _id)} for _id in ids[:3]]
    assert groups == [{1}, {2}, {3}]
    assert [len(_rings(cvat, _id)) for _id in ids] == [3, 3, 2, 0]
    assert cvat.shape_of(ids[3])["group"] == 0
    assert {s["type"] for s in _rings(cvat, ids[2])} == {"polyline"}


def test_unedited_labels_keep_their_bytes(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    before = cvat_data.fields(dataset)
    _send(dataset, account)
    preview = load.preview(dataset, account, "trip")
    counts = preview.comparison.counts
    assert counts["expected"] == counts["unchanged"] == 4
    assert load.load(dataset, account, "trip").written.restore_key is None
    assert cvat_data.fields(dataset) == before


def test_a_moved_ring_keeps_the_others_exact(dataset, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    before, fields = cvat_data.stored(dataset), cvat_data.fields(dataset)
    label_id = next(iter(before))
    _send(dataset, account)
    _rings(cvat, label_id)[1]["points"][:2] = [320.0, 120.0]
    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.counts["moved"] == 1
    loaded = load.load(dataset, account, "trip")
    after = cvat_data.stored(dataset)
    assert {k for k in before if before[k] != after[k]} == {label_id}
    moved = [[0.5, 0.25], *SECOND[1:]]
    assert _points(dataset, label_id) == [OUTER, moved, THIRD]
    assert load.load(dataset, account, "trip").written.count == 0
    restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == fields


@pytest.mark.parametrize("ring", [0, 1, 2])
def test_a_deleted_ring_is_removed_from_its_label(ring, dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    label_id = next(iter(cvat_data.stored(dataset)))
    _send(dataset, account)
    cvat.delete(_rings(cvat, label_id)[ring])
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 1
    left = [r for k, r in enumerate((OUTER, SECOND, THIRD)) if k != ring]
    assert _points(dataset, label_id) == left

    # and the rings that are left go on being what they are
    assert load.load(dataset, account, "trip").written.count == 0
    _rings(cvat, label_id)[-1]["points"][:2] = [64.0, 48.0]
    assert load.load(dataset, account, "trip").written.count == 1
    left[-1] = [[0.1, 0.1], *left[-1][1:]]
    assert _points(dataset, label_id) == left


def test_a_label_without_any_ring_left_is_deleted(dataset, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    before, fields = cvat_data.stored(dataset), cvat_data.fields(dataset)
    label_id = next(iter(before))
    _send(dataset, account)
    for shape in _rings(cvat, label_id):
        cvat.delete(shape)
    loaded = load.load(dataset, account, "trip")
    assert loaded.preview.comparison.counts["deleted"] == 1
    assert before.keys() - cvat_data.stored(dataset).keys() == {label_id}
    restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == fields


def test_a_copied_ring_becomes_a_new_label(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    before = cvat_data.stored(dataset)
    _send(dataset, account)
    ring = _rings(cvat, next(iter(before)))[1]
    cvat.copy(ring, points=[32.0, 24.0, 64.0, 24.0, 64.0, 48.0])
    loaded = load.load(dataset, account, "trip")
    assert loaded.preview.comparison.counts["added"] == 1
    after = cvat_data.stored(dataset)
    assert all(after[k] == before[k] for k in before)
    (new,) = after.keys() - before.keys()
    assert _points(dataset, new) == [[[0.05, 0.05], [0.1, 0.05], [0.1, 0.1]]]
    assert load.load(dataset, account, "trip").written.count == 0


@pytest.mark.parametrize("value", ["", "nonsense", "#2"])
def test_a_ring_without_its_id_is_matched_by_the_servers_id(
    value, dataset, account, cvat
):
    from duplicates.labels.cvat.load import load

    label_id = next(iter(cvat_data.stored(dataset)))
    before = cvat_data.fields(dataset)
    _send(dataset, account)
    ring = _rings(cvat, label_id)[1]
    cvat.set_label_id(ring, value)
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before
    ring["points"][:2] = [320.0, 120.0]
    assert load.load(dataset, account, "trip").written.count == 1
    assert _points(dataset, label_id)[1] == [[0.5, 0.25], *SECOND[1:]]


def test_reimported_rings_are_matched_by_their_ids(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    before = cvat_data.fields(dataset)
    _send(dataset, account)
    for k, shape in enumerate(cvat.shapes()):
        shape["id"] = 90_000 - k
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


def test_rings_relabeled_together_relabel_their_label(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    label_id = next(iter(cvat_data.stored(dataset)))
    _send(dataset, account)
    first, *others = _rings(cvat, label_id)
    before = cvat_data.fields(dataset)
    cvat.relabel(first, "dog")
    loaded = load.load(dataset, account, "trip")
    reason = "has rings of different classes in CVAT"
    assert loaded.written.skipped.reasons == {reason: 1}
    assert cvat_data.fields(dataset) == before
    for shape in others:
        cvat.relabel(shape, "dog")
    loaded = load.load(dataset, account, "trip")
    assert loaded.preview.comparison.counts["relabeled"] == 1
    assert _points(dataset, label_id) == [OUTER, SECOND, THIRD]


def test_the_attributes_of_a_label_are_those_of_all_its_rings(
    make_images, account, cvat
):
    import fiftyone as fo

    from duplicates.labels.cvat.load import load

    dataset = make_images(_lists(color="red"), holder="Polylines")
    dataset.add_sample_field(f"{cvat_data.FIELD}.polylines.color", fo.StringField)
    before = cvat_data.stored(dataset)
    label_id = next(iter(before))
    _send(dataset, account, attributes=("color",))
    first, *others = _rings(cvat, label_id)
    assert cvat.texts(first)["color"] == "red"
    cvat.edit(first, color="blue")
    loaded = load.load(dataset, account, "trip")
    reason = "has rings of different attributes in CVAT"
    assert loaded.written.skipped.reasons == {reason: 1}
    assert cvat_data.stored(dataset) == before
    for shape in others:
        cvat.edit(shape, color="blue")
    loaded = load.load(dataset, account, "trip")
    assert loaded.preview.comparison.counts["attributes"] == 1
    after = cvat_data.stored(dataset)
    assert {k for k in before if before[k] != after[k]} == {label_id}
    assert _points(dataset, label_id) == [OUTER, SECOND, THIRD]


def test_a_ring_that_both_sides_edited_is_a_conflict(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    _send(dataset, account)
    label_id = next(iter(cvat_data.stored(dataset)))
    cvat.delete(_rings(cvat, label_id)[1])
    path = f"{cvat_data.FIELD}.polylines.0.points.2.0.0"
    dataset._sample_collection.update_one({}, {"$set": {path: 0.75}})
    before = cvat_data.fields(dataset)
    loaded = load.load(dataset, account, "trip")
    assert loaded.preview.comparison.counts["conflicts"] == 1
    assert cvat_data.fields(dataset) == before


@pytest.mark.slow
def test_of_many_rings_exactly_the_edited_labels_differ(make_images, account, cvat):
    from duplicates.labels.cvat.load import load

    lists = [
        [
            cvat_data.polyline(
                *(
                    [[x, y + 0.001 * k + 0.07 * r] for x, y in SECOND]
                    for r in range(j + 1)
                ),
                filled=j % 2 > 0,
                **cvat_data.EXTRAS[(k + j) % len(cvat_data.EXTRAS)],
            )
            for j in range(5)
        ]
        for k in range(40)
    ]
    dataset = make_images(lists, holder="Polylines")
    before = cvat_data.stored(dataset)
    assert _send(dataset, account, task_size=15, segment_size=4).labels == 200
    assert len(cvat.shapes()) == 600
    edited = [lists[k * 4][1 + k % 4]["_id"] for k in range(10)]
    for k, label_id in enumerate(edited):
        ring = _rings(cvat, label_id)[-1]
        if k % 2:
            cvat.delete(ring)
        else:
            ring["points"] = [p + 3 for p in ring["points"]]
    load.load(dataset, account, "trip")
    after = cvat_data.stored(dataset)
    assert list(after) == list(before)
    assert {k for k in before if before[k] != after[k]} == set(edited)
