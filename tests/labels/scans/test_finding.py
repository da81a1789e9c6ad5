"""Finding duplicates gives FiftyOne's labels, in its order, for all parameters."""

import fiftyone as fo
import fiftyone_reference as theirs
import generated
import pytest
from bson import ObjectId
from fiftyone import ViewField as F

from duplicates.iou_core.errors import DuplicatesError, FieldError
from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
THRESHOLDS = (0, 0.05, 0.3, 0.5, 0.75, 0.9, 0.999, 1)
SEEDS = (1, 2, 3)


def duplicates(samples, **options):
    params = FindParams(FIELD, **options)
    return search.find_duplicates(samples, params, record=False)


@pytest.fixture(scope="module")
def generated_datasets(database):
    """Seeded datasets whose natural order differs from the order of ids."""
    import random

    made = []
    for seed in SEEDS:
        dataset = fo.Dataset()
        dataset.add_sample_field(
            FIELD, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
        )
        samples = [
            fo.Sample(filepath=f"/images/{k}.jpg", ground_truth=_detections(labels))
            for k, labels in enumerate(generated.samples(seed, n=45))
        ]
        dataset.add_samples(samples, progress=False)
        documents = list(dataset._sample_collection.find())
        random.Random(seed).shuffle(documents)
        dataset._sample_collection.delete_many({})
        dataset._sample_collection.insert_many(documents)
        made.append(dataset)
    yield made
    for dataset in made:
        dataset.delete()


def _detections(labels):
    if labels is None:
        return None
    return fo.Detections(
        detections=[fo.Detection(label=name, bounding_box=box) for name, box in labels]
    )


@pytest.mark.sampled(12)
@pytest.mark.parametrize("classwise", [False, True])
@pytest.mark.parametrize("method", ["simple", "greedy"])
@pytest.mark.parametrize("iou_thresh", THRESHOLDS)
def test_ids_and_their_order_equal_fiftyones(
    generated_datasets, iou_thresh, method, classwise
):
    options = dict(iou_thresh=iou_thresh, method=method, classwise=classwise)
    for dataset in generated_datasets:
        found = duplicates(dataset, **options)

        assert found.label_ids == theirs.duplicates(dataset, FIELD, **options)


VIEWS = {
    "filtered": lambda d: d.filter_labels(FIELD, F("label") == "cat"),
    "of large labels": lambda d: d.filter_labels(
        FIELD, F("bounding_box")[2] > 0.1, only_matches=False
    ),
    "sorted and limited": lambda d: (
        d.sort_by("filepath", reverse=True).skip(3).limit(30)
    ),
    "of some labels": lambda d: d.select_labels(
        ids=[i for ids in d.values(f"{PATH}.id") for i in (ids or [])[1::2]]
    ),
    "with renamed classes": lambda d: d.map_labels(FIELD, {"cat": "dog"}),
    "shuffled": lambda d: d.shuffle(seed=4),
}


@pytest.mark.parametrize("method", ["simple", "greedy"])
@pytest.mark.parametrize("view", VIEWS)
def test_only_labels_of_the_view_are_compared(generated_datasets, view, method):
    for dataset in generated_datasets:
        samples = VIEWS[view](dataset)
        for options in (dict(iou_thresh=0.3), dict(iou_thresh=0.5, classwise=True)):
            found = duplicates(samples, method=method, **options)
            expected = theirs.duplicates(samples, FIELD, method=method, **options)
            assert found.label_ids == expected


@pytest.mark.parametrize("method", ["simple", "greedy"])
def test_the_counts_match_the_ids(generated_datasets, method):
    dataset = generated_datasets[0]
    found = duplicates(dataset, iou_thresh=0.5, method=method)
    view = dataset.select_labels(ids=found.label_ids, fields=FIELD)

    assert len(found.label_ids) == len(set(found.label_ids)) > 20
    assert found.images == len(view)
    for which, samples in (("duplicates", view), ("labels", dataset)):
        names = samples.count_values(f"{PATH}.label")
        assert {name: n[which] for name, n in found.by_class.items()} == names
    order = [counts["duplicates"] for counts in found.by_class.values()]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("method", ["simple", "greedy"])
def test_a_second_search_after_the_deletion_finds_nothing(generated_datasets, method):
    for dataset in generated_datasets:
        options = dict(iou_thresh=0.4, method=method)
        found = duplicates(dataset, **options)
        rest = dataset.exclude_labels(ids=found.label_ids, fields=FIELD)

        assert len(found.label_ids) > 20
        assert duplicates(rest, **options).label_ids == []


def test_a_search_writes_nothing(generated_datasets):
    dataset = generated_datasets[0]
    before = theirs.stored(dataset, without=())
    duplicates(dataset, iou_thresh=0.5)
    schema = dataset.get_field_schema(flat=True)
    duplicates(dataset, iou_thresh=0.5, method="greedy", classwise=True)

    assert theirs.stored(dataset, without=()) == before
    assert dataset.get_field_schema(flat=True) == schema


class TestTwoFields:
    """With two fields, labels that overlap a label of the other field are removed."""

    @pytest.fixture
    def dataset(self, make_dataset):
        dataset = make_dataset(generated.samples(5, n=45))
        dataset.add_sample_field(
            "predictions", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
        )
        others = generated.samples(6, n=49)[4:]
        dataset.set_values("predictions", list(map(_detections, others)))
        return dataset

    @pytest.mark.parametrize("classwise", [False, True])
    @pytest.mark.parametrize("iou_thresh", [0, 0.1, 0.3, 0.6])
    def test_labels_above_the_threshold_with_the_other_field_are_removed(
        self, dataset, iou_thresh, classwise
    ):
        (ious, _), _ = theirs.max_ious(
            dataset, FIELD, "predictions", classwise=classwise
        )
        ids = dataset.values(f"{PATH}.id")
        expected = [
            label_id
            for mine, my_ious in zip(ids, ious, strict=True)
            for label_id, iou in zip(mine or [], my_ious or [], strict=True)
            if iou is not None and iou > iou_thresh
        ]
        found = duplicates(
            dataset,
            other_field="predictions",
            iou_thresh=iou_thresh,
            classwise=classwise,
        )

        assert found.label_ids == expected
        assert found.n_labels.total() == dataset.count(PATH)

    def test_invalid_labels_of_the_other_field_are_reported(self, dataset):
        sample = dataset.match(F("predictions.detections").length() > 0).first()
        dataset._sample_collection.update_one(
            {"_id": ObjectId(sample.id)},
            {"$set": {"predictions.detections.0.bounding_box": None}},
        )
        found = duplicates(dataset, other_field="predictions")

        (bad,) = found.skipped.to_dict()["labels"]
        assert (bad["field"], bad["sample_id"]) == ("predictions", sample.id)


class TestNamedDivergences:
    """Intended differences from FiftyOne, which docs/differences.md lists."""

    crowd, inside = [0.0, 0.0, 1.0, 1.0], [0.1, 0.1, 0.2, 0.2]

    @pytest.mark.parametrize("crowd_first", [True, False])
    def test_a_crowd_never_causes_the_removal_of_a_label(
        self, make_dataset, crowd_first
    ):
        labels = [("a", self.crowd, {"iscrowd": 1}), ("a", self.inside, {"iscrowd": 0})]
        dataset = make_dataset([labels if crowd_first else labels[::-1]])
        is_crowd = lambda label: bool(label["iscrowd"])  # noqa: E731
        by_fiftyone = theirs.duplicates(
            dataset, FIELD, iou_thresh=0.5, iscrowd=is_crowd
        )
        found = duplicates(dataset, iou_thresh=0.03, iscrowd="iscrowd")

        assert len(by_fiftyone) == int(crowd_first)
        assert found.label_ids == []
        assert len(duplicates(dataset, iou_thresh=0.03).label_ids) == 1

    def test_the_crowd_attribute_can_be_given(self, make_dataset):
        dataset = make_dataset([[("a", self.crowd, {"iscrowd": 1})] * 2])

        with pytest.raises(TypeError, match="attribute name must be string"):
            theirs.duplicates(dataset, FIELD, iscrowd="iscrowd")
        assert len(duplicates(dataset, iscrowd="iscrowd").label_ids) == 1

    def test_identical_boxes_without_area_are_duplicates(self, make_dataset):
        dataset = make_dataset([[("a", [0.2, 0.2, 0.0, 0.3])] * 3])

        assert theirs.duplicates(dataset, FIELD) == []
        assert len(duplicates(dataset, iou_thresh=0.999).label_ids) == 2

    @pytest.mark.parametrize(
        "box", [None, [0.1], [0.1, float("nan"), 0.1, 0.1]], ids=str
    )
    def test_an_invalid_label_never_aborts_a_run(self, raw_dataset, box):
        good = [0.1, 0.1, 0.2, 0.2]
        labels = [
            {"_id": ObjectId(), "label": "a", "bounding_box": value}
            for value in (good, box, good)
        ]
        dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
        found = duplicates(dataset)

        assert found.label_ids == [str(labels[2]["_id"])]
        assert sum(found.skipped.reasons.values()) == 1
        assert found.skipped.labels[0]["label_id"] == str(labels[1]["_id"])

    def test_the_default_threshold_equals_the_recipes(self, make_dataset):
        boxes = [[0.1, 0.1, 0.2, 0.2], [0.11, 0.1, 0.2, 0.2]]
        dataset = make_dataset([[("a", box) for box in boxes]])

        assert theirs.duplicates(dataset, FIELD) == []
        assert len(duplicates(dataset).label_ids) == 1


@pytest.mark.parametrize("name", ["nothing", "filepath", "metadata", "classification"])
def test_a_field_of_another_type_is_an_error(make_dataset, name):
    dataset = make_dataset([[("a", [0, 0, 1, 1])]])
    dataset.add_sample_field(
        "classification", fo.EmbeddedDocumentField, embedded_doc_type=fo.Classification
    )

    with pytest.raises(
        FieldError, match=r"label_field: expected a field of type Detec"
    ):
        search.find_duplicates(dataset, FindParams(name))
    assert dataset.list_runs() == []


def test_nothing_is_found_in_an_empty_view(generated_datasets):
    view = generated_datasets[0].match(F("filepath") == "nothing")

    found = search.find_duplicates(view, FindParams(FIELD), record=False)

    assert found.label_ids == []


@pytest.mark.parametrize(
    "view", [lambda d: d.to_patches(FIELD), lambda d: d.group_by("filepath")]
)
def test_an_invalid_collection_is_an_error_and_stores_nothing(generated_datasets, view):
    dataset = generated_datasets[0]

    with pytest.raises(DuplicatesError, match=r"^view: expected"):
        search.find_duplicates(view(dataset), FindParams(FIELD))
    assert dataset.list_runs() == []
