"""Every writer of the plugin interleaved with every writer of FiftyOne.

There is one test for each cell of the table in docs/concurrent_writers.md and for each
order: theirs between our read and write, and ours between their read and write.
"""

import fiftyone as fo
import forked
import odd_labels
import pymongo
import pytest
from bson import ObjectId
from odd_labels import FIELD, PATH

from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import delete, max_iou, merge, restore, tag
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.writing import writer as write
from duplicates.labels.scans import plans, search

pytestmark = pytest.mark.slow

FIRST = {
    "restore what was deleted": delete.delete_plan,
    "restore what was merged": merge.merge_plan,
    "restore what was tagged": lambda dataset, plan: tag.tag_plan(dataset, plan, "new"),
}
OURS = {
    "tag": lambda dataset, plan, key: tag.tag_plan(dataset, plan, "new"),
    "untag": lambda dataset, plan, key: tag.untag(dataset, FIELD, "x"),
    "delete": lambda dataset, plan, key: delete.delete_plan(dataset, plan),
    "merge": lambda dataset, plan, key: merge.merge_plan(dataset, plan),
    "max IoU": lambda dataset, plan, key: max_iou.compute_max_ious(
        dataset, ComputeParams(FIELD)
    ),
    **dict.fromkeys(
        FIRST, lambda dataset, plan, key: restore.restore(dataset, str(key))
    ),
}


def save(dataset, held, doomed):
    for sample in held:
        for label in sample[FIELD].detections[:1]:
            label.label = "edited"
        sample.save()


def save_longer(dataset, held, doomed):
    for sample in held:
        box = [-50, 0, 1, 1]
        sample[FIELD].detections.append(fo.Detection(label="more", bounding_box=box))
        sample.save()


def set_values(dataset, held, doomed):
    dataset.set_values(FIELD, [sample[FIELD] for sample in held])


def set_label_values(dataset, held, doomed):
    values = {label.id: "theirs" for s in held for label in s[FIELD].detections}
    dataset.set_label_values(f"{FIELD}.detections.label", values)


def tag_labels(dataset, held, doomed):
    dataset.tag_labels("theirs", label_fields=FIELD)


def delete_labels(dataset, held, doomed):
    dataset.delete_labels(ids=doomed, fields=FIELD)


def merge_samples(dataset, held, doomed):
    dataset.merge_samples(
        [
            fo.Sample(filepath=sample.filepath, **{FIELD: sample[FIELD].copy()})
            for sample in held
        ],
        progress=False,
    )


THEIRS = (
    save,
    save_longer,
    set_values,
    set_label_values,
    tag_labels,
    delete_labels,
    merge_samples,
)


@pytest.fixture
def dataset(raw_dataset):
    return raw_dataset(odd_labels.documents(4, odd=False))


@pytest.fixture
def meet(dataset):
    """A function that prepares the meeting of two writers."""
    return Meeting(dataset)


class Meeting:
    def __init__(self, dataset):
        self.dataset = dataset
        found = search.find_duplicates(dataset, FindParams(FIELD))
        self.plan = plans.plan(dataset, str(found.scan_key))
        self.before = odd_labels.raw_labels(dataset)
        ids = sorted(self.before)
        self.doomed = [str(_id) for _id in ids[::4]]
        self.key = None

    def prepare(self, ours):
        if ours in FIRST:
            self.key = FIRST[ours](self.dataset, self.plan).restore_key

    def held(self):
        fo.Sample._reload_docs(self.dataset._sample_collection_name)
        return list(self.dataset)

    def check(self, theirs):
        """Checks that no label is lost and none is in the list twice."""
        now = odd_labels.raw_labels(self.dataset)
        recorded = {
            entry["label_id"]
            for action in journal.list_actions(self.dataset)
            for document in journal.entries(action["restore_key"])
            for entry in document["entries"]
            if entry["op"] == "remove"
        }
        theirs_took = set(self.doomed) if theirs is delete_labels else set()
        gone = {str(_id) for _id in self.before.keys() - now.keys() - recorded}
        assert gone <= theirs_took
        assert [_id for _id, found in now.items() if len(found) > 1] == []


@pytest.mark.sampled(16)
@pytest.mark.parametrize("theirs", THEIRS)
@pytest.mark.parametrize("ours", OURS)
def test_fiftyone_may_write_between_our_read_and_our_write(
    meet, monkeypatch, ours, theirs
):
    meet.prepare(ours)
    update = write.Writer._update
    paused = []

    def after_theirs(writer, batch):
        if not paused:
            paused.append(True)
            theirs(meet.dataset, meet.held(), meet.doomed)
        return update(writer, batch)

    monkeypatch.setattr(write.Writer, "_update", after_theirs)
    OURS[ours](meet.dataset, meet.plan, meet.key)
    assert paused
    meet.check(theirs)
    for action in journal.list_actions(meet.dataset):
        restore.restore(meet.dataset, action["restore_key"])
    meet.check(theirs)


@pytest.mark.sampled(16)
@forked.needs_fork
@pytest.mark.parametrize("theirs", THEIRS)
@pytest.mark.parametrize("ours", OURS)
def test_the_plugin_may_write_between_fiftyones_read_and_write(
    meet, monkeypatch, ours, theirs
):
    meet.prepare(ours)
    held = meet.held()
    paused = []

    def pause_at(name):
        method = getattr(pymongo.collection.Collection, name)

        def after_ours(collection, what, *args, **kwargs):
            is_theirs = collection.name == meet.dataset._sample_collection_name
            if name == "aggregate":
                # merge_samples reads and writes in one aggregation on the server
                is_theirs = "$merge" in str(what)
            if is_theirs and not paused:
                paused.append(True)
                work = OURS[ours]
                forked.finishes(lambda: work(meet.dataset, meet.plan, meet.key))
            return method(collection, what, *args, **kwargs)

        monkeypatch.setattr(pymongo.collection.Collection, name, after_ours)

    for name in ("bulk_write", "update_one", "update_many", "aggregate"):
        pause_at(name)
    theirs(meet.dataset, held, meet.doomed)
    monkeypatch.undo()
    assert paused
    meet.check(theirs)


class TestFiftyOneAlone:
    """FiftyOne's own writers interfere with each other, without the plugin."""

    def test_tagging_deletes_the_labels_of_a_field_if_one_has_null_tags(
        self, make_dataset
    ):
        """To handle null tags, FiftyOne saves a view that is filtered to them."""
        labels = [(str(k), [0.1, 0.1, 0.1, 0.1]) for k in range(6)]
        dataset = make_dataset([labels])
        dataset._sample_collection.update_one({}, {"$set": {f"{PATH}.2.tags": None}})
        dataset.tag_labels("theirs")

        (document,) = dataset._sample_collection.find()
        assert [label["label"] for label in document[FIELD]["detections"]] == ["2"]

    @forked.needs_fork
    def test_saving_a_held_sample_after_delete_labels_makes_a_label_without_an_id(
        self, make_dataset
    ):
        labels = [(str(k), [0.1, 0.1, 0.1, 0.1]) for k in range(3)]
        dataset = make_dataset([labels])
        sample = dataset.first()
        ids = [label.id for label in sample[FIELD].detections]
        forked.finishes(lambda: dataset.delete_labels(ids=ids[:2]))
        sample[FIELD].detections[2].label = "edited"
        sample.save()

        (document,) = dataset._sample_collection.find()
        found = document[FIELD]["detections"]
        assert found[0]["_id"] == ObjectId(ids[2])
        assert found[-1] == {"label": "edited"}
