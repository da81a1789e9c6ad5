"""Max IoUs equal FiftyOne's to the last bit, and nothing else is written."""

import bson
import fiftyone as fo
import fiftyone_reference as theirs
import generated
import pytest
from bson import ObjectId
from fiftyone import ViewField as F
from max_ious import FIELD, PATH, compute, label, two_fields, values
from rtree.exceptions import RTreeError

from duplicates.iou_core.errors import DuplicatesError


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
