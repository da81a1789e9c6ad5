"""The skill for agents: FiftyOne lists it, and its steps work as written."""

import re

import fiftyone as fo
import fiftyone.plugins as fop
import pytest

from dev import release

pytestmark = pytest.mark.skipif(
    not hasattr(fop, "list_skills"), reason="FiftyOne lists skills only since 1.22"
)

NAME = "remove-duplicate-labels"
NEAR = [0.1, 0.1, 0.4, 0.4]
SAMPLES = [
    [("cat", NEAR), ("cat", [0.1, 0.1, 0.4, 0.41]), ("dog", [0.6, 0.6, 0.2, 0.2])],
    [("dog", NEAR), ("cat", NEAR)],
]


def skill():
    return next(skill for skill in fop.list_skills() if skill.name == NAME)


def test_fiftyone_lists_the_skill(database):
    found = skill()
    assert found.plugin_name == release.NAME
    assert found.category == "curate"
    assert "undone" in found.description


def test_the_steps_of_the_skill_work_as_written(make_dataset, monkeypatch):
    dataset = make_dataset(SAMPLES)
    before = [sample.to_mongo_dict() for sample in dataset]
    monkeypatch.setattr(fo, "load_dataset", lambda name: dataset)
    steps = re.findall(r"```python\n(.*?)```", skill().content, re.DOTALL)
    *steps, undo = steps
    names = {}
    for step in steps:
        exec(step, names)

    assert [names[name].count for name in ("plan", "deleted", "again")] == [2, 2, 0]
    assert dataset.count("ground_truth.detections") == 3

    exec(undo, names)
    dataset.reload()
    after = [sample.to_mongo_dict() for sample in dataset]
    assert [s["ground_truth"] for s in after] == [s["ground_truth"] for s in before]
