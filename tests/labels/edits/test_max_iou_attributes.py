"""Max IoUs are stored in suitable fields and attributes, and overwrite nothing else."""

import bson
import fiftyone as fo
import fiftyone_reference as theirs
import generated
import pytest
from fiftyone import ViewField as F
from max_ious import FIELD, PATH, compute, label, two_fields, values

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import ComputeParams
from duplicates.labels.edits.max_iou import compute_max_ious


def test_documents_change_only_in_the_attributes_and_the_stamp(raw_dataset):
    odd = {"zeta": [1, {"b": 2, "a": None}], "alpha": b"\x00\x01", "n": bson.Int64(3)}
    dataset = raw_dataset(
        [
            {
                "notes": odd,
                FIELD: {
                    "_cls": "Detections",
                    "detections": [
                        label(**odd, tags=["x"], bounding_box=[0, 0, 1, 1]),
                        label(mask=b"\x93NUMPY", index=5, confidence=0.5),
                        label(tags=None),
                    ],
                },
            },
            {FIELD: {"detections": [label(**odd)], "more": odd}},
            {FIELD: None},
            {},
        ]
    )
    before = theirs.stored(dataset)
    stamps = {k: d["last_modified_at"] for k, d in theirs.documents(dataset).items()}
    compute(dataset)
    after = theirs.documents(dataset)
    with_labels = []
    for _id, document in after.items():
        for stored in (document.get(FIELD) or {}).get("detections") or []:
            assert {"max_iou", "partner"} <= stored.keys()
            with_labels.append(_id)
            del stored["max_iou"], stored["partner"]
        if document["last_modified_at"] == stamps[_id]:
            assert _id not in with_labels
        del document["last_modified_at"]

    assert {k: bson.encode(d) for k, d in after.items()} == before


def test_a_second_run_overwrites_the_first(make_dataset):
    dataset = make_dataset(generated.samples(7, n=30))
    compute(dataset)
    first = values(dataset)
    compute(dataset, classwise=True)
    classwise = values(dataset)
    compute(dataset)

    assert classwise != first
    assert values(dataset) == first


def test_attributes_are_declared_so_that_the_sidebar_can_filter_them(make_dataset):
    dataset = make_dataset(generated.samples(8, n=10))
    done = compute(dataset)

    schema = dataset.get_field_schema(flat=True)
    assert done.schema_changed
    assert isinstance(schema[f"{PATH}.max_iou"], fo.FloatField)
    assert isinstance(schema[f"{PATH}.partner"], fo.StringField)
    assert not compute(dataset).schema_changed
    assert len(dataset.filter_labels(FIELD, F("max_iou") > 0.99)) > 0


BAD_ATTRS = [
    "1st",
    "with space",
    "a.b",
    "_private",
    "é",
    "$x",
    "",
    5,
    ["a"],
    "a" + "\n",
]


BUILT_IN = sorted({*fo.Detection._fields_ordered} - {"_id", "_cls"})


@pytest.mark.parametrize("attr", [*BAD_ATTRS, *BUILT_IN], ids=repr)
def test_invalid_and_built_in_attribute_names_are_an_error(make_dataset, attr):
    dataset = make_dataset([[("a", [0, 0, 1, 1])] * 2])
    before = theirs.stored(dataset, without=())

    with pytest.raises(ParamsError, match="iou_attr: expected"):
        compute(dataset, iou_attr=attr)
    with pytest.raises(ParamsError, match="id_attr: expected"):
        compute(dataset, id_attr=attr)
    assert theirs.stored(dataset, without=()) == before
    assert dataset.get_field(f"{PATH}.partner") is None


def test_one_attribute_for_both_iou_and_id_is_an_error(make_dataset):
    dataset = make_dataset([[("a", [0, 0, 1, 1])] * 2])

    with pytest.raises(ParamsError, match="id_attr: expected"):
        compute(dataset, iou_attr="x", id_attr="x")
    assert dataset.get_field(f"{PATH}.x") is None


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(
    ("name", "attr", "value"), [("iou_attr", "note", "text"), ("id_attr", "score", 0.5)]
)
def test_an_attribute_of_another_type_is_an_error(
    make_dataset, name, attr, value, declared
):
    dataset = make_dataset([[("a", [0, 0, 1, 1], {attr: value}), ("b", [0, 0, 1, 1])]])
    if declared:
        dataset.add_dynamic_sample_fields()
    before = theirs.stored(dataset, without=())

    with pytest.raises(FieldError, match="expected an attribute of"):
        compute(dataset, **{name: attr})
    assert theirs.stored(dataset, without=()) == before


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize(
    ("name", "attr", "value"), [("id_attr", "annotator", "ann"), ("iou_attr", "x", 0.5)]
)
def test_values_that_the_plugin_did_not_store_are_never_overwritten(
    make_dataset, name, attr, value, declared
):
    labels = [("a", [0, 0, 1, 1]), ("b", [0, 0, 1, 1], {attr: value})]
    dataset = make_dataset([[("a", [0, 0, 1, 1])], labels])
    if declared:
        dataset.add_dynamic_sample_fields()
    before = theirs.stored(dataset, without=())

    with pytest.raises(FieldError, match="one that this operator made, got values of"):
        compute(dataset, **{name: attr})
    assert theirs.stored(dataset, without=()) == before


def test_values_that_the_plugin_stored_are_replaced(make_dataset):
    dataset = make_dataset([[("a", [0, 0, 1, 1]), ("b", [0, 0, 1, 1])]])
    dataset.add_sample_field(f"{PATH}.x", fo.FloatField, info={"unit": "none"})
    # declared by another program, but without values
    compute(dataset, iou_attr="x", id_attr="partner")
    dataset._sample_collection.update_many({}, {"$set": {f"{PATH}.$[].x": 0.25}})
    again = dataset.clone()
    for each in (dataset, again):
        compute(each, iou_attr="x", id_attr="partner")
        assert each.values(f"{PATH}.x") == [[1.0, 1.0]]
        assert each.get_field(f"{PATH}.x").info["unit"] == "none"
    again.delete()


def test_the_max_iou_of_fiftyones_function_is_replaced(make_dataset):
    labels = [("a", [0, 0, 1, 1], {"max_iou": 0.5}), ("b", [0, 0, 1, 1])]
    dataset = make_dataset([labels])
    compute(dataset)
    assert dataset.values(f"{PATH}.max_iou") == [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("path", "attr"),
    [
        (FIELD, "max_iou"),
        (PATH, "max_iou"),
        (f"{PATH}.locked", "locked"),
    ],
)
def test_a_read_only_field_or_attribute_is_an_error(make_dataset, path, attr):
    dataset = make_dataset([[("a", [0, 0, 1, 1])] * 2])
    dataset.add_sample_field(f"{PATH}.locked", fo.FloatField)
    field = dataset.get_field(path)
    field.read_only = True
    field.save()
    before = theirs.stored(dataset, without=())

    with pytest.raises(FieldError, match="read-only"):
        compute(dataset, iou_attr=attr)
    assert theirs.stored(dataset, without=()) == before


def test_a_read_only_second_field_is_an_error_before_anything_is_written(make_dataset):
    dataset = two_fields(make_dataset(generated.samples(9, n=10)), seed=10)
    field = dataset.get_field("predictions")
    field.read_only = True
    field.save()
    before = theirs.stored(dataset, without=())

    with pytest.raises(FieldError, match="read-only"):
        compute(dataset, "predictions")
    assert theirs.stored(dataset, without=()) == before
    assert dataset.get_field(f"{PATH}.max_iou") is None


@pytest.mark.parametrize("name", ["nothing", "filepath", "tags", "metadata", "class"])
@pytest.mark.parametrize("which", ["label_field", "other_field"])
def test_a_field_of_another_type_is_an_error(make_dataset, which, name):
    dataset = make_dataset([[("a", [0, 0, 1, 1])] * 2])
    dataset.add_sample_field(
        "class", fo.EmbeddedDocumentField, embedded_doc_type=fo.Classification
    )
    params = ComputeParams(**{"label_field": FIELD, which: name})

    with pytest.raises(FieldError, match=rf"^{which}: expected a field of type Detect"):
        compute_max_ious(dataset, params)
