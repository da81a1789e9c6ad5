"""The documentation names only what exists, and its first example works as written."""

import ast
import re

import fiftyone as fo
import fiftyone.operators as foo
import pytest

from dev import release
from duplicates.operators import OPERATORS, functions

PAGES = [release.ROOT / "README.md", *sorted((release.ROOT / "docs").glob("*.md"))]
FIND = "@iou/duplicates/find_duplicates"
NAMES = {operator.name_: functions.names_of(operator) for operator in OPERATORS}
OWN = {"delegate", "run_id"}
NEAR = [0.1, 0.1, 0.4, 0.4]


def blocks(path):
    return re.findall(
        r"^```python\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE
    )


def anchors(path):
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    words = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {word.replace(" ", "-") for word in words}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_and_its_heading(path):
    text = path.read_text()
    links = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", text)
    for link in [a or b for a, b in links]:
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), f"{path.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{path.name}: {link}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_python_examples_use_parameters_that_exist(path):
    for block in blocks(path):
        for node in ast.walk(ast.parse(block)):
            is_call = isinstance(node, ast.Call) and isinstance(
                node.func, ast.Attribute
            )
            if not is_call or getattr(node.func.value, "id", "") != "dup":
                continue
            given = {keyword.arg for keyword in node.keywords}
            assert node.func.attr in NAMES, block
            assert given <= {*NAMES[node.func.attr], *OWN}, block


def test_the_example_of_the_readme_works_as_written(make_dataset, monkeypatch):
    near = [
        ("cat", NEAR),
        ("cat", [0.1, 0.1, 0.4, 0.41]),
        ("dog", [0.6, 0.6, 0.2, 0.2]),
    ]
    dataset = make_dataset([near, [("dog", NEAR)]])
    monkeypatch.setattr(fo, "load_dataset", lambda name: dataset)
    names = {}
    (example,) = blocks(release.ROOT / "README.md")
    exec(example, names)

    assert (names["found"].count, names["deleted"].count) == (1, 1)
    assert dataset.count("ground_truth.detections") == 4


def test_the_tour_and_the_readme_name_the_panel_and_the_way_to_it(database):
    label = foo.get_operator("@iou/duplicates/duplicates_panel").config.label
    for name in ("README.md", "docs/tour.md"):
        assert f"*{label}*" in (release.ROOT / name).read_text()
