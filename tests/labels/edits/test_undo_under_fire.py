"""Each label is in the dataset or the journal once, whichever process dies."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import textwrap
import time

import fiftyone as fo
import forked
import odd_labels
import pytest
from broken import breaks
from odd_labels import FIELD, PATH

from duplicates.iou_core.errors import DatabaseError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import change, delete, max_iou, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.journal.action import Action
from duplicates.labels.edits.writing import writer
from duplicates.labels.jobs import runs
from duplicates.labels.scans import plans, search

pytestmark = pytest.mark.slow

ROOT = pathlib.Path(__file__).resolve().parents[3]

ACTIONS = {
    "delete": delete.delete_plan,
    "merge": lambda dataset, plan, run: merge.merge_plan(dataset, plan, "union", run),
    "tag": lambda dataset, plan, run: tag.tag_plan(dataset, plan, "new", run),
    "untag": lambda dataset, plan, run: tag.untag(dataset, FIELD, "x", run),
}

KILLED = {
    **ACTIONS,
    "overwrite": lambda dataset, plan, run: max_iou.compute_max_ious(
        dataset, ComputeParams(FIELD), "score", "annotator", run, overwrite=True
    ),
}

STEPS = {
    "before anything is journaled": (Action, "record", "before", 1),
    "after it is journaled": (Action, "record", "after", 1),
    "before the first update": (writer.Writer, "_update", "before", 1),
    "after the first update": (writer.Writer, "_update", "after", 1),
    "in the middle of the updates": (writer.Writer, "_update", "after", 3),
    "before the second samples are journaled": (Action, "record", "before", 2),
    "after the second samples are journaled": (Action, "record", "after", 2),
    "after all updates": (writer, "reload_held", "before", 1),
    "before the action is closed": (Action, "close", "before", 1),
    "after the action is closed": (Action, "close", "after", 1),
}

RESTORE_STEPS = {
    "before the first update": (writer.Writer, "_update", "before", 1),
    "after the first update": (writer.Writer, "_update", "after", 1),
    "in the middle of the updates": (writer.Writer, "_update", "after", 4),
    "after all updates": (writer, "reload_held", "before", 1),
    "before it is marked as restored": (journal, "mark_restored", "before", 1),
    "after it is marked as restored": (journal, "mark_restored", "after", 1),
}


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """Splits the work on a few samples into many commands and rounds."""
    monkeypatch.setattr(writer, "_BATCH", 2)
    monkeypatch.setattr(change, "SAMPLES_AT_ONCE", 5)
    monkeypatch.setattr(restore, "SAMPLES_AT_ONCE", 5)


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset(odd_labels.documents(8))


@pytest.fixture
def plan(dataset):
    return planned(dataset)


def planned(dataset, scan_key=None):
    found = search.find_duplicates(dataset, FindParams(FIELD), scan_key)
    return plans.plan(dataset, str(found.scan_key))


def run_action(dataset, name, plan):
    """Runs an action as its operator does, with the lock on the field."""
    with runs.start(dataset, name, FIELD) as run:
        return KILLED[name](dataset, plan, run)


def run_restore(dataset, restore_key):
    with runs.start(dataset, "restore_deleted", FIELD) as run:
        return restore.restore(dataset, restore_key, run)


def journaled(dataset):
    """Returns the bytes of the labels that the listed actions can restore."""
    return {
        (entry["label_id"], bytes(entry["before"]))
        for action in journal.list_actions(dataset)
        for document in journal.entries(action["restore_key"])
        for entry in document["entries"]
        if entry["op"] in ("remove", "replace")
    }


def lost_or_duplicated(dataset, before):
    """Returns the labels that are neither in the dataset nor journaled, or in it twice.

    Args:
        dataset: the dataset
        before: the earlier result of ``odd_labels.raw_labels``
    """
    now, recorded = odd_labels.raw_labels(dataset), journaled(dataset)
    twice = [label_id for label_id, found in now.items() if len(found) > 1]
    return twice + [
        label_id
        for label_id, (label,) in before.items()
        if label_id not in now and (label_id, label) not in recorded
    ]


def restore_everything(dataset):
    for action in journal.list_actions(dataset):
        restore.restore(dataset, action["restore_key"])


@forked.needs_fork
class TestKilled:
    @pytest.mark.sampled(16)
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("name", KILLED)
    def test_an_action_killed_at_any_step_can_be_undone(
        self, dataset, plan, name, step
    ):
        before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)

        def work():
            forked.dies(*STEPS[step])
            run_action(dataset, name, plan)

        forked.killed(work)
        assert lost_or_duplicated(dataset, labels) == []
        restore_everything(dataset)
        assert odd_labels.raw(dataset) == before

    @pytest.mark.sampled(10)
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("name", ["delete", "merge", "tag"])
    def test_a_killed_action_can_be_continued_by_another_run(
        self, dataset, plan, name, step
    ):
        before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)

        def work():
            forked.dies(*STEPS[step])
            run_action(dataset, name, plan)

        forked.killed(work)
        run_action(dataset, name, plan)
        assert lost_or_duplicated(dataset, labels) == []

        removed_ids = {removal.label_id for removal in plan.removals}
        left = {str(label_id) for label_id in odd_labels.raw_labels(dataset)}
        if name in ("delete", "merge"):
            assert left == {str(label_id) for label_id in labels} - removed_ids
        else:
            assert removed_ids == set(
                dataset.select_labels(tags="new").values(f"{PATH}.id", unwind=True)
            )
        restore_everything(dataset)
        assert odd_labels.raw(dataset) == before

    @pytest.mark.sampled(8)
    @pytest.mark.parametrize("step", RESTORE_STEPS)
    @pytest.mark.parametrize("name", ACTIONS)
    def test_an_undo_killed_at_any_step_is_finished_by_another_undo(
        self, dataset, plan, name, step
    ):
        before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)
        done = run_action(dataset, name, plan)
        assert odd_labels.raw(dataset) != before

        def work():
            forked.dies(*RESTORE_STEPS[step])
            run_restore(dataset, done.restore_key)

        forked.killed(work)
        assert lost_or_duplicated(dataset, labels) == []
        run_restore(dataset, done.restore_key)
        assert odd_labels.raw(dataset) == before

    @pytest.mark.parametrize("name", ["delete", "merge"])
    def test_an_action_killed_at_any_time_can_be_undone(self, dataset, plan, name):
        before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)
        rng = random.Random(name)
        for _ in range(8):
            pid = forked.start(lambda: run_action(dataset, name, plan))
            time.sleep(rng.uniform(0, 0.1))
            os.kill(pid, signal.SIGKILL)
            assert forked.ended(pid) in (0, -signal.SIGKILL)
            assert lost_or_duplicated(dataset, labels) == []
        restore_everything(dataset)
        assert odd_labels.raw(dataset) == before

    def test_the_lock_of_a_killed_run_is_taken_over_at_once(self, dataset, plan):
        def work():
            forked.dies(writer.Writer, "_update", "after")
            run_action(dataset, "delete", plan)

        forked.killed(work)
        run_action(dataset, "delete", plan)
        states = {run["state"] for run in runs.list_runs(dataset)}
        assert states == {"done", "lost"}

    def test_the_changes_of_a_killed_action_are_listed(self, dataset, plan):
        def work():
            forked.dies(writer.Writer, "_update", "after", 3)
            run_action(dataset, "delete", plan)

        forked.killed(work)
        (action,) = journal.list_actions(dataset)
        assert (action["operation"], action["state"]) == ("delete", "under_way")
        assert action["count"] > 0
        assert action["bytes"] > 0


@forked.needs_fork
class TestTwoAtOnce:
    """Two processes that bypass the lock are protected by the guards alone."""

    def test_two_deletions_delete_each_label_once(self, dataset, plan):
        before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)
        self.at_once(
            lambda: delete.delete_plan(dataset, plan),
            lambda: delete.delete_plan(dataset, plan),
        )
        removed_ids = {removal.label_id for removal in plan.removals}
        left = {str(label_id) for label_id in odd_labels.raw_labels(dataset)}
        assert left == {str(label_id) for label_id in labels} - removed_ids
        assert lost_or_duplicated(dataset, labels) == []
        restore_everything(dataset)
        assert odd_labels.raw(dataset) == before

    @pytest.mark.parametrize("name", ["delete", "merge", "tag", "untag"])
    def test_two_undos_restore_each_label_once(self, dataset, plan, name):
        before = odd_labels.raw(dataset)
        done = ACTIONS[name](dataset, plan, None)
        self.at_once(
            lambda: restore.restore(dataset, done.restore_key),
            lambda: restore.restore(dataset, done.restore_key),
        )
        assert odd_labels.raw(dataset) == before

    @pytest.mark.parametrize("name", ["delete", "merge"])
    def test_an_undo_during_the_same_action_loses_no_label(self, dataset, plan, name):
        before = odd_labels.raw_in_any_order(dataset)
        labels = odd_labels.raw_labels(dataset)
        done = ACTIONS[name](dataset, plan, None)
        self.at_once(
            lambda: restore.restore(dataset, done.restore_key),
            lambda: ACTIONS[name](dataset, plan, None),
            lambda: restore.restore(dataset, done.restore_key),
        )
        assert lost_or_duplicated(dataset, labels) == []
        restore_everything(dataset)
        # the repeated action has no position for a label that is not restored yet
        assert odd_labels.raw_in_any_order(dataset) == before

    @pytest.mark.parametrize("name", ["delete", "merge"])
    def test_concurrent_edits_through_fiftyone_lose_no_label(self, raw_dataset, name):
        dataset = raw_dataset(odd_labels.documents(8, odd=False))
        plan = planned(dataset)
        labels = odd_labels.raw_labels(dataset)
        before = odd_labels.label_ids(dataset)
        edited, removed = (
            [removal.label_id for removal in plan.removals[k::7]] for k in range(2)
        )
        added = dataset.values("id")[::2]

        def other_user():
            dataset.delete_labels(ids=removed, fields=FIELD)
            for sample_id in dataset.values("id"):
                sample = dataset[sample_id]
                for label in sample[FIELD].detections:
                    if label.id in edited:
                        label.label = "edited"
                if sample_id in added:
                    box = fo.Detection(label="added", bounding_box=[-50, 0, 1, 1])
                    sample[FIELD].detections.append(box)
                sample.save()

        self.at_once(lambda: ACTIONS[name](dataset, plan, None), other_user)
        now = odd_labels.raw_labels(dataset)
        recorded = {label_id for label_id, _ in journaled(dataset)}
        missing = {str(label_id) for label_id in labels if label_id not in now}
        assert missing <= {str(label_id) for label_id in recorded} | set(removed)
        assert all(len(found) == 1 for found in now.values())
        restore_everything(dataset)
        after = odd_labels.label_ids(dataset)
        for sample_id, ids in before.items():
            there = set(after[sample_id])
            kept = [label_id for label_id in ids if label_id in there]
            old = [label_id for label_id in after[sample_id] if label_id in ids]
            assert old == kept
            assert {str(i) for i in set(ids) - there} <= set(removed)

    def at_once(self, *works):
        pids = [forked.start(work) for work in works]
        assert [forked.ended(pid) for pid in pids] == [0] * len(works)


class TestErrors:
    @pytest.mark.sampled(8)
    @pytest.mark.parametrize("call", [1, 2, 4])
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("name", ACTIONS)
    def test_an_action_whose_connection_breaks_can_be_undone(
        self, dataset, plan, name, when, call, monkeypatch
    ):
        before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)
        breaks(monkeypatch, writer.Writer, "_update", when, call)
        with pytest.raises(DatabaseError, match=f"^{name}: expected .*, got AutoRecon"):
            run_action(dataset, name, plan)
        assert lost_or_duplicated(dataset, labels) == []
        restore_everything(dataset)
        assert odd_labels.raw(dataset) == before

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_an_undo_whose_connection_breaks_can_be_repeated(
        self, dataset, plan, when, monkeypatch
    ):
        before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)
        done = run_action(dataset, "delete", plan)
        with monkeypatch.context() as patch:
            breaks(patch, writer.Writer, "_update", when, 3)
            with pytest.raises(DatabaseError, match=r"^restore: .*, got AutoReconnect"):
                run_restore(dataset, done.restore_key)
        assert lost_or_duplicated(dataset, labels) == []
        run_restore(dataset, done.restore_key)
        assert odd_labels.raw(dataset) == before

    def test_an_action_that_could_not_begin_is_not_listed(
        self, dataset, plan, monkeypatch
    ):
        # otherwise the step beside it may have begun
        monkeypatch.setattr(change, "STEPS_AT_ONCE", 1)
        breaks(monkeypatch, Action, "record", "before", 1)
        with pytest.raises(DatabaseError):
            run_action(dataset, "delete", plan)
        assert journal.list_actions(dataset) == []

    def test_the_lock_is_released_after_an_error(self, dataset, plan, monkeypatch):
        with monkeypatch.context() as patch:
            # otherwise the step beside it may do the rest
            patch.setattr(change, "STEPS_AT_ONCE", 1)
            breaks(patch, writer.Writer, "_update", "after", 1)
            with pytest.raises(DatabaseError):
                run_action(dataset, "delete", plan)
        assert run_action(dataset, "delete", plan).count > 0


RESTARTED = """
    import json, pathlib, sys, time

    sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/support"]
    from dev import environment, mongod

    folder = pathlib.Path(sys.argv[2])
    server = mongod.Mongod(folder / "db")
    server.start()
    uri = server.uri + "/?serverSelectionTimeoutMS=500"
    environment.apply(environment.variables(folder, uri, "restarted"))

    import duplicates_loader
    duplicates_loader.load()
    import fiftyone as fo
    import odd_labels
    from odd_labels import FIELD
    from duplicates.iou_core.errors import DuplicatesError
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.edits import delete, change, restore
    from duplicates.labels.edits.journal import journal
    from duplicates.labels.edits.writing import writer
    from duplicates.labels.jobs import locks, runs
    from duplicates.labels.scans import plans, search

    dataset = fo.Dataset()
    dataset.add_sample_field(
        FIELD, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    dataset.media_type = "image"
    dataset._sample_collection.insert_many(
        {
            "filepath": f"/{k}.jpg", "tags": [], "_media_type": "image",
            "_dataset_id": dataset._doc.id, "last_modified_at": odd_labels.WHEN,
            "created_at": odd_labels.WHEN, "_rand": 0.5, **document,
        }
        for k, document in enumerate(odd_labels.documents(30))
    )
    found = search.find_duplicates(dataset, FindParams(FIELD))
    plan = plans.plan(dataset, found.scan_key)
    before, labels = odd_labels.raw(dataset), odd_labels.raw_labels(dataset)

    writer._BATCH = 2
    change.SAMPLES_AT_ONCE = 10
    change.STEPS_AT_ONCE = 1
    update = writer.Writer._update
    calls = []

    def stopped(writer, batch):
        calls.append(batch)
        if len(calls) == 8:
            # killed without a shutdown: unflushed writes are lost
            server._process.kill()
            server._process.wait()
        return update(writer, batch)

    writer.Writer._update = stopped
    begin = time.monotonic()
    try:
        with runs.start(dataset, "delete", FIELD) as run:
            delete.delete_plan(dataset, plan, run)
        error = None
    except DuplicatesError as reason:
        error = str(reason)
    took = time.monotonic() - begin
    writer.Writer._update = update
    server.start()

    half = odd_labels.raw_labels(dataset)
    (action,) = journal.list_actions(dataset)
    recorded = {
        entry["label_id"]
        for document in journal.entries(action["restore_key"])
        for entry in document["entries"]
    }
    locks.STALE_AFTER *= 0
    with runs.start(dataset, "delete", FIELD) as run:
        again = delete.delete_plan(dataset, plan, run)
    left = odd_labels.raw_labels(dataset)
    for action in journal.list_actions(dataset):
        restore.restore(dataset, action["restore_key"])
    print(json.dumps({
        "error": error,
        "took": took,
        "lost": len(labels.keys() - half.keys() - recorded),
        "gone": len(labels.keys() - half.keys()),
        "planned": len(plan),
        "again": again.count,
        "left": len(labels) - len(left),
        "same": odd_labels.raw(dataset) == before,
    }))
    server.stop()
"""


def test_no_label_is_lost_if_mongodb_is_killed_and_restarted(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(RESTARTED), str(ROOT), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["error"].startswith("delete: expected a database that answers")
    assert len(result["error"]) < 300
    assert "\n" not in result["error"]
    assert result["lost"] == 0
    assert 0 < result["gone"] < result["planned"]
    assert result["again"] == result["planned"] - result["gone"]
    assert result["left"] == result["planned"]
    assert result["same"]
    assert result["took"] < 30
