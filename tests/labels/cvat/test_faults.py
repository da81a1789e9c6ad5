"""Failures of trips: one sentence, no leftovers, no lost label, and a retry works."""

import dataclasses
import logging
import threading
import time

import cvat_data
import pytest

pytestmark = pytest.mark.slow

FAULTS = (
    500,
    401,
    "cut",
    "cut after",
    "html",
    "malformed",
    "other json",
    "redirect",
    "hang",
    "trickle",
    "big",
)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    from duplicates.labels.cvat.server import preflight, session, wire

    limits = wire.Limits(0.5, 0.6, 0.8, 2, 0.5, reply_bytes=2_000_000)
    for module in (preflight, session):
        monkeypatch.setattr(module, "LIMITS", limits)
    monkeypatch.setattr(session, "CLEAN_UP", dataclasses.replace(limits, jobs=0.2))


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(2))


def _send(dataset, account, anno_key="trip", run=None, **given):
    from duplicates.labels.cvat.send import selection, send, upload

    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    options = upload.Options.parse(given)
    return send.send(dataset, account, chosen, options, anno_key, run)


def _nothing_here(dataset):
    """Returns whether a dataset has no stored trip, label or run."""
    from duplicates.labels import store

    own = {"dataset_id": dataset._doc.id}
    trips = [t["_id"] for t in store.collection("cvat_trips").find(own)]
    dataset.reload()
    return trips == [] and dataset.list_annotation_runs() == []


def _fault(fault, at):
    """Returns a fault for one request, by its number, once."""
    seen = []

    def fail(method, path, n):
        seen.append((method, path))
        if len(seen) - 1 != at:
            return None
        return ("hang", 1.2) if fault == "hang" else fault

    return fail


REQUESTS = 12
"""How many requests sending makes; tested below."""


def _spread(n):
    """Yields two cuts and one other fault for each of ``n`` requests."""
    others = [fault for fault in FAULTS if fault not in ("cut", "cut after")]
    for at in range(n):
        yield from [(at, "cut"), (at, "cut after"), (at, others[at % len(others)])]


def test_sending_makes_the_number_of_requests_that_the_tests_expect(
    dataset, account, cvat
):
    _send(dataset, account)

    assert len(cvat.log) == REQUESTS


@pytest.mark.sampled(12)
@pytest.mark.parametrize(("at", "fault"), _spread(REQUESTS))
def test_sending_that_fails_leaves_nothing_and_can_be_repeated(
    at, fault, dataset, account, cvat, caplog
):
    from duplicates.iou_core.errors import CvatError

    caplog.set_level(logging.DEBUG)
    # its messages take longer than all else here; none has a secret, as
    # test_no_secret_is_in_logs_runs_results_or_the_database tests
    caplog.set_level(logging.INFO, "pymongo")
    before = cvat_data.fields(dataset)
    cvat.fault = _fault(fault, at)
    begun = time.monotonic()
    try:
        _send(dataset, account)
    except CvatError as error:
        text = str(error)
        assert "\n" not in text
        assert len(text) < 600
        assert account.password not in text
        assert account.username not in text
        # what was made and not answered is found by its name
        assert cvat.tasks == {}
        assert _nothing_here(dataset)
    else:
        assert len(cvat.tasks) == 1
    assert time.monotonic() - begun < 10
    assert cvat_data.fields(dataset) == before

    cvat.fault = lambda *_: None
    if _nothing_here(dataset):
        posted = _send(dataset, account)
        assert posted.labels == 6
    assert len(cvat.tasks) == 1
    assert account.password not in caplog.text


@pytest.mark.parametrize("fault", [500, "cut", "html"])
def test_a_server_that_fails_from_some_step_on_is_cleaned_up_by_the_next_trip(
    fault, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.trips import store, trips

    fails = False

    def fail(method, path, n):
        nonlocal fails
        fails |= path.endswith("/data")
        if not fails:
            return None
        return ("hang", 1.2) if fault == "hang" else fault

    cvat.fault = fail
    with pytest.raises(CvatError):
        _send(dataset, account)
    assert len(cvat.tasks) == 1
    (trip,) = store.all_trips(dataset)
    assert trips.state(trip) == "failed"
    dataset.reload()
    assert dataset.list_annotation_runs() == []

    cvat.fault = lambda *_: None
    _send(dataset, account)
    assert len(cvat.tasks) == 1
    assert [t.anno_key for t in store.all_trips(dataset)] == ["trip"]


def test_the_key_of_an_upload_whose_process_died_can_be_used_again(
    dataset, account, cvat
):
    from duplicates.labels.cvat.trips import removal, store

    roll_back, removal.roll_back = removal.roll_back, lambda *_: None
    cvat.fault = lambda method, path, n: 500 if path.endswith("/data") else None
    try:
        with pytest.raises(Exception, match="error 500"):
            _send(dataset, account)
    finally:
        removal.roll_back = roll_back
        cvat.fault = lambda *_: None
    (trip,) = store.all_trips(dataset)
    store.record(trip, run_id="of a process that died")
    assert len(cvat.tasks) == 1
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]

    assert _send(dataset, account, "trip").anno_key == "trip"
    assert len(cvat.tasks) == 1
    assert [t.anno_key for t in store.all_trips(dataset)] == ["trip"]


@pytest.mark.sampled(8)
@pytest.mark.parametrize(("at", "fault"), _spread(8))
def test_loading_that_fails_changes_nothing_and_can_be_repeated(
    at, fault, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    _send(dataset, account)
    before = cvat_data.stored(dataset)
    shape = cvat.shapes()[0]
    shape["points"] = [p + 5 for p in shape["points"]]
    cvat.fault = _fault(fault, at)
    error = ""
    try:
        load.load(dataset, account, "trip")
    except CvatError as caught:
        error = str(caught)
    assert "\n" not in error
    assert account.password not in error
    if error:
        assert cvat_data.stored(dataset) == before
        cvat.fault = lambda *_: None
        load.load(dataset, account, "trip")
    after = cvat_data.stored(dataset)
    assert sum(before[k] != after[k] for k in before) == 1


@pytest.mark.parametrize(
    ("path", "fault", "sentence"),
    [
        ("/api/auth/login", 400, "expected a valid CVAT user name and password"),
        (
            "/api/server/about",
            "html",
            "expected CVAT's API, which replies with JSON, got",
        ),
        (
            "/api/server/about",
            "redirect",
            "got a redirect to https://elsewhere.",
        ),
        (
            "/api/server/about",
            "cut",
            "expected a server that replies, got a",
        ),
        ("/api/server/about", "hang", "expected a reply within"),
        ("/api/tasks", 403, "expected an account with permission to do this"),
        (
            "/data",
            413,
            "expected an upload that the server accepts",
        ),
        ("/api/tasks", 500, "expected a working server, got error 500"),
        ("/annotations", "malformed", "got invalid JSON"),
    ],
)
def test_each_fault_has_its_sentence(path, fault, sentence, dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    def fail(method, asked, n):
        return (("hang", 2) if fault == "hang" else fault) if path in asked else None

    cvat.fault = fail
    with pytest.raises(CvatError) as caught:
        _send(dataset, account)
    assert sentence in str(caught.value)


def test_a_reply_that_trickles_is_limited_in_time(dataset, account, cvat, monkeypatch):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.server import preflight

    limits = dataclasses.replace(preflight.LIMITS, connect=0.5)
    monkeypatch.setattr(preflight, "LIMITS", limits)
    cvat.fault = lambda method, path, n: "trickle"
    with pytest.raises(CvatError, match=r"expected a reply within 0\.5 s, got none"):
        preflight.preflight(account)

    # the reply goes on, which keeps no process from ending
    (reading,) = [t for t in threading.enumerate() if t.name == "iou-duplicates-cvat"]
    assert reading.daemon


def test_the_wait_for_jobs_is_limited_in_time(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    cvat.polls = 10**9
    with pytest.raises(CvatError, match="expected the jobs of the new task within"):
        _send(dataset, account)
    assert cvat.tasks == {}
    assert _nothing_here(dataset)


def test_a_run_that_is_cancelled_leaves_nothing(dataset, account, cvat, monkeypatch):
    from duplicates.iou_core.errors import RunCancelled
    from duplicates.labels.jobs import runs

    cvat.polls = 10**9

    def fail(method, path, n):
        if path == "/api/jobs":
            runs.cancel(dataset, run.id)

    cvat.fault = fail
    monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
    record = runs.start(dataset, "send_to_cvat", cvat_data.FIELD, False)
    with pytest.raises(RunCancelled), record as run:
        _send(dataset, account, run=run)
    assert cvat.tasks == {}
    assert _nothing_here(dataset)


def test_a_server_that_does_not_listen_is_an_error(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    gone = dataclasses.replace(account, url="http://127.0.0.1:9")
    with pytest.raises(CvatError, match="got a refused connection"):
        _send(dataset, gone)


def test_sending_works_at_once_after_a_wrong_password(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    wrong = dataclasses.replace(account, password="not the password")
    with pytest.raises(CvatError, match="Unable to log in") as caught:
        _send(dataset, wrong)
    assert "not the password" not in str(caught.value)
    _send(dataset, account)
    assert len(cvat.tasks) == 1


@pytest.mark.parametrize("broken", ["all missing", "no images"])
def test_an_image_that_cannot_be_read_is_named(broken, dataset, account, cvat):
    import pathlib

    from duplicates.iou_core.errors import CvatError

    path, *_ = paths = [pathlib.Path(each) for each in dataset.values("filepath")]
    for each in paths:
        if broken == "all missing":
            each.unlink()
        else:
            each.write_text("no image at all")
    with pytest.raises(CvatError, match="expected images that can be read") as caught:
        _send(dataset, account)
    assert str(path) in str(caught.value)
    assert _nothing_here(dataset)


def test_a_missing_image_is_not_sent_and_the_others_are(dataset, account, cvat):
    import pathlib

    from duplicates.labels.cvat.load import load

    pathlib.Path(dataset.first().filepath).unlink()
    before = cvat_data.fields(dataset)
    posted = _send(dataset, account)
    assert (posted.upload.images, posted.labels) == (1, 3)
    assert posted.left.reasons == {"is in an image that does not exist": 3}
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize("name", [" cat", "cat ", "", "x" * 65, "c\0t"])
def test_a_class_that_cvat_rejects_is_named(name, make_images, account, cvat):
    from duplicates.iou_core.errors import CvatError

    dataset = make_images([[cvat_data.label(cvat_data.NEAR, name)]])
    with pytest.raises(CvatError, match="expected classes") as caught:
        _send(dataset, account)
    assert repr(name) in str(caught.value)
    assert cvat.log == []


def test_labels_of_classes_that_cvat_rejects_are_not_sent_and_the_others_are(
    make_images, account, cvat
):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import trips

    names = [" cat", "", "x" * 65, "cat"]
    dataset = make_images([[cvat_data.label(cvat_data.NEAR, name) for name in names]])
    before = cvat_data.fields(dataset)
    posted = _send(dataset, account)
    assert (posted.labels, posted.not_sent) == (1, 3)
    reasons = {
        "has the class ' cat', whose outer spaces CVAT removes": 1,
        "has a class without a name": 1,
        "has a class of more than 64 characters": 1,
    }
    assert posted.left.reasons == reasons
    (listed,) = trips.list_trips(dataset, lambda url: account)
    assert listed["left"] == {"count": 3, "reasons": reasons}
    assert load.load(dataset, account, "trip").written.count == 0
    assert cvat_data.fields(dataset) == before


def test_a_mask_smaller_than_a_pixel_is_not_sent_and_is_named(
    make_images, account, cvat
):
    import fiftyone as fo
    import numpy as np

    packed = fo.Detection(mask=np.ones((2, 2), bool)).to_dict()["mask"]
    tiny = cvat_data.label([0.1, 0.1, 0.0001, 0.0001], mask=packed)
    dataset = make_images([[tiny, cvat_data.label(cvat_data.NEAR)]])
    posted = _send(dataset, account)
    assert posted.labels == 1
    assert posted.left.reasons == {"has a mask smaller than a pixel": 1}


def test_an_existing_project_takes_the_labels_of_its_classes(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    labels = cvat._make_labels([{"name": "cat", "attributes": []}], None)
    cvat.projects[7] = {"id": 7, "name": "street", "labels": labels}
    before = cvat_data.stored(dataset)
    posted = _send(dataset, account, project_name="street")
    assert posted.labels == 4
    assert posted.left.reasons == {"has a class that the project in CVAT lacks": 2}
    (label,) = cvat.projects[7]["labels"]
    assert [a["name"] for a in label["attributes"]] == ["label_id"]

    edited = next(iter(before))
    cvat.shape_of(edited)["points"] = [1.0, 2.0, 30.0, 40.0]
    cvat.complete()
    load.load(dataset, account, "trip", cleanup=True)
    after = cvat_data.stored(dataset)
    assert {k for k in before if before[k] != after[k]} == {edited}
    # the project was there before, and is not ours to delete
    assert list(cvat.projects) == [7]


@pytest.mark.parametrize("name", ["C# & co", "a+b", "50 %"])
def test_users_and_projects_are_found_with_any_characters_in_their_names(
    name, dataset, account, cvat
):
    cvat.users[9] = name
    for key in ("one", "two"):
        _send(dataset, account, key, task_assignee=name, project_name=name)
    assert len(cvat.projects) == 1
    assert {t["assignee"]["id"] for t in cvat.tasks.values()} == {9}


def test_an_unknown_user_is_an_error_with_the_name(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    with pytest.raises(CvatError, match="got 'unknown'"):
        _send(dataset, account, job_assignees="ann, unknown")
    assert cvat.tasks == {}
    _send(dataset, account, job_assignees="ann, bob", task_assignee="ann")
    (task,) = cvat.tasks.values()
    assert task["assignee"] == {"id": 3}


def test_a_deleted_task_deletes_no_label(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import removal, trips

    _send(dataset, account)
    before = cvat_data.fields(dataset)
    cvat.tasks.clear()
    with pytest.raises(CvatError, match="got deleted tasks"):
        load.load(dataset, account, "trip")
    assert cvat_data.fields(dataset) == before
    (listed,) = trips.list_trips(dataset, lambda url: account)
    assert listed["jobs"] is None
    assert "a deleted task" in listed["problem"]
    removal.discard(dataset, account, "trip")
    assert _nothing_here(dataset)


def test_labels_of_one_deleted_task_of_two_are_skipped(dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    _send(dataset, account, task_size=1)
    first, second = list(cvat.tasks)
    del cvat.tasks[first]
    cvat.delete(cvat.shapes(second)[0])
    loaded = load.load(dataset, account, "trip")
    assert loaded.written.count == 1
    reasons = loaded.preview.comparison.skipped
    assert reasons == {"is in a task that was deleted in CVAT": 3}


def test_a_failed_discard_can_be_repeated(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.trips import removal

    _send(dataset, account)
    cvat.fault = lambda method, path, n: 500 if method == "DELETE" else None
    with pytest.raises(CvatError):
        removal.discard(dataset, account, "trip")
    cvat.fault = lambda *_: None
    assert removal.discard(dataset, account, "trip") == 1
    assert cvat.tasks == {}
    assert _nothing_here(dataset)


def _reuse_key(dataset):
    """Deletes the annotation run of the trip, and gives its key to a user's own."""
    from fiftyone.utils.cvat import CVATBackendConfig

    dataset.reload()
    dataset.delete_annotation_run("trip")
    config = CVATBackendConfig("cvat", {}, task_name="my own task")
    config.build().register_run(dataset, "trip")
    dataset.reload()


@pytest.mark.parametrize("ending", ["discarded", "deleted", "erased"])
def test_a_users_own_run_that_reuses_the_key_of_a_trip_is_kept(
    ending, dataset, account, cvat
):
    from duplicates.labels.cvat.trips import erase, removal

    _send(dataset, account)
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    _reuse_key(dataset)
    if ending == "discarded":
        removal.discard(dataset, account, "trip")
        assert cvat.tasks == {}
    elif ending == "deleted":
        removal.delete_record(dataset, "trip")
    else:
        erase.delete_annotation_runs()
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    info = dataset.get_annotation_info("trip")
    assert info.config.task_name == "my own task"


def test_the_run_of_a_trip_is_deleted_with_it_if_it_was_renamed(dataset, account, cvat):
    from duplicates.labels.cvat.trips import removal

    _send(dataset, account)
    dataset.reload()
    dataset.rename_annotation_run("trip", "renamed")
    removal.discard(dataset, account, "trip")
    assert _nothing_here(dataset)


def test_a_failed_upload_keeps_a_users_own_run_that_reuses_its_key(
    dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError

    def fault(method, path, n):
        if method == "DELETE":
            return 500
        if path.endswith("/data"):
            _reuse_key(dataset)
            return 500
        return None

    cvat.fault = fault
    with pytest.raises(CvatError):
        _send(dataset, account)
    cvat.fault = lambda *_: None
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    _send(dataset, account, "next")
    dataset.reload()
    assert sorted(dataset.list_annotation_runs()) == ["next", "trip"]
