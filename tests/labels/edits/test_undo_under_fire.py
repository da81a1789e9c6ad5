"""Each label is in the dataset or the journal once, whichever process dies."""

import os
import random
import signal
import time

import forked
import odd_labels
import pytest
from broken import breaks
from locked_actions import (
    ACTIONS,
    KILLED,
    lost_or_duplicated,
    restore_everything,
    run_action,
    run_restore,
)
from odd_labels import PATH

from duplicates.iou_core.errors import DatabaseError
from duplicates.labels.edits import change
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.journal.action import Action
from duplicates.labels.edits.writing import writer
from duplicates.labels.jobs import runs

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_steps")]

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
