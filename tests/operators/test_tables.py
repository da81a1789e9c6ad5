"""Tables of pairs, class pairs, plans and the journal."""

import csv
import io
import json

import fiftyone.operators as foo
import panel_calls
import pytest
from fiftyone.operators.executor import ExecutionError

NEAR = [0.1, 0.1, 0.4, 0.4]
ALIKE = [0.1, 0.1, 0.4, 0.42]
SAMPLES = [
    [("car", NEAR), ("truck", ALIKE, {"tags": ["source_b"]})],
    [("car", NEAR), ("truck", NEAR), (None, ALIKE)],
    [("car", NEAR), ("car", [0.3, 0.1, 0.4, 0.4])],
]


@pytest.fixture
def dataset(make_dataset):
    dataset = make_dataset(SAMPLES)
    call("find_duplicates", dataset, label_field="ground_truth", scan_key="scan")
    return dataset


def call(name, dataset, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(dataset, **params).result


def exported(app, what, kind, **others):
    """Returns a table as the browser joins it from pieces."""
    asked = {
        "scan_key": "scan",
        "iou_thresh": 0.75,
        "method": "simple",
        "keep": [],
        "metric": "iou",
        "classes": None,
        **others,
    }
    pieces, cursor = [], None
    while True:
        answer = app.send("export_rows", what=what, format=kind, cursor=cursor, **asked)
        assert answer["ok"], answer
        pieces.append(answer["text"])
        cursor = answer["cursor"]
        if cursor is None:
            return "".join(pieces), len(pieces)


def as_rows(text, kind):
    if kind == "json":
        return json.loads(text)
    return list(csv.DictReader(text.splitlines()))


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


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_journal_lists_each_removed_label_with_time_place_and_reason(
    dataset, kind, tmp_path, monkeypatch
):
    labels = dataset.values("ground_truth.detections")
    deleted = call(
        "delete_duplicates", dataset, scan_key="scan", method="nms", keep=["largest"]
    )
    call("restore_deleted", dataset, restore_key=deleted["restore_key"])
    call("tag_duplicates", dataset, scan_key="scan", tag="seen")
    path = tmp_path / f"audit.{kind}"
    written = call("export_journal", dataset, path=str(path))
    rows = as_rows(path.read_text(), kind)
    assert len(rows) == written["count"]
    assert sum(row["operation"] == "delete" for row in rows) == deleted["count"] == 3

    first = rows[0]
    assert (first["operation"], first["state"]) == ("delete", "restored")
    assert first["filepath"] == dataset.first().filepath
    assert (first["class"], int(first["index"])) == ("car", 0)
    assert first["label_id"] == labels[0][0].id
    assert first["kept_label_id"] == labels[0][1].id
    assert first["reason"].startswith("area ")
    params = first["params"]
    params = json.loads(params) if isinstance(params, str) else params
    assert (params["method"], params["keep"]) == ("nms", ["largest"])
    assert first["recorded"].endswith("Z")
    tagged = [row for row in rows if row["operation"] == "tag"]
    assert {row["change"] for row in tagged} >= {"tags [] -> ['seen']"}
    assert {row["class"] or None for row in tagged} == {"truck", None}

    from duplicates.labels.edits.journal import table as audit

    pages, cursor = [], None
    while True:
        page, cursor = audit.rows(dataset, None, cursor, 1)
        pages += page
        if cursor is None:
            break
    assert [row["label_id"] for row in pages] == [row["label_id"] for row in rows]
    text, _ = exported(panel_calls.App(dataset), "journal", kind)
    assert text == path.read_bytes().decode()


def test_a_reason_that_an_earlier_version_wrote_as_text_is_shown(dataset):
    from duplicates.labels import store

    key = call("delete_duplicates", dataset, scan_key="scan")["restore_key"]
    text = "area 2.78 % > 2.78 % of the image"
    store.collection("journal").update_many(
        {"restore_key": key}, {"$set": {"entries.$[].reason": text}}
    )

    rows = call("export_journal", dataset, restore_key=key)["rows"]
    assert {row["reason"] for row in rows} == {text}
    assert call("restore_deleted", dataset, restore_key=key)["count"] == 3


def test_a_removed_label_is_never_named_as_kept(make_dataset):
    boxes = [[0.1 + 0.02 * k, 0.1, 0.1, 0.1] for k in range(4)]
    chain = make_dataset([[("a", box, {"v": k}) for k, box in enumerate(boxes)]])
    call(
        "find_duplicates",
        chain,
        label_field="ground_truth",
        iou_thresh=0.6,
        scan_key="chain",
    )
    result = call("delete_duplicates", chain, scan_key="chain", dry_run=True)
    counts = {reason["rule"]: reason["count"] for reason in result["reasons"]}
    assert counts == {"list_order": 1, "removed_too": 2}

    asked = {"scan_key": "chain", "iou_thresh": 0.6, "method": "simple"}
    app = panel_calls.App(chain)
    asked |= {"classes": None, "keep": [], "metric": "iou"}
    rows = json.loads(exported(app, "plan", "json", **asked)[0])
    first, *others = chain.first().ground_truth.detections
    removed = {label.id for label in others}
    assert [row["label_id"] for row in rows] == [label.id for label in others]
    kept = [row["kept_label_id"] for row in rows]
    assert kept == [first.id, None, None]
    report = app.send("write_report", **asked)["html"]
    assert report.count("overlaps a label that is removed too") == 2

    call("delete_duplicates", chain, scan_key="chain")
    named = {row["kept_label_id"] for row in call("export_journal", chain)["rows"]}
    assert named == {first.id, None}
    assert not named & removed


def test_reasons_by_attribute_counts_are_one_row(make_dataset):
    traits = [{"a": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}]
    box = [0.1, 0.1, 0.2, 0.2]
    dataset = make_dataset(
        [[("x", box), ("x", box, one)] for one in traits]
        + [[("x", box, {"a": 1}), ("x", box, traits[2])]]
    )
    call(
        "find_duplicates",
        dataset,
        label_field="ground_truth",
        scan_key="most",
        keep="most_attributes",
    )
    result = call("delete_duplicates", dataset, scan_key="most", dry_run=True)
    (reason,) = result["reasons"]
    assert (reason["rule"], reason["count"]) == ("most_attributes", 4)
    assert reason["example"]["reason"] == "1 > 0 attributes"


def test_a_label_of_an_excluded_class_counts_as_kept(make_dataset):
    boxes = [[0.1 + 0.02 * k, 0.1, 0.1, 0.1] for k in range(3)]
    dataset = make_dataset([list(zip("abc", boxes, strict=True))])
    call(
        "find_duplicates",
        dataset,
        label_field="ground_truth",
        iou_thresh=0.6,
        scan_key="s",
    )
    result = call(
        "delete_duplicates", dataset, scan_key="s", classes=["c"], dry_run=True
    )
    (reason,) = result["reasons"]
    second = dataset.first().ground_truth.detections[1].id
    assert reason["rule"] == "not_selected"
    assert reason["example"]["kept_label_id"] == second


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


def test_the_journal_of_a_deleted_sample_keeps_its_rows(dataset):
    call("delete_duplicates", dataset, scan_key="scan")
    dataset.delete_samples([dataset.first().id])
    rows = call("export_journal", dataset)["rows"]
    assert rows[0]["filepath"] is None
    assert rows[0]["class"] == "truck"


@pytest.mark.parametrize("path", ["pairs.txt", "pairs", 3, "/no/such/folder/x.csv"])
def test_a_path_that_cannot_be_written_is_reported_in_one_sentence(dataset, path):
    with pytest.raises(ExecutionError, match=r"path"):
        call("list_pairs", dataset, scan_key="scan", path=path)


def test_a_dry_run_reports_the_plan_and_writes_nothing(dataset):
    before = list(dataset._sample_collection.find())
    result = call("delete_duplicates", dataset, scan_key="scan", dry_run=True)
    assert list(dataset._sample_collection.find()) == before
    assert call("list_deleted", dataset)["count"] == 0
    assert (result["count"], result["samples"], result["dry_run"]) == (3, 2, True)
    assert result["by_class"] == {"truck": 2, "(no class)": 1}
    assert result["by_tag"] == {"(no tag)": 2, "source_b": 1}
    assert [image["count"] for image in result["by_sample"]] == [2, 1]
    (reason,) = result["reasons"]
    assert (reason["rule"], reason["count"]) == ("list_order", 3)
    assert reason["example"]["reason"] == "comes first in the list"
    pairs = call("list_pairs", dataset, scan_key="scan", min_iou=0.75)["pairs"]
    cost, likeliest = result["cost"], {}
    for pair in pairs:
        first, later = pair["label_ids"]
        # the first label of each list is kept
        if first not in result["label_ids"]:
            likeliest[later] = max(likeliest.get(later, 0), pair["likelihood"])
    assert cost["right"] == pytest.approx(sum(likeliest.values()))
    assert 0 <= cost["low"] <= cost["right"] <= cost["high"] <= cost["removed"] == 3
    assert "of them are one object with a kept label" in result["message"]
    truck = next(c for c in result["balance"] if c["class"] == "truck")
    assert (truck["before"], truck["after"]) == (2, 0)
    assert truck["share_before"] == pytest.approx(2 / 7)
    json.dumps(result)
    done = call("delete_duplicates", dataset, scan_key="scan")
    assert done["count"] == result["count"]
    assert done["label_ids"] == result["label_ids"]


def test_the_panel_shows_the_details_of_a_plan(dataset):
    asked = {"scan_key": "scan", "iou_thresh": 0.75, "method": "nms", "classes": None}
    app = panel_calls.App(dataset)
    result = app.send("plan_details", **asked, keep=["largest"], metric="iou")
    assert result["labels"] == 3
    (reason,) = result["reasons"]
    assert (reason["rule"], reason["labels"]) == ("largest", 3)
    assert reason["example"]["kept"] > reason["example"]["removed"]
    assert result["label_changes"] == []
    assert {entry["class"] for entry in result["balance"]} == {"car", "truck"}
