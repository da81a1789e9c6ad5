"""Every Python example of the documentation works as written."""

import ast
import importlib
import re
import types

import cvat_data
import fiftyone as fo
import fiftyone.operators as foo
import pytest

from dev import release

pytestmark = pytest.mark.slow

DOCS = release.ROOT / "docs"
NEAR, ALIKE = [0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.4, 0.41]
SURE = {"confidence": 0.9}
SAMPLES = [
    [("cat", NEAR, SURE), ("cat", ALIKE), ("dog", [0.6, 0.6, 0.2, 0.2])],
    [("cup", NEAR, SURE), ("bowl", ALIKE)],
]
FIND = "@iou/duplicates/find_duplicates"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(path):
    return BLOCK.findall(path.read_text(encoding="utf-8"))


PAGES = [path.name for path in sorted(DOCS.glob("*.md")) if blocks(path)]


@pytest.fixture
def names(make_dataset, tmp_path, monkeypatch):
    """The values that the text around the examples describes, by the names they use."""
    dataset = make_dataset(SAMPLES)
    dataset.set_values("filepath", cvat_data.draw(tmp_path, len(dataset)))
    dataset.limit(1).tag_labels("reviewed", "ground_truth")
    monkeypatch.setattr(fo, "load_dataset", lambda name: dataset)
    monkeypatch.chdir(tmp_path)
    dup = foo.get_operator(FIND).functions
    dup.compute_max_ious(dataset, "ground_truth")
    a, b, dog = dataset.first().ground_truth.detections
    dataset.select_labels(ids=[dog.id]).tag_labels("duplicate")
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
    _have_a_cluster(monkeypatch)
    for block in blocks(DOCS / page):
        if "dup.move_cvat" in block:
            _move(cvat, names, monkeypatch)
        for statement in ast.parse(block).body:
            exec(compile(ast.Module([statement], []), page, "exec"), names)
            if "list_cvat" in ast.unparse(statement):  # meanwhile, annotators work
                cvat.delete(cvat.shapes()[1])
                cvat.complete()

    # each page undoes what it deletes
    assert names["dataset"].count("ground_truth.detections") == 5


def _have_a_cluster(monkeypatch):
    """Lets another process stand for the cluster at the address of the example."""
    plugin = type(foo.get_operator(FIND)).__module__.partition(".operators")[0]
    engines = importlib.import_module(f"{plugin}.labels.jobs.engines")

    def workers(address, count, variables):
        return engines.process_pool.Pool(1, variables)

    cluster = types.SimpleNamespace(RayWorkers=workers)
    monkeypatch.setattr(engines, "ray_cluster", cluster)


def _move(cvat, names, monkeypatch):
    """Gives the server another address while labels are there."""
    dup, dataset = names["dup"], names["dataset"]
    names["sent"] = dup.send_to_cvat(dataset, scan_key=names["scan_key"])
    moved = cvat.url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("FIFTYONE_CVAT_URL", moved)
