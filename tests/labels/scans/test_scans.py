"""Stored scans can be used after a restart, in a clone and at other thresholds."""

import fiftyone as fo
import fiftyone_reference as theirs
import generated
import naive
import pytest
from fiftyone import ViewField as F
from scanned import FIELD, PATH, planned, scan

from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.labels import store
from duplicates.labels.review import pairs as pair_list
from duplicates.labels.scans import plans, register, search
from duplicates.labels.scans import stored as scans
from duplicates.labels.scans.summary import summary


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
        monkeypatch.setattr(search, "compare_collection", None)

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
