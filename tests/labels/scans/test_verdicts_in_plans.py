"""Rules of class pairs and verdicts of people change what a plan removes."""

import pytest
from decided import METHODS, SMALL, ids, planned, scanned

from duplicates.iou_core.errors import ParamsError
from duplicates.labels import store
from duplicates.labels.edits import delete
from duplicates.labels.review import groups
from duplicates.labels.scans.decisions import class_pair_rules, verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


class TestClassPairs:
    @pytest.fixture
    def dataset(self, make_dataset):
        """Pairs with an IoU of 0.82 within a class and between classes."""
        a, b = [0.1, 0.1, 0.2, 0.2], [0.12, 0.1, 0.2, 0.2]
        c, d = [0.5, 0.5, 0.2, 0.2], [0.52, 0.5, 0.2, 0.2]
        return make_dataset(
            [[("rider", a), ("bicycle", b), ("rider", c), ("rider", d)]]
        )

    def test_classes_that_may_overlap_are_not_duplicates(self, dataset):
        before = scanned(dataset)
        assert before.label_ids == [ids(dataset)[1], ids(dataset)[3]]
        class_pair_rules.set_class_pairs(
            dataset, [{"classes": ["bicycle", "rider"], "may_overlap": True}]
        )
        assert scanned(dataset).label_ids == [ids(dataset)[3]]
        # the plan of an earlier scan respects them too
        assert [r.label_id for r in planned(dataset, before).removals] == [
            ids(dataset)[3]
        ]
        class_pair_rules.set_class_pairs(dataset, [])
        assert scanned(dataset).label_ids == before.label_ids

    @pytest.mark.parametrize(
        ("own", "iou_thresh", "n"),
        [(0.9, 0.75, 1), (0.5, 0.9, 1), (0.5, 0.75, 2), (0.9, 0.9, 0), (0.1, 1.0, 1)],
    )
    def test_the_threshold_of_a_class_pair_replaces_the_scans(
        self, dataset, own, iou_thresh, n
    ):
        class_pair_rules.set_class_pairs(
            dataset, [{"classes": ["rider", "bicycle"], "iou_thresh": own}]
        )
        for method in METHODS:
            found = scanned(dataset, iou_thresh=iou_thresh, method=method)
            assert len(found.label_ids) == n

    def test_a_class_may_overlap_itself(self, dataset):
        class_pair_rules.set_class_pairs(
            dataset, [{"classes": ["rider", "rider"], "may_overlap": True}]
        )
        assert scanned(dataset).label_ids == [ids(dataset)[1]]

    @pytest.mark.parametrize(
        "pairs",
        [
            [{}],
            [5],
            [{"classes": ["a"], "may_overlap": True}],
            [{"classes": ["a", "b"]}],
            [{"classes": ["a", "b"], "may_overlap": True, "iou_thresh": 0.5}],
            [{"classes": ["a", "b"], "iou_thresh": 2}],
            [{"classes": ["a", "b"], "iou_thresh": 0.01}],
            [{"classes": ["a", 5], "may_overlap": True}],
            [{"classes": ["a", "b"], "may_overlap": True, "note": 1}],
            [{"classes": ["a", "b"], "may_overlap": True}] * 2,
        ],
    )
    def test_an_invalid_class_pair_is_an_error_and_changes_nothing(
        self, dataset, pairs
    ):
        holds = class_pair_rules.set_class_pairs(
            dataset, [{"classes": ["a", "b"], "iou_thresh": 0.5}]
        )
        with pytest.raises(
            ParamsError, match=r"^class_pairs: expected|^iou_thresh: expected"
        ):
            class_pair_rules.set_class_pairs(dataset, pairs)
        assert class_pair_rules.load_class_pairs(dataset) == holds


class TestVerdicts:
    @pytest.fixture
    def dataset(self, make_dataset):
        return make_dataset([[("a", SMALL)] * 3, [("a", SMALL)] * 2])

    def test_a_real_pair_is_no_reason_to_remove_a_label(self, dataset):
        found = scanned(dataset)
        a, b, c, d, e = ids(dataset)
        assert found.label_ids == [b, c, e]
        assert verdicts.set_verdict(dataset, [e, d]) == 1
        assert verdicts.set_verdict(dataset, [d, e]) == 0
        assert scanned(dataset).label_ids == [b, c]
        assert [r.label_id for r in planned(dataset, found).removals] == [b, c]
        # two of three are real, but the third still duplicates them
        verdicts.set_verdict(dataset, [a, b])
        assert scanned(dataset).label_ids == [c]

    def test_all_labels_of_a_real_group_are_kept(self, dataset):
        assert verdicts.set_verdict(dataset, ids(dataset)[:3]) == 3
        found = scanned(dataset)
        assert found.label_ids == ids(dataset)[4:]
        assert found.config["verdicts"] == 3
        page = groups.list_groups(dataset, str(found.scan_key))
        assert [g["size"] for g in page.groups] == [2]

    def test_verdicts_are_listed_and_cleared(self, dataset):
        a, b, c, d, e = ids(dataset)
        verdicts.set_verdict(dataset, [a, b, c])
        verdicts.set_verdict(dataset, [d, e])
        listed = verdicts.list_verdicts(dataset)
        assert {frozenset(v["label_ids"]) for v in listed} == set(
            map(frozenset, ([a, b], [a, c], [b, c], [d, e]))
        )
        assert verdicts.clear_verdicts(dataset, [b, a]) == 1
        assert verdicts.clear_verdicts(dataset, [b, a]) == 0
        assert verdicts.clear_verdicts(dataset) == 3
        assert scanned(dataset).label_ids == [b, c, e]

    def test_a_clone_respects_verdicts(self, dataset):
        verdicts.set_verdict(dataset, ids(dataset)[:3])
        clone = dataset.clone()
        try:
            assert scanned(clone).label_ids == ids(dataset)[4:]
        finally:
            clone.delete()

    @pytest.mark.parametrize("old", [False, True], ids=["new", "of version 0.1.0"])
    def test_a_clone_lists_and_clears_the_verdicts_that_apply_to_it(self, dataset, old):
        a, b, c, _, e = ids(dataset)
        verdicts.set_verdict(dataset, [a, b, c])
        if old:
            given = {"$unset": {"document_id": ""}}
            store.collection("verdicts").update_many({}, given)
        clone, part = dataset.clone(), dataset.limit(1).clone()
        part.delete_labels(ids=[c])
        try:
            assert len(verdicts.list_verdicts(clone)) == 3
            assert verdicts.count_verdicts(clone) == 3
            # a clone without one of the labels has no verdict about it
            (left,) = verdicts.list_verdicts(part)
            assert set(left["label_ids"]) == {a, b}
            digest = verdicts.digest_of_verdicts(clone)
            assert digest == verdicts.digest_of_verdicts(dataset)

            assert verdicts.clear_verdicts(clone) == 3
            assert scanned(clone).label_ids == [b, c, e]
        finally:
            clone.delete()
            part.delete()

    def test_other_datasets_neither_list_nor_clear_verdicts(
        self, dataset, make_dataset
    ):
        verdicts.set_verdict(dataset, ids(dataset)[:3])
        other = make_dataset([[("a", SMALL)] * 3])

        assert verdicts.list_verdicts(other) == []
        assert verdicts.clear_verdicts(other) == 0
        assert verdicts.count_verdicts(dataset) == 3

    def test_labels_of_two_samples_are_an_error(self, dataset):
        with pytest.raises(ParamsError, match="labels of one sample, got labels of s"):
            verdicts.set_verdict(dataset, ids(dataset)[2:4])
        assert verdicts.list_verdicts(dataset) == []

    def test_an_id_that_no_label_has_is_an_error(self, dataset, make_dataset):
        other = make_dataset([[("a", SMALL)]])
        for unknown in (*ids(other), "a" * 24):
            with pytest.raises(ParamsError, match=f"{unknown}, which no label has"):
                verdicts.set_verdict(dataset, [ids(dataset)[0], unknown])
        assert verdicts.list_verdicts(dataset) == []

    @pytest.mark.parametrize(
        "given", [[], ["a" * 24], "a" * 24, [None, None], ["x", "y"], 5, None, [1, 2]]
    )
    def test_an_invalid_pair_of_labels_is_an_error(self, dataset, given):
        with pytest.raises(ParamsError, match=r"^label_ids: expected"):
            verdicts.set_verdict(dataset, given)
        assert verdicts.list_verdicts(dataset) == []

    def test_a_deletion_respects_a_verdict_given_after_the_plan(self, dataset):
        plan = planned(dataset, scanned(dataset))
        sample = dataset.last()
        sample.tags = ["edited"]
        sample.ground_truth.detections[0].label = "b"
        sample.save()
        verdicts.set_verdict(dataset, ids(dataset)[3:])
        done = delete.delete_plan(dataset, plan)
        assert done.label_ids == [r.label_id for r in plan.removals[:2]]
        assert sum(done.skipped.reasons.values()) == 1
