"""Verdicts are exported to files and imported, by operators and by the panel."""

import json

import fiftyone.operators as foo
import panel_calls
import pytest
from fiftyone.operators.executor import ExecutionError

from duplicates.labels import store
from duplicates.labels.review import panel_settings

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    call("find_duplicates", dataset, label_field="ground_truth", scan_key="scan")
    (a, b, _), (c, d), *_ = dataset.values("ground_truth.detections.id")
    call("set_verdict", dataset, label_ids=[a, b], who="=Anna")
    call("set_verdict", dataset, label_ids=[c, d], verdict="merge", kept=d)
    return dataset


def call(name, dataset, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(dataset, **params).result


def test_a_label_to_remove_that_no_scan_pairs_is_said_in_the_message(dataset):
    (a, b, alone), *_ = dataset.values("ground_truth.detections.id")
    unpaired = (
        "; 1 label to remove is in no pair of a stored scan, and nothing removes it "
        "until a scan pairs it"
    )
    said = {}
    for name, ids in (("paired", [a, b]), ("unpaired", [a, alone])):
        verdict = {"verdict": "duplicate", "kept": a}
        said[name] = call("set_verdict", dataset, label_ids=ids, **verdict)["message"]
    exported = call("export_review", dataset, limit=9)
    call("clear_verdicts", dataset)
    rows = json.dumps(exported["rows"])
    done = call("import_review", dataset, content=rows, format="json")

    assert said["unpaired"] == said["paired"] + unpaired
    assert done["message"] == f"Stored 3 verdicts{unpaired}"
    assert done["unpaired"] == 1
    plan = call("delete_duplicates", dataset, scan_key="scan", dry_run=True)
    assert alone not in plan["label_ids"]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_file_of_python_is_read_back_and_the_panel_exports_the_same(
    dataset, tmp_path, kind
):
    path = tmp_path / f"review.{kind}"
    written = call("export_review", dataset, path=path)
    assert written["count"] == 2

    app = panel_calls.App(dataset)
    exported = app.send(
        "export_rows", what="review", format=kind, cursor=None, scan_key="scan"
    )
    assert exported["text"].encode() == path.read_bytes()
    call("clear_verdicts", dataset)
    done = call("import_review", dataset, path=path)
    assert (done["count"], done["message"]) == (2, "Stored 2 verdicts")
    again = call("export_review", dataset, path=tmp_path / f"again.{kind}")
    assert path.read_bytes() == (tmp_path / f"again.{kind}").read_bytes()
    assert again["count"] == 2

    call("clear_verdicts", dataset)
    sent = app.send("import_review", content=exported["text"], format=kind, who="Bob")
    assert (sent["stored"], sent["total"]) == (2, 2)
    who = {verdict["who"] for verdict in call("list_verdicts", dataset)["verdicts"]}
    assert who == {"=Anna", "Bob"}


def test_without_a_file_the_rows_are_returned_page_by_page(dataset):
    first = call("export_review", dataset, limit=1)
    second = call("export_review", dataset, limit=1, cursor=first["cursor"])

    assert first["message"] == "1 verdict, and more"
    ids = {row["label_id_1"] for page in (first, second) for row in page["rows"]}
    assert len(ids) == 2
    assert first["rows"][0]["iou"] > 0.9


def test_only_python_code_may_name_a_file_to_import(dataset, tmp_path):
    path = tmp_path / "review.json"
    path.write_text("[]")
    uri, sent = "@iou/duplicates/import_review", {"path": str(path)}
    with pytest.raises(ExecutionError, match="only Python code may name a file"):
        foo.execute_operator(uri, {"dataset": dataset}, params=sent)
    for given, said in (
        ({}, "either path or content"),
        ({"path": path, "content": "[]"}, "either path or content"),
        ({"path": tmp_path / "gone.csv"}, "a file of text"),
        ({"path": tmp_path}, "ends in .csv or .json"),
        ({"path": "/dev/zero"}, "ends in .csv or .json"),
    ):
        with pytest.raises(ExecutionError, match=said):
            call("import_review", dataset, **given)
    (tmp_path / "pipe.csv").symlink_to("/dev/zero")
    with pytest.raises(ExecutionError, match="not a regular file"):
        call("import_review", dataset, path=tmp_path / "pipe.csv")


def test_content_that_is_too_long_is_refused_before_it_is_read(dataset):
    app = panel_calls.App(dataset)
    answer = app.send("import_review", content="[" * 10_000_001, format="json")

    assert not answer["ok"]
    assert "10,000,000 characters" in answer["error"]["message"]


def test_what_is_left_out_is_said_in_the_message(dataset):
    rows = [{"label_id_1": "a", "label_id_2": "b", "verdict": "real"}] * 2
    done = call("import_review", dataset, content=json.dumps(rows), format="json")

    assert done["message"] == (
        "Stored 0 verdicts; left out 2 rows: 2 does not name two labels"
    )


SETTINGS = {
    "iou_thresh": 0.8,
    "method": "nms",
    "keep": ["highest_confidence"],
    "metric": "ios",
    "classwise": True,
    "order": "random",
}


class TestSettings:
    def test_they_are_those_of_the_dataset_in_every_browser(self, make_dataset):
        dataset, other = (make_dataset(panel_calls.SAMPLES) for _ in range(2))

        saved = panel_calls.App(dataset).send("save_settings", settings=SETTINGS)

        assert saved["ok"], saved
        assert panel_calls.App(dataset).send("open_panel")["settings"] == SETTINGS
        assert panel_calls.App(other).send("open_panel")["settings"] is None

    @pytest.mark.parametrize(
        "bad",
        [
            {"iou_thresh": 2},
            {"method": "none"},
            {"keep": ["x"]},
            {"keep": None},
            {"metric": 3},
            {"classwise": "yes"},
            {"order": ["random"]},
        ],
    )
    def test_those_that_cannot_be_used_are_not_stored(self, make_dataset, bad):
        app = panel_calls.App(make_dataset(panel_calls.SAMPLES))

        answer = app.send("save_settings", settings={**SETTINGS, **bad})

        assert not answer["ok"]
        assert "unexpected" not in answer["error"]["message"]
        assert app.send("open_panel")["settings"] is None

    def test_those_of_another_version_are_passed_over(self, make_dataset):
        dataset = make_dataset(panel_calls.SAMPLES)
        panel_settings.save(dataset, SETTINGS)
        stored = store.collection("settings")

        stored.update_one({"_id": dataset._doc.id}, {"$set": {"method": "later"}})
        assert panel_settings.load(dataset) is None
        panel_settings.save(dataset, SETTINGS)
        for other in ({"$set": {"format": 99}}, {"$unset": {"format": 1}}):
            stored.update_one({"_id": dataset._doc.id}, other)
            assert panel_settings.load(dataset) is None

    def test_they_are_erased_with_everything_else(self, make_dataset):
        dataset = make_dataset(panel_calls.SAMPLES)
        panel_settings.save(dataset, SETTINGS)

        found = call("erase_everything", dataset)["collections"]

        assert found["iou_duplicates.settings"]["documents"] >= 1
