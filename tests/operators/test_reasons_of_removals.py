"""Each removed label has its reason, in the journal, in dry runs and in plans."""

import json
import re

import exported_tables
import panel_calls
import pytest
from exported_tables import as_rows, call, exported


@pytest.fixture
def dataset(make_dataset):
    return exported_tables.scanned(make_dataset)


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


def test_the_journal_of_a_deleted_sample_keeps_its_rows(dataset):
    call("delete_duplicates", dataset, scan_key="scan")
    dataset.delete_samples([dataset.first().id])
    rows = call("export_journal", dataset)["rows"]
    assert rows[0]["filepath"] is None
    assert rows[0]["class"] == "truck"


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
    assert "of them are duplicates of a kept label" in result["message"]
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
    assert (reason["kind"], reason["labels"]) == ("the kept label is larger", 3)
    assert reason["example"]["rule"] == "largest"
    shares = re.findall(r"([\d.]+) %", reason["example"]["text"])
    assert float(shares[0]) > float(shares[1])
    assert result["label_changes"] == []
    assert {entry["class"] for entry in result["balance"]} == {"car", "truck"}
