"""Runs on a small dataset, without the locks of earlier tests."""

import generated
import pytest

from duplicates.labels import store
from duplicates.labels.jobs import shards


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(generated.samples(1, n=20))


@pytest.fixture
def no_earlier_locks(database):
    """Deletes the locks of processes that other tests killed."""
    store.collection("locks").delete_many({})


@pytest.fixture
def small_parts(monkeypatch):
    """Cuts few samples into parts for several workers."""
    monkeypatch.setattr(shards, "MIN_SAMPLES", 7)
