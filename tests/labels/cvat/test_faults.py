"""Failures of trips: one sentence, no leftovers, no lost label, and a retry works."""

import dataclasses
import logging
import threading
import time

import cvat_data
import pytest
from cvat_trips import nothing_here, send_all

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("short_waits")]


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


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(2))


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
"""The number of requests that sending makes; tested below."""


def _spread(n):
    """Yields two cuts and one other fault for each of ``n`` requests."""
    others = [fault for fault in FAULTS if fault not in ("cut", "cut after")]
    for at in range(n):
        yield from [(at, "cut"), (at, "cut after"), (at, others[at % len(others)])]


def test_sending_makes_the_number_of_requests_that_the_tests_expect(
    dataset, account, cvat
):
    send_all(dataset, account)

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
        send_all(dataset, account)
    except CvatError as error:
        text = str(error)
        assert "\n" not in text
        assert len(text) < 600
        assert account.password not in text
        assert account.username not in text
        # what was made and not answered is found by its name
        assert cvat.tasks == {}
        assert nothing_here(dataset)
    else:
        assert len(cvat.tasks) == 1
    assert time.monotonic() - begun < 10
    assert cvat_data.fields(dataset) == before

    cvat.fault = lambda *_: None
    if nothing_here(dataset):
        posted = send_all(dataset, account)
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
        send_all(dataset, account)
    assert len(cvat.tasks) == 1
    (trip,) = store.all_trips(dataset)
    assert trips.state(trip) == "failed"
    dataset.reload()
    assert dataset.list_annotation_runs() == []

    cvat.fault = lambda *_: None
    send_all(dataset, account)
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
            send_all(dataset, account)
    finally:
        removal.roll_back = roll_back
        cvat.fault = lambda *_: None
    (trip,) = store.all_trips(dataset)
    store.record(trip, run_id="of a process that died")
    assert len(cvat.tasks) == 1
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]

    assert send_all(dataset, account, "trip").anno_key == "trip"
    assert len(cvat.tasks) == 1
    assert [t.anno_key for t in store.all_trips(dataset)] == ["trip"]


@pytest.mark.sampled(8)
@pytest.mark.parametrize(("at", "fault"), _spread(8))
def test_loading_that_fails_changes_nothing_and_can_be_repeated(
    at, fault, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    send_all(dataset, account)
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
        send_all(dataset, account)
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
        send_all(dataset, account)
    assert cvat.tasks == {}
    assert nothing_here(dataset)


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
        send_all(dataset, account, run=run)
    assert cvat.tasks == {}
    assert nothing_here(dataset)


def test_a_server_that_does_not_listen_is_an_error(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    gone = dataclasses.replace(account, url="http://127.0.0.1:9")
    with pytest.raises(CvatError, match="got a refused connection"):
        send_all(dataset, gone)


def test_sending_works_at_once_after_a_wrong_password(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError

    wrong = dataclasses.replace(account, password="not the password")
    with pytest.raises(CvatError, match="Unable to log in") as caught:
        send_all(dataset, wrong)
    assert "not the password" not in str(caught.value)
    send_all(dataset, account)
    assert len(cvat.tasks) == 1
