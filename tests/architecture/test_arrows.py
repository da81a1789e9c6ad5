"""Imports between rooms point one way, and never form a cycle."""

import subprocess
import sys

import arrows
import pytest

from dev import release


def test_every_import_of_the_plugin_has_the_right_direction():
    assert arrows.violations(arrows.modules(release.ROOT)) == []


def test_every_module_of_a_release_is_checked():
    released = {
        path.with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for path in release.files()
        if path.suffix == ".py" and path.name != "duplicates_loader.py"
    }

    assert released == arrows.modules(release.ROOT).keys()


def test_every_package_is_a_room():
    names = arrows.modules(release.ROOT).keys()
    packages = {name.rpartition(".")[0] for name in names} - {""}
    rooms = {room for floor in arrows.FLOORS for room in floor.split()}
    # it holds packages only
    assert packages - rooms == {"labels.cvat"}


def test_no_folder_has_more_than_14_modules():
    folders = {}
    for name in arrows.modules(release.ROOT):
        folder = name.rpartition(".")[0]
        if folder:
            folders.setdefault(folder, []).append(name)
    # one file per operator
    large = {f: len(n) for f, n in folders.items() if len(n) > 14 and f != "operators"}

    assert large == {}


def test_the_numeric_core_loads_without_fiftyone():
    names = [n for n in arrows.modules(release.ROOT) if n.startswith("iou_core")]
    script = f"""
import sys
sys.path.insert(0, {str(release.ROOT)!r})
import duplicates_loader
for name in {names!r}:
    duplicates_loader.load_module(name)
assert not {{"fiftyone", "pymongo", "bson"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", script], check=True)


OTHER_MODULES = {
    "__init__": "",
    "iou_core.errors": "class Error(Exception): ...",
    "iou_core.geometry": "",
    "iou_core.geometry.boxes": "",
    "iou_core.geometry.masks.rle": "",
    "iou_core.decisions.methods": "",
    "labels.store": "",
    "labels.reading.raw.walk": "",
    "labels.reading.read": "",
    "labels.scans.plans": "",
    "labels.review.groups": "",
    "labels.edits.writing.writer": "",
    "labels.edits.tag": "",
    "labels.cvat.server.wire": "",
    "operators": "",
    "operators.base": "",
    "panel.duplicates_panel": "",
}
"""Modules that the invented modules below import."""


def faults(name, source):
    others = {other: text for other, text in OTHER_MODULES.items() if other != name}
    return arrows.violations({**others, name: source})


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("iou_core.new", "import fiftyone"),
        ("iou_core.new", "import fiftyone.core.labels as fol"),
        ("iou_core.new", "from fiftyone import ViewField"),
        ("iou_core.new", "def f():\n    import fiftyone"),
        ("iou_core.new", "from ..labels.reading import read"),
        ("iou_core.new", "from .. import labels"),
        ("iou_core.new", "import pymongo"),
        ("iou_core.new", "import importlib\nimportlib.import_module('fiftyone')"),
        ("iou_core.new", "__import__('fiftyone')"),
        ("iou_core.new", "import importlib\nimportlib.import_module('fifty' + 'one')"),
        ("iou_core.new", "from ..... import something"),
        ("iou_core.geometry.new", "from ..decisions import methods"),
        ("iou_core.geometry.boxes", "from .masks import rle"),
        ("iou_core.decisions.likelihood.new", "from ..methods import METHODS"),
        ("labels.new", "from ..operators import base"),
        ("labels.new", "from ..panel.duplicates_panel import DuplicatesPanel"),
        ("labels.new", "import scipy"),
        ("labels.new", "import ray"),
        ("labels.new", "import requests"),
        ("labels.new", "from ..iou_core.geometry.boxes import _PLAIN"),
        ("labels.new", "from ..iou_core import _private"),
        ("labels.new", "import iou_core"),
        ("labels.new", "from duplicates.iou_core.geometry import boxes"),
        ("labels.reading.raw.new", "from ..read import read"),
        ("labels.scans.new", "from ..edits import tag"),
        ("labels.edits.delete", "from ..review.groups import groups"),
        ("labels.edits.writing.new", "from .. import tag"),
        ("labels.review.judging.new", "from ..groups import groups"),
        ("labels.cvat.new", "import pandas"),
        ("labels.cvat.shapes.new", "from ..server import wire"),
        ("operators.new", "from ..panel import duplicates_panel"),
        ("operators.new", "if True:\n    from ..labels.edits.tag import _x"),
        ("panel.new", "import operators.base"),
    ],
)
def test_an_import_in_the_wrong_direction_is_reported(name, source):
    (fault,) = faults(name, source)

    assert fault.startswith(f"{name}:")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("iou_core.new", "from __future__ import annotations\nimport numpy as np"),
        ("iou_core.geometry.new", "from .boxes import Boxes\nfrom .. import errors"),
        ("iou_core.new", "text = 'import fiftyone'  # import fiftyone"),
        ("labels.new", "import fiftyone as fo\nfrom ..iou_core.errors import Error"),
        ("labels.edits.new", "from ..scans import plans\nfrom bson import ObjectId"),
        ("labels.edits.new", "from .writing.writer import Writer\nfrom . import tag"),
        ("labels.cvat.load.new", "import requests\nfrom ..server import wire"),
        ("operators.new", "from ..labels.reading import read\nfrom . import base"),
        ("panel.new", "from ..operators import base\nfrom ..labels import store"),
    ],
)
def test_an_import_in_the_right_direction_passes(name, source):
    assert faults(name, source) == []


def test_an_import_cycle_within_a_room_is_reported():
    (fault,) = arrows.violations(
        {
            "labels.scans.plans": "from . import search",
            "labels.scans.search": "from .config import config",
            "labels.scans.config": "from . import plans",
            "labels.store": "",
        }
    )[-1:]

    assert fault.startswith("a cycle: ")
    assert fault.count("→") == 3
