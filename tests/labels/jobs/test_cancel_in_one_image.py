"""A run is canceled while it works on one image, however many labels that has."""

import numpy as np
import pytest

from duplicates.iou_core.cancellation import cancelled_by
from duplicates.iou_core.errors import RunCancelled
from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.edits import delete, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.scans import plans, recount, search
from duplicates.labels.scans.blocks import packing

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
            raise RunCancelled("the run to go on", "a request to stop", "run")

    with cancelled_by(check), pytest.raises(RunCancelled):
        work()


def stored(dataset):
    return list(dataset._sample_collection.find({}, {"ground_truth": True}))


def test_a_scan_that_is_canceled_at_any_check_leaves_nothing(dataset):
    def scan():
        return search.find_duplicates(dataset, FindParams("ground_truth"))

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
        plans.plan(dataset, scan_key, method=method)

    def count():
        recount.recount(dataset, scan_key, method=method)

    for work in (plan, count):
        checks = checks_of(work)
        assert checks >= {"simple": 4, "greedy": 5, "nms": 5, "fewest": 8}[method]
        for number in range(0, checks, checks // 3):
            cancel_at(number, work)


ACTIONS = {
    "tag": lambda dataset, plan: tag.tag_plan(dataset, plan, "duplicate"),
    "delete": delete.delete_plan,
    "merge": merge.merge_plan,
}


@pytest.mark.parametrize("name", ACTIONS)
def test_a_change_of_one_image_that_is_canceled_changes_all_or_nothing(
    dataset, scan_key, name
):
    plan, before = plans.plan(dataset, scan_key), stored(dataset)

    def act():
        return ACTIONS[name](dataset, plan)

    # not as the scan saw it: the image is compared again before it is changed
    dataset.set_values("ground_truth.detections.index", [list(range(N))])
    before, done = stored(dataset), []
    checks = checks_of(lambda: done.append(act()))
    assert checks >= 6
    after = stored(dataset)
    assert after != before

    def undo():
        restore.restore(dataset, done[0].restore_key)

    for number in range(2):
        cancel_at(number, undo)
        assert stored(dataset) == after
    assert checks_of(undo) == 2
    assert stored(dataset) == before
    for number in range(checks):
        cancel_at(number, act)
        assert stored(dataset) == before
    assert [one["state"] for one in journal.list_actions(dataset)] == ["restored"]
