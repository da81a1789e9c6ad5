"""Imports point one way: panel and operators, then labels, then iou_core."""

import arrows
import pytest

from dev import release


def test_every_import_of_the_plugin_points_the_right_way():
    assert arrows.check(release.ROOT) == []


def test_every_folder_with_python_in_a_release_is_checked():
    folders = {
        path.parts[0]
        for path in release.files()
        if path.suffix == ".py" and len(path.parts) > 1
    }

    assert folders <= arrows.LAYERS.keys()


def test_the_numeric_core_loads_without_fiftyone():
    import subprocess
    import sys

    script = f"""
import importlib, pathlib, sys
sys.path.insert(0, {str(release.ROOT)!r})
import duplicates_loader
duplicates_loader.load()
for path in pathlib.Path({str(release.ROOT)!r}, "iou_core").glob("*.py"):
    importlib.import_module("duplicates.iou_core." + path.stem)
assert not {{"fiftyone", "pymongo", "bson"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("iou_core", "import fiftyone"),
        ("iou_core", "import fiftyone.core.labels as fol"),
        ("iou_core", "from fiftyone import ViewField"),
        ("iou_core", "def f():\n    import fiftyone"),
        ("iou_core", "from ..labels import read"),
        ("iou_core", "from .. import labels"),
        ("iou_core", "import pymongo"),
        ("iou_core", "import importlib\nimportlib.import_module('fiftyone')"),
        ("iou_core", "__import__('fiftyone')"),
        ("iou_core", "import importlib\nimportlib.import_module('fifty' + 'one')"),
        ("labels", "from ..operators import base"),
        ("labels", "from .. import panel"),
        ("labels", "from ..panel.duplicates_panel import DuplicatesPanel"),
        ("labels", "import scipy"),
        ("labels", "import ray"),
        ("labels", "from ..iou_core.overlap import _Kept"),
        ("labels", "from ..iou_core import _private"),
        ("labels", "import iou_core"),
        ("labels", "from duplicates.iou_core import boxes"),
        ("operators", "from ..panel import duplicates_panel"),
        ("operators", "from ... import something"),
        ("operators", "if True:\n    from ..labels.write import _batches"),
        ("panel", "import operators.base"),
        ("labels/cvat", "from ...operators import base"),
        ("labels/cvat", "from ..write import _batches"),
        ("labels/cvat", "from .... import something"),
        ("labels/cvat", "import pandas"),
        ("labels", "import requests"),
    ],
)
def test_the_check_finds_an_import_that_points_the_wrong_way(folder, source):
    (fault,) = arrows.violations(folder, source, "made_up.py")

    assert fault.startswith(f"{folder}/made_up.py:")


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("iou_core", "from __future__ import annotations\nimport numpy as np"),
        ("iou_core", "from .boxes import Boxes\nfrom . import pairs\nimport math"),
        ("iou_core", "text = 'import fiftyone'  # import fiftyone"),
        ("labels", "import fiftyone as fo\nfrom ..iou_core.boxes import Boxes"),
        ("labels", "from ..iou_core import boxes\nfrom bson import ObjectId"),
        ("operators", "from ..labels import read\nfrom ..iou_core.errors import Error"),
        ("panel", "from ..operators import base\nfrom .. import labels"),
        ("labels/cvat", "import requests\nfrom . import store\nfrom .. import runs"),
        (
            "labels/cvat",
            "from ..write import Writer\nfrom ...iou_core.errors import Error",
        ),
    ],
)
def test_the_check_lets_the_others_pass(folder, source):
    assert arrows.violations(folder, source) == []
