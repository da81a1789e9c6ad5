"""Results of a cluster are plain data of a known structure; others are errors."""

import pickle
import zlib

import bson
import engine_cases
import numpy as np
import pytest

from duplicates.iou_core.errors import RunError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store, worker
from duplicates.labels.edits import max_iou
from duplicates.labels.jobs import engines, ray_results
from duplicates.labels.jobs.engines import Engine

FIELD = engine_cases.FIELD
TAGGED = {
    "count": 3,
    "samples": 2,
    "label_ids": ["a", "b"],
    "skipped": {"count": 1, "reasons": {"why": 1}, "labels": [{"field": None}]},
    "restore_key": None,
    "on_frames": False,
}


class Here:
    """Workers within this process, whose results are passed through the database."""

    count = 2

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def work(self, job, tasks):
        for number, task in enumerate(tasks):
            ray_results.put("job", number, worker.answer(job, task))
            yield number, ray_results.take("job", number, job["work"])


@pytest.fixture
def dataset(make_dataset):
    return engine_cases.make_odd(make_dataset(engine_cases.samples()))


def test_a_scan_through_the_database_is_the_same(dataset, monkeypatch):
    params = FindParams(FIELD, iou_thresh=0.5)
    here = engine_cases.search(dataset, params)
    monkeypatch.setattr(Engine, "open", lambda self: Here())
    assert engine_cases.search(dataset, params, engine=Engine("processes")) == here


def test_values_through_the_database_are_the_same(dataset, monkeypatch):
    params = ComputeParams(FIELD)
    here = max_iou.compute_max_ious(dataset, params)
    monkeypatch.setattr(Engine, "open", lambda self: Here())
    there = max_iou.compute_max_ious(dataset, params, engine=Engine("processes"))
    assert (there.count, there.bounds, there.by_class) == (
        here.count,
        here.bounds,
        here.by_class,
    )
    np.testing.assert_array_equal(there.counts, here.counts)


def test_a_result_is_removed_once_it_is_read(database):
    ray_results.prepare()
    for number in (1, 2):
        ray_results.put("job", number, TAGGED)
        ray_results.put("job", number, TAGGED)
    assert ray_results.take("job", 1, "tag") == TAGGED
    assert ray_results.take("job", 1, "tag") is None
    assert ray_results.take("other job", 2, "tag") is None
    ray_results.delete("job")
    assert store.collection("results").count_documents({}) == 0


def test_a_result_in_many_pieces_is_joined(database, monkeypatch):
    monkeypatch.setattr(ray_results, "_PART", 50)
    ray_results.put("job", 1, TAGGED)
    assert store.collection("results").count_documents({}) > 2
    assert ray_results.take("job", 1, "tag") == TAGGED


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": "3"},
        {"count": True},
        {"count": np.arange(3)},
        {"label_ids": "ab"},
        {"label_ids": [1]},
        {"skipped": None},
        {"skipped": {"count": 1, "reasons": {"why": {"$gt": ""}}, "labels": []}},
        {"more": 1},
        {"restore_key": 5},
    ],
)
def test_a_result_of_another_structure_is_an_error(database, wrong):
    ray_results.put("job", 1, {**TAGGED, **wrong})
    with pytest.raises(RunError, match="a result of the expected shape"):
        ray_results.take("job", 1, "tag")


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(TAGGED),
        zlib.compress(pickle.dumps(TAGGED)),
        zlib.compress(bson.encode({"other": 1})),
        zlib.compress(bson.encode({"result": {"code": "x"}})),
        zlib.compress(bson.encode({"result": {"a": 1, "b": 2}})),
        zlib.compress(bson.encode({"result": None})),
        zlib.compress(bytes(2**28)),
        zlib.compress(
            bson.encode(
                {"result": {"array": {"dtype": "O", "shape": [1], "data": bytes(8)}}}
            )
        ),
    ],
    ids=range(8),
)
def test_other_bytes_are_an_error(database, data):
    document = {"_id": "job:1:0", "job_id": "job", "number": 1, "part": 0, "parts": 1}
    store.collection("results").insert_one({**document, "data": data})
    with pytest.raises(RunError, match="a result of the expected shape"):
        ray_results.take("job", 1, "tag")
    assert store.collection("results").count_documents({}) == 0


def test_an_error_in_a_part_is_one_of_the_plugins_errors(database):
    ray_results.put("job", 1, {"refused": ["FieldError", "a", "b", "c"]})
    refused = ray_results.take("job", 1, "find")
    assert refused == {"refused": ["FieldError", "a", "b", "c"]}
    ray_results.put("job", 1, {"refused": ["FieldError", "a"]})
    with pytest.raises(RunError, match="a result of the expected shape"):
        ray_results.take("job", 1, "find")
    for kind in ("sentence_in", "__doc__", "NoSuchError"):
        with pytest.raises(RunError, match="c: expected a, got b"):
            engines._raise({"refused": [kind, "a", "b", "c"]})


def test_every_kind_of_work_has_a_known_structure():
    assert ray_results._RESULTS.keys() == worker.WORK.keys()
