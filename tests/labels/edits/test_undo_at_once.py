"""Each label is in the dataset or the journal once after two processes act at once."""

import fiftyone as fo
import forked
import odd_labels
import pytest
from locked_actions import ACTIONS, journaled, lost_or_duplicated, restore_everything
from odd_labels import FIELD
from undoable import planned

from duplicates.labels.edits import delete, restore

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_steps")]


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
