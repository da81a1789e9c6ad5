"""No label is lost in any of two hundred random histories."""

import datetime
import random

import broken
import bson
import odd_labels
import pytest
from odd_labels import FIELD, PATH

from duplicates.iou_core.errors import DatabaseError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import change, delete, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.journal.action import Action
from duplicates.labels.edits.merging import merge_shapes
from duplicates.labels.edits.writing import writer
from duplicates.labels.scans import plans, search, stored

pytestmark = pytest.mark.slow

RUNS = 200
PARTS = 8
BREAKABLE = (
    (writer.Writer, "_update"),
    (writer.Writer, "_update"),
    (Action, "record"),
    (Action, "forget"),
    (Action, "close"),
)


@pytest.fixture
def history(raw_dataset, monkeypatch):
    """A function that makes the history of a seed, on a new dataset."""
    monkeypatch.setattr(writer, "_BATCH", 2)
    monkeypatch.setattr(change, "SAMPLES_AT_ONCE", 2)
    monkeypatch.setattr(restore, "SAMPLES_AT_ONCE", 2)
    dataset = raw_dataset([{}])
    (blank,) = dataset._sample_collection.find()
    return lambda seed: History(dataset, blank, random.Random(seed), monkeypatch)


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(k, marks=pytest.mark.long) for k in range(1, PARTS))]
)
def test_no_random_history_loses_or_duplicates_a_label(history, part):
    met = set()
    for seed in range(part, RUNS, PARTS):
        one = history(seed)
        for _ in range(one.rng.randint(3, 6)):
            one.step()
        one.end()
        met |= one.met
    assert met >= {*STEPS, "broken"}


class History:
    """Random steps on a few samples, and the checks after each step.

    Args:
        dataset: the dataset; its samples are replaced
        blank: a sample document to fill
        rng: chooses the steps
        monkeypatch: pytest's fixture
    """

    def __init__(self, dataset, blank, rng, monkeypatch):
        self.dataset, self.rng, self.monkeypatch = dataset, rng, monkeypatch
        self.samples = dataset._sample_collection
        self.met = set()
        self.in_order = self.by_plugin_alone = True
        self.put_samples(blank)
        journal.empty(dataset)
        for scan in stored.list_scans(dataset):
            stored.delete(dataset, scan["scan_key"])
        self.scan = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
        self.first = odd_labels.raw(dataset)

    def put_samples(self, blank):
        n_samples, n_objects = self.rng.randint(1, 4), self.rng.randint(1, 4)
        documents = odd_labels.documents(n_samples, n_objects, self.rng.random())
        for document in documents:
            labels = document[FIELD]["detections"]
            labels[:] = [label for label in labels if "_id" in label]
        self.samples.delete_many({})
        self.samples.insert_many(
            {**blank, "_id": bson.ObjectId(), "filepath": f"/{k}", **document}
            for k, document in enumerate(documents)
        )

    def step(self):
        name = self.rng.choice(list(STEPS))
        self.met.add(name)
        before = odd_labels.raw_labels(self.dataset)
        removed = set()
        if name == "an edit":
            removed = set(self.edit() or ())
            self.by_plugin_alone = False
        else:
            self.carry_out(STEPS[name])
        self.check(before, removed, edited=name == "an edit")

    def carry_out(self, work):
        with self.monkeypatch.context() as patch:
            if self.rng.random() < 0.4:
                self.breaks(patch)
            try:
                work(self)
            except DatabaseError:
                self.met.add("broken")
            except ParamsError:
                # a rule by attributes is refused where no label has one any more
                self.met.add("refused")

    def breaks(self, patch):
        """Breaks the connection at a random call of a random function."""
        owner, name = self.rng.choice(BREAKABLE)
        when = self.rng.choice(["before", "after"])
        broken.breaks(patch, owner, name, when, self.rng.randint(1, 3))

    def plan(self):
        return plans.plan(
            self.dataset,
            self.scan,
            method=self.rng.choice(["simple", "greedy", "nms", "fewest"]),
            keep=self.rng.choice([None, ["last"], ["most_attributes", "newest"]]),
        )

    def undo(self):
        known = journal.list_actions(self.dataset)
        left = [action for action in known if action["state"] != "restored"]
        if not left:
            return
        chosen = self.rng.choice(left) if self.rng.random() < 0.3 else left[0]
        self.in_order = self.in_order and chosen is left[0]
        restore.restore(self.dataset, chosen["restore_key"])

    def edit(self):
        """Changes the list of a sample, and returns the ids of removed labels."""
        sample = self.rng.choice(list(self.samples.find()))
        holder = sample[FIELD]
        labels = list((holder or {}).get("detections") or ())
        kind = self.rng.choice(["take", "empty", "add", "turn", "rename"])
        gone = []
        if kind == "empty":
            gone = [label["_id"] for label in labels]
            return self.set(sample, {FIELD: None}, gone)
        if not labels:
            return []
        if kind == "take":
            gone = [labels.pop(self.rng.randrange(len(labels)))["_id"]]
        elif kind == "add":
            fresh = {**labels[0], "_id": bson.ObjectId()}
            labels.insert(self.rng.randrange(len(labels) + 1), fresh)
        elif kind == "turn":
            labels.reverse()
        else:
            self.rng.choice(labels)["label"] = "renamed"
        return self.set(sample, {PATH: labels}, gone)

    def set(self, sample, values, gone):
        stamp = datetime.datetime.now(datetime.timezone.utc)
        self.samples.update_one(
            {"_id": sample["_id"]}, {"$set": {**values, "last_modified_at": stamp}}
        )
        return gone

    def check(self, before, removed, edited):
        now = odd_labels.raw_labels(self.dataset)
        assert [label_id for label_id, found in now.items() if len(found) > 1] == []
        recorded = {
            (entry["label_id"], bytes(entry["before"]))
            for action in journal.list_actions(self.dataset)
            for document in journal.entries(action["restore_key"])
            for entry in document["entries"]
            if entry["op"] in ("remove", "replace")
        }
        gone = before.keys() - now.keys()
        if edited:
            assert gone == removed
        else:
            assert {(k, before[k][0]) for k in gone} <= recorded

    def end(self):
        """Undoes everything in reverse, and checks that the first state is restored."""
        before = odd_labels.raw_labels(self.dataset)
        for action in journal.list_actions(self.dataset):
            restore.restore(self.dataset, action["restore_key"])
        self.check(before, set(), edited=False)
        now = odd_labels.raw(self.dataset)
        if self.by_plugin_alone and self.in_order:
            assert now == self.first
        elif self.by_plugin_alone:
            assert {k: _in_any_order(raw) for k, raw in now.items()} == {
                k: _in_any_order(raw) for k, raw in self.first.items()
            }


def _in_any_order(raw):
    sample = bson.decode(raw)
    labels = sample[FIELD].pop("detections")
    return sample, sorted(bson.encode(label) for label in labels)


STEPS = {
    "delete": lambda h: delete.delete_plan(h.dataset, h.plan()),
    "merge": lambda h: merge.merge_plan(
        h.dataset, h.plan(), h.rng.choice(list(merge_shapes.HOW))
    ),
    "tag": lambda h: tag.tag_plan(h.dataset, h.plan(), h.rng.choice("xz")),
    "untag": lambda h: tag.untag(h.dataset, FIELD, h.rng.choice("xz")),
    "delete tagged": lambda h: delete.delete_tagged(
        h.dataset, FIELD, h.rng.choice("xz")
    ),
    "undo": History.undo,
    "an edit": None,
}
