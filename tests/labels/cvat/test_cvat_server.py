"""The tests' CVAT server replies like the recorded real server."""

import io
import json
import pathlib

import cvat_server
import pytest
import requests
from PIL import Image

RECORDING = (
    pathlib.Path(__file__).resolve().parents[4] / "shared" / "cvat" / "contract.json"
)
FREE = {"created_date", "updated_date", "key", "description", "color", "name"}
"""Values that differ in every run."""


@pytest.fixture(scope="module")
def recording():
    if not RECORDING.exists():
        pytest.skip("the recording of ../shared/cvat is not on this machine")
    found = json.loads(RECORDING.read_text())
    return [each for each in found if "request" in each]


def _images():
    files = {}
    for k in range(3):
        data = io.BytesIO()
        Image.new("RGB", (640, 480)).save(data, "JPEG")
        files[f"client_files[{k}]"] = (f"im{k}.jpg", data.getvalue())
    return files


def _play(server, session, each):
    request = each["request"]
    path, body = request["path"], request.get("body")
    url = server.url + path
    if path == "/api/auth/login":
        body = {"username": server.username, "password": server.password}
        session.cookies.clear()
        answer = session.post(url, json=body)
        session.headers["X-CSRFToken"] = answer.cookies["csrftoken"]
        return answer
    if path.endswith("/data"):
        fields = {"image_quality": 75, "use_cache": True, "use_zip_chunks": True}
        fields["sorting_method"] = "predefined"
        return session.post(url, data=fields, files=_images())
    return session.request(request["method"], url, json=body)


def _differences(found, wanted, path="reply"):
    """Yields the places where a reply differs from the recording."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        # the real server tells more of people
        if path.endswith((".owner", ".assignee")):
            return
        if found.keys() != wanted.keys():
            yield f"{path}: {sorted(found.keys() ^ wanted.keys())}"
        for key in wanted.keys() & found.keys():
            if key not in FREE:
                yield from _differences(found[key], wanted[key], f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(found) != len(wanted):
            yield f"{path}: {len(found)} and not {len(wanted)}"
        for k, pair in enumerate(zip(found, wanted)):
            yield from _differences(*pair, f"{path}[{k}]")
    elif isinstance(wanted, str) and wanted.startswith("http"):
        same = str(found).partition("/api")[2] == wanted.partition("/api")[2]
        if not same:
            yield f"{path}: {found!r} and not {wanted!r}"
    elif found != wanted:
        yield f"{path}: {found!r} and not {wanted!r}"


@pytest.mark.slow
def test_every_recorded_request_gets_the_recorded_reply(recording):
    differences = []
    session = requests.Session()
    with cvat_server.Server(polls=1) as server:
        for k, each in enumerate(recording):
            answer = _play(server, session, each)
            wanted = each["response"]
            where = f"{k} {each['request']['method']} {each['request']['path']}"
            assert answer.status_code == wanted["status"], where
            if wanted.get("content_type"):
                assert answer.headers["Content-Type"] == wanted["content_type"], where
            found = answer.json() if answer.content else ""
            differences += _differences(found, wanted.get("body", ""), where)
        assert [refused[0] for refused in server.refused] == [404]
    assert differences == []


@pytest.mark.slow
def test_the_plugin_asks_in_the_order_of_the_recording(
    recording, make_images, account, cvat
):
    import cvat_data

    from duplicates.labels.cvat.send import selection, send

    cvat.polls = 1
    dataset = make_images(cvat_data.pairs(3))
    chosen = selection.select(
        dataset,
        label_field=cvat_data.FIELD,
        label_ids=[str(_id) for _id in cvat_data.stored(dataset)],
    )
    send.send(dataset, account, chosen)
    recorded = [(e["request"]["method"], e["request"]["path"]) for e in recording]
    sent = [(method, path) for method, path in cvat.log if "login" not in path]
    wanted = [(method, path.partition("?")[0]) for method, path in recorded[1:9]]
    rest = iter(sent)
    assert all(step in rest for step in wanted), (sent, wanted)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/tasks/1", None, 404),
        ("GET", "/api/nothing", None, 404),
        ("GET", "/tasks", None, 404),
        ("POST", "/api/tasks", {"name": ""}, 400),
        ("POST", "/api/tasks", {"name": "x", "labels": []}, 400),
        ("POST", "/api/tasks", {"name": "x", "labels": [{"name": "y" * 65}]}, 400),
        ("POST", "/api/tasks", {"name": "x", "labels": [{"name": " "}]}, 400),
        ("PUT", "/api/tasks/1/annotations", {}, 404),
    ],
)
def test_requests_that_the_real_server_refuses_are_refused(method, path, body, status):
    with cvat_server.Server() as server:
        session = requests.Session()
        known = {"username": server.username, "password": server.password}
        login = session.post(server.url + "/api/auth/login", json=known)
        session.headers["X-CSRFToken"] = login.cookies["csrftoken"]
        answer = session.request(method, server.url + path, json=body)
        assert answer.status_code == status


def test_a_request_without_a_login_is_refused():
    with cvat_server.Server() as server:
        assert requests.get(server.url + "/api/server/about").status_code == 200
        assert requests.get(server.url + "/api/tasks").status_code == 401
        wrong = {"username": server.username, "password": "wrong"}
        answer = requests.post(server.url + "/api/auth/login", json=wrong)
        assert answer.status_code == 400


def test_a_change_without_the_token_is_refused():
    with cvat_server.Server() as server:
        session = requests.Session()
        known = {"username": server.username, "password": server.password}
        session.post(server.url + "/api/auth/login", json=known)
        answer = session.post(server.url + "/api/tasks", json={"name": "x"})
        assert answer.status_code == 403
