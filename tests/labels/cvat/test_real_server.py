"""Round trips through a real CVAT server, as ``make test-cvat`` runs them.

``CVAT_URL``, ``CVAT_USERNAME`` and ``CVAT_PASSWORD`` name it; without them, these tests
are skipped. Every task that they create is deleted again.
"""

import os

import bson
import cvat_data
import pytest

NAMES = ("CVAT_URL", "CVAT_USERNAME", "CVAT_PASSWORD")

pytestmark = pytest.mark.skipif(
    not all(map(os.environ.get, NAMES)), reason="no real CVAT server is named"
)


@pytest.fixture
def account():
    from duplicates.labels.cvat.server.settings import Server, require_url

    url, username, password = (os.environ[name] for name in NAMES)
    return Server(require_url(url), username, password)


@pytest.fixture
def client(account):
    from duplicates.labels.cvat.server.session import Client

    return Client(account)


@pytest.fixture
def sent(make_images, account):
    """Three images with nine labels that were sent; their tasks are deleted."""
    from duplicates.labels.cvat.send import selection, send
    from duplicates.labels.cvat.trips import removal, store

    dataset = make_images(cvat_data.pairs(3))
    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    send.send(dataset, account, chosen)
    yield dataset
    for trip in store.all_trips(dataset):
        removal.discard(dataset, account, str(trip.id))


def _annotations(dataset, client):
    """Returns the URL of the annotations of the only job, and its shapes."""
    from duplicates.labels.cvat.trips import store

    (trip,) = store.all_trips(dataset)
    (task_id,) = trip["task_ids"]
    (job,) = client.pages(client.jobs_url(task_id))
    url = client.job_annotation_url(job["id"])
    return url, client.get(url).json()["shapes"]


def _edit(client, url, action, shapes):
    body = {"version": 0, "tags": [], "tracks": [], "shapes": shapes}
    client.patch(f"{url}?action={action}", json=body)


def _load(dataset, account, **given):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store

    (trip,) = store.all_trips(dataset)
    return load.load(dataset, account, str(trip.id), **given)


def test_unedited_labels_keep_their_bytes(sent, account):
    before = cvat_data.fields(sent)
    done = _load(sent, account)
    assert done.preview.comparison.counts["unchanged"] == 9
    assert done.preview.comparison.skipped == {}
    assert cvat_data.fields(sent) == before


def test_exactly_the_edited_labels_change_and_can_be_undone(sent, account, client):
    from duplicates.labels.edits import restore

    fields, before = cvat_data.fields(sent), cvat_data.stored(sent)
    url, shapes = _annotations(sent, client)
    moved, deleted = shapes[0], shapes[1]
    moved["points"][2] += 7.5
    _edit(client, url, "update", [moved])
    _edit(client, url, "delete", [deleted])

    done = _load(sent, account)
    counts = done.preview.comparison.counts
    assert (counts["moved"], counts["deleted"], counts["unchanged"]) == (1, 1, 7)
    after = cvat_data.stored(sent)
    (changed,) = [k for k in after if after[k] != before[k]]
    was, now = (bson.decode(labels[changed]) for labels in (before, after))
    assert now["bounding_box"][:2] == was["bounding_box"][:2]
    assert now["bounding_box"][3] == was["bounding_box"][3]
    restore.restore(sent, done.written.restore_key)
    assert cvat_data.fields(sent) == fields


def test_occluded_labels_are_named(sent, account, client):
    url, shapes = _annotations(sent, client)
    shapes[0]["occluded"] = True
    _edit(client, url, "update", shapes[:1])
    found = _load(sent, account).preview.to_dict()
    assert found["skipped"]["count"] == 1
    assert found["counts"]["unchanged"] == 8


def test_a_load_that_deletes_most_labels_must_be_allowed(sent, account, client):
    from duplicates.iou_core.errors import ParamsError

    url, shapes = _annotations(sent, client)
    _edit(client, url, "delete", shapes[:6])
    with pytest.raises(ParamsError, match="6 of the 9 labels sent would be deleted"):
        _load(sent, account)
    assert _load(sent, account, allow_mass_delete=True).written.count == 6
