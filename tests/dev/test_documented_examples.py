"""Every Python example of the documentation works as written."""

import re
import types

import cvat_data
import cvat_server
import fiftyone as fo
import fiftyone.operators as foo
import pytest

from dev import release
from duplicates.labels.jobs import engines, process_pool

pytestmark = pytest.mark.slow

DOCS = release.ROOT / "docs"
NEAR, ALIKE = [0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.4, 0.41]
SAMPLES = [
    [("cat", NEAR), ("cat", ALIKE), ("dog", [0.6, 0.6, 0.2, 0.2])],
    [("cup", NEAR), ("bowl", ALIKE)],
]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(path):
    return BLOCK.findall(path.read_text(encoding="utf-8"))


PAGES = [path.name for path in sorted(DOCS.glob("*.md")) if blocks(path)]


@pytest.fixture
def cvat(monkeypatch):
    with cvat_server.Server() as server:
        monkeypatch.setenv("FIFTYONE_CVAT_URL", server.url)
        monkeypatch.setenv("FIFTYONE_CVAT_USERNAME", server.username)
        monkeypatch.setenv("FIFTYONE_CVAT_PASSWORD", server.password)
        yield server


@pytest.fixture
def names(make_dataset, tmp_path, monkeypatch):
    """What the text around the examples speaks of, by the names that they use."""
    dataset = make_dataset(SAMPLES)
    dataset.set_values("filepath", cvat_data.draw(tmp_path, len(dataset)))
    dataset.limit(1).tag_labels("reviewed", "ground_truth")
    monkeypatch.setattr(fo, "load_dataset", lambda name: dataset)
    monkeypatch.chdir(tmp_path)
    dup = foo.get_operator("@iou/duplicates/find_duplicates").functions
    a, b, *_ = dataset.first().ground_truth.detections
    other_dataset = dataset.clone()
    yield {
        "fo": fo,
        "foo": foo,
        "dup": dup,
        "dataset": dataset,
        "scan_key": dup.find_duplicates(dataset, "ground_truth").scan_key,
        "other_dataset": other_dataset,
        "a": a.id,
        "b": b.id,
    }
    other_dataset.delete()


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_work_as_written(page, names, cvat, monkeypatch):
    # no cluster listens at the address of the example
    local = types.SimpleNamespace(
        RayWorkers=lambda address, count, variables: process_pool.Pool(1, variables)
    )
    monkeypatch.setattr(engines, "ray_cluster", local)
    for block in blocks(DOCS / page):
        if "dup.move_cvat" in block:  # the trip of the page before it was loaded
            names["sent"] = names["dup"].send_to_cvat(
                names["dataset"], scan_key=names["scan_key"]
            )
            moved = cvat.url.replace("127.0.0.1", "localhost")
            monkeypatch.setenv("FIFTYONE_CVAT_URL", moved)
        exec(compile(block, page, "exec"), names)

    # each page undoes what it deletes
    assert names["dataset"].count("ground_truth.detections") == 5
