"""Forms offer the unit of rotations for fields with turned boxes, and only there."""

import fiftyone as fo
import fiftyone.operators as foo
import pytest
import resolved

OPERATORS = ["find_duplicates", "compute_max_ious"]
TURNED, UPRIGHT = "turned", "upright"
LONG = [0.3, 0.45, 0.4, 0.1]


def faults(fields):
    return {
        name: field.error_message for name, field in fields.items() if field.invalid
    }


@pytest.fixture
def dataset(database):
    """One image: boxes turned by 0 and pi / 2, and two equal boxes in another field."""
    made = fo.Dataset()
    boxes = [
        fo.Detection(label="boat", bounding_box=LONG, rotation=angle)
        for angle in (0.0, 1.5707963267948966)
    ]
    plain = [fo.Detection(label="boat", bounding_box=LONG) for _ in range(2)]
    sample = fo.Sample("/a.jpg", metadata=fo.ImageMetadata(width=100, height=100))
    sample[TURNED] = fo.Detections(detections=boxes)
    sample[UPRIGHT] = fo.Detections(detections=plain)
    made.add_sample(sample)
    yield made
    made.delete()


@pytest.mark.parametrize("name", OPERATORS)
def test_the_unit_is_offered_for_turned_boxes_only(dataset, name):
    shown = resolved.fields(name, dataset, label_field=TURNED)["rotation_unit"]
    assert list(shown.type.values) == ["degrees", "radians"]
    assert not shown.required
    assert shown.default is None, "by default the unit is detected"
    assert "rotation_unit" not in resolved.fields(name, dataset, label_field=UPRIGHT)


@pytest.mark.parametrize("name", OPERATORS)
def test_no_unit_is_offered_before_a_field_is_chosen(dataset, name):
    assert "rotation_unit" not in resolved.fields(name, dataset)


@pytest.mark.parametrize(("unit", "count"), [("degrees", 1), ("radians", 0)])
def test_the_chosen_unit_reaches_the_scan(dataset, unit, count):
    """By pi / 2 degrees the box is hardly turned; by pi / 2 radians the IoU is 1/7."""
    params = {"label_field": TURNED, "rotation_unit": unit}
    assert faults(resolved.fields("find_duplicates", dataset, **params)) == {}
    uri = "@iou/duplicates/find_duplicates"
    found = foo.execute_operator(uri, {"dataset": dataset}, params=params).result

    assert found["count"] == count
    assert found["rotation_units"] == {TURNED: unit}
    assert f"rotations in {unit}" in found["message"]


@pytest.mark.parametrize(("unit", "largest"), [("degrees", 0.9), ("radians", 1 / 7)])
def test_the_chosen_unit_reaches_the_largest_overlaps(dataset, unit, largest):
    params = {"label_field": TURNED, "rotation_unit": unit}
    uri = "@iou/duplicates/compute_max_ious"
    foo.execute_operator(uri, {"dataset": dataset}, params=params)

    ious = dataset.values(f"{TURNED}.detections.max_iou")[0]
    if unit == "radians":
        assert ious == pytest.approx([largest, largest])
    else:
        assert min(ious) > largest


@pytest.mark.parametrize("name", OPERATORS)
def test_one_unit_per_field_is_accepted_from_python(dataset, name):
    params = {"label_field": TURNED, "other_field": UPRIGHT}
    shown = resolved.fields(
        name, dataset, **params, rotation_unit=["radians", "degrees"]
    )
    assert faults(shown) == {}
    assert type(shown["rotation_unit"].type).__name__ == "List"


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("unit", ["turns", 360, ["radians", "turns"]])
def test_another_unit_is_marked_at_its_field(dataset, name, unit):
    shown = resolved.fields(name, dataset, label_field=TURNED, rotation_unit=unit)
    assert list(faults(shown)) == ["rotation_unit"]
    assert faults(shown)["rotation_unit"].startswith("rotation_unit: expected ")
