"""Erasing everything names the tasks in CVAT, and deletes them if asked to."""

import panel_calls
import pytest
from cvat_operators import call, scan

pytestmark = pytest.mark.slow


@pytest.fixture
def no_other_trips():
    """A database without the trips of other tests, which erasing covers too."""
    from duplicates.labels import store

    store.collection("cvat_trips").drop()


def test_erasing_everything_lists_the_tasks_in_cvat_and_keeps_them(
    no_other_trips, dataset, cvat
):
    sent = call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    asked = len(cvat.log)

    found = call("erase_everything", dataset)
    assert (found["erased"], found["annotation_runs"]) == (False, 1)
    assert found["cvat_tasks"] == sent["links"]
    assert dataset.list_annotation_runs() == ["trip"]
    done = call("erase_everything", dataset, confirm=True)
    assert done["cvat_tasks"] == sent["links"]
    assert done["message"].endswith(f"kept in CVAT: 1 task ({sent['links'][0]})")
    assert len(cvat.log) == asked, "no request is sent"
    assert len(cvat.tasks) == 1
    dataset.reload()
    assert dataset.list_annotation_runs() == []


def test_erasing_everything_deletes_the_tasks_in_cvat_if_asked_to(
    no_other_trips, dataset, make_dataset, cvat
):
    from fiftyone.operators.executor import ExecutionError

    scan_key = scan(dataset)
    for key in ("one", "two"):
        call("send_to_cvat", dataset, scan_key=scan_key, anno_key=key)
    other = make_dataset(panel_calls.SAMPLES)
    other.set_values("filepath", dataset.values("filepath"))
    call("send_to_cvat", other, scan_key=scan(other), anno_key="other")
    other.delete()
    cvat.fault = lambda method, path, n: 403 if method == "DELETE" else None
    with pytest.raises(ExecutionError, match="permission to do this"):
        call("erase_everything", dataset, confirm=True, cvat_tasks=True)
    assert len(cvat.tasks) == 3
    assert len(call("list_cvat", dataset)["trips"]) == 2
    assert dataset.list_runs() == [scan_key], "nothing is erased"

    cvat.fault = lambda *_: None
    assert call("erase_everything", dataset, cvat_tasks=True)["cvat_tasks"] == []
    assert len(cvat.tasks) == 3, "without confirm, nothing is deleted"
    done = call("erase_everything", dataset, confirm=True, cvat_tasks=True)
    assert (done["erased"], done["cvat_tasks"], cvat.tasks) == (True, [], {})
    dataset.reload()
    assert dataset.list_annotation_runs() == []
