"""Tables of pairs, class pairs, plans and the journal."""

import csv
import io
import json

import exported_tables
import panel_calls
import pytest
from exported_tables import ALIKE, NEAR, as_rows, call, exported
from fiftyone.operators.executor import ExecutionError


@pytest.fixture
def dataset(make_dataset):
    return exported_tables.scanned(make_dataset)


def test_overlaps_are_counted_by_the_classes_of_both_labels(dataset):
    found = call("list_class_pairs", dataset, scan_key="scan", iou_thresh=0.75)
    rows = found["by_class_pair"]
    counts = {tuple(sorted(r["classes"], key=str)): r["count"] for r in rows}
    assert counts == {
        ("car", "truck"): 2,
        (None, "car"): 1,
        (None, "truck"): 1,
    }
    assert found["count"] == 4
    matrix = found["matrix"]
    car, truck = (matrix["classes"].index(name) for name in ("car", "truck"))
    assert matrix["counts"][car][truck] == matrix["counts"][truck][car] == 2
    assert matrix["counts"][car][car] == 0

    lower = call("list_class_pairs", dataset, scan_key="scan", iou_thresh=0.3)
    counts = {tuple(r["classes"]): r["count"] for r in lower["by_class_pair"]}
    assert counts["car", "car"] == 1


def test_the_curves_of_class_pairs_agree_with_the_pairs_at_every_threshold(dataset):
    from duplicates.iou_core.decisions.levels import THRESHOLDS
    from duplicates.labels.review import class_pairs
    from duplicates.labels.review import pairs as pair_list

    found = class_pairs.count_class_pairs(dataset, "scan")
    pairs = pair_list.list_pairs(dataset, "scan", min_iou=0.0).pairs
    for k, threshold in enumerate(THRESHOLDS.tolist()):
        above = sum(pair["iou"] > threshold for pair in pairs)
        assert found.counts[:, k].sum() == above, threshold


def test_a_class_pair_can_be_turned_off_and_on(dataset):
    app = panel_calls.App(dataset)
    asked = {"scan_key": "scan", "metric": "iou"}

    def rule():
        pairs = app.send("list_class_pairs", **asked)["class_pairs"]
        found = next(p for p in pairs if set(p["classes"]) == {"car", "truck"})
        return found["may_overlap"], found["iou_thresh"]

    assert rule() == (False, None)
    set_pair = {"class_pair": ["truck", "car"], "may_overlap": True, "iou_thresh": None}
    assert app.send("set_class_pair", **set_pair)["rules"] == 1
    assert rule() == (True, None)
    freshness = app.send("refresh", scan_key="scan", tag="duplicate")["freshness"]
    assert freshness["state"] == "changed"
    other = {"class_pair": [None, "car"], "may_overlap": False, "iou_thresh": 0.9}
    assert app.send("set_class_pair", **other)["rules"] == 2

    lifted = {**set_pair, "may_overlap": False}
    assert app.send("set_class_pair", **lifted)["rules"] == 1
    assert rule() == (False, None)
    pairs = app.send("list_class_pairs", **asked)["class_pairs"]
    own = [p["iou_thresh"] for p in pairs if None in p["classes"] if p["iou_thresh"]]
    assert own == [0.9]


def test_a_rule_for_classes_that_never_overlap_is_listed(dataset):
    app = panel_calls.App(dataset)
    app.send(
        "set_class_pair", class_pair=["rider", "car"], may_overlap=True, iou_thresh=None
    )
    pairs = app.send("list_class_pairs", scan_key="scan", metric="iou")["class_pairs"]
    assert {"classes": ["rider", "car"], "may_overlap": True} in [
        {name: pair[name] for name in ("classes", "may_overlap")} for pair in pairs
    ]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_all_pairs_are_exported_for_any_page_size(dataset, kind, tmp_path):
    from duplicates.labels import tables
    from duplicates.labels.review import pairs as pair_list

    paged, cursor = [], None
    while True:
        rows, cursor = pair_list.pair_rows(dataset, "scan", cursor=cursor, limit=2)
        assert len(rows) <= 2
        paged += rows
        if cursor is None:
            break
    listed = call("list_pairs", dataset, scan_key="scan", min_iou=0.0)["pairs"]
    assert [row["label_id_1"] for row in paged] == [p["label_ids"][0] for p in listed]

    path = tmp_path / f"pairs.{kind}"
    written = call("list_pairs", dataset, scan_key="scan", path=str(path))
    assert written["count"] == len(listed) == 5
    text, _ = exported(panel_calls.App(dataset), "pairs", kind)
    assert path.read_bytes().decode() == text
    rows = as_rows(text, kind)
    assert list(rows[0]) == list(pair_list.COLUMNS)
    assert [float(row["iou"]) for row in rows] == [pair["iou"] for pair in listed]
    assert tables.require_path("a.JSON") == "json"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1"]


def test_texts_that_a_spreadsheet_would_run_are_escaped_in_every_table(make_dataset):
    dataset = make_dataset([[(text, NEAR), (text, ALIKE)] for text in FORMULAS])
    dataset.set_values("filepath", [f"{text}.jpg" for text in FORMULAS])
    call("find_duplicates", dataset, label_field="ground_truth", scan_key="scan")
    app = panel_calls.App(dataset)
    tables = {name: exported(app, name, "csv")[0] for name in ("plan", "pairs")}
    tables["class_pairs"], _ = exported(app, "class_pairs", "csv")
    call("tag_duplicates", dataset, scan_key="scan", tag="=1+1")
    tables["journal"], _ = exported(app, "journal", "csv")
    for name, table in tables.items():
        cells = [c for row in csv.reader(io.StringIO(table, "")) for c in row]
        assert [
            c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r"))
        ] == []
        assert {f"'{text}" for text in FORMULAS} <= set(cells), name
        if name in ("plan", "journal"):
            assert {f"'{text}.jpg" for text in FORMULAS} <= set(cells), name
    rows = json.loads(exported(app, "plan", "json")[0])
    assert [row["label"] for row in rows] == FORMULAS


def test_numbers_are_never_escaped():
    from duplicates.labels import tables

    row = {"a": -1, "b": -0.5, "c": "-0.5", "d": None, "e": ["=1"]}
    assert (
        tables.body("csv", list(row), [row], True) == '-1,-0.5,\'-0.5,,"[""=1""]"\r\n'
    )


def test_an_empty_journal_is_a_table_without_rows(dataset):
    app = panel_calls.App(dataset)
    assert json.loads(exported(app, "journal", "json")[0]) == []
    assert len(exported(app, "journal", "csv")[0].splitlines()) == 1


@pytest.mark.parametrize("path", ["pairs.txt", "pairs", 3, "/no/such/folder/x.csv"])
def test_a_path_that_cannot_be_written_is_reported_in_one_sentence(dataset, path):
    with pytest.raises(ExecutionError, match=r"path"):
        call("list_pairs", dataset, scan_key="scan", path=path)
