"""Every message of the browser gets a reply with the structure of its example."""

import itertools
import pathlib
import re

import cvat_data
import filmed
import panel_calls
import pytest

from dev import release
from duplicates.labels.scans import summary

NEAR = [0.1, 0.1, 0.4, 0.4]
SAMPLES = [
    [
        ("person", [0.1, 0.1, 0.4, 0.42]),
        ("person", NEAR),
        ("truck", [0.6, 0.6, 0.2, 0.2]),
    ],
    [("person", NEAR), ("truck", NEAR)],
    [("truck", NEAR)],
    None,
]


@pytest.fixture
def dataset(make_dataset, request, tmp_path):
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.edits import tag
    from duplicates.labels.jobs import runs
    from duplicates.labels.scans import plans, search

    if "tracks" in request.node.name:
        return _filmed(make_dataset)
    dataset = make_dataset(SAMPLES)
    in_cvat = "cvat" in request.node.name
    if in_cvat:
        dataset.set_values("filepath", cvat_data.draw(tmp_path, len(SAMPLES)))
    params = FindParams("ground_truth")
    with runs.start(dataset, "find_duplicates", "ground_truth", False) as run:
        search.find_duplicates(dataset, params, "dups_1", run=run)
    dataset.info["run"] = run.id
    done = tag.tag_plan(dataset, plans.plan(dataset, "dups_1"), "duplicate")
    dataset.info["action"] = done.restore_key
    if in_cvat:
        _send(dataset, request.getfixturevalue("cvat"))
    return dataset


def _filmed(make_dataset):
    """Returns a video in which two tracks follow one car."""
    from duplicates.iou_core.params import FindParams
    from duplicates.labels.scans import search

    dataset = make_dataset([])
    filmed.add_video(dataset, [[("car", NEAR, 3), ("car", NEAR, 7)]] * 3)
    search.find_duplicates(dataset, FindParams("frames.boxes"), "dups_1")
    return dataset


def _send(dataset, cvat):
    """Starts a round trip in which one label was deleted."""
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.send import selection, send
    from duplicates.labels.cvat.server import settings

    account = settings.Server(cvat.url, cvat.username, cvat.password)
    chosen = selection.select(dataset, scan_key="dups_1")
    key = send.send(dataset, account, chosen).anno_key
    cvat.delete(cvat.shapes()[0])
    dataset.info["trip"] = key
    dataset.info["digest"] = load.preview(dataset, account, key).digest


def _request(name, dataset):
    """Returns the example's request with ids of this dataset."""
    request = panel_calls.example(name)["request"]
    sample = str(dataset.first().id)
    ids = (dataset.values("ground_truth.detections.id")[0] or [])[:2]
    places = {
        "sample_id": sample,
        "document_id": sample,
        "label_ids": ids,
        "labels": [
            {"label_id": label_id, "sample_id": sample, "field": "ground_truth"}
            for label_id in ids
        ],
        "groups": [{"document_id": sample, "label_ids": ids}],
        "verdicts": [
            {"label_ids": ids, "verdict": "duplicate", "kept": ids[-1], "seen": None}
            for ids in [ids]
            if ids
        ],
        "run_id": dataset.info.get("run"),
        "restore_key": dataset.info.get("action"),
        "expected": 5,
        "trip_id": dataset.info.get("trip"),
        "digest": dataset.info.get("digest"),
    }
    request |= {k: v for k, v in places.items() if k in request}
    if name == "delete_labels":
        request |= panel_calls.App(dataset).confirmed(**request)
    return request


@pytest.mark.parametrize("name", panel_calls.names())
def test_the_example_of_a_message_gets_a_reply_of_its_structure(name, dataset):
    app = panel_calls.App(dataset, view=dataset.limit(2), selected=[])
    answer = app.send(name, **_request(name, dataset))

    example = panel_calls.example(name)["reply"]
    assert answer["ok"], answer
    assert answer.keys() == example.keys()
    assert answer["request_id"] == example["request_id"]
    assert panel_calls.mismatch(answer, example) is None


def test_an_error_has_the_structure_of_its_example(make_dataset):
    example = panel_calls.example("count_labels")
    app = panel_calls.App(make_dataset(SAMPLES))
    answer = app.send("count_labels", **example["request"])

    assert panel_calls.mismatch(answer, example["failure"]) is None
    assert answer["error"]["message"] == "The scan 'dups_1' is no longer stored."
    assert answer["error"]["consequence"] == "Nothing was changed."


def test_messages_examples_and_typescript_have_the_same_names():
    from duplicates.panel import duplicates_panel

    types = (release.ROOT / "panel" / "src" / "protocol" / "messages.ts").read_text()
    declared = re.findall(r"^  (\w+): \{(?: request|$)", types, re.MULTILINE)
    assert sorted(duplicates_panel.MESSAGES) == panel_calls.names() == sorted(declared)


def test_the_panel_and_the_bundle_match_the_manifest(database):
    import fiftyone.operators as foo
    import yaml

    manifest = yaml.safe_load((release.ROOT / "fiftyone.yml").read_text())
    panel = foo.get_operator(panel_calls.URI)

    assert manifest["panels"] == [panel.name] == ["duplicates_panel"]
    assert pathlib.PurePath(manifest["js_bundle"]) in release.files()
    entry = (release.ROOT / "panel" / "src" / "index.ts").read_text()
    assert 'register("IouDuplicatesPanel"' in entry


def test_drawing_the_panel_sends_no_database_query():
    from duplicates.panel.duplicates_panel import MESSAGES, DuplicatesPanel

    view = DuplicatesPanel().render(None).view.to_json()

    assert view["component"] == "IouDuplicatesPanel"
    assert {f"on_{name}" for name in MESSAGES} <= view.keys()


@pytest.mark.slow
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", panel_calls.names())
def test_an_invalid_request_gets_an_error_and_never_a_traceback(name, dataset, step):
    request = _request(name, dataset)
    before = _labels(dataset)
    keys = sorted(request.keys() - {"request_id", "title", "classes", "tag"})
    # every fifth of six values: another one for each key
    tried = itertools.product(keys, [None, 3, "", [], {"a": 1}, "no_such"])
    for key, bad in itertools.islice(tried, 0, None, step):
        answer = panel_calls.App(dataset).send(name, **{**request, key: bad})
        assert answer["request_id"] == request["request_id"]
        if not answer["ok"]:
            assert "Traceback" not in answer["error"]["message"]
            assert "unexpected" not in answer["error"]["message"]
    writes = ("tag_labels", "untag_labels", "delete_labels", "restore")
    if name not in (*writes, "load_from_cvat"):
        assert _labels(dataset) == before


def _labels(dataset):
    return list(dataset._sample_collection.find({}, {"ground_truth": True}))


def test_a_deleted_dataset_is_reported_in_a_sentence(make_dataset):
    dataset = make_dataset(SAMPLES)
    name = dataset.name
    dataset.delete()

    answer = panel_calls.App(name).send("open_panel")
    assert answer["ok"] is False
    assert answer["error"]["message"] == "The dataset no longer exists."


def test_an_unexpected_error_is_logged_and_shown_with_details(
    dataset, monkeypatch, caplog
):
    def fail(*_):
        raise ValueError("a bug")

    monkeypatch.setattr(summary, "summary", fail)
    from duplicates.panel.duplicates_panel import DuplicatesPanel

    class Context:
        params = {"request_id": 4, "scan_key": "dups_1"}  # noqa: RUF012

    Context.dataset = dataset
    answer = DuplicatesPanel().open_scan(Context())

    assert answer["ok"] is False
    assert answer["request_id"] == 4
    assert "ValueError: a bug" in answer["error"]["details"]
    assert "Traceback" not in answer["error"]["message"]
    assert "open_scan failed" in caplog.text
