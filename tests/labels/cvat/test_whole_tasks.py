"""Loads that would delete most labels, and tasks that are not whole."""

from concurrent.futures import ThreadPoolExecutor

import cvat_data
import pytest


def send(dataset, account, **options):
    from duplicates.labels.cvat.send import selection, send, upload

    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    return send.send(dataset, account, chosen, upload.Options.parse(options))


def load(dataset, account, key, **given):
    from duplicates.labels.cvat.load import load

    return load.load(dataset, account, key, **given)


@pytest.mark.parametrize("reason", ["no jobs", "one job less", "an image less"])
def test_a_task_that_is_not_shown_whole_deletes_nothing(
    reason, make_images, account, cvat
):
    from duplicates.iou_core.errors import CvatError

    dataset = make_images(cvat_data.pairs(2))
    before = cvat_data.fields(dataset)
    key = send(dataset, account, segment_size=1).anno_key
    (task,) = cvat.tasks.values()
    if reason == "no jobs":
        cvat.hidden.add(task["id"])
    elif reason == "one job less":
        task["jobs"].pop()
    else:
        task["jobs"][1]["start_frame"] = task["jobs"][1]["stop_frame"] = 0
    for job in task["jobs"]:
        job["state"] = "completed"

    with pytest.raises(CvatError, match="without which labels would seem deleted"):
        load(dataset, account, key, cleanup=True, allow_mass_delete=True)

    assert cvat_data.fields(dataset) == before
    assert len(cvat.tasks) == 1


def test_another_task_under_the_same_number_deletes_nothing(make_images, account, cvat):
    from duplicates.iou_core.errors import CvatError

    dataset = make_images(cvat_data.pairs(1))
    key = send(dataset, account).anno_key
    (task,) = cvat.tasks.values()
    task |= {"name": "another", "shapes": []}
    for label in task["labels"]:
        label["attributes"] = []

    with pytest.raises(CvatError, match="got another task, 'another'"):
        load(dataset, account, key, allow_mass_delete=True)


def test_a_load_that_deletes_more_than_half_must_be_allowed(make_images, account, cvat):
    from duplicates.iou_core.errors import ParamsError

    dataset = make_images(cvat_data.pairs(2))
    before = cvat_data.fields(dataset)
    key = send(dataset, account).anno_key
    for shape in cvat.shapes()[:4]:
        cvat.delete(shape)

    words = "4 of the 6 labels sent would be deleted"
    with pytest.raises(ParamsError, match=words) as caught:
        load(dataset, account, key)
    assert caught.value.where == "allow_mass_delete"
    assert cvat_data.fields(dataset) == before
    assert load(dataset, account, key, allow_mass_delete=True).written.count == 4


@pytest.mark.parametrize("project", [None, "street"])
def test_labels_of_a_class_that_is_gone_are_named_and_must_be_allowed(
    project, make_images, account, cvat
):
    from duplicates.iou_core.errors import ParamsError
    from duplicates.labels.cvat.server.session import Client

    dataset = make_images(cvat_data.pairs(2))
    key = send(dataset, account, project_name=project).anno_key
    client = Client(account)
    client.delete(f"{account.url}/api/labels/{cvat.class_id('dog')}")

    with pytest.raises(ParamsError, match="class 'dog' is gone in CVAT: 2 labels"):
        load(dataset, account, key)
    assert load(dataset, account, key, allow_mass_delete=True).written.count == 2


@pytest.mark.parametrize("project", [None, "street"])
def test_labels_of_a_class_that_was_renamed_are_relabeled(
    project, make_images, account, cvat
):
    from duplicates.labels.cvat.server.session import Client

    dataset = make_images(cvat_data.pairs(2))
    key = send(dataset, account, project_name=project).anno_key
    url = f"{account.url}/api/labels/{cvat.class_id('dog')}"
    Client(account).patch(url, json={"name": "hound"})
    counts = load(dataset, account, key).preview.comparison.counts
    assert (counts["relabeled"], counts["deleted"]) == (2, 0)


def test_only_jobs_of_annotators_are_counted(make_images, account, cvat):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import trips

    dataset = make_images(cvat_data.pairs(3))
    key = send(dataset, account, segment_size=1).anno_key
    (task,) = cvat.tasks.values()
    for kind in ("ground_truth", "consensus_replica"):
        task["jobs"].append({**task["jobs"][0], "id": len(kind), "type": kind})
    task["jobs"][0]["state"] = "completed"

    (trip,) = trips.list_trips(dataset, lambda url: account)
    found = load.preview(dataset, account, key)
    assert trip["jobs"] == {"done": 1, "total": 3}
    assert (found.done, found.jobs) == (1, 3)


def test_trips_that_begin_at_once_get_different_keys(make_images):
    from duplicates.labels.cvat.trips import annotation_runs, store

    dataset = make_images(cvat_data.pairs(1))
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(
            lambda _: annotation_runs.begin(dataset, None, {"url": ""}), range(8)
        )
        keys = {trip.anno_key for trip in made}

    assert len(keys) == 8
    for trip in store.all_trips(dataset):
        store.delete(trip)


def test_an_action_on_one_of_two_trips_of_a_key_names_it_by_its_id(
    make_images, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.trips import removal, store

    dataset = make_images(cvat_data.pairs(1))
    for _ in "ab":
        send(dataset, account)
    newest, oldest = store.all_trips(dataset)
    store.record(newest, anno_key=oldest.anno_key)

    with pytest.raises(CvatError, match="which two trips have"):
        removal.discard(dataset, account, oldest.anno_key)
    removal.discard(dataset, account, str(oldest.id))
    assert list(cvat.tasks) == newest["task_ids"]
    assert [trip.id for trip in store.all_trips(dataset)] == [newest.id]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["2.15.0", "2.54.1"])
def test_a_failed_import_is_reported_at_once_with_its_reason(
    version, make_images, account, cvat, monkeypatch
):
    import time

    from duplicates.iou_core.errors import CvatError

    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    cvat.version, cvat.polls = version, 10**6
    cvat.queued = 2
    dataset = make_images(cvat_data.pairs(1))
    cvat.fault = lambda method, path, n: fail_imports(cvat, path)
    with pytest.raises(CvatError, match="cannot identify image file"):
        send(dataset, account)
    cvat.fault = lambda *_: None
    assert cvat.tasks == {}
    asked = ("GET", "/api/requests/action%3Dcreate%26target%3Dtask%26target_id%3D")
    n = sum(path.startswith(asked[1]) for _, path in cvat.log)
    assert n == (3 if version == "2.54.1" else 0)


def fail_imports(cvat, path):
    if path == "/api/jobs":
        for task in cvat.tasks.values():
            task["state"] = "Failed"


@pytest.mark.slow
def test_an_import_in_the_queue_is_waited_for_and_shown(
    make_images, account, cvat, monkeypatch
):
    from duplicates.labels.cvat.trips import store, trips

    cvat.polls, cvat.queued = 1, 1
    dataset = make_images(cvat_data.pairs(1))
    shown = []
    record = store.record

    def recorded(trip, **facts):
        record(trip, **facts)
        if "waits" in facts:
            listed = trips.list_trips(dataset, lambda url: account)
            shown.append(listed[0]["problem"])

    monkeypatch.setattr(store, "record", recorded)
    send(dataset, account)
    assert shown == ["waiting in CVAT's queue", None]


def test_a_throttled_request_is_repeated(make_images, account, cvat):
    dataset = make_images(cvat_data.pairs(1))
    cvat.throttle = 2
    assert send(dataset, account).labels == 3
    assert [status for status, *_ in cvat.refused[-2:]] == [429, 429]
