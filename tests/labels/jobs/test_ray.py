"""A Ray cluster gives the result of one process, even if one of its workers dies."""

import contextlib
import os
import time

import engine_cases
import psutil
import pytest
from engine_cases import FIELD, PATH, search
from fiftyone_reference import stored

from duplicates.iou_core.errors import RunCancelled, RunError
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import store
from duplicates.labels.edits import max_iou, tag
from duplicates.labels.edits.restore import restore
from duplicates.labels.jobs import engines, ray_cluster, runs
from duplicates.labels.jobs.engines import Engine
from duplicates.labels.scans import plans
from duplicates.labels.scans import search as find

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_parts")]

RAY = Engine("ray", 2)
PARAMS = FindParams(FIELD, iou_thresh=0.5)


@pytest.fixture(scope="module")
def cluster(database):
    """Two nodes on this machine, each a separate process with one CPU."""
    ray = pytest.importorskip(
        "ray", reason="Ray, an optional package, is not installed"
    )
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "include_dashboard": False},
    )
    cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def dataset(make_dataset):
    return engine_cases.make_odd(make_dataset(engine_cases.samples()))


@pytest.mark.usefixtures("cluster")
class TestCluster:
    """Workers are on several nodes that have no copy of the plugin."""

    @pytest.mark.long
    def test_the_values_and_tags_are_the_same(self, dataset):
        params = ComputeParams(FIELD)
        max_iou.compute_max_ious(dataset, params, "mine")
        max_iou.compute_max_ious(dataset, params, "theirs", engine=RAY)
        a, b = dataset.values([f"{PATH}.mine", f"{PATH}.theirs"])
        assert a == b

        find.find_duplicates(dataset, PARAMS, "mine")
        plan = plans.plan(dataset, "mine")
        before = stored(dataset)
        here = tag.tag_plan(dataset, plan, "duplicate")
        tagged = stored(dataset)
        restore(dataset, here.restore_key)
        there = tag.tag_plan(dataset, plan, "duplicate", engine=RAY)
        assert stored(dataset) == tagged
        assert there.label_ids == here.label_ids
        restore(dataset, there.restore_key)
        assert stored(dataset) == before

    @pytest.mark.long
    def test_parts_of_killed_workers_are_done_again(self, dataset, monkeypatch):
        expected = search(dataset, PARAMS)
        killed = []
        carry_out = engines.carry_out

        def deadly(*args):
            for number, answer in enumerate(carry_out(*args)):
                if not number:
                    killed.append(_kill_workers())
                yield answer

        monkeypatch.setattr(engines, "carry_out", deadly)
        assert search(dataset, PARAMS, engine=RAY) == expected
        assert killed[0] >= 1

    def test_a_run_can_be_cancelled(self, dataset, monkeypatch):
        monkeypatch.setattr(runs, "_HEARTBEAT", 0.01)
        run_id = dataset.name
        options = dict(report=lambda *_: runs.cancel(dataset, run_id), run_id=run_id)
        with (
            pytest.raises(RunCancelled),
            runs.start(dataset, "find_duplicates", FIELD, **options) as run,
        ):
            find.find_duplicates(dataset, PARAMS, run=run, engine=RAY)
        assert runs.status(dataset, dataset.name)["state"] == "cancelled"

    def test_a_database_that_workers_cannot_reach_is_reported(
        self, dataset, monkeypatch
    ):
        monkeypatch.setattr(ray_cluster, "CONNECTS_WITHIN", 1)
        unreachable = "mongodb://user:secret@127.0.0.1:9"
        environment = {**engines.environment(), "FIFTYONE_DATABASE_URI": unreachable}
        monkeypatch.setattr(engines, "environment", lambda: environment)
        with pytest.raises(
            RunError, match=r"reach the database at 127\.0\.0\.1:9, got no result"
        ) as refused:
            find.find_duplicates(dataset, PARAMS, engine=RAY)
        assert "secret" not in str(refused.value)


def test_a_cluster_is_joined_by_its_address_without_secrets_and_left(
    cluster, dataset, monkeypatch
):
    import ray

    assert len(ray.nodes()) == 2
    ray.shutdown()
    monkeypatch.setenv("FIFTYONE_CVAT_PASSWORD", "secret")
    samples = dataset.skip(5).limit(70)
    engine = Engine("ray", 2, cluster.address)
    with engine.open() as workers:
        driver = psutil.Process(workers._driver._process.pid)
        names = {name for name in driver.environ() if not name.startswith("RAY_")}
        assert names <= ray_cluster._VARIABLES | {"LC_CTYPE"}
        opened = contextlib.nullcontext(workers)
        monkeypatch.setattr(Engine, "open", lambda _: opened)
        found = search(samples, PARAMS, engine=engine)
    assert found == search(samples, PARAMS)
    assert store.collection("results").count_documents({}) == 0
    assert not ray.is_initialized()


def test_a_cluster_is_started_only_if_allowed_and_is_ended(dataset, monkeypatch):
    ray = pytest.importorskip(
        "ray", reason="Ray, an optional package, is not installed"
    )
    ray.shutdown()
    with pytest.raises(RunError, match="or DUPLICATES_RAY_START=1 in the environment"):
        find.find_duplicates(dataset, PARAMS, engine=RAY)
    monkeypatch.setenv("DUPLICATES_RAY_START", "1")
    before = _clusters()
    assert search(dataset, PARAMS, engine=RAY) == search(dataset, PARAMS)
    assert _clusters() <= before


def test_a_missing_ray_is_reported_with_what_to_install(dataset, monkeypatch, tmp_path):
    (tmp_path / "ray.py").write_text("raise ImportError('there is no ray')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("DUPLICATES_RAY_START", "1")
    with pytest.raises(RunError, match=r"engine: expected Ray .*requirements-ray\.txt"):
        find.find_duplicates(dataset, PARAMS, engine=RAY)


def test_a_cluster_that_does_not_respond_is_reported(dataset):
    pytest.importorskip("ray", reason="Ray, an optional package, is not installed")
    begun = time.monotonic()
    for address in ("127.0.0.1:9", "ray://127.0.0.1:9"):
        with pytest.raises(RunError, match=f"address: .* cluster .* got {address}"):
            find.find_duplicates(dataset, PARAMS, engine=Engine("ray", 2, address))
    assert time.monotonic() - begun < 60


def _clusters():
    return {
        process.pid
        for process in psutil.process_iter()
        if process.name() in ("raylet", "gcs_server")
        and process.status() != psutil.STATUS_ZOMBIE
    }


def _kill_workers():
    """Kills the busy and idle worker processes of this test's cluster."""
    workers = [
        process
        for process in psutil.Process().children(recursive=True)
        if process.name() in ("ray::IDLE", "ray::work")
    ]
    for worker in workers:
        worker.kill()
    return len(workers)
