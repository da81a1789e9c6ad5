"""Whether any label of a field has a mask or a rotation."""

import threading

import fiftyone as fo
import numpy as np
import pytest
from pymongo.errors import AutoReconnect
from turned_boxes import FIELD, OTHER, box, image, put

from duplicates.labels import fields
from duplicates.labels.reading.kinds import contents


@pytest.fixture
def held(monkeypatch):
    """Holds searches until it is set."""
    event, find = threading.Event(), contents._find
    monkeypatch.setattr(contents, "_find", lambda *args: event.wait(20) and find(*args))
    monkeypatch.setattr(contents, "PATIENCE", 0.01)
    yield event
    event.set()


def ask(dataset, name=FIELD):
    return contents.has_turned_boxes(dataset, fields.require_label_field(dataset, name))


def test_a_search_without_a_match_is_repeated_only_for_edited_samples(dataset):
    put(dataset, image(box(0)), image(box(0)))
    assert not ask(dataset)

    unseen = dataset.first()
    stamp = unseen.last_modified_at
    change = {"$set": {f"{FIELD}.detections.0.rotation": 30.0}}
    dataset._sample_collection.update_one({"_id": unseen._id}, change)
    # the newest stamp is that of the other sample
    assert stamp < dataset.last().last_modified_at
    assert not ask(dataset)

    unseen.reload()
    unseen[FIELD].detections[0]["rotation"] = 45.0
    unseen.save()
    assert ask(dataset)


def test_a_search_that_takes_long_answers_later_callers(dataset, held):
    put(dataset, image(box(30)))
    assert not ask(dataset)
    assert not ask(dataset)
    _, answer = next(iter(contents._under_way.values()))
    held.set()
    assert answer.result(20)
    assert ask(dataset)


def test_all_searches_of_some_fields_begin_together(dataset, held):
    sample = image(box(30))
    sample[OTHER] = fo.Detections(
        detections=[
            fo.Detection(
                label="x",
                bounding_box=[0.1, 0.1, 0.5, 0.5],
                mask=np.ones((2, 2), dtype=bool),
            )
        ]
    )
    put(dataset, sample)
    found = [fields.require_label_field(dataset, name) for name in (FIELD, OTHER)]
    contents.begin(dataset, found)
    answers = [answer for _, answer in contents._under_way.values()]
    assert len(answers) == 4
    held.set()
    assert sum(answer.result(20) for answer in answers) == 2
    assert contents.has_masks(dataset, found[1])


def test_a_lost_connection_is_raised_in_the_caller(dataset, monkeypatch):
    def find(*_):
        raise AutoReconnect("gone")

    put(dataset, image(box(30)))
    monkeypatch.setattr(contents, "_find", find)
    with pytest.raises(AutoReconnect, match="gone"):
        ask(dataset)
    monkeypatch.undo()
    assert ask(dataset)
