"""A run is canceled while it works on one image, however many labels that has."""

import bson
import drawn
import fiftyone as fo
import numpy as np
import pytest

from duplicates.iou_core.cancellation import cancelled_by
from duplicates.iou_core.errors import RunCancelled
from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.edits import delete, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.scans import plans, recount, search
from duplicates.labels.scans.blocks import memory, packing

N = 60


@pytest.fixture
def dataset(make_dataset, monkeypatch):
    monkeypatch.setattr(packing, "_PAIRS_PER_DOCUMENT", 300)
    store.collection("blocks").delete_many({})  # a scan purges those of other tests
    boxes = 0.1 + np.random.default_rng(5).random((N, 4)) * [0.03, 0.03, 0.3, 0.3]
    return make_dataset([[("car", box) for box in boxes.tolist()]])


@pytest.fixture
def scan_key(dataset):
    return search.find_duplicates(
        dataset, FindParams("ground_truth", iou_thresh=0.5)
    ).scan_key


def checks_of(work):
    """Returns how often some work checks for cancellation."""
    seen = []
    with cancelled_by(lambda: seen.append(1)):
        work()
    return len(seen)


def cancel_at(number, work):
    """Does some work that is canceled at a check, numbered from 0."""
    left = [number]

    def check():
        left[0] -= 1
        if left[0] < 0:
            raise RunCancelled("the run to continue", "a request to stop", "run")

    with cancelled_by(check), pytest.raises(RunCancelled):
        work()


def stored(dataset):
    found = dataset._sample_collection.find({}, {"ground_truth": True})
    return list(map(bson.encode, found))  # NaN differs from itself


def test_a_scan_that_is_canceled_at_any_check_leaves_nothing(dataset):
    def scan():
        params = FindParams("ground_truth", method="greedy")
        return search.find_duplicates(dataset, params)

    scan()
    before = store.collection("blocks").count_documents({})
    assert before > 3, "the pairs fill several documents"
    checks = checks_of(scan)
    assert checks >= before + 8, "once a document, and between the steps before"
    before *= 2
    # the last ones are those of the thread that stores
    for number in [*range(0, checks, checks // 6), *range(checks - 6, checks)]:
        cancel_at(number, scan)
        assert store.collection("blocks").count_documents({}) == before
    assert len(dataset.list_runs()) == 2


@pytest.mark.parametrize("method", ["simple", "greedy", "nms", "fewest"])
def test_planning_and_counting_check_within_an_image(dataset, scan_key, method):
    def plan():
        memory.forget()
        plans.plan(dataset, scan_key, method=method)

    def count():
        memory.forget()
        recount.recount(dataset, scan_key, method=method)

    for work in (plan, count):
        least = {"simple": 4, "greedy": 5, "nms": 5, "fewest": 6}[method]
        assert checks_of(work) >= least
        checks = checks_of(work)  # components that were decided exactly are cached
        assert checks >= least
        for number in range(0, checks, checks // 3):
            cancel_at(number, work)


ACTIONS = {
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "duplicate"),
    "delete": delete.delete_plan,
    "merge": merge.merge_plan,
}


CHANGES = [
    ("boxes", "tag"),
    ("boxes", "delete"),
    ("boxes", "merge"),
    ("polygons", "tag"),
    ("polygons", "delete"),
    ("polygons", "merge"),
    ("keypoints", "tag"),
    ("keypoints", "delete"),
    ("masks", "merge"),
]


@pytest.fixture
def drawn_labels(database):
    """A function that makes a dataset of one image with N labels of a kind."""
    made = []

    def make(kind):
        case, rng, labels = drawn.CASES[kind], np.random.default_rng(3), []
        for _ in range(N):
            labels.append(case.draw(rng, labels))
        sample = fo.Sample(filepath="/images/0.png")
        sample["ground_truth"] = case.document(**{case.list_name: labels})
        made.append(fo.Dataset())
        made[-1].add_sample(sample)
        return made[-1], case

    yield make
    for dataset in made:
        dataset.delete()


@pytest.mark.parametrize(("kind", "name"), CHANGES)
def test_a_change_of_one_image_that_is_canceled_changes_all_or_nothing(
    drawn_labels, kind, name
):
    dataset, case = drawn_labels(kind)
    params = FindParams("ground_truth", iou_thresh=0.4, **case.options)
    scan_key = search.find_duplicates(dataset, params).scan_key
    plan = plans.plan(dataset, scan_key)
    assert len(plan) > 5

    def act():
        return ACTIONS[name](dataset, plan)

    # not as the scan saw it: the image is compared again before it is changed
    dataset.set_values(f"ground_truth.{case.list_name}.index", [list(range(N))])
    before, done = stored(dataset), []
    checks = checks_of(lambda: done.append(act()))
    assert checks >= 6
    if name == "merge":
        assert checks >= 6 + len({removal.partner_id for removal in plan.removals}) / 2
    after = stored(dataset)
    assert after != before

    def undo():
        restore.restore(dataset, done[0].restore_key)

    for number in range(2):
        cancel_at(number, undo)
        assert stored(dataset) == after
    assert checks_of(undo) == 2
    assert stored(dataset) == before
    for number in [*range(0, checks, checks // 4), checks - 1]:
        cancel_at(number, act)
        assert stored(dataset) == before
    assert [one["state"] for one in journal.list_actions(dataset)] == ["restored"]
