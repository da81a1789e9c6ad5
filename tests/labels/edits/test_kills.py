"""No label is lost if the process is killed during a deletion."""

import pathlib
import subprocess
import sys

import datasets
import generated
import killed
import pytest
from bson import ObjectId

from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.restore import restore
from duplicates.labels.jobs import runs
from duplicates.labels.scans import plans, search

pytestmark = pytest.mark.slow

ROOT = pathlib.Path(__file__).resolve().parents[3]
FIELD = "ground_truth"


def raw_samples(dataset):
    return {
        document.pop("_id"): {
            key: value for key, value in document.items() if key != "last_modified_at"
        }
        for document in dataset._sample_collection.find()
    }


def label_ids(samples):
    return {
        label["_id"]
        for document in samples.values()
        for label in (document.get(FIELD) or {}).get("detections") or []
    }


@pytest.fixture(scope="module")
def victims(database):
    """For each point, a dataset whose deletion was killed there, and its old state."""
    made, before = {}, {}
    for point in killed.POINTS:
        dataset = made[point] = datasets.make(generated.samples(1), FIELD)
        dataset.persistent = True
        before[point] = raw_samples(dataset)
        search.find_duplicates(
            dataset, FindParams(FIELD, iou_thresh=0.5), scan_key="before"
        )
    names = [dataset.name for dataset in made.values()]
    done = subprocess.run(
        [sys.executable, killed.__file__, ROOT, "before", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    codes = [int(code) for code in done.stdout.split()]
    ended = dict(zip(killed.POINTS, codes, strict=False))
    assert len(ended) == len(made), done.stderr
    yield made, before, ended
    for dataset in made.values():
        dataset.delete()


@pytest.mark.parametrize("point", killed.POINTS)
def test_every_label_is_in_the_dataset_or_in_the_journal(victims, point):
    made, all_before, ended = victims
    dataset, before = made[point], all_before[point]
    assert ended[point] == (0 if point == "never" else 9)
    planned = {
        ObjectId(removal.label_id) for removal in plans.plan(dataset, "before").removals
    }
    left = label_ids(raw_samples(dataset))
    actions = journal.list_actions(dataset)
    kept = {
        entry["label_id"]
        for action in actions
        for document in journal.entries(action["restore_key"])
        for entry in document["entries"]
    }

    assert left | kept == label_ids(before)
    assert label_ids(before) - left <= planned
    n_gone = len(label_ids(before) - left)
    if "deleted" not in point and point != "never":
        assert n_gone == 0
    elif "some" in point:
        assert 0 < n_gone < len(planned)
    else:
        assert n_gone == len(planned)


@pytest.mark.parametrize("point", killed.POINTS)
def test_deleted_labels_can_be_restored(victims, point):
    made, before, _ = victims
    dataset = made[point]
    for action in journal.list_actions(dataset):
        restore(dataset, action["restore_key"])

    assert raw_samples(dataset) == before[point]


@pytest.mark.parametrize("point", killed.POINTS[:-1])
def test_the_lock_is_taken_over_at_once(victims, point):
    made, _, _ = victims
    dataset = made[point]
    assert runs.status(dataset, point)["state"] == "lost"
    with runs.start(dataset, "delete_duplicates", FIELD) as run:
        done = delete.delete_plan(dataset, plans.plan(dataset, "before"), run)
    assert done.count == len(plans.plan(dataset, "before"))
