"""CVAT trips through operators, forms and the panel, and their secrets."""

import json
import logging
import threading
import time

import cvat_data
import panel_calls
import pytest
from bson import ObjectId

from duplicates.labels.cvat.server import settings

pytestmark = pytest.mark.slow

URI = "@iou/duplicates/"


@pytest.fixture
def dataset(make_dataset, tmp_path):
    dataset = make_dataset(panel_calls.SAMPLES)
    dataset.set_values("filepath", cvat_data.draw(tmp_path, len(dataset)))
    dataset.compute_metadata(num_workers=1, progress=False)
    return dataset


def _call(name, dataset, **params):
    import fiftyone.operators as foo

    return foo.get_operator(URI + name)(dataset, **params).result


def _scan(dataset):
    return _call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]


def _form(name, dataset, **params):
    import fiftyone.operators as foo
    from fiftyone.operators.executor import ExecutionContext, Executor

    operator = foo.get_operator(URI + name)
    ctx = ExecutionContext(
        request_params={"dataset_name": dataset.name, "params": params},
        executor=Executor(),
        operator_uri=URI + name,
        required_secrets=operator._plugin_secrets,
    )
    return operator.resolve_type(ctx, "inputs").type.properties


def test_operators_send_load_and_undo(dataset, cvat):
    before = cvat_data.fields(dataset)
    scan_key = _scan(dataset)
    sent = _call("send_to_cvat", dataset, scan_key=scan_key, anno_key="trip")
    assert sent["anno_key"] == "trip"
    assert (sent["count"], sent["not_sent"]) == (6, 1), "one label has no class"
    assert sent["upload"]["host"] == cvat.host
    assert sent["links"] == [f"{cvat.url}/tasks/{next(iter(cvat.tasks))}"]

    (trip,) = _call("list_cvat", dataset)["trips"]
    assert trip["jobs"] == {"done": 0, "total": 1}
    cvat.complete()
    cvat.delete(cvat.shapes()[1])
    (trip,) = _call("list_cvat", dataset)["trips"]
    assert trip["jobs"] == {"done": 1, "total": 1}

    shown = _call("load_from_cvat", dataset, anno_key="trip")
    assert shown["applied"] is False
    assert shown["preview"]["counts"]["deleted"] == 1
    assert "confirm=True applies the edits" in shown["message"]
    assert cvat_data.fields(dataset) == before

    digest = shown["preview"]["digest"]
    done = _call(
        "load_from_cvat", dataset, anno_key="trip", confirm=True, digest=digest
    )
    assert done["count"] == 1
    assert done["remaining"] == shown["preview"]["counts"]["still_duplicate"] == 2
    _call("restore_deleted", dataset, restore_key=done["restore_key"])
    assert cvat_data.fields(dataset) == before

    assert _call("discard_cvat", dataset, anno_key="trip")["count"] == 1
    assert cvat.tasks == {}
    assert _call("list_cvat", dataset)["trips"] == []


def test_several_trips_can_be_open_at_once(dataset, cvat):
    scan_key = _scan(dataset)
    keys = [_call("send_to_cvat", dataset, scan_key=scan_key)["anno_key"] for _ in "ab"]
    assert keys == ["duplicates_cvat_1", "duplicates_cvat_2"]
    assert [t["anno_key"] for t in _call("list_cvat", dataset)["trips"]] == keys[::-1]


def test_labels_with_a_tag_are_sent(dataset, cvat):
    _call("tag_duplicates", dataset, scan_key=_scan(dataset), tag="look")
    sent = _call(
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

    _call("tag_duplicates", dataset, scan_key=_scan(dataset))
    with pytest.raises(ExecutionError) as caught:
        _call("send_to_cvat", dataset, label_field="ground_truth", **params)
    assert sentence in str(caught.value)
    assert (cvat.tasks, cvat.log) == ({}, [])


def test_the_form_shows_what_will_be_uploaded_and_where(dataset, cvat):
    found = _form("send_to_cvat", dataset, what="scan", scan_key=_scan(dataset))
    notice = found["notice"].view.label

    assert cvat.host in notice
    assert "3 images" in notice
    assert "6 labels" in notice
    warning = "Not sent: 1 label (1 that has no class)"
    assert found["warning"].view.label == warning
    assert "attributes" not in found, "the labels have none"
    assert "url" not in found
    assert not {"password", "username"} & found.keys()


def _declare(dataset):
    import fiftyone as fo

    path = "ground_truth.detections"
    for name, kind in (("color", fo.StringField), ("size", fo.FloatField)):
        dataset.add_sample_field(f"{path}.{name}", kind)
    dataset.add_sample_field(f"{path}.when", fo.DateTimeField)
    dataset._sample_collection.update_many(
        {f"{path}.0": {"$exists": True}},
        {"$set": {f"{path}.0.color": "red", f"{path}.0.size": 0.5}},
    )
    dataset.reload()


def test_the_attributes_chosen_in_the_form_or_the_call_are_sent(dataset, cvat):
    _declare(dataset)
    before = cvat_data.fields(dataset)
    scan_key = _scan(dataset)
    form = {"what": "scan", "scan_key": scan_key}
    found = _form("send_to_cvat", dataset, **form)
    offered = found["attributes"].view
    assert [c.value for c in offered.choices] == ["color", "size"]
    assert found["attributes"].default is None
    assert "warning" in _form("send_to_cvat", dataset, **form, attributes=["color"])
    warning = _form("send_to_cvat", dataset, **form, attributes=True)["warning"]
    assert "when, which is a DateTimeField" in warning.view.label
    notice = _form("send_to_cvat", dataset, **form, attributes=True)["notice"]
    assert "Attributes: color, size." in notice.view.description

    sent = _call("send_to_cvat", dataset, **form, attributes=["color"], anno_key="trip")
    assert sent["upload"]["attributes"] == ["color"]
    (shape,) = [s for s in cvat.shapes() if s["frame"] == 0][:1]
    assert cvat.texts(shape)["color"] == "red"
    cvat.edit(shape, color="blue")
    (trip,) = _call("list_cvat", dataset)["trips"]
    assert trip["attributes"] == ["color"]
    assert trip["left"] == {"count": 1, "reasons": {"has no class": 1}}

    found = _form("load_from_cvat", dataset, anno_key="trip")
    assert "| attributes edited | 1 |" in found["table"].default
    assert found["edits"].default == "- color: red → blue"
    done = _call("load_from_cvat", dataset, anno_key="trip", confirm=True)
    assert done["count"] == 1
    assert done["preview"]["counts"]["attributes"] == 1
    dataset.reload()
    assert dataset.first().ground_truth.detections[0].color == "blue"
    _call("restore_deleted", dataset, restore_key=done["restore_key"])
    assert cvat_data.fields(dataset) == before


def test_all_attributes_that_can_be_sent_are_sent_and_no_other(dataset, cvat):
    from fiftyone.operators.executor import ExecutionError

    _declare(dataset)
    scan_key = _scan(dataset)
    sent = _call("send_to_cvat", dataset, scan_key=scan_key, attributes=True)
    assert sent["upload"]["attributes"] == ["color", "size"]
    assert sent["upload"]["attributes_left"] == {"when": "is a DateTimeField"}
    with pytest.raises(ExecutionError, match="got 'when', which is a DateTimeField"):
        _call("send_to_cvat", dataset, scan_key=scan_key, attributes=["when"])


def test_the_form_shows_the_edits_made_in_cvat(dataset, cvat):
    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    cvat.delete(cvat.shapes()[1])
    found = _form("load_from_cvat", dataset, anno_key="trip")

    assert "| deleted | 1 |" in found["table"].default
    assert "| edited on both sides | 0 |" in found["table"].default
    words = found["notice"].view.description
    assert words == "0 of 1 job is completed. The load can be undone."


def test_what_a_load_skips_is_named_before_it(dataset, cvat):
    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    for shape in cvat.shapes()[:2]:
        shape["z_order"] = 1
    words = "2 labels are skipped: 2 that were moved to another layer in CVAT, which"
    found = _form("load_from_cvat", dataset, anno_key="trip")
    assert words in found["notice"].view.description
    assert words in _call("load_from_cvat", dataset, anno_key="trip")["message"]


def test_the_form_applies_what_it_has_shown_and_asks_the_server_once(dataset, cvat):
    from fiftyone.operators.executor import ExecutionError

    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    before = cvat_data.fields(dataset)
    cvat.delete(cvat.shapes()[1])
    found = _form("load_from_cvat", dataset, anno_key="trip")
    given = {name: found[name].default for name in ("shown", "table")}
    asked = len(cvat.log)
    again = _form("load_from_cvat", dataset, anno_key="trip", confirm=True, **given)
    assert len(cvat.log) == asked
    assert {name: again[name].default for name in given} == given
    assert again["notice"].view.label == "1 label would change"

    given |= {"anno_key": "trip", "confirm": True}
    deleted = cvat.shapes()[0]
    cvat.delete(deleted)
    with pytest.raises(ExecutionError, match="expected the edits that were shown, got"):
        _call("load_from_cvat", dataset, **given)
    for others in ({"shown": None}, {"shown": "[]"}):
        with pytest.raises(ExecutionError, match="that the form showed"):
            _call("load_from_cvat", dataset, **{**given, **others})
    assert cvat_data.fields(dataset) == before
    next(iter(cvat.tasks.values()))["shapes"].insert(0, deleted)
    assert _call("load_from_cvat", dataset, **given)["count"] == 1


def test_from_python_a_load_asks_the_server_once_and_a_confirmation_little(
    dataset, cvat
):
    from fiftyone.operators.executor import ExecutionError

    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    cvat.delete(cvat.shapes()[1])

    def requests(**params):
        begin = len(cvat.log)
        _call("load_from_cvat", dataset, anno_key="trip", **params)
        paths = [path.split("/")[-1] for _, path in cvat.log[begin:]]
        return {name: paths.count(name) for name in ("login", "annotations", "meta")}

    assert requests() == {"login": 1, "annotations": 1, "meta": 1}
    assert requests(confirm=True) == {"login": 0, "annotations": 0, "meta": 1}
    assert requests(confirm=True) == {"login": 1, "annotations": 1, "meta": 1}
    cvat.fault = lambda method, path, n: 500 if path.endswith("/meta") else None
    with pytest.raises(ExecutionError) as caught:
        _call("load_from_cvat", dataset, anno_key="trip")
    assert str(caught.value).startswith(f"{cvat.host}/api/tasks/")
    assert "expected a working server, got error 500" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_from_python_a_trip_is_moved_to_a_new_address(dataset, cvat, monkeypatch):
    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    url = cvat.url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv(settings.URL, url)
    moved = _call("move_cvat", dataset, anno_key="trip")
    host = url.partition("//")[2]
    assert moved["message"] == f"trip is now at {host}, with 1 task"
    (trip,) = _call("list_cvat", dataset)["trips"]
    assert (trip["host"], trip["jobs"]) == (host, {"done": 0, "total": 1})


def test_the_panel_shows_in_the_grid_the_labels_that_a_load_skips(dataset, cvat):
    import fiftyone as fo

    app = panel_calls.App(dataset)
    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    for shape in cvat.shapes()[:2]:
        shape["z_order"] = 3
    shown = app.send("preview_cvat_load", trip_id="trip")
    skipped = shown["skipped"]["labels"]
    ids = {
        name: [label[name] for label in skipped] for name in ("sample_id", "label_id")
    }
    asked = {f"{name}s": value for name, value in ids.items()}
    answer = app.send("show_cvat_labels", trip_id="trip", **asked)
    assert answer["ok"], answer
    view = fo.DatasetView._build(dataset, app.asked_with["set_view"]["view"])
    assert view.values("ground_truth.detections.id", unwind=True) == ids["label_id"]


def test_a_trip_is_loaded_into_its_field_after_it_was_renamed(dataset, cvat):
    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    dataset.rename_sample_field("ground_truth", "checked")
    labels = dataset.values("checked.detections.id", unwind=True)
    deleted = cvat.label_id_of(cvat.shapes()[1])
    cvat.delete(cvat.shapes()[1])

    (trip,) = panel_calls.App(dataset).send("list_cvat")["trips"]
    assert (trip["label_field"], trip["renamed_from"]) == ("checked", "ground_truth")
    found = _form("load_from_cvat", dataset, anno_key="trip")
    assert "| deleted | 1 |" in found["table"].default
    shown = _call("load_from_cvat", dataset, anno_key="trip")["preview"]
    done = _call("load_from_cvat", dataset, anno_key="trip", confirm=True)
    assert (done["count"], done["remaining"]) == (1, 2)
    assert done["preview"]["digest"] == shown["digest"]
    left = [label_id for label_id in labels if label_id != deleted]
    assert dataset.values("checked.detections.id", unwind=True) == left
    _call("restore_deleted", dataset, restore_key=done["restore_key"])
    assert dataset.values("checked.detections.id", unwind=True) == labels


def test_of_two_fields_that_hold_its_labels_the_caller_names_the_one_of_a_trip(
    dataset, cvat
):
    from fiftyone.operators.executor import ExecutionError

    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    dataset.clone_sample_field("ground_truth", "copy")
    dataset.rename_sample_field("ground_truth", "checked")
    copied = dataset.values("copy.detections.id")
    cvat.delete(cvat.shapes()[1])

    with pytest.raises(ExecutionError, match=r"as label_field \(checked, copy\)"):
        _call("load_from_cvat", dataset, anno_key="trip", confirm=True)
    (trip,) = _call("list_cvat", dataset)["trips"]
    assert (trip["label_field"], trip["renamed_from"]) == ("ground_truth", None)
    with pytest.raises(ExecutionError, match="a field of its kind"):
        _call("load_from_cvat", dataset, anno_key="trip", label_field="predictions")
    asked = {"anno_key": "trip", "label_field": "checked", "confirm": True}
    assert _call("load_from_cvat", dataset, **asked)["count"] == 1
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
        _call("send_to_cvat", dataset, **asked)
    assert cvat.log == []
    dataset.delete()


def test_a_trip_compares_labels_by_the_kind_of_its_scan(dataset, cvat):
    import fiftyone.core.odm as foo

    from duplicates.labels.cvat.trips import store

    scan_key = _scan(dataset)
    wanted = {"_dataset_id": dataset._doc.id, "key": scan_key}
    runs = foo.get_db_conn()["runs"]
    assert runs.update_one(wanted, {"$set": {"config.kind": "masks"}}).modified_count
    _call("send_to_cvat", dataset, scan_key=scan_key, anno_key="trip")
    assert store.require(dataset, "trip")["kind"] == "masks"
    # none of the labels has a mask
    preview = _call("load_from_cvat", dataset, anno_key="trip")["preview"]
    assert preview["counts"]["still_duplicate"] == 0


@pytest.fixture
def no_other_trips():
    """A database without the trips of other tests, which erasing covers too."""
    from duplicates.labels import store

    store.collection("cvat_trips").drop()


def test_erasing_everything_lists_the_tasks_in_cvat_and_keeps_them(
    no_other_trips, dataset, cvat
):
    sent = _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    dataset.reload()
    assert dataset.list_annotation_runs() == ["trip"]
    asked = len(cvat.log)

    found = _call("erase_everything", dataset)
    assert (found["erased"], found["annotation_runs"]) == (False, 1)
    assert found["cvat_tasks"] == sent["links"]
    assert dataset.list_annotation_runs() == ["trip"]
    done = _call("erase_everything", dataset, confirm=True)
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

    scan_key = _scan(dataset)
    for key in ("one", "two"):
        _call("send_to_cvat", dataset, scan_key=scan_key, anno_key=key)
    other = make_dataset(panel_calls.SAMPLES)
    other.set_values("filepath", dataset.values("filepath"))
    _call("send_to_cvat", other, scan_key=_scan(other), anno_key="other")
    other.delete()
    cvat.fault = lambda method, path, n: 403 if method == "DELETE" else None
    with pytest.raises(ExecutionError, match="permission to do this"):
        _call("erase_everything", dataset, confirm=True, cvat_tasks=True)
    assert len(cvat.tasks) == 3
    assert len(_call("list_cvat", dataset)["trips"]) == 2
    assert dataset.list_runs() == [scan_key], "nothing is erased"

    cvat.fault = lambda *_: None
    assert _call("erase_everything", dataset, cvat_tasks=True)["cvat_tasks"] == []
    assert len(cvat.tasks) == 3, "without confirm, nothing is deleted"
    done = _call("erase_everything", dataset, confirm=True, cvat_tasks=True)
    assert (done["erased"], done["cvat_tasks"], cvat.tasks) == (True, [], {})
    dataset.reload()
    assert dataset.list_annotation_runs() == []


def test_the_public_cloud_is_never_the_silent_default(dataset, cvat, monkeypatch):
    from fiftyone.operators.executor import ExecutionError

    scan_key = _scan(dataset)
    monkeypatch.delenv("FIFTYONE_CVAT_URL")
    with pytest.raises(ExecutionError, match="the public cloud is used only if you"):
        _call("send_to_cvat", dataset, scan_key=scan_key)
    found = _form("send_to_cvat", dataset, what="scan", scan_key=scan_key)
    assert "url" in found
    status = panel_calls.App(dataset).send("cvat_status")
    assert status["configured"] is False
    assert status["needs_url"] is True
    # the account is then for the public cloud, and is sent to no other server
    with pytest.raises(ExecutionError, match=r"one is for https://app\.cvat\.ai"):
        _call("send_to_cvat", dataset, scan_key=scan_key, url=cvat.url)
    assert cvat.log == []
    for name, value in (("USERNAME", cvat.username), ("PASSWORD", cvat.password)):
        monkeypatch.setenv(settings.variable(name, cvat.host), value)
    assert _call("send_to_cvat", dataset, scan_key=scan_key, url=cvat.url)["count"] == 6


def test_a_wrong_password_is_one_sentence(dataset, cvat, monkeypatch):
    from fiftyone.operators.executor import ExecutionError

    scan_key = _scan(dataset)
    monkeypatch.setenv("FIFTYONE_CVAT_PASSWORD", "wrong")
    with pytest.raises(ExecutionError) as caught:
        _call("send_to_cvat", dataset, scan_key=scan_key)
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
        _call("send_to_cvat", dataset, scan_key=_scan(dataset), url=url)
    assert sentence in str(caught.value)
    assert "u:p" not in str(caught.value)
    assert cvat.log == []


def test_the_panel_sends_in_a_thread_and_loads(dataset, cvat):
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    request = panel_calls.example("send_to_cvat")["request"]
    answer = app.send("send_to_cvat", **{**request, "scan_key": scan_key})
    assert answer["ok"], answer
    run = panel_calls.ended(app, answer["run"])
    assert run["state"] == "done", run
    (trip,) = app.send("list_cvat")["trips"]
    assert trip["labels"] == 6

    cvat.complete()
    cvat.delete(cvat.shapes()[1])
    shown = app.send("preview_cvat_load", trip_id=trip["trip_id"])
    done = app.send(
        "load_from_cvat",
        trip_id=trip["trip_id"],
        digest=shown["digest"],
        allow_mass_delete=False,
        cleanup=True,
        emptied=shown["emptied"],
        scan_key=scan_key,
        tag="duplicate",
    )
    assert done["ok"], done
    assert done["labels"] == 1
    assert (done["is_removed"], done["problem"]) == (True, None)
    assert done["summary"]["labels"] == 7
    assert app.send("list_cvat")["trips"] == []
    (action, *_) = app.send("list_actions")["actions"]
    assert action["operation"] == "cvat"


def test_a_load_from_the_panel_is_cancelled_while_the_server_is_silent(dataset, cvat):
    app = panel_calls.App(dataset)
    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    before = list(dataset._sample_collection.find())
    run_id = str(ObjectId())
    cvat.fault = lambda method, path, n: ("hang", 20) if "annotations" in path else None
    answers = []

    def compare():
        asked = {"trip_id": "trip", "run_id": run_id}
        answers.append(panel_calls.App(dataset).send("preview_cvat_load", **asked))

    thread = threading.Thread(target=compare)
    begun = time.monotonic()
    thread.start()
    while not app.send("cancel_run", run_id=run_id)["ok"]:
        time.sleep(0.1)
    thread.join(15)

    assert not thread.is_alive()
    assert time.monotonic() - begun < 15
    assert answers[0]["error"]["message"] == "It was canceled."
    assert list(dataset._sample_collection.find()) == before


def test_a_task_that_is_kept_is_reported_with_the_load(dataset, cvat):
    app = panel_calls.App(dataset)
    _call("send_to_cvat", dataset, scan_key=_scan(dataset), anno_key="trip")
    cvat.delete(cvat.shapes()[1])
    preview = app.send("preview_cvat_load", trip_id="trip")
    asked = {"anno_key": "trip", "cleanup": True}
    seen = {name: preview[name] for name in ("digest", "emptied")}
    shown = {"scan_key": None, "tag": "duplicate", "allow_mass_delete": False}
    given = {"trip_id": "trip", "cleanup": True}
    done = app.send("load_from_cvat", **given, **seen, **shown)
    assert (done["labels"], done["is_removed"]) == (1, False)
    words = "1 job is not completed, so the task is kept in CVAT"
    assert done["problem"] == words
    _call("restore_deleted", dataset, restore_key=done["restore_key"])
    done = _call("load_from_cvat", dataset, confirm=True, allow_emptied=True, **asked)
    assert (done["count"], done["problem"]) == (1, words)
    assert done["message"].endswith(f"duplicates remain. {words}")
    _call("restore_deleted", dataset, restore_key=done["restore_key"])
    cvat.complete()
    cvat.fault = lambda method, path, n: 403 if method == "DELETE" else None
    done = _call("load_from_cvat", dataset, confirm=True, allow_emptied=True, **asked)
    assert done["problem"].startswith("The task could not be deleted in CVAT")
    _call("restore_deleted", dataset, restore_key=done["restore_key"])


def test_the_panel_offers_attributes_and_shows_what_is_not_sent(dataset, cvat):
    _declare(dataset)
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    request = panel_calls.example("cvat_preview_upload")["request"]
    request = {**request, "scan_key": scan_key, "attributes": ["size"]}
    shown = app.send("cvat_preview_upload", **request)
    assert [each["name"] for each in shown["offered"]] == ["color", "size"]
    assert shown["attributes"] == ["size"]
    assert shown["labels"] == 6
    assert shown["left"] == {"count": 1, "reasons": {"has no class": 1}}
    run = app.send("send_to_cvat", **{**request, "segment_size": None, "expected": 6})[
        "run"
    ]
    assert panel_calls.ended(app, run)["state"] == "done"
    (trip,) = app.send("list_cvat")["trips"]
    assert (trip["attributes"], trip["left"]) == (["size"], shown["left"])
    (shape,) = [s for s in cvat.shapes() if cvat.texts(s)["size"]][:1]
    cvat.edit(shape, size="abc")
    shown = app.send("preview_cvat_load", trip_id=trip["trip_id"])
    assert shown["counts"]["refused"] == 1
    (change,) = shown["changes"]
    assert change["edits"] == [
        {"name": "size", "was": "0.5", "now": "abc", "here": "0.5"}
    ]


def test_the_panel_sends_only_as_many_labels_as_it_has_shown(dataset, cvat):
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    request = panel_calls.example("send_to_cvat")["request"]
    asked = {**request, "scan_key": scan_key}
    refused = app.send("send_to_cvat", **{**asked, "expected": 5})
    assert refused["ok"] is False
    words = "would now send 6 labels, not the 5 that were shown"
    assert words in refused["error"]["message"]
    assert cvat.log == []
    run = app.send("send_to_cvat", **asked)["run"]
    assert panel_calls.ended(app, run)["state"] == "done"
    (trip,) = app.send("list_cvat")["trips"]
    assert (trip["run_id"], trip["state"]) == (run["run_id"], "open")


def test_a_failed_upload_is_reported_to_the_panel(dataset, cvat):
    app = panel_calls.App(dataset)
    scan_key = panel_calls.scanned(app)["scan_key"]
    cvat.fault = lambda method, path, n: 500 if method == "POST" else None
    request = panel_calls.example("send_to_cvat")["request"]
    answer = app.send("send_to_cvat", **{**request, "scan_key": scan_key})
    run = panel_calls.ended(app, answer["run"])
    assert run["state"] == "failed"
    assert run["error"]["message"].startswith("The upload failed: ")
    assert cvat.tasks == {}


@pytest.mark.slow
def test_no_secret_is_in_logs_runs_results_or_the_database(dataset, cvat, caplog):
    import fiftyone.core.odm as foo
    from fiftyone.operators.executor import ExecutionError

    caplog.set_level(logging.DEBUG)
    outputs = []
    scan_key = _scan(dataset)
    cvat.fault = lambda method, path, n: 500 if path.endswith("/data") else None
    for fault in (500, "html", "cut", "redirect", 403):
        cvat.fault = lambda method, path, n, f=fault: (
            f if path.endswith(("/data", "/login")) else None
        )
        with pytest.raises(ExecutionError) as caught:
            _call("send_to_cvat", dataset, scan_key=scan_key)
        outputs.append(str(caught.value))
    cvat.fault = lambda *_: None
    outputs.append(_call("send_to_cvat", dataset, scan_key=scan_key, anno_key="trip"))
    outputs.append(_call("list_cvat", dataset))
    outputs.append(_call("load_from_cvat", dataset, anno_key="trip"))
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


def test_a_load_that_loses_the_database_refers_to_history(dataset):
    from duplicates.iou_core.errors import DatabaseError
    from duplicates.panel.requests import IN_HISTORY, explain

    error = DatabaseError("an answer", "a closed connection", "cvat")
    assert explain(error)["consequence"] == IN_HISTORY
