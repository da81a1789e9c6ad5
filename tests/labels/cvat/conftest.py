import dataclasses
import datetime

import cvat_data
import cvat_server
import pytest
from bson import ObjectId
from cvat_attributes import TYPES


@pytest.fixture(autouse=True, scope="session")
def running_database(database):
    """Every test of this folder has a database."""


@pytest.fixture
def cvat():
    with cvat_server.Server() as server:
        yield server
        # whatever a test does, the plugin sends nothing that CVAT would not take; a
        # throttled request (429) is sent again
        assert [r for r in server.refused if r[0] not in (400, 401, 404, 429)] == []


@pytest.fixture
def account(cvat):
    """The server as the plugin knows it."""
    from duplicates.labels.cvat.server.settings import Server

    return Server(cvat.url, cvat.username, cvat.password)


@pytest.fixture
def short_waits(monkeypatch):
    """The plugin waits for the server for a second at most."""
    from duplicates.labels.cvat.server import preflight, session, wire

    limits = wire.Limits(0.5, 0.6, 0.8, 2, 0.5, reply_bytes=2_000_000)
    for module in (preflight, session):
        monkeypatch.setattr(module, "LIMITS", limits)
    monkeypatch.setattr(session, "CLEAN_UP", dataclasses.replace(limits, jobs=0.2))


@pytest.fixture
def make_images(make_dataset, tmp_path):
    """A function that makes a dataset of image files with lists of label documents."""

    def make(lists, size=cvat_data.SIZE, holder="Detections", attributes=()):
        others = () if holder == "Detections" else ("boxes",)
        schema = {"kind": holder, "others": others, "attributes": attributes}
        dataset = make_dataset([], cvat_data.FIELD, True, **schema)
        now = datetime.datetime(2024, 5, 6, 7, 8, 9, 123000)
        folder = tmp_path / str(ObjectId())
        whole = [
            {
                "_id": ObjectId(),
                "tags": [],
                "metadata": None,
                "_media_type": "image",
                "_rand": 0.5,
                "_dataset_id": dataset._doc.id,
                "created_at": now,
                "last_modified_at": now,
                **document,
            }
            for document in cvat_data.documents(folder, lists, size, holder)
        ]
        dataset._sample_collection.insert_many(whole)
        return dataset

    return make


@pytest.fixture
def make_declared(make_images):
    """A function that makes images of labels whose attributes are declared."""

    def make(lists, **given):
        return make_images(lists, attributes=tuple(TYPES.items()), **given)

    return make
