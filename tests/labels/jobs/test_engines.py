"""Several processes give the result of one process."""

import contextlib

import drawn
import engine_cases
import fiftyone as fo
import pytest
from engine_cases import FIELD, PATH, PROCESSES, VIEWS, search
from fiftyone_reference import stored

from duplicates.iou_core.errors import DuplicatesError, ParamsError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import max_iou, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.restore import restore
from duplicates.labels.jobs import engines, process_pool, shards
from duplicates.labels.jobs.engines import Engine
from duplicates.labels.scans import plans
from duplicates.labels.scans import search as find
from duplicates.labels.scans import stored as scans
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.class_pair_rules import set_class_pairs

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_parts")]


TWO_FIELDS = "predictions"


@pytest.fixture(scope="module")
def pool(database):
    """Two workers for all tests that do not kill them."""
    with process_pool.Pool(2, engines.environment()) as workers:
        yield workers


@pytest.fixture
def processes(pool, monkeypatch):
    """The engine of these two workers."""
    monkeypatch.setattr(Engine, "open", lambda _: contextlib.nullcontext(pool))
    return PROCESSES


@pytest.fixture
def dataset(make_dataset):
    return engine_cases.make_odd(make_dataset(engine_cases.samples()))


@pytest.fixture
def ordered(make_dataset):
    return make_dataset(engine_cases.samples())


class TestFinding:
    """A scan by workers has the same pairs in the same order."""

    @pytest.mark.parametrize("view", VIEWS)
    def test_any_view_gives_the_same_scan(self, dataset, processes, view):
        samples, params = VIEWS[view](dataset), FindParams(FIELD, iou_thresh=0.5)
        assert search(samples, params, engine=processes) == search(samples, params)

    @pytest.mark.parametrize("view", VIEWS)
    def test_ascending_ids_give_the_same_scan(self, ordered, processes, view):
        samples, params = VIEWS[view](ordered), FindParams(FIELD, iou_thresh=0.5)
        assert search(samples, params, engine=processes) == search(samples, params)

    @pytest.mark.parametrize(
        "options",
        [
            dict(method="greedy", classwise=True),
            dict(method="nms", keep=("largest", "last")),
            dict(metric="ios", method="fewest"),
            dict(metric="likelihood", method="nms"),
            dict(iou_thresh=0.01),
        ],
        ids=str,
    )
    def test_any_parameters_give_the_same_scan(self, dataset, processes, options):
        params = FindParams(FIELD, **options)
        assert search(dataset, params, engine=processes) == search(dataset, params)

    def test_verdicts_and_class_pairs_give_the_same_scan(self, dataset, processes):
        params = FindParams(FIELD, iou_thresh=0.5)
        before = search(dataset, params)
        verdicts.set_verdict(dataset, before["pairs"][-1]["label_ids"])
        set_class_pairs(dataset, [{"classes": ["cat", "dog"], "may_overlap": True}])
        try:
            expected = search(dataset, params)
            assert expected["label_ids"] != before["label_ids"]
            assert search(dataset, params, engine=processes) == expected
        finally:
            set_class_pairs(dataset, [])
            verdicts.clear_verdicts(dataset)

    def test_masks_beside_boxes_give_the_same_scan(self, processes):
        dataset = drawn.dataset(drawn.CASES["masks"], seed=3, n=40)
        params = FindParams(drawn.FIELD)
        expected = search(dataset, params)
        assert any(pair["mask_iou"] for pair in expected["pairs"])
        assert search(dataset, params, engine=processes) == expected

    def test_predictions_as_evidence_give_the_same_scan(self, dataset, processes):
        dataset.clone_sample_field(FIELD, TWO_FIELDS)
        params = FindParams(FIELD, predictions=TWO_FIELDS)
        expected = search(dataset, params)
        assert "$predictions" in expected["counts"]["model"]
        assert search(dataset, params, engine=processes) == expected

    def test_two_fields_give_the_same_scan(self, dataset, processes):
        dataset.clone_sample_field(FIELD, TWO_FIELDS)
        params = FindParams(FIELD, TWO_FIELDS, iou_thresh=0.5)
        assert search(dataset, params, engine=processes) == search(dataset, params)

    def test_slices_of_groups_give_the_same_scan(self, database, processes):
        dataset = fo.Dataset()
        dataset.add_group_field("group", default="left")
        made = []
        for k, labels in enumerate(engine_cases.samples(40)):
            group = fo.Group()
            made += [
                fo.Sample(
                    filepath=f"/images/{name}-{k}.jpg",
                    group=group.element(name),
                    ground_truth=fo.Detections(
                        detections=[
                            fo.Detection(label=label, bounding_box=box)
                            for label, box in (labels or [])[::step]
                        ]
                    ),
                )
                for name, step in (("left", 1), ("right", 2))
            ]
        dataset.add_samples(made, progress=False)
        params = FindParams(FIELD, iou_thresh=0.3)
        try:
            collections = {"left": dataset, "flat": dataset.select_group_slices()}
            results = {
                name: search(samples, params) for name, samples in collections.items()
            }
            for name, samples in collections.items():
                assert search(samples, params, engine=processes) == results[name]
            dataset.group_slice = "right"
            right = search(dataset, params)
            assert search(dataset, params, engine=processes) == right
            assert right["label_ids"] != results["left"]["label_ids"]
        finally:
            dataset.delete()

    def test_a_search_that_is_not_stored_gives_the_same_duplicates(
        self, dataset, processes
    ):
        params = FindParams(FIELD, iou_thresh=0.5)
        found = find.find_duplicates(dataset, params, record=False, engine=processes)
        expected = find.find_duplicates(dataset, params, record=False)

        assert (found.label_ids, found.by_class) == (
            expected.label_ids,
            expected.by_class,
        )
        assert found.config is None

    def test_an_error_has_the_message_that_one_process_gives(
        self, dataset, processes, make_dataset
    ):
        for samples, params in (
            (dataset, FindParams(FIELD, keep=("attribute:unknown=1",))),
            (dataset.limit(0), FindParams(FIELD)),
            (make_dataset([]), FindParams(FIELD)),
            (dataset, FindParams("nothing")),
        ):
            answers = []
            for engine in (engines.LOCAL, processes):
                try:
                    found = find.find_duplicates(samples, params, engine=engine)
                    scans.delete(samples, found.scan_key)
                    answers.append(found.label_ids)
                except DuplicatesError as error:
                    answers.append(str(error))
            assert answers[0] == answers[1]


class TestStoring:
    """Workers store the same values and tags as one process, as a single action."""

    @pytest.mark.parametrize("view", ["the dataset", "labels that match", "sorted"])
    def test_workers_store_the_same_max_ious(self, dataset, processes, view):
        samples, params = VIEWS[view](dataset), ComputeParams(FIELD)
        mine = max_iou.compute_max_ious(samples, params, "mine", "my_id")
        theirs = max_iou.compute_max_ious(
            samples, params, "theirs", "their_id", engine=processes
        )

        assert theirs.to_plain().pop("counts").tolist() == mine.counts.tolist()
        for name in ("count", "samples", "bounds", "by_class", "schema_changed"):
            assert getattr(theirs, name) == getattr(mine, name)
        assert theirs.skipped.reasons == mine.skipped.reasons
        a, b = dataset.values([f"{PATH}.mine", f"{PATH}.theirs"])
        assert a == b
        a, b = dataset.values([f"{PATH}.my_id", f"{PATH}.their_id"])
        assert a == b
        assert dataset.get_field(f"{PATH}.theirs") is not None

    def test_tags_set_by_workers_are_undone_as_one_action(self, dataset, processes):
        params = FindParams(FIELD, iou_thresh=0.5)
        found = find.find_duplicates(dataset, params)
        plan = plans.plan(dataset, found.scan_key)
        before = stored(dataset)
        here = tag.tag_plan(dataset, plan, "duplicate")
        tagged = stored(dataset)
        restore(dataset, here.restore_key)
        there = tag.tag_plan(dataset, plan, "duplicate", engine=processes)

        assert stored(dataset) == tagged != before
        for name in ("count", "samples", "label_ids"):
            assert getattr(there, name) == getattr(here, name)
        actions = journal.list_actions(dataset)
        for name in ("count", "samples", "state", "operation", "params"):
            assert actions[0][name] == {**actions[1], "state": "done"}[name]
        restore(dataset, there.restore_key)
        assert stored(dataset) == before

    def test_setting_existing_tags_makes_no_action(self, dataset, processes):
        found = find.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5))
        plan = plans.plan(dataset, found.scan_key)
        first = tag.tag_plan(dataset, plan, "duplicate", engine=processes)
        again = tag.tag_plan(dataset, plan, "duplicate", engine=processes)

        assert again.count == first.count
        assert again.restore_key is None
        assert len(journal.list_actions(dataset)) == 1

    def test_workers_store_the_same_values_in_labels_of_frames(
        self, make_dataset, processes
    ):
        dataset = make_dataset([])
        box = [0.1, 0.1, 0.2, 0.2]
        sample = fo.Sample(filepath="/street.mp4")
        for number in range(1, 31):
            twice = [fo.Detection(label="cat", bounding_box=box) for _ in range(2)]
            sample.frames[number] = fo.Frame(found=fo.Detections(detections=twice))
        dataset.media_type = "video"
        dataset.add_sample(sample)
        found = find.find_duplicates(dataset, FindParams("frames.found"))
        plan = plans.plan(dataset, found.scan_key)
        done = tag.tag_plan(dataset, plan, "duplicate", engine=processes)

        assert (done.count, done.samples, done.on_frames) == (30, 30, True)
        assert dataset.count_label_tags("frames.found") == {"duplicate": 30}
        restore(dataset, done.restore_key)
        assert dataset.count_label_tags("frames.found") == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (dict(engine="dask"), "engine: expected local or processes or ray, got 'dask'"),
        (dict(engine=3), "engine: expected local"),
        (dict(engine="processes", workers=0), "workers: expected a number of workers"),
        (dict(engine="processes", workers=True), "workers: expected a number"),
        (dict(engine="ray", address=7), "address: expected the address of a cluster"),
        (dict(address="auto"), "address has no effect with the engine local, only"),
    ],
    ids=str,
)
def test_an_invalid_engine_is_an_error(given, message):
    with pytest.raises(ParamsError, match=message):
        Engine.parse(given, from_python=True)


def test_parts_are_neither_tiny_nor_huge(monkeypatch):
    monkeypatch.setattr(shards, "MIN_SAMPLES", 500)
    assert shards.part_size(10, 8) == 500
    assert shards.part_size(100_000, 2) == 12_500
    assert shards.part_size(10**8, 64) == shards.MAX_SAMPLES
