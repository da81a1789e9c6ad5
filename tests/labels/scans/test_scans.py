"""Stored scans can be used after a restart, in a clone and at other thresholds."""

import json
import subprocess
import sys

import datasets
import fiftyone as fo
import fiftyone.core.odm as foo
import fiftyone_reference as theirs
import forked
import generated
import naive
import numpy as np
import pytest
from fiftyone import ViewField as F

from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.review import pairs as pair_list
from duplicates.labels.scans import plans, register, search
from duplicates.labels.scans import stored as scans
from duplicates.labels.scans.blocks import block_store, packing
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.recount import recount
from duplicates.labels.scans.summary import summary

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"


def scan(samples, scan_key=None, title=None, **options):
    return search.find_duplicates(
        samples, FindParams(FIELD, **options), scan_key, title
    )


def planned(samples, scan_key, **changes):
    return [r.label_id for r in plans.plan(samples, scan_key, **changes).removals]


def blocks_of(config):
    found = store.collection("blocks")
    return found.count_documents({"scan_uuid": config["scan_uuid"]})


@pytest.fixture(scope="module")
def scanned(database):
    """A dataset with a scan at the recipe's threshold, which no test changes."""
    dataset = datasets.make(generated.samples(1), FIELD)
    dataset.persistent = True
    scan(dataset, "first", "The first")
    yield dataset
    dataset.delete()


class TestPlans:
    """A stored scan gives the decisions of a new search at every threshold."""

    @pytest.mark.parametrize("method", ["simple", "greedy"])
    @pytest.mark.parametrize("iou_thresh", [0.05, 0.3, 0.5, 0.75, 0.9, 0.999, 1])
    def test_a_plan_equals_fiftyones_result_at_that_threshold(
        self, scanned, iou_thresh, method
    ):
        options = dict(iou_thresh=iou_thresh, method=method)

        assert planned(scanned, "first", **options) == theirs.duplicates(
            scanned, FIELD, **options
        )

    def test_a_plan_uses_the_scans_parameters_by_default(self, scanned):
        found = scan(scanned, "as_asked", iou_thresh=0.4, method="greedy")

        assert planned(scanned, "as_asked") == found.label_ids
        scans.delete(scanned, "as_asked")

    def test_every_removal_names_a_kept_label_and_their_iou(self, scanned):
        plan = plans.plan(scanned, "first", iou_thresh=0.3, method="greedy")
        removed = {removal.label_id for removal in plan.removals}
        boxes = dict(
            zip(
                *(
                    [x for part in column for x in part or []]
                    for column in scanned.values([f"{PATH}.id", f"{PATH}.bounding_box"])
                ),
                strict=True,
            )
        )

        for removal in plan.removals:
            assert removal.partner_id not in removed
            assert removal.iou > 0.3
            pair = boxes[removal.label_id], boxes[removal.partner_id]
            assert naive.iou(*pair) == removal.iou

    def test_classes_restrict_the_removed_labels_but_not_the_decision(self, scanned):
        everything = plans.plan(scanned, "first", iou_thresh=0.3)
        cats = plans.plan(scanned, "first", iou_thresh=0.3, classes=["cat"])
        nameless = plans.plan(scanned, "first", iou_thresh=0.3, classes=[None])

        assert [r.label_id for r in cats.removals] == [
            r.label_id for r in everything.removals if r.class_name == "cat"
        ]
        assert 0 < len(cats) < len(everything)
        assert {r.class_name for r in nameless.removals} == {None}
        assert everything.by_class["cat"] == len(cats)

    def test_a_plan_is_plain_data(self, scanned):
        plan = plans.plan(scanned, "first", iou_thresh=0.3)
        data = json.loads(json.dumps(plan.to_dict()))

        assert data["count"] == len(data["removals"]) == len(plan)
        assert data["samples"] == len({r["sample_id"] for r in data["removals"]})

    def test_a_threshold_below_the_scans_pairs_is_an_error(self, scanned):
        with pytest.raises(
            ScanError, match=r"iou_thresh: expected a threshold of at l"
        ):
            plans.plan(scanned, "first", iou_thresh=0.01)
        scan(scanned, "low", iou_thresh=0.01)
        low = planned(scanned, "low", iou_thresh=0.02)
        assert low == theirs.duplicates(scanned, FIELD, iou_thresh=0.02)
        scans.delete(scanned, "low")

    @pytest.mark.parametrize(
        "changes", [dict(iou_thresh=1.5), dict(iou_thresh="x"), dict(method="no")]
    )
    def test_an_invalid_threshold_or_method_is_an_error(self, scanned, changes):
        with pytest.raises(ParamsError):
            plans.plan(scanned, "first", **changes)

    def test_the_error_for_an_unknown_scan_lists_the_existing_ones(self, scanned):
        for ask in (
            plans.plan,
            scans.open_scan,
            summary,
            scans.delete,
            pair_list.list_pairs,
        ):
            with pytest.raises(ScanError, match=r"scan_key: .*first.*, got 'nothing'"):
                ask(scanned, "nothing")


class TestSummary:
    """The data for the panel's charts: counts at every threshold, without the pairs."""

    @pytest.mark.parametrize("method", ["simple", "greedy"])
    def test_the_curves_equal_the_counts_at_every_threshold(self, scanned, method):
        recount(scanned, "first", "greedy")
        content = summary(scanned, "first")
        sample_of = dict(_owners(scanned))
        for k in range(0, len(THRESHOLDS), 8):
            ids = planned(
                scanned, "first", iou_thresh=float(THRESHOLDS[k]), method=method
            )
            curve = content["curves"][method]
            assert curve["labels"][k] == len(ids)
            assert curve["images"][k] == len({sample_of[label_id] for label_id in ids})

    def test_the_curves_of_the_classes_add_up(self, scanned):
        recount(scanned, "first", "greedy")
        content = summary(scanned, "first")
        for method in ("simple", "greedy"):
            by_class = np.sum(
                [c[method]["labels"] for c in content["classes"] if method in c], axis=0
            )
            assert by_class.tolist() == content["curves"][method]["labels"]
        names = {c["name"]: c["labels"] for c in content["classes"]}
        assert names == scanned.count_values(f"{PATH}.label")
        assert sum(names.values()) == content["labels"]

    def test_greedy_is_counted_when_asked_and_kept_while_nothing_was_decided(
        self, make_dataset
    ):
        dataset = make_dataset(generated.samples(6, n=30))
        scan(dataset, "asked", method="greedy")
        for key in ("later", "judged"):
            scan(dataset, key)
            recount(dataset, key, "greedy", keep=["largest"])
            recount(dataset, key, "greedy", metric="ios")
            assert summary(dataset, key)["curves"]["greedy"] is None

        recount(dataset, "later", "greedy")
        later, asked = summary(dataset, "later"), summary(dataset, "asked")
        assert later["curves"] == asked["curves"]
        assert later["classes"] == asked["classes"]

        pair = pair_list.list_pairs(dataset, "judged").pairs[0]
        verdicts.set_verdict(dataset, pair["label_ids"], "real")
        recount(dataset, "judged", "greedy")
        assert summary(dataset, "judged")["curves"]["greedy"] is None

    def test_the_histogram_counts_the_max_ious(self, scanned):
        (reference,) = theirs.max_ious(scanned, FIELD)
        everything = [iou for part in reference[0] for iou in part or []]
        ious = [iou for iou in everything if iou is not None]
        content = summary(scanned, "first")["histogram"]
        edges = np.array(content["edges"])

        assert content["counts"] == np.histogram(ious, bins=edges)[0].tolist()
        assert content["zero"] == ious.count(0.0)
        assert content["none"] == everything.count(None)
        assert edges.tolist() == [k / 100 for k in range(101)]

    def test_the_summary_is_plain_json_with_the_counts_of_the_search(self, scanned):
        content = json.loads(json.dumps(summary(scanned, "first")))
        found = search.find_duplicates(scanned, FindParams(FIELD), record=False)

        assert content["count"] == len(found.label_ids)
        assert content["images"] == found.images
        assert content["labels"] == scanned.count(PATH)
        assert content["samples"] == len(scanned)
        assert content["title"] == "The first"
        assert content["params"] == FindParams(FIELD, with_masks=False).to_dict()
        assert content["scope"] == {
            "kind": "dataset",
            "samples": len(scanned),
            "slices": None,
        }
        assert content["thresholds"] == THRESHOLDS.tolist()


class TestPairs:
    def test_all_pairs_above_the_threshold_are_listed(self, scanned):
        expected = []
        columns = scanned.values(
            ["id", f"{PATH}.id", f"{PATH}.label", f"{PATH}.bounding_box"]
        )
        for sample_id, ids, names, boxes in zip(*columns, strict=True):
            pairs = naive.overlaps(boxes or [], [0] * len(boxes or []))[3]
            for i, j, iou, ios, _ in pairs:
                if iou > 0.5:
                    expected.append(
                        {
                            "sample_id": sample_id,
                            "label_ids": [ids[i], ids[j]],
                            "classes": [names[i], names[j]],
                            "iou": iou,
                            "ios": ios,
                            "crowd": False,
                        }
                    )
        page = pair_list.list_pairs(scanned, "first", min_iou=0.5, limit=10**6)

        assert page.count == len(page.pairs) == len(expected) > 50
        assert [{k: p[k] for k in expected[0]} for p in page.pairs] == expected
        json.dumps(page.pairs)

    @pytest.mark.parametrize("limit", [1, 7, 1000])
    def test_pages_together_list_every_pair_once(self, scanned, limit):
        whole = pair_list.list_pairs(scanned, "first", min_iou=0.7, limit=10**6)
        pages = [
            pair_list.list_pairs(
                scanned, "first", min_iou=0.7, offset=offset, limit=limit
            )
            for offset in range(0, whole.count, limit)
        ]

        assert [pair for page in pages for pair in page.pairs] == whole.pairs
        assert {page.count for page in pages} == {whole.count}

    def test_pairs_can_be_limited_to_a_range_of_ious(self, scanned):
        page = pair_list.list_pairs(scanned, "first", min_iou=0.3, max_iou=0.6)

        assert page.count > 0
        assert all(0.3 < pair["iou"] <= 0.6 for pair in page.pairs)

    @pytest.mark.parametrize(
        "bad",
        [
            {"limit": -1},
            {"offset": -1},
            {"limit": 0.5},
            {"limit": True},
            {"offset": "1"},
        ],
        ids=str,
    )
    def test_an_invalid_page_is_an_error(self, scanned, bad):
        (name,) = bad
        with pytest.raises(ParamsError, match=rf"{name}: expected a number of pairs"):
            pair_list.list_pairs(scanned, "first", **bad)


class TestKeys:
    @pytest.mark.parametrize(
        "key", ["", "1st", "with space", "a-b", "a.b", "a\n", 5, None, ["a"]], ids=repr
    )
    def test_an_invalid_key_is_an_error(self, scanned, key):
        with pytest.raises(ScanError, match="scan_key: expected letters, digits"):
            register.require_free_key(scanned, key)

    def test_a_used_key_is_an_error_before_anything_is_read(self, scanned, monkeypatch):
        other = scanned.init_run()
        scanned.register_run("of_another_plugin", other)
        monkeypatch.setattr(search, "scan", None)

        for key in ("first", "of_another_plugin"):
            with pytest.raises(ScanError, match=f"expected a new key, got '{key}'"):
                scan(scanned, key)
        assert "of_another_plugin" not in [
            s["scan_key"] for s in scans.list_scans(scanned)
        ]
        with pytest.raises(ScanError, match="expected the key of a scan"):
            scans.open_scan(scanned, "of_another_plugin")
        scanned.delete_run("of_another_plugin")

    def test_a_key_taken_during_the_scan_is_an_error_and_leaves_no_block(
        self, make_dataset, monkeypatch
    ):
        dataset = make_dataset(generated.samples(2, n=10))
        before = store.collection("blocks").count_documents({})
        config = search.scan_config

        def taken_first(*args):
            dataset.register_run("mine", dataset.init_run())
            return config(*args)

        monkeypatch.setattr(search, "scan_config", taken_first)
        with pytest.raises(ScanError, match="expected a new key"):
            scan(dataset, "mine")
        assert store.collection("blocks").count_documents({}) == before

    def test_generated_keys_are_never_used_twice(self, make_dataset):
        dataset = make_dataset(generated.samples(3, n=5))
        keys = [scan(dataset).scan_key for _ in range(3)]

        assert len(set(keys)) == 3
        assert [s["scan_key"] for s in scans.list_scans(dataset)] == keys[::-1]

    def test_a_scan_can_be_renamed_by_title_and_key(self, make_dataset):
        dataset = make_dataset(generated.samples(4, n=20))
        found = scan(dataset, "old", iou_thresh=0.5)
        scans.rename(dataset, "old", title="Ünïcode title, free text")
        renamed = scans.rename(dataset, "old", new_scan_key="new")

        assert (renamed["scan_key"], renamed["title"]) == (
            "new",
            "Ünïcode title, free text",
        )
        assert planned(dataset, "new") == found.label_ids
        with pytest.raises(ScanError):
            scans.open_scan(dataset, "old")
        scan(dataset, "taken")
        for key in ("taken", "no key"):
            with pytest.raises(ScanError):
                scans.rename(dataset, "new", new_scan_key=key)
        assert (
            scans.open_scan(dataset, "new").config["title"]
            == "Ünïcode title, free text"
        )


class TestViews:
    def test_a_scan_of_a_view_stores_the_view(self, scanned):
        view = scanned.filter_labels(FIELD, F("label") == "cat").limit(20)
        found = scan(view, "of_a_view", iou_thresh=0.3)
        opened = scans.open_scan(scanned, "of_a_view")
        again, scope = opened.view(), opened.config["scope"]

        assert scope["kind"] == "view"
        assert scope["samples"] == len(view)
        assert again.values(f"{PATH}.id") == view.values(f"{PATH}.id")
        assert planned(scanned, "of_a_view") == found.label_ids
        scans.delete(scanned, "of_a_view")

    def test_a_view_that_is_too_large_is_not_stored_and_reported(
        self, scanned, monkeypatch
    ):
        monkeypatch.setattr(register, "MAX_VIEW_BYTES", 100)
        view = scanned.select(scanned.values("id")[:30])
        found = scan(view, "of_many", iou_thresh=0.3)

        assert planned(scanned, "of_many") == found.label_ids
        with pytest.raises(ScanError, match="expected a scan whose view could be st"):
            scans.open_scan(scanned, "of_many").view()
        scans.delete(scanned, "of_many")

    def test_a_scan_stores_the_group_slices_that_it_read(self, database):
        dataset = fo.Dataset()
        dataset.add_group_field("group", default="left")
        group = fo.Group()
        detection = fo.Detection(label="a", bounding_box=[0, 0, 1, 1])
        dataset.add_samples(
            [
                fo.Sample(
                    filepath=f"/images/{name}.jpg",
                    group=group.element(name),
                    ground_truth=fo.Detections(detections=[detection]),
                )
                for name in ("left", "right")
            ],
            progress=False,
        )
        slices = [
            scan(samples).config["scope"]["slices"]
            for samples in (
                dataset,
                dataset.select_group_slices("right"),
                dataset.select_group_slices(["left", "right"]),
            )
        ]
        dataset.delete()

        assert slices == [["left"], ["right"], ["left", "right"]]


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


def _owners(dataset):
    for sample_id, ids in zip(*dataset.values(["id", f"{PATH}.id"]), strict=True):
        for label_id in ids or []:
            yield label_id, sample_id
