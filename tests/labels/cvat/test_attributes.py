"""Attributes of labels in CVAT trips: sent if requested, changed only if edited."""

import datetime

import cvat_data
import pytest
from bson import Int64
from cvat_attributes import ALL, VALUES, label_of, one_label, send_labels

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("holder", ["Detections", "Polylines"])
def test_unedited_labels_keep_their_bytes(holder, make_declared, account, cvat):
    from duplicates.labels.cvat.load import load

    if holder == "Polylines":
        ring = [[0.1037, 0.1011], [0.4011, 0.1013], [0.4017, 0.5003]]
        labels = [cvat_data.polyline(ring, **extra) for extra in VALUES]
    else:
        labels = [cvat_data.label(cvat_data.NEAR, **extra) for extra in VALUES]
    dataset = make_declared([labels], holder=holder)
    before = cvat_data.fields(dataset)
    assert send_labels(dataset, account).labels == len(VALUES)
    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.changes == ()
    assert preview.comparison.counts["unchanged"] == len(VALUES)
    # and CVAT's editor, which looks at all of a shape, takes each as it is
    for shape in cvat.shapes():
        cvat.edit(shape)
    assert load.load(dataset, account, "trip").written.restore_key is None
    assert cvat_data.fields(dataset) == before


EDITS = [
    ("color", "007", "007"),
    ("color", "  blue  ", "blue"),
    ("color", "", None),
    ("count", "8", 8),
    ("count", "+08", 8),
    ("count", "", None),
    ("size", "0.25", 0.25),
    ("size", "2", 2.0),
    ("size", "1e-3", 0.001),
    ("size", "", None),
    ("flag", "false", False),
    ("flag", "", None),
]
"""An attribute, what is written in CVAT, and the value that it becomes."""


def test_edits_become_values_of_the_declared_types(make_declared, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.edits import restore

    same = dict(VALUES[0], index=4, tags=["x"])
    dataset = make_declared([[cvat_data.label(cvat_data.NEAR, **same) for _ in EDITS]])
    fields = cvat_data.fields(dataset)
    edited = dict(zip(cvat_data.stored(dataset), EDITS, strict=True))
    send_labels(dataset, account)
    for label_id, (name, text, _) in edited.items():
        cvat.edit(cvat.shape_of(label_id), **{name: text})
    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.counts["attributes"] == len(EDITS)
    loaded = load.load(dataset, account, "trip", preview.digest)
    assert loaded.written.count == len(EDITS)

    for label_id, (name, text, value) in edited.items():
        found = label_of(dataset, label_id)
        assert (found[name], type(found[name])) == (value, type(value)), (name, text)
        others = {n: v for n, v in VALUES[0].items() if n != name}
        assert {n: found[n] for n in others} == others
        assert (found.index, found.tags) == (4, ["x"])
        assert found.bounding_box == cvat_data.NEAR
    assert load.load(dataset, account, "trip").written.count == 0
    restore.restore(dataset, loaded.written.restore_key)
    assert cvat_data.fields(dataset) == fields


def test_another_text_of_the_same_value_is_no_edit(make_declared, account, cvat):
    from duplicates.labels.cvat.load import load

    dataset, label_id = one_label(make_declared, size=0.5, count=Int64(7), flag=True)
    before = cvat_data.fields(dataset)
    send_labels(dataset, account)
    shape = cvat.shape_of(label_id)
    cvat.edit(shape, size="0.500", count="007")
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("size", "abc", "has a size in CVAT that is not a number"),
        ("size", "nan", "has a size in CVAT that is not a number"),
        ("size", "1e999", "has a size in CVAT that is not a number"),
        ("count", "7.5", "has a count in CVAT that is not a whole number"),
        ("count", "1_000", "has a count in CVAT that is not a whole number"),
        ("count", str(2**63), "has a count in CVAT that is not a whole number"),
    ],
)
def test_an_invalid_value_leaves_its_label_unchanged(
    name, text, reason, make_declared, account, cvat
):
    from duplicates.labels.cvat.load import load

    labels = [cvat_data.label(cvat_data.NEAR, **VALUES[0]) for _ in range(2)]
    dataset = make_declared([labels])
    before = cvat_data.stored(dataset)
    first, second = before
    send_labels(dataset, account)
    bad = cvat.shape_of(first)
    cvat.edit(bad, color="blue", **{name: text})
    bad["points"] = [1.0, 2.0, 30.0, 40.0]
    cvat.edit(cvat.shape_of(second), color="blue")

    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.counts["refused"] == 1
    assert preview.comparison.counts["attributes"] == 1
    shown = preview.to_dict()["changes"][0]
    assert shown["kind"] == "refused"
    assert {edit["name"]: edit["now"] for edit in shown["edits"]}[name] == text
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.skipped.reasons == {reason: 1}
    after = cvat_data.stored(dataset)
    assert after[first] == before[first]
    assert label_of(dataset, second).color == "blue"

    cvat.edit(bad, **{name: ""})
    assert load.load(dataset, account, "trip").written.count == 1
    assert label_of(dataset, first)[name] is None


def test_a_drawn_label_with_an_invalid_value_is_not_added(make_declared, account, cvat):
    from duplicates.labels.cvat.load import load

    dataset, _ = one_label(make_declared, **VALUES[0])
    before = cvat_data.fields(dataset)
    send_labels(dataset, account)
    cvat.edit(cvat.draw(0, "cat", [10, 20, 330, 260]), size="abc")
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


def test_a_drawn_label_gets_the_attributes_that_were_set(make_declared, account, cvat):
    from duplicates.labels.cvat.load import load

    dataset, label_id = one_label(make_declared, **VALUES[0])
    before = cvat_data.stored(dataset)
    send_labels(dataset, account)
    cvat.edit(cvat.draw(0, "cat", [10, 20, 330, 260]), count="12", flag="false")
    cvat.copy(cvat.shape_of(label_id), points=[5.0, 5.0, 50.0, 50.0])
    loaded = load.load(dataset, account, "trip")
    assert loaded.preview.comparison.counts["attributes"] == 0
    assert loaded.preview.comparison.counts["added"] == 2
    drawn, copied = (
        label_of(dataset, k) for k in cvat_data.stored(dataset) if k not in before
    )
    assert (drawn.count, drawn.flag) == (12, False)
    assert not drawn.has_attribute("color") or drawn.color is None
    assert {n: copied[n] for n in ALL} == VALUES[0]


def test_attributes_that_both_sides_edited_are_shown_one_by_one(
    make_declared, account, cvat
):
    from duplicates.labels.cvat.load import load

    dataset, label_id = one_label(make_declared, **VALUES[0])
    send_labels(dataset, account)
    cvat.edit(cvat.shape_of(label_id), color="blue", count="8")
    dataset._sample_collection.update_one(
        {}, {"$set": {f"{cvat_data.PATH}.0.color": "green"}}
    )
    before = cvat_data.fields(dataset)
    preview = load.preview(dataset, account, "trip")
    assert preview.comparison.counts["conflicts"] == 1
    assert preview.comparison.counts["attributes"] == 0
    (shown,) = preview.to_dict()["changes"]
    assert shown["edits"] == [
        {"name": "color", "was": "red", "now": "blue", "here": "green"},
        {"name": "count", "was": "7", "now": "8", "here": "7"},
    ]
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


def test_a_relabeled_shape_keeps_its_attributes(make_declared, account, cvat):
    from duplicates.labels.cvat.load import load

    dataset = make_declared(
        [[cvat_data.label(cvat_data.NEAR, n, **VALUES[0]) for n in ("cat", "dog")]]
    )
    first, second = cvat_data.stored(dataset)
    send_labels(dataset, account)
    for label_id, color in ((first, "red"), (second, "blue")):
        shape = cvat.shape_of(label_id)
        cvat.relabel(shape, "dog" if label_id == first else "cat")
        cvat.edit(shape, color=color)
    counts = load.preview(dataset, account, "trip").comparison.counts
    assert (counts["relabeled"], counts["attributes"]) == (2, 1)
    load.load(dataset, account, "trip")
    assert label_of(dataset, first).label == "dog"
    assert {n: label_of(dataset, first)[n] for n in ALL} == VALUES[0]
    assert label_of(dataset, second).color == "blue"


def test_an_attribute_that_was_declared_anew_is_not_loaded(
    make_declared, account, cvat
):
    import fiftyone as fo

    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    dataset, label_id = one_label(make_declared, count=7)
    send_labels(dataset, account, attributes=["count"])
    cvat.edit(cvat.shape_of(label_id), count="8")
    path = f"{cvat_data.PATH}.count"
    dataset.remove_dynamic_sample_field(path)
    dataset.add_sample_field(path, fo.StringField)
    with pytest.raises(CvatError, match="expected a whole number, as when it was"):
        load.load(dataset, account, "trip")


@pytest.mark.long
def test_of_a_thousand_labels_exactly_the_ten_edited_ones_differ(
    make_declared, account, cvat
):
    from duplicates.labels.cvat.load import load

    lists = [
        [
            cvat_data.label(
                [0.01 + 0.09 * j, 0.0137 + 0.001 * k, 0.0813, 0.3171],
                "cat" if j % 2 else "dog",
                **{
                    **cvat_data.EXTRAS[(k + j) % len(cvat_data.EXTRAS)],
                    **VALUES[(k * 3 + j) % len(VALUES)],
                },
            )
            for j in range(10)
        ]
        for k in range(100)
    ]
    dataset = make_declared(lists)
    before = cvat_data.stored(dataset)
    assert len(before) == 1000
    assert send_labels(dataset, account, task_size=30, segment_size=7).labels == 1000

    edited = [lists[k * 9][k]["_id"] for k in range(10)]
    edits = [{"color": "new"}, {"size": "9.5"}, {"count": "99"}, {"flag": "false"}]
    for k, label_id in enumerate(edited):
        shape = cvat.shape_of(label_id)
        values = edits[k % 4]
        if cvat.texts(shape)[next(iter(values))] == "false":
            values = {"flag": "true"}
        cvat.edit(shape, **values)
        if k % 5 == 0:
            shape["points"] = [p + 3 for p in shape["points"]]
    counts = load.preview(dataset, account, "trip").comparison.counts
    assert (counts["attributes"], counts["unchanged"]) == (10, 990)

    load.load(dataset, account, "trip")
    after = cvat_data.stored(dataset)
    assert list(after) == list(before)
    assert {k for k in before if before[k] != after[k]} == set(edited)


def test_a_trip_from_before_attributes_can_still_be_loaded(
    make_declared, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store

    dataset, label_id = one_label(make_declared, color="red")
    send_labels(dataset, account, attributes=False)
    trips, labels = store._trips(), store._labels()
    trips.update_many({}, {"$unset": {"attributes": "", "left": ""}})
    labels.update_many(
        {},
        {"$unset": {"ring_ids": "", "sent.shape.rings": "", "sent.shape.texts": ""}},
    )
    cvat.shape_of(label_id)["points"] = [1.0, 2.0, 30.0, 40.0]
    assert load.load(dataset, account, "trip").written.count == 1


def test_an_edit_keeps_the_attributes_that_were_not_sent(make_declared, account, cvat):
    from duplicates.labels.cvat.load import load

    when = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000)
    dataset, label_id = one_label(make_declared, color="red", when=when)
    send_labels(dataset, account, attributes=["color"])
    cvat.edit(cvat.shape_of(label_id), color="blue")
    load.load(dataset, account, "trip")
    assert label_of(dataset, label_id)["when"] == when
