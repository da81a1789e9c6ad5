"""Several processes give the result of one process, even if some of them die."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import drawn
import engine_cases
import fiftyone as fo
import psutil
import pytest
from engine_cases import FIELD, PATH, VIEWS, search
from fiftyone_reference import stored

from duplicates.iou_core.errors import (
    DuplicatesError,
    ParamsError,
    RunCancelled,
    RunError,
)
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.edits import max_iou, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.restore import restore
from duplicates.labels.jobs import engines, process_pool, runs, shards
from duplicates.labels.jobs.engines import Engine
from duplicates.labels.scans import plans
from duplicates.labels.scans import search as find
from duplicates.labels.scans import stored as scans
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.class_pair_rules import set_class_pairs

pytestmark = pytest.mark.slow

PROCESSES = Engine("processes", 2)
TWO_FIELDS = "predictions"


@pytest.fixture(scope="module")
def pool(database):
    """Two workers for all tests that do not kill them."""
    with process_pool.Pool(2, engines.environment()) as workers:
        yield workers


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(shards, "MIN_SAMPLES", 7)


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


class Deadly(process_pool.Worker):
    """A worker that is killed just after it receives a task."""

    asked = 0
    deaths = 1
    after = 0.02

    def ask(self, task):
        Deadly.asked += 1
        if 3 <= Deadly.asked < 3 + Deadly.deaths:
            kill = threading.Timer(Deadly.after, self._process.kill)
            kill.start()
            answer = super().ask(task)
            kill.join()
            # a worker that dies between two tasks is noticed at the next one
            return answer
        return super().ask(task)


@pytest.fixture
def deadly(monkeypatch):
    monkeypatch.setattr(process_pool, "Worker", Deadly)
    monkeypatch.setattr(Deadly, "asked", 0)
    return Deadly


WORK = {
    "finding": lambda dataset, run=None, engine=PROCESSES: {
        **search(dataset, FindParams(FIELD, iou_thresh=0.5), run=run, engine=engine),
        "seen": None,  # a clone has different stamps
    },
    "computing": lambda dataset, run=None, engine=PROCESSES: (
        max_iou.compute_max_ious(
            dataset, ComputeParams(FIELD), run=run, engine=engine
        ).count,
        dataset.values(f"{PATH}.max_iou"),
    ),
    "tagging": lambda dataset, run=None, engine=PROCESSES: (
        tag.tag_plan(
            dataset, plans.plan(dataset, "first"), "duplicate", run, engine
        ).label_ids,
        [action["count"] for action in journal.list_actions(dataset)],
        dataset.count_label_tags(),
    ),
}
# starting two workers takes seconds
ONE_OF_THE_WORK = [
    pytest.param(work, marks=[] if work == "tagging" else pytest.mark.long)
    for work in WORK
]


class TestDeaths:
    """A worker that dies only costs time."""

    @pytest.mark.parametrize("work", ONE_OF_THE_WORK)
    def test_the_part_of_a_killed_worker_is_done_again(self, dataset, deadly, work):
        clone = dataset.clone()
        for samples in (dataset, clone):
            params = FindParams(FIELD, iou_thresh=0.5)
            find.find_duplicates(samples, params, "first", "The first")
        try:
            assert WORK[work](dataset) == WORK[work](clone, engine=engines.LOCAL)
        finally:
            clone.delete()
        assert deadly.asked > 3

    def test_a_part_that_kills_three_workers_is_an_error(
        self, dataset, deadly, monkeypatch, no_worker_left
    ):
        monkeypatch.setattr(deadly, "deaths", 1000)
        blocks = store.collection("blocks").count_documents({})
        with (
            pytest.raises(RunError, match=r"engine: .* got 3 that died \(exit code -9"),
            runs.start(dataset, "find_duplicates", FIELD) as run,
        ):
            WORK["finding"](dataset, run)

        assert runs.status(dataset, run.id)["state"] == "failed"
        assert store.collection("blocks").count_documents({}) == blocks

    def test_the_error_of_a_worker_that_cannot_start_gives_the_reason(
        self, dataset, monkeypatch
    ):
        monkeypatch.setattr(process_pool, "_LOADER", "/nowhere/loader.py")
        with pytest.raises(RunError, match=r"exit code 2: .*can't open file"):
            WORK["finding"](dataset)

    @pytest.mark.parametrize("work", ONE_OF_THE_WORK)
    def test_a_cancelled_run_ends_its_workers(
        self, dataset, monkeypatch, work, no_worker_left
    ):
        monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
        find.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5), "first")
        blocks = store.collection("blocks").count_documents({})

        def cancel(done, total):
            runs.cancel(dataset, dataset.name)

        options = dict(report=cancel, run_id=dataset.name)
        with (
            pytest.raises(RunCancelled),
            runs.start(dataset, work, FIELD, **options) as run,
        ):
            WORK[work](dataset, run)

        assert runs.status(dataset, dataset.name)["state"] == "cancelled"
        assert store.collection("blocks").count_documents({}) == blocks

    def test_workers_end_with_their_parent_process(self, dataset):
        with subprocess.Popen(
            [sys.executable, "-c", CALLER],
            cwd=os.path.dirname(engines.__file__) + "/..",
            stdout=subprocess.PIPE,
            text=True,
        ) as caller:
            pids = list(map(int, caller.stdout.readline().split()))
            assert all(psutil.pid_exists(pid) for pid in pids)
            caller.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(map(_is_running, pids)):
            assert time.monotonic() < deadline
            time.sleep(0.05)


# prints the process ids of its workers, then waits to be killed
CALLER = """
import time
import duplicates_loader
duplicates_loader.load()
from duplicates.labels.jobs import engines
with engines.Engine("processes", 2).open() as pool:
    print(*(worker._process.pid for worker in pool._workers), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def no_worker_left():
    """Checks that a test leaves no worker of this process running."""
    before = _workers()
    yield
    assert _workers() <= before


def _workers():
    return {
        child.pid
        for child in psutil.Process().children()
        if _is_running(child.pid) and "labels.worker" in child.cmdline()
    }


def _is_running(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def _search_and_send(name, connection):
    import fiftyone as fo

    found = find.find_duplicates(
        fo.load_dataset(name), FindParams(FIELD, iou_thresh=0.5), engine=PROCESSES
    )
    connection.send(found.label_ids)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks")
def test_a_daemonic_process_can_have_workers(dataset):
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(
        target=_search_and_send, args=(dataset.name, there), daemon=True
    )
    process.start()
    assert here.poll(120)
    expected = find.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5))
    assert here.recv() == expected.label_ids
    process.join()


def test_workers_get_the_address_of_a_database_that_fiftyone_started(monkeypatch):
    uri = fo.config.database_uri
    monkeypatch.setattr(fo.config, "database_uri", None)
    named = engines.environment()["FIFTYONE_DATABASE_URI"]

    assert named.replace("localhost", "127.0.0.1") == uri


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
