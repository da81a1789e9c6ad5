"""A demo goes on as it was left, starts again when asked, and names one that runs."""

import json
import os
import re
import types

import pytest

from dev.demo import __main__ as demo
from dev.demo import first


def prepared(folder, *options):
    from dev.demo import data

    chosen = demo._parser().parse_args([*options, "--max-samples", "2"])
    return data.prepare(chosen, folder)


@pytest.fixture
def cleared(database):
    """Deletes the datasets of a demo after the test."""
    import fiftyone as fo

    yield
    for name in fo.list_datasets("duplicate-objects-*"):
        fo.delete_dataset(name)


@pytest.mark.parametrize("options", [(), ("--kind", "rotated")])
def test_a_demo_goes_on_as_it_was_left_unless_it_is_reset(cleared, tmp_path, options):
    drawn = prepared(tmp_path, *options)
    drawn.delete_samples(drawn.first())
    drawn.info["mine"] = True
    drawn.save()

    again = prepared(tmp_path, *options)
    assert (len(again), again.info.get("mine")) == (1, True)

    anew = prepared(tmp_path, *options, "--reset")
    assert (len(anew), anew.info.get("mine")) == (2, None)
    assert anew.name == again.name


def test_another_number_of_images_leaves_the_first_demo_alone(cleared, tmp_path):
    import fiftyone as fo

    from dev.demo import data

    prepared(tmp_path)
    data.prepare(demo._parser().parse_args(["--max-samples", "1"]), tmp_path)

    assert len(fo.list_datasets("duplicate-objects-demo-*")) == 2


def test_a_second_demo_names_the_address_of_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "_environment", None)  # it comes later
    options = types.SimpleNamespace(folder=tmp_path)
    address = "http://127.0.0.1:5151/datasets/demo"
    said = f"already, at {re.escape(address)}"
    with first.known(tmp_path, address), pytest.raises(SystemExit, match=said):
        demo._run(options)
    assert first.address(tmp_path) is None


@pytest.mark.parametrize(
    "left",
    [
        "",
        "{}",
        json.dumps({"address": "x", "process": os.getpid(), "started": 1.0}),
        json.dumps({"address": "x", "process": 2**22, "started": 1.0}),
    ],
    ids=["empty", "no process", "an earlier process of that id", "no such process"],
)
def test_what_a_demo_left_that_was_killed_is_no_demo(tmp_path, left):
    (tmp_path / "running.json").write_text(left)

    assert first.address(tmp_path) is None
