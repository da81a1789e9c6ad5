"""Plans and counts of labels that people judged."""

import pytest
from decided import FIELD, METHODS, ids, removed, scan_key

from duplicates.labels.review import emptied
from duplicates.labels.scans import plans, recount
from duplicates.labels.scans.decisions import verdicts

BOX, NEAR = [0.1, 0.1, 0.2, 0.2], [0.1, 0.1, 0.2, 0.21]

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


class TestOneObject:
    @pytest.fixture
    def dataset(self, make_dataset):
        return make_dataset([[("a", BOX), ("a", NEAR), ("a", BOX)], [("a", BOX)] * 2])

    @pytest.mark.parametrize("method", METHODS)
    def test_the_label_that_a_person_kept_is_kept_by_every_method(
        self, dataset, method
    ):
        a, b, c, d, e = ids(dataset)
        key = scan_key(dataset, method=method)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b, "Anna")
        verdicts.set_verdict(dataset, [d, e], "merge", e)

        plan = plans.plan(dataset, key, iou_thresh=0.9)

        assert removed(plan) == {
            a: (b, "kept by Anna"),
            c: (b, "kept by Anna in another pair"),
            d: (e, "kept by a person, and the other is merged into it"),
        }
        assert plan.by_verdicts == 2
        assert [r.label_id for r in plan.removals if r.merges] == [d]
        judged = plans.plan(dataset, key, iou_thresh=0.9, only_judged=True)
        assert removed(judged).keys() == {a, d}

    def test_a_verdict_holds_above_every_overlap_and_below_a_rule_of_the_method(
        self, dataset
    ):
        a, b, *_ = ids(dataset)
        key = scan_key(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b)
        # at the highest threshold nothing overlaps enough: the verdict alone removes
        assert removed(plans.plan(dataset, key, iou_thresh=1.0)).keys() == {a}

    def test_a_label_is_not_removed_for_one_that_was_deleted_since(self, dataset):
        a, b, _, d, e = ids(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b)
        verdicts.set_verdict(dataset, [d, e], "duplicate", e)
        dataset.delete_labels(ids=[b, e])

        plan = plans.plan(dataset, scan_key(dataset), iou_thresh=1.0)

        # neither beside another label, nor as the last one of its object
        assert removed(plan) == {}

    def test_where_the_kept_label_is_gone_the_verdicts_on_it_name_another_one(
        self, dataset
    ):
        a, b, c, *_ = ids(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b)
        verdicts.set_verdict(dataset, [b, c], "duplicate", c, "Anna")
        dataset.delete_labels(ids=[b])

        plan = plans.plan(dataset, scan_key(dataset), iou_thresh=1.0)

        assert removed(plan).keys() == {a}
        assert removed(plan)[a][0] == c

    def test_of_two_verdicts_the_one_whose_kept_label_is_there_counts(self, dataset):
        a, b, c, *_ = ids(dataset)
        verdicts.set_verdict(dataset, [a, c], "duplicate", c, "Anna")
        verdicts.set_verdict(dataset, [a, b], "duplicate", b, "Bob")
        assert removed(plans.plan(dataset, scan_key(dataset), iou_thresh=1.0)) == {
            a: (b, "kept by Bob")
        }
        dataset.delete_labels(ids=[b])
        assert removed(plans.plan(dataset, scan_key(dataset), iou_thresh=1.0)) == {
            a: (c, "kept by Anna")
        }

    def test_a_label_whose_keeper_is_removed_too_names_the_one_that_is_left(
        self, dataset
    ):
        a, b, c, *_ = ids(dataset)
        key = scan_key(dataset)
        verdicts.set_verdict(dataset, [a, b], "merge", b)
        verdicts.set_verdict(dataset, [b, c], "duplicate", c)
        found = removed(plans.plan(dataset, key))
        assert (found[a][0], found[b][0]) == (c, c)
        assert c not in found

    def test_verdicts_in_a_circle_remove_all_and_are_no_consent(self, dataset):
        a, b, c, *_ = ids(dataset)
        key = scan_key(dataset)
        for one, kept in ((a, b), (b, c), (c, a)):
            verdicts.set_verdict(dataset, [one, kept], "merge", kept)
        plan = plans.plan(dataset, key, only_judged=True)
        assert removed(plan) == dict.fromkeys(
            (a, b, c), (None, "overlaps a label that is removed too")
        )
        assert not any(r.merges for r in plan.removals)
        found = emptied.by_plan(dataset, plan)
        assert (found.count, found.consented) == (1, 0)

    def test_to_remove_both_is_consent_to_lose_the_object(self, dataset):
        *_, d, e = ids(dataset)
        key = scan_key(dataset)
        verdicts.set_verdict(dataset, [d, e], "remove_both", who="Anna")
        plan = plans.plan(dataset, key, only_judged=True)
        assert removed(plan) == dict.fromkeys((d, e), (None, "removed by Anna"))
        found = emptied.by_plan(dataset, plan)
        assert (found.count, found.consented) == (0, 1)

    def test_of_three_labels_the_third_is_judged_by_itself(self, dataset):
        a, b, c, *_ = ids(dataset)
        key = scan_key(dataset)
        verdicts.set_verdict(dataset, [a, b], "remove_both")
        plan = plans.plan(dataset, key)
        assert removed(plan).keys() >= {a, b}
        assert c not in removed(plan)
        assert emptied.by_plan(dataset, plan).consented == 0

    def test_a_real_pair_is_kept_beside_a_label_that_a_person_kept(self, dataset):
        a, b, c, *_ = ids(dataset)
        key = scan_key(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", a)
        verdicts.set_verdict(dataset, [a, c])
        assert not {a, c} & removed(plans.plan(dataset, key)).keys()


def test_only_labels_of_the_scanned_field_are_removed_by_verdicts(make_dataset):
    dataset = make_dataset([[("a", BOX), ("a", NEAR)]])
    dataset.clone_sample_field(FIELD, "predictions")
    for k, label in enumerate(dataset.values("predictions.detections.id")[0]):
        assert label == ids(dataset)[k]
    sample = dataset.first()
    sample["predictions"] = sample.predictions.copy()
    sample.save()
    own, other = ids(dataset), dataset.values("predictions.detections.id")[0]
    assert not set(own) & set(other)
    key = scan_key(dataset, other_field="predictions")
    verdicts.set_verdict(dataset, [own[0], other[0]], "duplicate", own[0])
    verdicts.set_verdict(dataset, [own[1], other[1]], "duplicate", other[1])

    plan = plans.plan(dataset, key)

    assert removed(plan).keys() == {own[1]}
    counts = recount.recount(dataset, key)
    assert counts["labels"][70] == 1
