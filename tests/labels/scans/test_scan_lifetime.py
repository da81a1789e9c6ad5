"""Scans are renamed, deleted, copied and kept apart."""

import json
import subprocess
import sys

import fiftyone as fo
import fiftyone.core.odm as foo
import forked
import generated
import pytest
from scanned import blocks_of, planned, scan

from duplicates.iou_core.errors import ScanError
from duplicates.labels import store
from duplicates.labels.review import pairs as pair_list
from duplicates.labels.scans import plans, register
from duplicates.labels.scans import stored as scans
from duplicates.labels.scans.blocks import block_store, packing
from duplicates.labels.scans.summary import summary


class TestLifetime:
    """Scans outlive their process, are cloned with the dataset, and are purged."""

    @pytest.mark.slow
    def test_scans_can_be_planned_after_a_restart(self, scanned, pytestconfig):
        script = f"""
import json, sys
sys.path.insert(0, {str(pytestconfig.rootpath.parent)!r})
import duplicates_loader
duplicates_loader.load()
import fiftyone as fo
from duplicates.labels.scans import plans, stored
dataset = fo.load_dataset({scanned.name!r})
plan = plans.plan(dataset, "first", iou_thresh=0.5)
print(json.dumps([
    [scan["scan_key"] for scan in stored.list_scans(dataset)],
    [removal.label_id for removal in plan.removals],
]))
"""
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        keys, label_ids = json.loads(done.stdout.strip().splitlines()[-1])

        assert keys == [s["scan_key"] for s in scans.list_scans(scanned)]
        assert label_ids == planned(scanned, "first", iou_thresh=0.5)

    def test_a_scan_of_another_process_is_found(self, make_dataset):
        dataset = make_dataset(generated.samples(5, n=10))
        assert scans.list_scans(dataset) == []
        scan(dataset, "mine")
        runs = dataset._doc.runs
        run = runs.pop("mine")
        assert "mine" not in dataset.list_runs()

        with pytest.raises(ScanError, match="got 'mine', which another run has"):
            scan(dataset, "mine")
        dataset._doc.runs["mine"] = run
        dataset.save()

    def test_a_clone_has_the_scans_and_shares_their_blocks(self, make_dataset):
        dataset = make_dataset(generated.samples(6))
        found = scan(dataset, "shared", iou_thresh=0.5)
        n_blocks = blocks_of(found.config)
        clone = dataset.clone()

        assert planned(clone, "shared") == found.label_ids
        assert summary(clone, "shared") == summary(dataset, "shared")
        assert blocks_of(found.config) == n_blocks > 1
        scans.delete(dataset, "shared")
        assert planned(clone, "shared") == found.label_ids
        scans.delete(clone, "shared")
        assert blocks_of(found.config) == 0
        clone.delete()

    def test_blocks_of_a_deleted_dataset_are_purged_after_a_day(self, make_dataset):
        dataset = make_dataset(generated.samples(7, n=20))
        kept = make_dataset(generated.samples(8, n=20))
        gone, remaining = scan(dataset, "gone"), scan(kept, "remaining")
        dataset.delete()

        register.purge_blocks()
        assert blocks_of(gone.config) > 0, (
            "the blocks of a run in progress have no scan yet"
        )
        old = {"$set": {"stored": store.now() - 2 * register.KEEP_BLOCKS}}
        store.collection("blocks").update_many({}, old)
        assert register.purge_blocks() > 0
        assert blocks_of(gone.config) == 0
        assert blocks_of(remaining.config) > 0
        assert planned(kept, "remaining") == remaining.label_ids

    def test_only_one_of_many_concurrent_scans_gets_a_key(self, make_dataset):
        dataset = make_dataset(generated.samples(9, n=10))
        dataset.persistent = True

        def take():
            try:
                scan(fo.load_dataset(dataset.name), "wanted")
            except ScanError as error:
                assert "a new key" in str(error)  # noqa: PT017 - in another process

        before = set(store.collection("blocks").distinct("scan_uuid"))
        together = [forked.start(take) for _ in range(4)]
        assert [forked.ended(pid) for pid in together] == [0] * 4
        assert [one["scan_key"] for one in scans.list_scans(dataset)] == ["wanted"]
        blocks = set(store.collection("blocks").distinct("scan_uuid")) - before
        assert {one["scan_uuid"] for one in scans.list_scans(dataset)} == blocks

    def test_keys_that_are_generated_concurrently_differ(self, make_dataset):
        dataset = make_dataset(generated.samples(9, n=10))
        dataset.persistent = True
        together = [
            forked.start(lambda: scan(fo.load_dataset(dataset.name), None))
            for _ in range(4)
        ]
        assert [forked.ended(pid) for pid in together] == [0] * 4
        keys = sorted(one["scan_key"] for one in scans.list_scans(dataset))
        assert keys == [f"duplicates_{k}" for k in range(1, 5)]

    def test_two_scans_that_share_a_key_are_both_deleted(self, make_dataset):
        """An earlier version stored such scans if two processes scanned at once."""
        dataset = make_dataset(generated.samples(9, n=10))
        found = [scan(dataset, key) for key in ("twin", "other")]
        stored = dataset._doc.runs["other"].id
        fo_runs = foo.get_db_conn()["runs"]
        fo_runs.update_one({"_id": stored}, {"$set": {"key": "twin"}})
        foo.get_db_conn()["datasets"].update_one(
            {"_id": dataset._doc.id}, {"$unset": {"runs.other": ""}}
        )
        dataset.reload()
        assert len(scans.list_scans(dataset)) == 2

        scans.delete(dataset, "twin")
        assert scans.list_scans(dataset) == []
        assert fo_runs.count_documents({"_dataset_id": dataset._doc.id}) == 0
        assert [blocks_of(one.config) for one in found] == [0, 0]

    def test_a_dataset_that_is_renamed_during_a_scan_keeps_it(self, make_dataset):
        dataset = make_dataset(generated.samples(9, n=10))
        renamed = dataset.name + "-renamed"
        foo.get_db_conn()["datasets"].update_one(
            {"_id": dataset._doc.id}, {"$set": {"name": renamed}}
        )
        try:
            scan(dataset, "kept")
            assert [one["scan_key"] for one in scans.list_scans(dataset)] == ["kept"]
        finally:
            foo.get_db_conn()["datasets"].update_one(
                {"_id": dataset._doc.id}, {"$set": {"name": dataset.name}}
            )

    def test_a_scan_without_its_blocks_is_an_error(self, make_dataset):
        dataset = make_dataset(generated.samples(9, n=10))
        found = scan(dataset, "hollow")
        store.collection("blocks").delete_many({"scan_uuid": found.config["scan_uuid"]})

        for ask in (plans.plan, summary, pair_list.list_pairs):
            with pytest.raises(ScanError, match="whose pairs are stored, got none"):
                ask(dataset, "hollow")
        (listed,) = scans.list_scans(dataset)
        assert listed["pairs_stored"] is False
        scans.delete(dataset, "hollow")
        assert scans.list_scans(dataset) == []

    @pytest.mark.parametrize("newer", ["config", "blocks"])
    def test_a_scan_of_a_newer_version_is_an_error(self, make_dataset, newer):
        dataset = make_dataset(generated.samples(10))
        found = scan(dataset, "newer", iou_thresh=0.5)
        if newer == "config":
            config = dataset.get_run_info("newer").config
            config.format = register.RECALIBRATED + 1
            dataset.update_run_config("newer", config)
        else:
            store.collection("blocks").update_many(
                {"scan_uuid": found.config["scan_uuid"]},
                {"$set": {"format": packing.FORMAT + 1}},
            )

        with pytest.raises(ScanError, match=r"or older \(update the plugin\)"):
            plans.plan(dataset, "newer")

    def test_a_failed_search_leaves_neither_a_scan_nor_a_block(
        self, make_dataset, monkeypatch
    ):
        dataset = make_dataset(generated.samples(11, n=30))
        before = store.collection("blocks").count_documents({})
        monkeypatch.setattr("duplicates.labels.reading.columns.BLOCK_LABELS", 20)
        add = block_store.Recorder.add
        added = []

        def full(recorder, block):
            added.append(add(recorder, block))
            if len(added) == 3:
                raise OSError("no space left on device")

        monkeypatch.setattr(block_store.Recorder, "add", full)
        with pytest.raises(OSError, match="no space left"):
            scan(dataset, "broken")
        assert store.collection("blocks").count_documents({}) == before
        assert dataset.list_runs() == []

    def test_a_scan_can_have_many_blocks(self, make_dataset, monkeypatch):
        dataset = make_dataset(generated.samples(12))
        whole = scan(dataset, "whole", iou_thresh=0.5)
        monkeypatch.setattr("duplicates.labels.reading.columns.BLOCK_LABELS", 20)
        monkeypatch.setattr(packing, "_PAIRS_PER_DOCUMENT", 7)
        parts = scan(dataset, "parts", iou_thresh=0.5)

        assert blocks_of(parts.config) > blocks_of(whole.config)
        assert parts.label_ids == whole.label_ids
        assert planned(dataset, "parts", iou_thresh=0.2) == planned(
            dataset, "whole", iou_thresh=0.2
        )
        one, other = summary(dataset, "parts"), summary(dataset, "whole")
        for content in (one, other):
            for name in ("scan_key", "created_at"):
                del content[name]
        assert one == other

    def test_scans_are_plain_runs_of_the_dataset(self, scanned):
        info = scanned.get_run_info("first")

        assert info.config.method == register.METHOD
        assert scanned.list_runs(method=register.METHOD) == ["first"]
        size = len(json.dumps(info.config.serialize()))
        assert size < 50_000
