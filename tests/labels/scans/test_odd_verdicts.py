"""Verdicts in the database that the plugin did not store, or not to the end."""

import datetime
import itertools

import pytest
from bson import ObjectId

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.review.judging import progress
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.decisions import verdict_changes, verdicts
from duplicates.labels.scans.decisions.verdict_kinds import DUPLICATE, REAL, Given

BOX = [0.1, 0.1, 0.4, 0.4]
MAY_BE_NULL = ("modified", "who", "document_id", "order", "browser")
TEXTS = ("who", "order", "browser")
ODD = (None, 5, "x", [], {}, {"$gt": ""}, [1, 2, 3], ["a", "b"], True, b"12")


@pytest.fixture(autouse=True)
def no_verdicts_of_others(database):
    """Deletes the verdicts of other tests, as verdicts apply to all datasets."""
    store.collection("verdicts").delete_many({})
    yield
    store.collection("verdicts").delete_many({})


@pytest.fixture
def dataset(make_dataset):
    return make_dataset([[("car", BOX), ("car", BOX), ("car", BOX)]])


def ids(dataset):
    return sorted(map(ObjectId, dataset.values("ground_truth.detections.id")[0]))


def damaged(stored):
    """Yields a stored verdict with each of its values missing or odd."""
    for name in stored:
        if name in ("_id", "dataset", "dataset_id"):
            continue
        if name not in MAY_BE_NULL:
            yield {key: value for key, value in stored.items() if key != name}
        for value in ODD:
            # another format is that of a newer version
            format_ = 5 if value == 5 else True
            usual = {"format": format_}.get(name, "x" if name in TEXTS else None)
            if value != usual and not (value is None and name in MAY_BE_NULL):
                yield {**stored, name: value}
    yield {**stored, "label_ids": [*stored["label_ids"], ObjectId()]}
    yield {**stored, "label_ids": stored["label_ids"][::-1]}
    yield {**stored, "label_ids": [ObjectId(), ObjectId()] * 10_000}
    yield {**stored, "kept": ObjectId()}


@pytest.mark.slow
def test_a_document_that_is_no_verdict_is_one_sentence_and_can_be_cleared(dataset):
    key = search.find_duplicates(dataset, FindParams("ground_truth")).scan_key
    one, other, _ = map(str, ids(dataset))
    verdicts.set_verdict(dataset, [one, other], DUPLICATE, kept=one, who="Anna")
    collection = store.collection("verdicts")
    (stored,) = collection.find()
    reads = (
        lambda: plans.plan(dataset, key),
        lambda: search.find_duplicates(dataset, FindParams("ground_truth")),
        lambda: progress.review_progress(dataset),
        lambda: verdicts.list_verdicts(dataset),
    )
    for odd in damaged(stored):
        collection.replace_one({"_id": stored["_id"]}, odd)
        for read in reads:
            with pytest.raises(ParamsError) as raised:
                read()
            assert str(raised.value).startswith("verdicts: expected verdicts of this")
            assert len(str(raised.value).splitlines()) == 1
        assert verdicts.clear_verdicts(dataset) == 1
        collection.insert_one(stored)
    collection.replace_one({"_id": stored["_id"]}, stored)
    assert verdicts.count_verdicts(dataset) == 1


@pytest.mark.parametrize(
    "change", [{"label_ids": 5}, {"verdict": {"$gt": ""}}, {"kept": ObjectId()}]
)
def test_a_damaged_verdict_of_another_dataset_does_not_keep_one_from_clearing(
    dataset, make_dataset, change
):
    other = make_dataset([[("car", BOX), ("car", BOX)]])
    for one in (dataset, other):
        verdicts.set_verdict(one, [str(label_id) for label_id in ids(one)])
    of_other = {"dataset_id": other._doc.id}
    store.collection("verdicts").update_one(
        of_other,
        [{"$set": {name: {"$literal": value} for name, value in change.items()}}],
    )
    assert verdicts.count_verdicts(dataset) == 3
    assert verdicts.clear_verdicts(dataset) == 3
    with pytest.raises(ParamsError, match=other.name):
        list(verdicts.everywhere())
    assert verdicts.clear_verdicts(other) == 1


def test_the_labels_of_another_dataset_get_no_verdict(dataset, make_dataset):
    other = make_dataset([[("car", BOX), ("car", BOX)]])
    mine, theirs = map(str, (ids(dataset)[0], ids(other)[0]))
    for pair in ([mine, theirs], list(map(str, ids(other)))):
        with pytest.raises(ParamsError, match="label_ids: expected"):
            verdicts.set_verdict(dataset, pair)
    assert store.collection("verdicts").count_documents({}) == 0


class KilledError(BaseException):
    """Ends a process between two of its writes."""


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_kill_between_the_verdicts_of_a_group_leaves_whole_ones_to_repeat(
    dataset, monkeypatch, after
):
    pairs = list(itertools.combinations(ids(dataset), 2))
    holder = ObjectId(dataset.first().id)
    changes = [verdict_changes.VerdictChange(Given(pair, REAL), None) for pair in pairs]
    replace, left = verdict_changes._replace, [after]

    def until(*args):
        left[0] -= 1
        if left[0] < 0:
            raise KilledError
        return replace(*args)

    monkeypatch.setattr(verdict_changes, "_replace", until)
    with pytest.raises(KilledError):
        verdict_changes.change_verdicts(dataset, holder, changes, "Anna")
    assert len(list(verdicts.of_dataset(dataset))) == after
    monkeypatch.setattr(verdict_changes, "_replace", replace)
    # one that is already stored is no conflict
    done = verdict_changes.change_verdicts(dataset, holder, changes, "Anna")
    assert not done.conflicts
    found = list(verdicts.of_dataset(dataset))
    assert {verdict.label_ids for verdict in found} == set(pairs)
    assert {verdict.created.tzinfo for verdict in found} == {None}
    assert all(isinstance(verdict.at, datetime.datetime) for verdict in found)
