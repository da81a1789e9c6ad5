"""The demo of every kind of labels finds what was planted, and nothing else."""

import os
import subprocess
import sys

import pytest

from dev import mongod, release
from dev.demo import __main__ as demo

pytestmark = pytest.mark.slow

FOUND = {"exact copy", "shifted copy", "two classes", "chain"}
KINDS = [
    *("masks", "polygons", "keypoints", "cuboids"),
    *("rotated", "segments", "video", "groups"),
]
LARGE = ("segments", "video")
"""The kinds whose demo consists of videos."""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.long if kind in LARGE else ())
        for kind in KINDS
    ],
)
def test_what_was_planted_is_found_and_nothing_else(database, tmp_path, capsys, kind):
    from dev.demo import data as demo_data
    from dev.demo import report as demo_report

    options = demo._parser().parse_args(["--kind", kind, "--max-samples", "4"])
    dataset = demo_data.prepare(options, tmp_path)
    demo_report.print_duplicates(dataset, *demo_data.comparison(dataset))
    shown = [*dataset.get_field_schema(flat=True)]
    shown += dataset.get_frame_field_schema(flat=True) or ()
    assert not [path for path in shown if path.endswith("planted")]
    dataset.delete()
    text = capsys.readouterr().out
    planted = _planted(text)

    assert FOUND & planted.keys(), text
    for name, (labels, found) in planted.items():
        assert found == (labels if name in FOUND else 0), text
    assert planted["nothing"][0] > 5
    assert "skipped" not in text
    assert ("tracks of one object" in text) == (kind == "video")


def test_the_28_duplicates_of_the_groups_are_deleted_after_they_were_tagged(
    database, tmp_path
):
    import fiftyone.operators as foo

    from dev.demo import data as demo_data

    options = demo._parser().parse_args(["--kind", "groups"])
    dataset = demo_data.prepare(options, tmp_path)
    name, compared = demo_data.comparison(dataset)

    def run(operator, **given):
        found = foo.get_operator(f"@iou/duplicates/{operator}")(dataset, **given)
        assert found.result["skipped"]["count"] == 0
        return found.result

    key = run("find_duplicates", label_field=name, **compared)["scan_key"]
    plan = {"scan_key": key, "dry_run": True}
    counts = [
        run("delete_duplicates", **plan)["count"],
        run("tag_duplicates", scan_key=key)["count"],
        run("delete_duplicates", **plan)["count"],
        run("delete_duplicates", scan_key=key)["count"],
    ]
    dataset.delete()

    assert counts == [28, 28, 28, 28]


def test_every_kind_is_tried():
    from dev.demo import kinds as demo_kinds

    assert list(demo_kinds.KINDS) == KINDS


@pytest.mark.long
def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are(tmp_path):
    if mongod.bundled() is None:
        pytest.skip("FiftyOne came without mongod: the demo cannot start its own")
    done = _run(tmp_path, "--kind", "maps", "--once")

    assert done.returncode == 1
    assert "KIND: expected one of masks, polygons" in done.stderr


def _run(folder, *options):
    variables = {k: v for k, v in os.environ.items() if not k.startswith("FIFTYONE_")}
    return subprocess.run(
        [sys.executable, "-m", "dev.demo", *options, "--folder", str(folder)],
        cwd=release.ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def _planted(text):
    """The numbers of labels and of those found, by what was planted."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("planted"):
            break
    rows = {}
    for line in lines:
        if not line.strip():
            break
        rows[line[:20].strip()] = tuple(map(int, line[20:40].split()))
    return rows
