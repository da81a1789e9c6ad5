"""The notebook beside FiftyOne's recipe works as written, with the numbers of COCO."""

import asyncio
import json

import fiftyone as fo
import fiftyone.zoo as foz
import pytest

from dev import coco, release

pytestmark = pytest.mark.slow

PATH = release.ROOT / "docs" / "removing_duplicate_objects.ipynb"
BOUNDS = (0.0, 0.9516401631746978)


def cells():
    notebook = json.loads(PATH.read_text())
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


def test_each_cell_works_and_gives_the_numbers_of_the_recipe(
    database, shared_data, monkeypatch
):
    dataset = fo.Dataset()
    annotations = coco.load(shared_data / "instances_val2017_boxes.json.gz")
    coco.add_to(dataset, annotations, "images", max_samples=1000)
    monkeypatch.setattr(foz, "load_zoo_dataset", lambda *_, **__: dataset)
    names = {}

    async def notebook():  # a notebook runs its cells in an event loop
        for cell in cells():
            exec(cell, names)

    asyncio.run(notebook())

    assert names["bounds"] == names["same_bounds"] == BOUNDS
    assert len(names["dups_view"]) == len(names["same_view"]) == 7
    assert (len(names["dup_ids"]), len(names["greedy_ids"])) == (7, 7)
    assert (names["found"].count, names["greedy"].count, names["deleted"].count) == (
        7,
        7,
        7,
    )
    assert dataset.count("ground_truth.detections") == 7204
    dataset.delete()
