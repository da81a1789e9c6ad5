"""The documentation names only what exists, and its first example works as written."""

import ast
import json
import re

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone.utils.iou as foui
import pytest
import yaml

from dev import release
from duplicates.iou_core import keep_rule
from duplicates.operators import OPERATORS, functions, returned

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


# of the program around the plugin; notes on its inside name what they like
OF_USE = [
    path
    for path in PAGES
    if path.stem not in {"architecture", "decisions", "glossary", "operators"}
]
SOURCES = ("iou_core", "labels", "operators", "panel", "dev", "benchmarks")
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
VARIABLE = re.compile(r"\b(?:DUPLICATES|FIFTYONE_CVAT)_[A-Z_]*[A-Z]")
# names of documents, of other programs, and of examples
FOREIGN = {
    "ground_truth",
    "created_at",
    "label_id",
    "updated_date",
    "mask_iou",
    "mask_path",
    "group_by",
    "compute_segment_ious",
    "max_iou",
    "last_modified_at",
    "_id",
}


def sources(pattern, folders=SOURCES):
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((release.ROOT / folder).rglob(pattern))
    )


def fault_in(code):
    """Returns what is wrong with a piece of code in the text; None if nothing is."""
    options = {name for names in NAMES.values() for name in names} | OWN
    words = options | {*NAMES, *returned.MEANINGS} | FOREIGN
    words |= {
        *keep_rule.RULES,
        *SOURCES,
        *dir(fo.Dataset),
        *dir(fo.DatasetView),
        *dir(foui),
        *dir(fo.Sample),
    }
    call = re.fullmatch(r"(\w+)\((.*)\)", code)
    if call and call[1] in NAMES:
        given = set(re.findall(r"(\w+)=", call[2]))
        return None if given <= {*NAMES[call[1]], *OWN} else "no such parameter"
    option = re.fullmatch(r"([a-z_]+)=.*", code)
    if option:
        return None if option[1] in options else "no such parameter"
    if re.fullmatch(r"[a-z]+(_[a-z]+)+", code):
        return None if code in words else "no such operator, parameter or value"
    tool, _, rest = code.partition(" ")
    if tool == "make" and rest:
        targets = (release.ROOT / "Makefile").read_text()
        return None if f"\n{rest.split()[0]}:" in targets else "no such target"
    if code.startswith("python -m "):
        path = release.ROOT / code.split()[2].replace(".", "/")
        found = path.with_suffix(".py").exists() or (path / "__main__.py").exists()
        return None if found else "no such module"
    if re.fullmatch(r"[\w*-]+(/[\w.*-]*)+", code) and code.split("/")[0] in TOP:
        return None if any(release.ROOT.glob(code.rstrip("/"))) else "no such file"
    return None


# benchmarks and releases write to out/
TOP = {path.name for path in release.ROOT.iterdir()} - {"out"}


@pytest.mark.parametrize("path", OF_USE, ids=lambda path: path.name)
def test_operators_options_commands_and_files_in_the_text_exist(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    faults = {code: fault_in(code) for code in CODE.findall(text)}
    assert {code: fault for code, fault in faults.items() if fault} == {}


@pytest.mark.parametrize("path", OF_USE, ids=lambda path: path.name)
def test_variables_of_the_environment_in_the_text_exist(path):
    code = sources("*.py") + (release.ROOT / "fiftyone.yml").read_text()
    for name in VARIABLE.findall(path.read_text()):
        # those of a host end with its name
        assert name in code or OF_A_HOST.match(name), name


OF_A_HOST = re.compile(r"DUPLICATES_CVAT_(USERNAME|PASSWORD|VERIFY)")
# beginnings of paragraphs, and a switch of CVAT
NO_NAMES = {"Drag the threshold", "Set the threshold", "Before", "Around", "Occluded"}
EMPHASIZED = re.compile(r"(?<![\w*])\*{1,2}([A-Z][^*]+?)\*{1,2}(?![\w*])")


@pytest.mark.parametrize("path", OF_USE, ids=lambda path: path.name)
def test_what_the_text_names_in_the_panel_is_there(path):
    panel = sources("*.ts*", ["panel/src"])
    panel += (release.ROOT / "fiftyone.yml").read_text()
    for name in EMPHASIZED.findall(path.read_text()):
        name = " ".join(name.split())
        if name in NO_NAMES or name.endswith("."):
            continue
        # numbers and plurals are made as they are shown
        for part in re.split(r"\d+|…", name):
            assert part.strip().removesuffix("s") in panel, name


SAID = {
    "duplicate": "duplicate",
    "first swaps": "swap",
    "both real": "real",
    "merge": "merge",
    "remove both": "remove_both",
    "skip": "skip",
    "undo": "undo",
}


@pytest.mark.parametrize("name", ["README.md", "docs/tour.md"])
def test_the_keys_of_review_are_those_of_the_panel(name):
    words = (release.ROOT / "panel/src/words/review/verdicts.ts").read_text()
    keys = dict(re.findall(r'key: "(.)", id: "(\w+)"', words))
    text = " ".join((release.ROOT / name).read_text().split())
    said = re.findall(rf"\b([A-Z]) ({'|'.join(SAID)})\b", text)
    assert len(said) >= 6
    for key, what in said:
        assert keys[key] == SAID[what]


def test_the_manifest_and_the_changelog_name_the_same_version():
    manifest = yaml.safe_load((release.ROOT / "fiftyone.yml").read_text())
    changes = (release.ROOT / "CHANGELOG.md").read_text()
    newest = re.search(r"^## (\S+)", changes, re.MULTILINE)[1]
    assert newest == manifest["version"]
    assert f"v{newest}" in (release.ROOT / "docs" / "contributing.md").read_text()


def test_scripts_of_npm_in_the_text_exist():
    scripts = json.loads((release.ROOT / "package.json").read_text())["scripts"]
    for path in PAGES:
        for name in re.findall(r"npm run (\w+)", path.read_text()):
            assert name in scripts
