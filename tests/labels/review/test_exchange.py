"""A review as a table: exported, changed by people and programs, imported."""

import csv
import io
import json

import panel_calls
import pytest
from bson import ObjectId

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels import tables
from duplicates.labels.review.exchange import load, table
from duplicates.labels.scans import search, stored
from duplicates.labels.scans.decisions import verdicts

HOSTILE = '=HYPERLINK("http://x","y"),\n;\r\t"\'@'


pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "dups")
    return dataset


def ids(dataset):
    return dataset.values("ground_truth.detections.id")


def exported(dataset, kind, limit=2):
    """Returns the verdicts as a file, made of pages of two rows."""
    scan, pieces, cursor = stored.open_scan(dataset, "dups"), [], None
    while True:
        page = table.rows(dataset, scan, cursor, limit)
        text, following = tables.piece(kind, table.COLUMNS, page, cursor is None)
        pieces.append(text)
        cursor = following
        if cursor is None:
            return "".join(pieces)


def judge_all(dataset):
    """Stores a verdict of each kind, by people with odd names."""
    (a, b, c), (d, e), (f, g), _ = ids(dataset)
    verdicts.set_verdict(dataset, [a, b], "duplicate", b, "Anna")
    verdicts.set_verdict(dataset, [a, c], "real", None, HOSTILE)
    verdicts.set_verdict(dataset, [d, e], "merge", d, "'=1")
    verdicts.set_verdict(dataset, [f, g], "remove_both")


@pytest.mark.parametrize("kind", tables.FORMATS)
def test_an_export_is_imported_and_exported_byte_for_byte(dataset, kind):
    judge_all(dataset)
    before = exported(dataset, kind)
    known = verdicts.list_verdicts(dataset)
    verdicts.clear_verdicts(dataset)

    done = load.import_review(dataset, before, kind)

    assert (done.stored, done.unchanged, done.left_out) == (4, 0, {})
    assert exported(dataset, kind) == before
    now = verdicts.list_verdicts(dataset)
    forget = [{**one, "created": None} for one in known]
    assert [{**one, "created": None} for one in now] == forget
    again = load.import_review(dataset, before, kind)
    assert (again.stored, again.unchanged, again.left_out) == (0, 4, {})


def test_a_row_says_which_labels_of_what_who_and_when(dataset):
    (a, b, _), *_ = ids(dataset)
    verdicts.set_verdict(dataset, [a, b], "duplicate", b, "Anna")
    (row,) = json.loads(exported(dataset, "json"))

    sample = dataset.first()
    one, other = sorted([a, b])
    (found,) = verdicts.list_verdicts(dataset)
    assert row == {
        "sample_id": sample.id,
        "frame_number": None,
        "filepath": sample.filepath,
        "field_1": "ground_truth",
        "field_2": "ground_truth",
        "label_id_1": one,
        "label_id_2": other,
        "class_1": "person",
        "class_2": "person",
        "iou": pytest.approx(0.4 / 0.42),
        "mask_iou": None,
        "verdict": "duplicate",
        "kept_label_id": b,
        "who": "Anna",
        "at": found["at"],
    }


def test_a_spreadsheet_runs_no_cell_of_an_export(dataset):
    judge_all(dataset)
    cells = [
        c for row in csv.reader(io.StringIO(exported(dataset, "csv"))) for c in row
    ]

    assert f"'{HOSTILE}" in cells
    assert "''=1" in cells
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def row(a, b, verdict="real", **more):
    return {"label_id_1": a, "label_id_2": b, "verdict": verdict, **more}


def test_each_row_that_cannot_be_stored_is_reported_and_the_others_are_stored(dataset):
    (a, b, c), (d, e), (f, g), _ = ids(dataset)
    gone = str(ObjectId())
    sample_id = str(dataset.last().id)
    rows = {
        "does not name two labels": row(a, a),
        "has an unknown verdict": row(a, b, "same"),
        "does not name which of its labels is kept": row(a, b, "merge"),
        "has an invalid name": row(a, b, who=5),
        "has no valid time": row(a, b, at="yesterday"),
        "has a time that lies ahead": row(a, b, at="2999-01-01T00:00:00Z"),
        load.MISSING: row(a, gone),
        load.APART: row(a, d),
        load.REPEATED: row(c, b),
    }
    odd = [row(d, e, sample_id=sample_id), row(None, 3), row([a], {}), {}, 7]
    content = json.dumps([row(b, c, who="Bob"), *rows.values(), *odd, row(f, g)])

    done = load.import_review(dataset, content, "json", "Anna")

    assert done.stored == 2
    left = done.to_dict()
    wanted = dict.fromkeys(rows, 1)
    # a label is looked for in the sample that its row names alone; {} names no verdict
    wanted[load.MISSING] += 1
    wanted["does not name two labels"] += 2
    wanted["has an unknown verdict"] += 2
    assert left["skipped"] == {"count": len(rows) + 5, "reasons": wanted}
    assert left["rows"][: len(rows)] == [
        {"row": k, "reason": reason} for k, reason in enumerate(rows, 2)
    ]
    assert {v["who"] for v in verdicts.list_verdicts(dataset)} == {"Anna", "Bob"}


def test_labels_that_cannot_be_merged_are_reported(make_dataset):
    import fiftyone as fo

    dataset = make_dataset([None])
    sample = dataset.first()
    points = [fo.Keypoint(points=[(0.1, 0.1)]) for _ in range(2)]
    sample["points"] = fo.Keypoints(keypoints=points)
    sample.save()
    a, b = (point.id for point in points)

    content = json.dumps([row(a, b, "merge", kept_label_id=a)])
    done = load.import_review(dataset, content, "json")

    assert (done.stored, done.left_out) == (0, {1: load.NOT_MERGED})
    with pytest.raises(ParamsError, match="to merge, got labels of points"):
        verdicts.set_verdict(dataset, [a, b], "merge", a)


def test_the_newer_of_two_verdicts_is_kept(dataset):
    a, b, _ = ids(dataset)[0]
    verdicts.set_verdict(dataset, [a, b], "real", who="Anna")
    old = json.dumps([row(a, b, "remove_both", at="2020-01-01T10:00:00+02:00")])
    undated = json.dumps([row(a, b, "remove_both")])

    assert load.import_review(dataset, old, "json").left_out == {1: load.OLDER}
    assert load.import_review(dataset, undated, "json").left_out == {1: load.UNDATED}
    (kept,) = verdicts.list_verdicts(dataset)
    assert (kept["verdict"], kept["who"]) == ("real", "Anna")

    verdicts.clear_verdicts(dataset)
    assert load.import_review(dataset, old, "json", "Bob").stored == 1
    (stored_now,) = verdicts.list_verdicts(dataset)
    assert stored_now["at"] == "2020-01-01T08:00:00.000Z"
    newer = json.dumps([row(a, b, "real", at="2020-01-01T08:00:00.001Z")])
    assert load.import_review(dataset, newer, "json").stored == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", "csv"),
        ("label_id_1,verdict\r\nx,real", "csv"),
        ('a\r\n"' + "x" * 200_000 + '"', "csv"),
        ("", "json"),
        ("{}", "json"),
        ("[" * 100_000, "json"),
        ("[" + "9" * 10_000 + "]", "json"),
        ('[{"verdict": "real"}]', "json"),
        ("[]", "xml"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(dataset, content, kind):
    with pytest.raises(ParamsError):
        load.import_review(dataset, content, kind)


def test_a_table_without_rows_stores_nothing(dataset):
    for content, kind in ((exported(dataset, "csv"), "csv"), ("[]", "json")):
        assert load.import_review(dataset, content, kind).to_dict() == {
            "stored": 0,
            "unpaired": 0,
            "unchanged": 0,
            "skipped": {"count": 0, "reasons": {}},
            "rows": [],
        }


@pytest.mark.parametrize("cursor", ["x", "00", "zz" * 24])
def test_another_cursor_is_refused(dataset, cursor):
    with pytest.raises(ParamsError, match="cursor"):
        table.rows(dataset, None, cursor)
