"""The requests of a load: how many, what they ask again, and what they wait for."""

import time

import cvat_data
import cvat_server
import pytest


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(3))


def asked(cvat, since):
    """Returns how many logins and downloads of annotations there were since then."""
    paths = [path for method, path in cvat.log[since:]]
    return (
        sum(path == "/api/auth/login" for path in paths),
        sum(path.endswith("/annotations") for path in paths),
    )


def move(shape):
    shape["points"] = [p + 5 for p in shape["points"]]


def test_a_confirmation_downloads_only_the_jobs_edited_since_the_preview(
    dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    key = cvat_data.send_all(dataset, account, segment_size=1)
    first, second = cvat.shapes()[0], cvat.shapes()[-1]
    move(first)
    begin = len(cvat.log)
    shown = load.preview(dataset, account, key)
    assert asked(cvat, begin) == (1, 3)

    move(second)
    begin = len(cvat.log)
    with pytest.raises(CvatError, match="expected the edits that were shown, got"):
        load.load(dataset, account, key, shown.digest)
    assert asked(cvat, begin) == (0, 1)

    shown = load.preview(dataset, account, key)
    begin = len(cvat.log)
    done = load.load(dataset, account, key, shown.digest)
    assert asked(cvat, begin) == (0, 0)
    assert done.written.count == 2


def test_a_confirmation_downloads_jobs_again_whose_classes_were_edited(
    dataset, account, cvat
):
    from duplicates.labels.cvat.load import load

    key = cvat_data.send_all(dataset, account)
    load.preview(dataset, account, key)
    (task,) = cvat.tasks.values()
    task["labels"][0]["color"] = "#000000"
    begin = len(cvat.log)
    load.load(dataset, account, key)
    assert asked(cvat, begin) == (0, 1)


@pytest.mark.parametrize("reason", ["expired", "another account", "too old"])
def test_a_session_that_cannot_go_on_is_a_new_one(
    reason, dataset, account, cvat, monkeypatch
):
    import dataclasses

    from duplicates.labels.cvat.load import load, preview_client

    if reason == "too old":
        monkeypatch.setattr(preview_client, "KEPT_FOR", 0.0)
    key = cvat_data.send_all(dataset, account)
    move(cvat.shapes()[0])
    load.preview(dataset, account, key)
    if reason == "expired":
        cvat._sessions.clear()
    elif reason == "another account":
        account = dataclasses.replace(account, verify=False)
    begin = len(cvat.log)
    assert load.load(dataset, account, key).written.count == 1
    logins, _ = asked(cvat, begin)
    assert logins == 1


def test_a_session_outlives_idle_connections_that_the_server_closes(dataset):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.server.settings import Server

    # long enough that no connection is idle while the labels are sent
    with cvat_server.Server(idle=1.0) as cvat:
        account = Server(cvat.url, cvat.username, cvat.password)
        key = cvat_data.send_all(dataset, account)
        move(cvat.shapes()[0])
        load.preview(dataset, account, key)
        time.sleep(1.3)
        begin = len(cvat.log)
        assert load.load(dataset, account, key).written.count == 1
        assert asked(cvat, begin) == (0, 0)


def test_pages_are_as_large_as_cvat_allows(dataset, account, cvat, monkeypatch):
    from duplicates.labels.cvat.load import load

    sizes = []
    page = cvat._page
    monkeypatch.setattr(
        cvat, "_page", lambda *a: sizes.append(a[2].get("page_size")) or page(*a)
    )
    key = cvat_data.send_all(dataset, account, segment_size=1)
    load.preview(dataset, account, key)
    assert sizes
    assert all(size == ["500"] for size in sizes)


def test_a_load_shows_that_the_server_throttles_it(dataset, account, cvat, monkeypatch):
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.server import wire
    from duplicates.labels.jobs import runs

    key = cvat_data.send_all(dataset, account)
    cvat.fault = lambda method, path, n: throttle(cvat, path)
    seen = []
    monkeypatch.setattr(
        wire, "pause", lambda *_: seen.append(runs.status(dataset, run.id)["waits"])
    )
    with runs.start(dataset, "load_from_cvat", cvat_data.FIELD, False) as run:
        load.preview(dataset, account, key, run)
        assert runs.status(dataset, run.id)["waits"] is None
    cvat.fault = lambda *_: None
    assert seen == ["throttled by CVAT for 0.05 s"]


def throttle(cvat, path):
    if path.endswith("/annotations"):
        cvat.fault = lambda *_: None
        cvat.throttle = 1
