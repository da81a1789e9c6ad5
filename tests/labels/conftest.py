import datetime

import pytest
from bson import ObjectId


@pytest.fixture(autouse=True, scope="session")
def running_database(database):
    """Starts a database for every test of this folder."""


@pytest.fixture
def raw_dataset(make_dataset):
    """A function that inserts documents into a dataset without changing them.

    Documents without an ``_id``, ``filepath`` or stamp get one.
    """

    def put(documents, label_fields=("ground_truth",)):
        dataset = make_dataset(
            [], label_fields[0], True, others=tuple(label_fields[1:])
        )
        now = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000)
        whole = [
            {
                "_id": ObjectId(),
                "filepath": f"/images/{k}.jpg",
                "tags": [],
                "metadata": None,
                "_media_type": "image",
                "_rand": k / max(len(documents), 1),
                "_dataset_id": dataset._doc.id,
                "created_at": now,
                "last_modified_at": now,
                **document,
            }
            for k, document in enumerate(documents)
        ]
        if whole:
            dataset._sample_collection.insert_many(whole)
        return dataset

    return put


@pytest.fixture
def shuffled_dataset(make_dataset):
    """Like ``make_dataset``, but the natural order differs from the order of ids."""

    def make(samples, seed=1):
        import random

        dataset = make_dataset(samples)
        collection = dataset._sample_collection
        documents = list(collection.find())
        random.Random(seed).shuffle(documents)
        collection.delete_many({})
        collection.insert_many(documents)
        ids = [document["_id"] for document in collection.find({}, {"_id": True})]
        assert ids != sorted(ids)
        return dataset

    return make
