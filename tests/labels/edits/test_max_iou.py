"""Max IoUs equal FiftyOne's to the last bit, and nothing else is written."""

import bson
import fiftyone as fo
import fiftyone_reference as theirs
import generated
import pytest
from bson import ObjectId
from fiftyone import ViewField as F
from rtree.exceptions import RTreeError

from duplicates.iou_core.errors import DuplicatesError, FieldError, ParamsError
from duplicates.iou_core.params import ComputeParams
from duplicates.labels.edits.max_iou import compute_max_ious

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
CAT = {"label": "cat", "bounding_box": [0.1, 0.2, 0.3, 0.4]}


def compute(
    samples, other_field=None, iou_attr="max_iou", id_attr="partner", **options
):
    params = ComputeParams(FIELD, other_field, **options)
    return compute_max_ious(samples, params, iou_attr, id_attr)


def values(samples, field=FIELD, attrs=("max_iou", "partner")):
    return list(samples.values([f"{field}.detections.{attr}" for attr in attrs]))


def where_overlapping(found):
    """Returns FiftyOne's ids, except those of labels that overlap nothing."""
    ious, ids = found
    return [
        ious,
        [
            None
            if part is None
            else [
                label_id if iou else None
                for iou, label_id in zip(part_ious, part, strict=True)
            ]
            for part_ious, part in zip(ious, ids, strict=True)
        ],
    ]


def label(**attributes):
    return {"_id": ObjectId(), **CAT, **attributes}


def two_fields(dataset, seed):
    """Adds a second field with other generated labels."""
    dataset.add_sample_field(
        "predictions", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    others = generated.samples(seed, n=len(dataset) + 4)[4:]
    dataset.set_values(
        "predictions",
        [
            None
            if labels is None
            else fo.Detections(
                detections=[
                    fo.Detection(label=name, bounding_box=box) for name, box in labels
                ]
            )
            for labels in others
        ],
    )
    return dataset


@pytest.mark.parametrize("classwise", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_values_and_partners_equal_fiftyones(shuffled_dataset, seed, classwise):
    dataset = shuffled_dataset(generated.samples(seed))
    (reference,) = theirs.max_ious(dataset, FIELD, classwise=classwise)
    done = compute(dataset, classwise=classwise)
    found = values(dataset)

    assert found == where_overlapping(reference)
    computed = [iou for part in found[0] for iou in part or [] if iou is not None]
    assert done.count == len(computed)
    assert done.bounds == [min(computed), max(computed)]
    assert dataset.bounds(f"{PATH}.max_iou") == tuple(done.bounds)
    assert done.counts.sum() == done.count
    assert done.samples == sum(
        any(iou is not None for iou in part or []) for part in found[0]
    )
    assert done.skipped.to_dict()["count"] == 0


@pytest.mark.parametrize("classwise", [False, True])
def test_two_fields_are_compared_as_in_fiftyone(make_dataset, classwise):
    dataset = two_fields(make_dataset(generated.samples(3)), seed=4)
    reference = theirs.max_ious(dataset, FIELD, "predictions", classwise=classwise)
    compute(dataset, "predictions", classwise=classwise)

    assert values(dataset) == where_overlapping(reference[0])
    assert values(dataset, "predictions") == where_overlapping(reference[1])


def test_a_field_compared_with_itself_is_one_field(make_dataset):
    dataset = make_dataset(generated.samples(5, n=20))
    (reference,) = theirs.max_ious(dataset, FIELD)
    compute(dataset, FIELD)

    assert values(dataset) == where_overlapping(reference)


VIEWS = {
    "filtered": lambda d: d.filter_labels(FIELD, F("label") == "cat"),
    "filtered by position": lambda d: d.filter_labels(
        FIELD, F("bounding_box")[0] > 0.2, only_matches=False
    ),
    "sorted and limited": lambda d: (
        d.sort_by("filepath", reverse=True).skip(3).limit(30)
    ),
    "selected": lambda d: d.select_labels(
        ids=[i for ids in d.values(f"{PATH}.id") for i in (ids or [])[1::2]]
    ),
    "renamed classes": lambda d: d.map_labels(FIELD, {"cat": "dog"}),
}


@pytest.mark.parametrize("view", VIEWS)
def test_only_labels_of_the_view_are_compared_and_written(view, shuffled_dataset):
    dataset = shuffled_dataset(generated.samples(6))
    samples = VIEWS[view](dataset)
    inside = {i for ids in samples.values(f"{PATH}.id") for i in ids or []}
    (reference,) = theirs.max_ious(samples, FIELD, classwise=True)
    before = theirs.documents(dataset)
    compute(samples, classwise=True)

    assert values(samples) == where_overlapping(reference)
    for _id, document in theirs.documents(dataset).items():
        for stored in (document.get(FIELD) or {}).get("detections") or []:
            assert ("max_iou" in stored) == (str(stored["_id"]) in inside)
        if not any(
            str(stored["_id"]) in inside
            for stored in (document.get(FIELD) or {}).get("detections") or []
        ):
            assert bson.encode(document) == bson.encode(before[_id])


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


def test_a_single_label_has_no_value_and_one_without_overlap_has_0(make_dataset):
    far = [0.9, 0.9, 0.05, 0.05]
    dataset = make_dataset([[("cat", [0, 0, 0.1, 0.1])], [("a", far), ("b", [0] * 4)]])
    compute(dataset)

    assert values(dataset) == [[[None], [0.0, 0.0]], [[None], [None, None]]]


class TestNamedDivergences:
    """Intended differences from FiftyOne, which docs/differences.md lists."""

    def test_the_crowd_attribute_can_be_given(self, make_dataset):
        crowd, inside = [0.0, 0.0, 1.0, 1.0], [0.1, 0.1, 0.2, 0.2]
        dataset = make_dataset(
            [
                [("a", crowd, {"iscrowd": 1}), ("a", inside, {"iscrowd": 0})],
                [("a", inside, {"iscrowd": 0}), ("a", crowd, {"iscrowd": 1})],
            ]
        )
        with pytest.raises(TypeError, match="attribute name must be string"):
            theirs.max_ious(dataset, FIELD, iscrowd="iscrowd")
        compute(dataset, iscrowd="iscrowd")
        plain = pytest.approx(0.04)

        assert values(dataset)[0] == [[plain, 1.0], [1.0, plain]]

    def test_a_label_without_overlap_has_no_partner(self, make_dataset):
        dataset = make_dataset([[("a", [0, 0, 0.1, 0.1]), ("a", [0.5, 0.5, 0.1, 0.1])]])
        ((_, their_ids),) = theirs.max_ious(dataset, FIELD)
        compute(dataset)

        assert all(their_ids[0])
        assert values(dataset)[1] == [[None, None]]

    @pytest.mark.parametrize(
        "bad",
        [
            {"bounding_box": None},
            {"bounding_box": [0.1, 0.1, float("nan"), 0.1]},
            {"bounding_box": [0.1, 0.1, -0.1, 0.1]},
            {"bounding_box": [0.1, 0.1, 0.1]},
        ],
        ids=str,
    )
    def test_an_invalid_label_never_aborts_a_run(self, raw_dataset, bad):
        worst = label(**bad)
        documents = [
            {FIELD: {"_cls": "Detections", "detections": labels}}
            for labels in ([label(), worst, label()], [label(), label()])
        ]
        dataset = raw_dataset(documents)
        with pytest.raises((ValueError, RTreeError)):
            theirs.max_ious(dataset, FIELD)
        done = compute(dataset)
        skipped = done.skipped.to_dict()

        one = pytest.approx(1)
        assert values(dataset)[0] == [[one, None, one], [one, one]]
        assert skipped["count"] == sum(skipped["reasons"].values()) == 1
        assert skipped["labels"][0]["label_id"] == str(worst["_id"])
        assert "max_iou" not in _labels(dataset)[0][1]

    def test_identical_boxes_without_area_have_iou_1(self, make_dataset):
        line = [0.2, 0.2, 0.0, 0.3]
        dataset = make_dataset(
            [[("a", line), ("a", line), ("a", [0.2, 0.2, 0.0, 0.2])]]
        )
        (reference,) = theirs.max_ious(dataset, FIELD)
        compute(dataset)

        assert reference[0] == [[0, 0, 0]]
        assert values(dataset)[0] == [[1.0, 1.0, 0.0]]

    def test_labels_that_share_an_id_are_skipped(self, raw_dataset):
        twin = ObjectId()
        labels = [label(_id=twin), label(), label(_id=twin), label()]
        dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
        done = compute(dataset)
        found = _labels(dataset)[0]

        assert done.skipped.reasons == {"has the id of another label of its sample": 2}
        assert ["max_iou" in stored for stored in found] == [False, True, False, True]
        assert found[1]["partner"] == str(found[3]["_id"])

    @pytest.mark.parametrize(
        "attr", sorted({*fo.Detection._fields_ordered} - {"_id", "_cls"})
    )
    def test_built_in_attributes_are_an_error(self, make_dataset, attr):
        dataset = make_dataset([[("a", [0, 0, 1, 1])] * 2])
        before = theirs.stored(dataset, without=())

        with pytest.raises(ParamsError, match="iou_attr: expected"):
            compute(dataset, iou_attr=attr)
        with pytest.raises(ParamsError, match="id_attr: expected"):
            compute(dataset, id_attr=attr)
        assert theirs.stored(dataset, without=()) == before


@pytest.mark.parametrize("odd", [None, 5, "text", [], {}])
def test_labels_beside_invalid_list_entries_get_their_values(raw_dataset, odd):
    labels = [odd, label(tags=["a"]), odd, label(label="dog"), label(_id=None)]
    documents = [
        {FIELD: {"_cls": "Detections", "detections": found}}
        for found in ([label(), label()], labels)
    ]
    dataset = raw_dataset(documents)
    before = _labels(dataset)
    done = compute(dataset)
    found = _labels(dataset)

    one = pytest.approx(1)
    assert [stored["max_iou"] for stored in found[0]] == [one, one]
    assert found[1][1]["max_iou"] == found[1][3]["max_iou"] == one
    assert found[1][1]["partner"] == str(labels[3]["_id"])
    assert [found[1][k] for k in (0, 2, 4)] == [before[1][k] for k in (0, 2, 4)]
    assert done.skipped.to_dict()["count"] == 3
    assert done.count == 4


def test_a_label_without_an_id_is_skipped_and_reported(raw_dataset):
    ghost = {"max_iou": 0.5}
    labels = [label(), label(), ghost]
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    done = compute(dataset)

    assert done.skipped.reasons == {"has no id": 1}
    assert done.skipped.to_dict()["labels"][0]["position"] == 2
    assert _labels(dataset)[0][2] == ghost
    assert done.count == 2


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


@pytest.mark.parametrize("attr", BAD_ATTRS, ids=repr)
def test_an_invalid_attribute_name_is_an_error(make_dataset, attr):
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


def test_an_empty_view_gets_no_values(make_dataset):
    dataset = make_dataset(generated.samples(11, n=5))

    assert compute(dataset.match(F("filepath") == "nothing")).count == 0
    assert dataset.get_field(f"{PATH}.max_iou") is None


@pytest.mark.parametrize(
    ("view", "kind"),
    [
        (lambda d: d.to_patches(FIELD), "a patches view"),
        (lambda d: d.group_by("filepath"), "a view of dynamic groups"),
    ],
)
def test_views_without_samples_of_the_dataset_are_an_error(make_dataset, view, kind):
    dataset = make_dataset(generated.samples(12, n=10))

    with pytest.raises(DuplicatesError, match=f"clear the view.* got {kind}$"):
        compute(view(dataset))


def test_only_the_active_slice_of_a_grouped_dataset_is_written(database):
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    for _ in range(3):
        group = fo.Group()
        dataset.add_samples(
            [
                fo.Sample(
                    filepath=f"/images/{name}.jpg",
                    group=group.element(name),
                    ground_truth=fo.Detections(
                        detections=[
                            fo.Detection(label="a", bounding_box=[0, 0, 1, 1])
                            for _ in range(2)
                        ]
                    ),
                )
                for name in ("left", "right")
            ],
            progress=False,
        )
    done = compute(dataset)

    assert done.count == 6
    assert values(dataset)[0] == [[1.0, 1.0]] * 3
    assert (
        dataset.select_group_slices("right").values(f"{PATH}.max_iou")
        == [[None, None]] * 3
    )
    dataset.delete()


def _labels(dataset):
    return [
        document[FIELD]["detections"] for document in theirs.documents(dataset).values()
    ]
