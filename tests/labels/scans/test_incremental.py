"""A scan that reuses an earlier one finds the same pairs as a full scan."""

import random

import engine_cases
import generated
import pytest
from edited_samples import EDITS, PARAMS, move_boxes, store_max_ious, tag_the_duplicates
from engine_cases import FIELD, PATH, recorded, search

from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels.jobs.engines import Engine
from duplicates.labels.reading.raw.ids import to_object_ids
from duplicates.labels.scans import incremental, stored
from duplicates.labels.scans import search as find
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.class_pair_rules import set_class_pairs


@pytest.fixture
def dataset(make_dataset):
    return engine_cases.make_odd(make_dataset(engine_cases.samples()))


@pytest.fixture
def computed(monkeypatch):
    """Records the ids of the samples whose overlaps are computed."""
    seen = []
    compare_collection = incremental.compare_collection

    def noted(blocks):
        for block in blocks:
            seen.extend(to_object_ids(block.document_ids))
            yield block

    def watched(*args, blocks, **options):
        return compare_collection(*args, blocks=noted(blocks), **options)

    monkeypatch.setattr(incremental, "compare_collection", watched)
    return seen


def again(samples, since, params=PARAMS):
    found = find.find_duplicates(samples, params, title="a scan", since=since)
    return found.scan_key, recorded(samples, found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed",
    [*range(4), *(pytest.param(k, marks=pytest.mark.long) for k in range(4, 12))],
)
def test_after_any_edits_the_result_equals_a_full_scan(dataset, seed):
    rng = random.Random(seed)
    key = find.find_duplicates(dataset, PARAMS).scan_key
    try:
        for _ in range(4):
            for name in rng.sample(sorted(EDITS), 3):
                EDITS[name](rng, dataset)
            key, mine = again(dataset, key)
            assert mine == search(dataset, PARAMS)
    finally:
        verdicts.clear_verdicts(dataset)
        set_class_pairs(dataset, [])


@pytest.mark.parametrize("name", sorted(EDITS))
def test_after_each_kind_of_edit_the_result_equals_a_full_scan(dataset, computed, name):
    key = find.find_duplicates(dataset, PARAMS).scan_key
    try:
        EDITS[name](random.Random(1), dataset)
        assert again(dataset, key)[1] == search(dataset, PARAMS)
    finally:
        verdicts.clear_verdicts(dataset)
        set_class_pairs(dataset, [])
    assert len(computed) < len(dataset) / 2


@pytest.mark.parametrize(
    "params",
    [
        FindParams(FIELD, iou_thresh=0.9, method="greedy"),
        FindParams(FIELD, method="nms", keep=("largest", "last")),
        FindParams(FIELD, metric="ios"),
        FindParams(FIELD, metric="likelihood"),
    ],
    ids=str,
)
def test_a_scan_can_be_continued_with_another_method(dataset, params):
    key = find.find_duplicates(dataset, PARAMS).scan_key
    move_boxes(random.Random(3), dataset)

    assert again(dataset, key, params)[1] == search(dataset, params)


@pytest.mark.parametrize("view", ["labels that match", "some in the middle", "sorted"])
def test_a_scan_of_a_view_can_be_continued(dataset, view):
    samples = engine_cases.VIEWS[view](dataset)
    key = find.find_duplicates(samples, PARAMS).scan_key
    rng = random.Random(2)
    for name in ("change_classes", "delete_samples", "add_samples"):
        EDITS[name](rng, dataset)

    assert again(samples, key)[1] == search(samples, PARAMS)


def test_a_scan_of_two_fields_can_be_continued(make_dataset):
    dataset = make_dataset(generated.samples(6, n=50))
    dataset.clone_sample_field(FIELD, "predictions")
    params = FindParams(FIELD, "predictions", iou_thresh=0.5)
    key = find.find_duplicates(dataset, params).scan_key
    rng = random.Random(2)
    for name in ("move_boxes", "delete_samples", "delete_labels"):
        EDITS[name](rng, dataset)

    assert again(dataset, key, params)[1] == search(dataset, params)


class TestWork:
    """Only edited samples are computed."""

    def test_without_edits_nothing_is_computed(self, dataset, computed):
        key, _ = again(dataset, find.find_duplicates(dataset, PARAMS).scan_key)
        again(dataset, key)
        assert computed == []

    def test_writes_of_the_plugin_cause_no_computation(self, make_dataset, computed):
        dataset = make_dataset(engine_cases.samples())
        key = find.find_duplicates(dataset, PARAMS).scan_key
        tag_the_duplicates(None, dataset)
        store_max_ious(None, dataset)
        key, mine = again(dataset, key)

        assert mine == search(dataset, PARAMS)
        assert computed == []

    def test_edited_and_new_samples_are_computed(self, make_dataset, computed):
        dataset = make_dataset(engine_cases.samples())
        key = find.find_duplicates(dataset, PARAMS).scan_key
        sample = dataset.match({f"{PATH}.1": {"$exists": True}}).first()
        sample[FIELD].detections[0].label = "another"
        sample.save()
        new = sample.copy()
        dataset.add_sample(new)
        again(dataset, key)

        assert {str(_id) for _id in computed} == {sample.id, new.id}

    def test_labels_of_unchanged_samples_are_not_read(self, dataset, monkeypatch):
        key = find.find_duplicates(dataset, PARAMS).scan_key
        reads = []
        read_blocks = incremental.read.read_blocks

        def watched(samples, decoder, document_ids=None):
            reads.append((bool(decoder.fields), document_ids))
            return read_blocks(samples, decoder, document_ids)

        monkeypatch.setattr(incremental.read, "read_blocks", watched)
        again(dataset, key)
        assert [fields for fields, _ in reads] == [False]


class TestErrors:
    """A scan of other data cannot be continued."""

    def test_a_scan_of_another_view_is_an_error(self, dataset):
        key = find.find_duplicates(dataset, PARAMS).scan_key
        with pytest.raises(ScanError, match=f"since: .* samples of {key}"):
            again(dataset.limit(5), key)

    @pytest.mark.parametrize(
        "params",
        [
            FindParams(FIELD, classwise=True),
            FindParams(FIELD, iscrowd="iscrowd"),
            FindParams(FIELD, iou_thresh=0.01),
        ],
        ids=str,
    )
    def test_a_scan_with_other_parameters_is_an_error(self, dataset, params):
        # a crowd flag, so that the attribute exists
        label = dataset.match({f"{FIELD}.detections.0": {"$exists": True}}).first()
        label[FIELD].detections[0]["iscrowd"] = 0
        label.save()
        key = find.find_duplicates(dataset, PARAMS).scan_key
        with pytest.raises(ScanError, match=r"classwise|iscrowd|iou_thresh"):
            again(dataset, key, params)
        assert not incremental.is_usable(dataset, params, key)
        assert incremental.is_usable(dataset, PARAMS, key)

    def test_an_unknown_scan_is_an_error(self, dataset):
        with pytest.raises(ScanError, match="scan_key: expected the key of a scan"):
            again(dataset, "nothing")

    def test_another_engine_is_an_error(self, dataset):
        key = find.find_duplicates(dataset, PARAMS).scan_key
        with pytest.raises(ParamsError, match="engine: expected local"):
            find.find_duplicates(
                dataset, PARAMS, since=key, engine=Engine("processes", 2)
            )

    def test_a_dataset_without_samples_gets_a_new_scan(self, dataset):
        key = find.find_duplicates(dataset, PARAMS).scan_key
        dataset.clear()
        again_key, _ = again(dataset, key)
        assert again_key != key
        assert len(stored.list_scans(dataset)) == 2
