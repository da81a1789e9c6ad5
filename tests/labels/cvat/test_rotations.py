"""Rotated boxes in CVAT trips."""

import math

import cvat_data
import pytest

from duplicates.iou_core.params import FindParams

UNITS = {"degrees": 1.0, "radians": math.pi / 180}


def send(dataset, account, unit):
    from duplicates.labels.cvat.send import selection, send

    ids = dataset.values(f"{cvat_data.FIELD}.detections.id", unwind=True)
    params = FindParams(cvat_data.FIELD, rotation_unit=unit)
    chosen = selection.select(
        dataset, label_field=cvat_data.FIELD, label_ids=ids, params=params
    )
    return send.send(dataset, account, chosen, anno_key="trip")


def load(dataset, account):
    from duplicates.labels.cvat.load import load

    loaded = load.load(dataset, account, "trip")
    dataset.reload()
    return loaded


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("degrees", "sent"),
    [(30, 30), (-30, 330), (360, 0), (725, 5), (-1e-20, 0), (359.9, 359.9)],
)
def test_rotations_are_sent_as_degrees_that_cvat_accepts(
    unit, degrees, sent, make_images, account, cvat
):
    label = cvat_data.label(cvat_data.NEAR, rotation=degrees * UNITS[unit])
    dataset = make_images([[label]])
    before = cvat_data.fields(dataset)
    send(dataset, account, unit)

    assert cvat.shape_of(label["_id"])["rotation"] == pytest.approx(sent)
    assert load(dataset, account).written.count == 0
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("before", "edited", "after"),
    [(30, 75, 75), (-30, 340, -20), (-30, 20, 20), (0, 90, 90), (30, 0, 0)],
)
def test_an_edited_rotation_comes_back_in_the_unit_of_the_field(
    unit, before, edited, after, make_images, account, cvat
):
    box = [0.1003, 0.1, 0.3, 0.2]
    label = cvat_data.label(box, rotation=before * UNITS[unit])
    dataset = make_images([[label, cvat_data.label(cvat_data.FAR)]])
    send(dataset, account, unit)
    cvat.shape_of(label["_id"])["rotation"] = float(edited)
    loaded = load(dataset, account)
    found = dataset.first()[cvat_data.FIELD].detections[0]

    assert loaded.written.count == 1
    assert found.rotation == pytest.approx(after * UNITS[unit])
    # it was not moved
    assert found.bounding_box == box


@pytest.mark.parametrize("unit", UNITS)
def test_a_moved_box_keeps_its_exact_rotation(unit, make_images, account, cvat):
    angle = 33.3 * UNITS[unit]
    label = cvat_data.label(cvat_data.NEAR, rotation=angle)
    dataset = make_images([[label]])
    send(dataset, account, unit)
    cvat.shape_of(label["_id"])["points"] = [64.0, 48.0, 320.0, 240.0]
    load(dataset, account)
    found = dataset.first()[cvat_data.FIELD].detections[0]

    assert found.rotation == angle
    assert found.bounding_box == [0.1, 0.1, 0.4, 0.4]


@pytest.mark.parametrize("unit", UNITS)
def test_a_rotated_box_drawn_in_cvat_becomes_a_rotated_label(
    unit, make_images, account, cvat
):
    dataset = make_images([[cvat_data.label(cvat_data.NEAR)]])
    send(dataset, account, unit)
    cvat.draw(0, "cat", [10, 10, 50, 30])
    cvat.shapes()[-1]["rotation"] = 45.0
    load(dataset, account)
    found = dataset.first()[cvat_data.FIELD].detections[-1]

    assert found.rotation == pytest.approx(45 * UNITS[unit])


@pytest.mark.parametrize(
    ("rotation", "reason"),
    [
        (math.nan, "has a rotation that is not finite"),
        ("steep", "has a rotation that is not a number"),
    ],
)
def test_a_label_with_an_invalid_rotation_is_not_sent_and_is_named(
    rotation, reason, make_images, account, cvat
):
    label = cvat_data.label(cvat_data.NEAR, rotation=rotation)
    dataset = make_images([[label, cvat_data.label(cvat_data.FAR)]])
    posted = send(dataset, account, None)

    assert posted.labels == 1
    assert posted.left.reasons == {reason: 1}
    assert load(dataset, account).written.count == 0
