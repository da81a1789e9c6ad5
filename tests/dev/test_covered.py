"""The report of coverage counts each line of the product once, run in any process."""

import json
import os
import subprocess
import sys

import covered
import pytest

from dev import release

CODE = "def double(x):\n    return 2 * x\n\n\ndef halve(x):\n    return x / 2\n"


@pytest.fixture
def product(tmp_path):
    """A product of two files, of which one was run in two processes."""
    root, folder = tmp_path / "product", tmp_path / "measured"
    (root / "labels").mkdir(parents=True)
    folder.mkdir()
    for name in ("run.py", "never.py"):
        (root / "labels" / name).write_text(CODE)
    copy = "/somewhere/plugins/duplicates/labels/run.py"
    (folder / "1.json").write_text(json.dumps({copy: [1, 5]}))
    (folder / "2.json").write_text(json.dumps({"labels/run.py": [1, 2, 5]}))
    return root, folder


def test_a_line_counts_if_any_process_ran_it_in_any_copy(product):
    root, folder = product
    found = covered.shares(folder, root)
    assert found == {"labels/run.py": (3, 4), "labels/never.py": (0, 4)}


def test_the_report_names_the_total_and_the_files_with_few_lines_run(product):
    root, folder = product
    first, *low = covered.report(covered.shares(folder, root))
    assert first.endswith("labels: 37.5 % of 8, total: 37.5 % of 8")
    assert low == [
        "files below 80 %: 2",
        "  labels/never.py: 0.0 % of 4",
        "  labels/run.py: 75.0 % of 4",
    ]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (release.ROOT / "labels" / "store.py", "labels/store.py"),
        ("/x/plugins/duplicates/iou_core/pairs.py", "iou_core/pairs.py"),
        (release.ROOT / "tests" / "conftest.py", None),
        ("/x/site-packages/fiftyone/operators/panel.py", None),
    ],
)
def test_files_of_the_product_are_recognized_in_any_copy(path, name):
    assert covered.name_of(path) == name


@pytest.mark.slow
def test_a_run_of_tests_ends_with_the_report():
    test = "tests/iou_core/test_arrays.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", test, "-n", "2", "-p", "no:cacheprovider"],
        cwd=release.ROOT,
        env={**os.environ, covered.FOLDER: "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "lines of the product that the tests ran: iou_core: " in done.stdout
    assert "  panel/slices.py: 0.0 %" in done.stdout
