"""The forms of the operators for CVAT."""

import cvat_data
import panel_calls
import pytest
from cvat_operators import call, declare, form, scan

from duplicates.labels.cvat.server import settings

pytestmark = pytest.mark.slow


def test_the_form_shows_what_will_be_uploaded_and_where(dataset, cvat):
    found = form("send_to_cvat", dataset, what="scan", scan_key=scan(dataset))
    notice = found["notice"].view.label

    assert cvat.host in notice
    assert "3 images" in notice
    assert "6 labels" in notice
    warning = "Not sent: 1 label (1 that has no class)"
    assert found["warning"].view.label == warning
    assert "attributes" not in found, "the labels have none"
    assert "url" not in found
    assert not {"password", "username"} & found.keys()


def test_the_attributes_chosen_in_the_form_or_the_call_are_sent(dataset, cvat):
    declare(dataset)
    before = cvat_data.fields(dataset)
    scan_key = scan(dataset)
    of_scan = {"what": "scan", "scan_key": scan_key}
    found = form("send_to_cvat", dataset, **of_scan)
    offered = found["attributes"].view
    assert [c.value for c in offered.choices] == ["color", "size"]
    assert found["attributes"].default is None
    assert "warning" in form("send_to_cvat", dataset, **of_scan, attributes=["color"])
    warning = form("send_to_cvat", dataset, **of_scan, attributes=True)["warning"]
    assert "when, which is a DateTimeField" in warning.view.label
    notice = form("send_to_cvat", dataset, **of_scan, attributes=True)["notice"]
    assert "Attributes: color, size." in notice.view.description

    sent = call(
        "send_to_cvat", dataset, **of_scan, attributes=["color"], anno_key="trip"
    )
    assert sent["upload"]["attributes"] == ["color"]
    (shape,) = [s for s in cvat.shapes() if s["frame"] == 0][:1]
    assert cvat.texts(shape)["color"] == "red"
    cvat.edit(shape, color="blue")
    (trip,) = call("list_cvat", dataset)["trips"]
    assert trip["attributes"] == ["color"]
    assert trip["left"] == {"count": 1, "reasons": {"has no class": 1}}

    found = form("load_from_cvat", dataset, anno_key="trip")
    assert "| attributes edited | 1 |" in found["table"].default
    assert found["edits"].default == "- color: red → blue"
    done = call("load_from_cvat", dataset, anno_key="trip", confirm=True)
    assert done["count"] == 1
    assert done["preview"]["counts"]["attributes"] == 1
    dataset.reload()
    assert dataset.first().ground_truth.detections[0].color == "blue"
    call("restore_deleted", dataset, restore_key=done["restore_key"])
    assert cvat_data.fields(dataset) == before


def test_all_attributes_that_can_be_sent_are_sent_and_no_other(dataset, cvat):
    from fiftyone.operators.executor import ExecutionError

    declare(dataset)
    scan_key = scan(dataset)
    sent = call("send_to_cvat", dataset, scan_key=scan_key, attributes=True)
    assert sent["upload"]["attributes"] == ["color", "size"]
    assert sent["upload"]["attributes_left"] == {"when": "is a DateTimeField"}
    with pytest.raises(ExecutionError, match="got 'when', which is a DateTimeField"):
        call("send_to_cvat", dataset, scan_key=scan_key, attributes=["when"])


def test_the_form_shows_the_edits_made_in_cvat(dataset, cvat):
    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    cvat.delete(cvat.shapes()[1])
    found = form("load_from_cvat", dataset, anno_key="trip")

    assert "| deleted | 1 |" in found["table"].default
    assert "| edited on both sides | 0 |" in found["table"].default
    words = found["notice"].view.description
    assert words == "0 of 1 job is completed. The load can be undone."


def test_what_a_load_skips_is_named_before_it(dataset, cvat):
    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    for shape in cvat.shapes()[:2]:
        shape["z_order"] = 1
    words = "2 labels are skipped: 2 that were moved to another layer in CVAT, which"
    found = form("load_from_cvat", dataset, anno_key="trip")
    assert words in found["notice"].view.description
    assert words in call("load_from_cvat", dataset, anno_key="trip")["message"]


def test_the_form_applies_what_it_has_shown_and_asks_the_server_once(dataset, cvat):
    from fiftyone.operators.executor import ExecutionError

    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    before = cvat_data.fields(dataset)
    cvat.delete(cvat.shapes()[1])
    found = form("load_from_cvat", dataset, anno_key="trip")
    given = {name: found[name].default for name in ("shown", "table")}
    asked = len(cvat.log)
    again = form("load_from_cvat", dataset, anno_key="trip", confirm=True, **given)
    assert len(cvat.log) == asked
    assert {name: again[name].default for name in given} == given
    assert again["notice"].view.label == "1 label would change"

    given |= {"anno_key": "trip", "confirm": True}
    deleted = cvat.shapes()[0]
    cvat.delete(deleted)
    with pytest.raises(ExecutionError, match="expected the edits that were shown, got"):
        call("load_from_cvat", dataset, **given)
    for others in ({"shown": None}, {"shown": "[]"}):
        with pytest.raises(ExecutionError, match="that the form showed"):
            call("load_from_cvat", dataset, **{**given, **others})
    assert cvat_data.fields(dataset) == before
    next(iter(cvat.tasks.values()))["shapes"].insert(0, deleted)
    assert call("load_from_cvat", dataset, **given)["count"] == 1


def test_from_python_a_load_asks_the_server_once_and_a_confirmation_little(
    dataset, cvat
):
    from fiftyone.operators.executor import ExecutionError

    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    cvat.delete(cvat.shapes()[1])

    def requests(**params):
        begin = len(cvat.log)
        call("load_from_cvat", dataset, anno_key="trip", **params)
        paths = [path.split("/")[-1] for _, path in cvat.log[begin:]]
        return {name: paths.count(name) for name in ("login", "annotations", "meta")}

    assert requests() == {"login": 1, "annotations": 1, "meta": 1}
    assert requests(confirm=True) == {"login": 0, "annotations": 0, "meta": 1}
    assert requests(confirm=True) == {"login": 1, "annotations": 1, "meta": 1}
    cvat.fault = lambda method, path, n: 500 if path.endswith("/meta") else None
    with pytest.raises(ExecutionError) as caught:
        call("load_from_cvat", dataset, anno_key="trip")
    assert str(caught.value).startswith(f"{cvat.host}/api/tasks/")
    assert "expected a working server, got error 500" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_public_cloud_is_never_the_silent_default(dataset, cvat, monkeypatch):
    from fiftyone.operators.executor import ExecutionError

    scan_key = scan(dataset)
    monkeypatch.delenv("FIFTYONE_CVAT_URL")
    with pytest.raises(ExecutionError, match="the public cloud is used only if you"):
        call("send_to_cvat", dataset, scan_key=scan_key)
    found = form("send_to_cvat", dataset, what="scan", scan_key=scan_key)
    assert "url" in found
    status = panel_calls.App(dataset).send("cvat_status")
    assert status["configured"] is False
    assert status["needs_url"] is True
    # the account is then for the public cloud, and is sent to no other server
    with pytest.raises(ExecutionError, match=r"one is for https://app\.cvat\.ai"):
        call("send_to_cvat", dataset, scan_key=scan_key, url=cvat.url)
    assert cvat.log == []
    for name, value in (("USERNAME", cvat.username), ("PASSWORD", cvat.password)):
        monkeypatch.setenv(settings.variable(name, cvat.host), value)
    assert call("send_to_cvat", dataset, scan_key=scan_key, url=cvat.url)["count"] == 6
