"""Replies that no CVAT server sends: one sentence, and no label is changed."""

import json

import cvat_data
import cvat_server
import pytest


@pytest.fixture
def dataset(make_images):
    return make_images(cvat_data.pairs(2))


JSON, HTML = cvat_server.JSON, "text/html"
EMPTY = {"version": 0, "tags": [], "shapes": [], "tracks": []}
SHAPE = {"id": 1, "type": "rectangle", "frame": 0, "points": [1, 2, 3, 4]}
SHAPE |= {"label_id": 0, "attributes": []}


def reply_to(cvat, ending, kind, text):
    """Lets the server reply with a text to the requests whose paths end so."""

    def fault(method, path, n):
        is_it = method == "GET" and path.endswith(ending)
        return ("reply", 200, kind, text.encode()) if is_it else None

    cvat.fault = fault


def pages(url, n, **changes):
    """Returns a page of ``n`` jobs, with a next page."""
    page = {"count": n, "next": f"{url}/api/jobs?page=2", "results": [{"id": 1}] * n}
    return json.dumps({**page, **changes})


@pytest.mark.parametrize(
    ("ending", "kind", "text", "words"),
    [
        ("/jobs", JSON, pages("", 1), "pages that do not end"),
        ("/jobs", JSON, pages("", 1, count=9, next=None), "1 of 9 results"),
        ("/jobs", JSON, pages("", 2, count=1), "pages that do not end"),
        ("/jobs", JSON, pages("", 1, next=[1]), "a reply of CVAT 2"),
        ("/annotations", JSON, "[" * 200_000, "invalid JSON"),
        ("/annotations", JSON, "", "invalid JSON"),
        ("/annotations", JSON, "null", "a reply of CVAT 2"),
        ("/annotations", HTML, "<html>Log in</html>", "got text/html"),
        ("/annotations", JSON, json.dumps({**EMPTY, "shapes": [SHAPE]}), "KeyError"),
        ("/annotations", JSON, '{"shapes": [{"frame": 1e999}]}', "a reply of CVAT 2"),
        ("/tasks/N", JSON, "null", "a reply of CVAT 2"),
        ("/tasks/N", JSON, "[]", "a reply of CVAT 2"),
        ("/tasks/N", JSON, "", "invalid JSON"),
        ("/tasks/N/data/meta", JSON, "[]", "a reply of CVAT 2"),
        ("/server/about", HTML, "<html>Log in</html>", "got text/html"),
        ("/server/about", JSON, "", "invalid JSON"),
    ],
)
def test_a_reply_of_another_form_changes_nothing_and_is_one_sentence(
    ending, kind, text, words, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    key = cvat_data.send_all(dataset, account)
    before = cvat_data.fields(dataset)
    (task_id,) = cvat.tasks
    reply_to(cvat, ending.replace("N", str(task_id)), kind, text)
    with pytest.raises(CvatError, match=words) as caught:
        load.load(dataset, account, key, allow_mass_delete=True, cleanup=True)
    assert "\n" not in str(caught.value)
    assert cvat_data.fields(dataset) == before
    assert list(cvat.tasks) == [task_id]


def edit_two(dataset, account, cvat, change):
    """Sends labels, and edits a shape and a copy of it, which names the same label."""
    key = cvat_data.send_all(dataset, account)
    shape = cvat.shapes()[0]
    for one in (shape, cvat.copy(shape)):
        one |= change
    return key


@pytest.mark.parametrize(
    "change",
    [{"id": 2**70}, {"id": 1e999}, {"points": None}],
    ids=str,
)
def test_numbers_that_the_database_cannot_store_change_nothing(
    change, dataset, account, cvat
):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    before = cvat_data.fields(dataset)
    key = edit_two(dataset, account, cvat, change)
    with pytest.raises(CvatError, match="expected a reply of CVAT 2"):
        load.load(dataset, account, key)
    assert cvat_data.fields(dataset) == before


@pytest.mark.parametrize(
    "change",
    [
        {"points": [1e999, 2, 3, 4]},
        {"type": "points", "points": [1.0, 2.0]},
        {"type": "skeleton", "points": None},
        {"type": "mask", "points": [-5, 105, 0, 0, 9, 9]},
        {"type": "mask", "points": [0.5, 99.5, 0, 0, 9, 9]},
    ],
    ids=str,
)
def test_a_shape_that_no_label_can_be_is_skipped(change, dataset, account, cvat):
    from duplicates.labels.cvat.load import load

    before = cvat_data.fields(dataset)
    key = edit_two(dataset, account, cvat, change)
    done = load.load(dataset, account, key)
    # the one of the two that names the label, and the copy
    assert done.preview.comparison.skipped.total() == 2
    assert cvat_data.fields(dataset) == before


def test_text_that_the_database_cannot_store_is_refused(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load

    key = cvat_data.send_all(dataset, account)
    (task,) = cvat.tasks.values()
    task["labels"][0]["name"] = "\ud800"
    with pytest.raises(CvatError, match="expected a reply of CVAT 2"):
        load.load(dataset, account, key)


def test_a_page_of_a_proxy_does_not_read_as_a_deleted_task(dataset, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import removal, store

    key = cvat_data.send_all(dataset, account)

    def fault(method, path, n):
        if path.startswith("/api/tasks/"):
            return ("reply", 404, HTML, b"<html>Not found</html>")
        return None

    cvat.fault = fault
    words = "expected CVAT's API, which replies with JSON, got error 404"
    with pytest.raises(CvatError, match=words):
        load.load(dataset, account, key)
    with pytest.raises(CvatError, match=words):
        removal.discard(dataset, account, key)
    assert [trip.anno_key for trip in store.all_trips(dataset)] == [key]
    assert len(cvat.tasks) == 1
