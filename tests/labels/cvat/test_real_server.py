"""Round trips through a real CVAT server, as ``make test-cvat`` runs them.

``CVAT_URL``, ``CVAT_USERNAME`` and ``CVAT_PASSWORD`` name it; without them, the real
server is skipped, and the tests' server plays it, so that these tests stay runnable.
Every task and project that they create is deleted again.
"""

import os
import uuid

import bson
import cvat_data
import cvat_server
import fiftyone as fo
import numpy as np
import pytest

NAMES = ("CVAT_URL", "CVAT_USERNAME", "CVAT_PASSWORD")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["a real server", "the tests' server"])
def account(request):
    from duplicates.labels.cvat.server.settings import Server, require_url

    is_named = all(map(os.environ.get, NAMES))
    if request.param == "a real server":
        if not is_named:
            pytest.skip(f"{', '.join(NAMES)} name no real server")
        url, username, password = (os.environ[name] for name in NAMES)
        yield Server(require_url(url), username, password)
        return
    if is_named:
        pytest.skip("a real server is named")
    with cvat_server.Server() as server:
        server.version = "2.54.1"
        yield Server(server.url, server.username, server.password)
        assert (server.tasks, server.projects) == ({}, {})


@pytest.fixture
def client(account):
    from duplicates.labels.cvat.server.session import Client

    return Client(account)


@pytest.fixture
def send(account):
    """A function that sends all labels of a dataset; what it made is deleted."""
    from duplicates.labels.cvat.trips import removal, store

    made = []

    def sent(dataset, **options):
        made.append(dataset)
        return cvat_data.send_all(dataset, account, **options)

    yield sent
    for dataset in made:
        for trip in store.all_trips(dataset):
            removal.discard(dataset, account, str(trip.id))


@pytest.fixture
def sent(make_images, send):
    """Three images with nine labels that were sent."""
    dataset = make_images(cvat_data.pairs(3))
    send(dataset)
    return dataset


def _annotations(dataset, client):
    """Returns the URL of the annotations of the only job, and its shapes."""
    from duplicates.labels.cvat.trips import store

    (trip,) = store.all_trips(dataset)
    (task_id,) = trip["task_ids"]
    (job,) = client.pages(client.jobs_url(task_id))
    url = client.job_annotation_url(job["id"])
    return url, client.get(url).json()["shapes"]


def _edit(client, url, action, shapes=(), tags=()):
    body = {"version": 0, "tags": [*tags], "tracks": [], "shapes": [*shapes]}
    client.patch(f"{url}?action={action}", json=body)


def _complete(dataset, client):
    from duplicates.labels.cvat.trips import store

    (trip,) = store.all_trips(dataset)
    for job in client.pages(client.jobs_url(trip["task_ids"][0])):
        client.patch(client.taskless_job_url(job["id"]), json={"state": "completed"})


def _load(dataset, account, **given):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import store

    (trip,) = store.all_trips(dataset)
    return load.load(dataset, account, str(trip.id), **given)


def test_the_version_of_the_server_is_supported(account, capsys):
    from duplicates.labels.cvat.server.preflight import preflight

    version = preflight(account)
    if all(map(os.environ.get, NAMES)):
        with capsys.disabled():
            print(f"\nCVAT {version} at {account.host}")
    assert version.startswith("2.")


def test_unedited_labels_keep_their_bytes(sent, account):
    before = cvat_data.fields(sent)
    done = _load(sent, account)
    assert done.preview.comparison.counts["unchanged"] == 9
    assert done.preview.comparison.skipped == {}
    assert cvat_data.fields(sent) == before


def _of_kind(kind):
    """Returns labels of a kind, and the type of their field."""
    if kind == "masks":
        mask = np.zeros((10, 20), dtype=bool)
        mask[2:8, 3:15] = True
        held = fo.Detection(mask=mask).to_dict()["mask"]
        return [cvat_data.label([0.2, 0.2, 0.1, 0.1], mask=held)], "Detections"
    if kind == "rotations":
        turns = (-30.5, 0.0, 361.0, 45.25)
        labels = [cvat_data.label(cvat_data.NEAR, rotation=turn) for turn in turns]
        return labels, "Detections"
    ring = [[0.1, 0.1], [0.5037, 0.1], [0.4, 0.6011]]
    other = [[x + 0.3, y + 0.2] for x, y in ring]
    return [
        cvat_data.polyline(ring, other),
        cvat_data.polyline(ring, filled=False, closed=True),
    ], "Polylines"


@pytest.mark.parametrize("kind", ["masks", "rotations", "polylines"])
def test_unedited_labels_of_other_kinds_keep_their_bytes(
    kind, make_images, account, send
):
    labels, holder = _of_kind(kind)
    dataset = make_images([labels], holder=holder)
    before = cvat_data.fields(dataset)
    send(dataset)
    done = _load(dataset, account)
    assert done.preview.comparison.counts["unchanged"] == len(labels)
    assert cvat_data.fields(dataset) == before


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


def test_attributes_and_the_switch_occluded_come_back(
    make_images, account, client, send
):
    extra = {"color": "red", "occluded": False}
    dataset = make_images([[cvat_data.label(cvat_data.NEAR, **extra)]])
    dataset.add_sample_field(f"{cvat_data.PATH}.color", fo.StringField)
    dataset.add_sample_field(f"{cvat_data.PATH}.occluded", fo.BooleanField)
    before = cvat_data.fields(dataset)
    send(dataset, attributes=["color", "occluded"])
    assert _load(dataset, account).written.count == 0
    assert cvat_data.fields(dataset) == before

    url, (shape,) = _annotations(dataset, client)
    shape["occluded"] = True
    (color,) = [a for a in shape["attributes"] if a["value"] == "red"]
    color["value"] = "blue"
    _edit(client, url, "update", [shape])
    assert _load(dataset, account).written.count == 1
    (label,) = map(bson.decode, cvat_data.stored(dataset).values())
    assert (label["color"], label["occluded"]) == ("blue", True)


def test_edits_that_no_label_stores_are_named_and_keep_the_task(sent, account, client):
    url, shapes = _annotations(sent, client)
    for shape, name, value in zip(
        shapes, ("occluded", "z_order", "group"), (True, 3, 7)
    ):
        shape[name] = value
    _edit(client, url, "update", shapes[:3])
    tag = {"frame": 0, "label_id": shapes[0]["label_id"], "attributes": [], "group": 0}
    _edit(client, url, "create", tags=[tag])
    _complete(sent, client)

    done = _load(sent, account, cleanup=True)
    found = done.preview.to_dict()
    assert found["skipped"]["count"] == 4
    assert len(found["skipped"]["labels"]) == 3
    assert found["counts"]["unchanged"] == 6
    assert not done.is_removed


def test_a_load_that_deletes_most_labels_must_be_allowed(sent, account, client):
    from duplicates.iou_core.errors import ParamsError

    url, shapes = _annotations(sent, client)
    _edit(client, url, "delete", shapes[:6])
    with pytest.raises(ParamsError, match="6 of the 9 labels sent would be deleted"):
        _load(sent, account)
    assert _load(sent, account, allow_mass_delete=True).written.count == 6


def test_a_class_deleted_in_a_project_is_named(make_images, account, client, send):
    from duplicates.iou_core.errors import ParamsError

    dataset = make_images(cvat_data.pairs(3))
    send(dataset, project_name=f"duplicates test {uuid.uuid4()}")
    _, shapes = _annotations(dataset, client)
    dogs = next(
        label["id"]
        for label in client.pages(f"{account.url}/api/labels?task_id={_task(dataset)}")
        if label["name"] == "dog"
    )
    assert sum(shape["label_id"] == dogs for shape in shapes) == 3
    client.delete(f"{account.url}/api/labels/{dogs}")
    with pytest.raises(ParamsError, match="class 'dog' is gone in CVAT: 3 labels"):
        _load(dataset, account)


def _task(dataset):
    from duplicates.labels.cvat.trips import store

    (trip,) = store.all_trips(dataset)
    return trip["task_ids"][0]


def test_a_failed_import_ends_the_upload_with_its_reason(
    make_images, account, client, send
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.trips import store

    dataset = make_images(cvat_data.pairs(1))
    path = dataset.first().filepath
    # an image for Python; by its name none for CVAT
    os.rename(path, f"{path}.txt")
    change = {"$set": {"filepath": f"{path}.txt"}}
    dataset._sample_collection.update_one({}, change)
    dataset.reload()
    with pytest.raises(CvatError, match=r"failed|error 400"):
        send(dataset)
    assert store.all_trips(dataset) == []


def test_a_loaded_task_is_deleted_also_if_it_was_renamed(sent, account, client):
    task_id = _task(sent)
    client.patch(client.task_url(task_id), json={"name": "Ann, please look at these"})
    _complete(sent, client)
    done = _load(sent, account, cleanup=True)
    assert (done.is_removed, done.problem) == (True, None)
    assert client.find_task(task_id) is None
