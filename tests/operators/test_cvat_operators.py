"""CVAT trips through operators, forms and the panel, and their secrets."""

import json
import logging

import cvat_data
import panel_calls
import pytest
from cvat_operators import call, form, scan

from duplicates.labels.cvat.server import settings

pytestmark = pytest.mark.slow


def test_operators_send_load_and_undo(dataset, cvat):
    before = cvat_data.fields(dataset)
    scan_key = scan(dataset)
    sent = call("send_to_cvat", dataset, scan_key=scan_key, anno_key="trip")
    assert sent["anno_key"] == "trip"
    assert (sent["count"], sent["not_sent"]) == (6, 1), "one label has no class"
    assert sent["upload"]["host"] == cvat.host
    assert sent["links"] == [f"{cvat.url}/tasks/{next(iter(cvat.tasks))}"]

    (trip,) = call("list_cvat", dataset)["trips"]
    assert trip["jobs"] == {"done": 0, "total": 1}
    cvat.complete()
    cvat.delete(cvat.shapes()[1])
    (trip,) = call("list_cvat", dataset)["trips"]
    assert trip["jobs"] == {"done": 1, "total": 1}

    shown = call("load_from_cvat", dataset, anno_key="trip")
    assert shown["applied"] is False
    assert shown["preview"]["counts"]["deleted"] == 1
    assert "confirm=True applies the edits" in shown["message"]
    assert cvat_data.fields(dataset) == before

    digest = shown["preview"]["digest"]
    done = call("load_from_cvat", dataset, anno_key="trip", confirm=True, digest=digest)
    assert done["count"] == 1
    assert done["remaining"] == shown["preview"]["counts"]["still_duplicate"] == 2
    call("restore_deleted", dataset, restore_key=done["restore_key"])
    assert cvat_data.fields(dataset) == before

    assert call("discard_cvat", dataset, anno_key="trip")["count"] == 1
    assert cvat.tasks == {}
    assert call("list_cvat", dataset)["trips"] == []


def test_several_trips_can_be_open_at_once(dataset, cvat):
    scan_key = scan(dataset)
    keys = [call("send_to_cvat", dataset, scan_key=scan_key)["anno_key"] for _ in "ab"]
    assert keys == ["duplicates_cvat_1", "duplicates_cvat_2"]
    assert [t["anno_key"] for t in call("list_cvat", dataset)["trips"]] == keys[::-1]


def test_labels_with_a_tag_are_sent(dataset, cvat):
    call("tag_duplicates", dataset, scan_key=scan(dataset), tag="look")
    sent = call(
        "send_to_cvat",
        dataset,
        label_field="ground_truth",
        tag="look",
        scope="labels",
    )
    assert sent["upload"]["flagged"] == 2, "one has no class"
    assert sent["count"] == 5


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"what": "selected"}, "no label of the field is selected in the App"),
        ({"label_ids": []}, "expected the ids of labels to send, got []"),
        ({"what": "scan"}, "scan_key: "),
    ],
)
def test_tagged_labels_are_never_sent_in_place_of_an_empty_choice(
    params, sentence, dataset, cvat
):
    from fiftyone.operators.executor import ExecutionError

    call("tag_duplicates", dataset, scan_key=scan(dataset))
    with pytest.raises(ExecutionError) as caught:
        call("send_to_cvat", dataset, label_field="ground_truth", **params)
    assert sentence in str(caught.value)
    assert (cvat.tasks, cvat.log) == ({}, [])


def test_from_python_a_trip_is_moved_to_a_new_address(dataset, cvat, monkeypatch):
    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    url = cvat.url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv(settings.URL, url)
    moved = call("move_cvat", dataset, anno_key="trip")
    host = url.partition("//")[2]
    assert moved["message"] == f"trip is now at {host}, with 1 task"
    (trip,) = call("list_cvat", dataset)["trips"]
    assert (trip["host"], trip["jobs"]) == (host, {"done": 0, "total": 1})


def test_a_trip_is_loaded_into_its_field_after_it_was_renamed(dataset, cvat):
    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    dataset.rename_sample_field("ground_truth", "checked")
    labels = dataset.values("checked.detections.id", unwind=True)
    deleted = cvat.label_id_of(cvat.shapes()[1])
    cvat.delete(cvat.shapes()[1])

    (trip,) = panel_calls.App(dataset).send("list_cvat")["trips"]
    assert (trip["label_field"], trip["renamed_from"]) == ("checked", "ground_truth")
    found = form("load_from_cvat", dataset, anno_key="trip")
    assert "| deleted | 1 |" in found["table"].default
    shown = call("load_from_cvat", dataset, anno_key="trip")["preview"]
    done = call("load_from_cvat", dataset, anno_key="trip", confirm=True)
    assert (done["count"], done["remaining"]) == (1, 2)
    assert done["preview"]["digest"] == shown["digest"]
    left = [label_id for label_id in labels if label_id != deleted]
    assert dataset.values("checked.detections.id", unwind=True) == left
    call("restore_deleted", dataset, restore_key=done["restore_key"])
    assert dataset.values("checked.detections.id", unwind=True) == labels


def test_of_two_fields_that_hold_its_labels_the_caller_names_the_one_of_a_trip(
    dataset, cvat
):
    from fiftyone.operators.executor import ExecutionError

    call("send_to_cvat", dataset, scan_key=scan(dataset), anno_key="trip")
    dataset.clone_sample_field("ground_truth", "copy")
    dataset.rename_sample_field("ground_truth", "checked")
    copied = dataset.values("copy.detections.id")
    cvat.delete(cvat.shapes()[1])

    with pytest.raises(ExecutionError, match=r"as label_field \(checked, copy\)"):
        call("load_from_cvat", dataset, anno_key="trip", confirm=True)
    (trip,) = call("list_cvat", dataset)["trips"]
    assert (trip["label_field"], trip["renamed_from"]) == ("ground_truth", None)
    with pytest.raises(ExecutionError, match="with the same type"):
        call("load_from_cvat", dataset, anno_key="trip", label_field="predictions")
    asked = {"anno_key": "trip", "label_field": "checked", "confirm": True}
    assert call("load_from_cvat", dataset, **asked)["count"] == 1
    assert dataset.values("copy.detections.id") == copied


@pytest.mark.parametrize(
    ("media", "words"), [("video", "one of videos"), ("group", "a grouped dataset")]
)
def test_only_datasets_of_images_are_sent(media, words, cvat):
    import fiftyone as fo
    from fiftyone.operators.executor import ExecutionError

    dataset = fo.Dataset()
    car = fo.Detection(label="car", bounding_box=[0.1, 0.1, 0.4, 0.4])
    sample = fo.Sample("film.mp4" if media == "video" else "left.jpg")
    sample["ground_truth"] = fo.Detections(detections=[car])
    if media == "group":
        dataset.add_group_field("group", default="left")
        sample["group"] = fo.Group().element("left")
    dataset.add_sample(sample)
    asked = {"label_field": "ground_truth", "label_ids": [car.id]}
    with pytest.raises(ExecutionError, match=f"of images to send to CVAT, got {words}"):
        call("send_to_cvat", dataset, **asked)
    assert cvat.log == []
    dataset.delete()


def test_a_trip_compares_labels_by_the_kind_of_its_scan(dataset, cvat):
    import fiftyone.core.odm as foo

    from duplicates.labels.cvat.trips import store

    scan_key = scan(dataset)
    wanted = {"_dataset_id": dataset._doc.id, "key": scan_key}
    runs = foo.get_db_conn()["runs"]
    assert runs.update_one(wanted, {"$set": {"config.kind": "masks"}}).modified_count
    call("send_to_cvat", dataset, scan_key=scan_key, anno_key="trip")
    assert store.require(dataset, "trip")["kind"] == "masks"
    # none of the labels has a mask
    preview = call("load_from_cvat", dataset, anno_key="trip")["preview"]
    assert preview["counts"]["still_duplicate"] == 0


def test_a_wrong_password_is_one_sentence(dataset, cvat, monkeypatch):
    from fiftyone.operators.executor import ExecutionError

    scan_key = scan(dataset)
    monkeypatch.setenv("FIFTYONE_CVAT_PASSWORD", "wrong")
    with pytest.raises(ExecutionError) as caught:
        call("send_to_cvat", dataset, scan_key=scan_key)
    assert str(caught.value).startswith(
        f"{cvat.host}/api/auth/login: expected a valid CVAT user name and password"
    )
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://u:p@host", "one that contains an account"),
        ("ftp://host", "expected the URL of a CVAT server"),
        ("host:8080", "expected the URL of a CVAT server"),
        ("http://host/auth/login", "expected http://host alone"),
        ("https://elsewhere.example", "as the configured one is for"),
        ("https://-x.example", "expected a host of letters, digits, dots"),
        ("http://elsewhere.example", "as http sends the password in clear text"),
    ],
)
def test_an_invalid_url_or_one_without_an_account_is_an_error(
    url, sentence, dataset, cvat
):
    from fiftyone.operators.executor import ExecutionError

    with pytest.raises(ExecutionError) as caught:
        call("send_to_cvat", dataset, scan_key=scan(dataset), url=url)
    assert sentence in str(caught.value)
    assert "u:p" not in str(caught.value)
    assert cvat.log == []


@pytest.mark.slow
def test_no_secret_is_in_logs_runs_results_or_the_database(dataset, cvat, caplog):
    import fiftyone.core.odm as foo
    from fiftyone.operators.executor import ExecutionError

    caplog.set_level(logging.DEBUG)
    outputs = []
    scan_key = scan(dataset)
    cvat.fault = lambda method, path, n: 500 if path.endswith("/data") else None
    for fault in (500, "html", "cut", "redirect", 403):
        cvat.fault = lambda method, path, n, f=fault: (
            f if path.endswith(("/data", "/login")) else None
        )
        with pytest.raises(ExecutionError) as caught:
            call("send_to_cvat", dataset, scan_key=scan_key)
        outputs.append(str(caught.value))
    cvat.fault = lambda *_: None
    outputs.append(call("send_to_cvat", dataset, scan_key=scan_key, anno_key="trip"))
    outputs.append(call("list_cvat", dataset))
    outputs.append(call("load_from_cvat", dataset, anno_key="trip"))
    app = panel_calls.App(dataset)
    outputs += [app.send("cvat_status"), app.send("list_cvat"), app.send("open_panel")]
    outputs.append(caplog.text)

    database = foo.get_db_conn()
    stored = [
        repr(doc)
        for name in database.list_collection_names()
        for doc in database[name].find()
    ]
    for secret in (cvat.password, cvat.username):
        assert secret not in json.dumps(outputs)
        assert not [doc for doc in stored if secret in doc]
