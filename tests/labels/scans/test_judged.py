"""Plans and counts of labels that people judged."""

import itertools
import random

import generated
import naive
import pytest
from bson import ObjectId

from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.params import FindParams
from duplicates.labels.reading.columns import to_object_ids
from duplicates.labels.review import emptied
from duplicates.labels.scans import plans, recount, search, summary
from duplicates.labels.scans import stored as stored_scans
from duplicates.labels.scans.decisions import verdicts

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
METHODS = ("simple", "greedy", "nms", "fewest")
BOX, NEAR = [0.1, 0.1, 0.2, 0.2], [0.1, 0.1, 0.2, 0.21]
FAR = [0.6, 0.6, 0.2, 0.2]


pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


def scanned(dataset, **options):
    return str(search.find_duplicates(dataset, FindParams(FIELD, **options)).scan_key)


def ids(dataset):
    return [i for found in dataset.values(f"{PATH}.id") for i in found or ()]


def removed(plan):
    return {r.label_id: (r.kept_id, str(r.reason)) for r in plan.removals}


class TestOneObject:
    @pytest.fixture
    def dataset(self, make_dataset):
        return make_dataset([[("a", BOX), ("a", NEAR), ("a", BOX)], [("a", BOX)] * 2])

    @pytest.mark.parametrize("method", METHODS)
    def test_the_label_that_a_person_kept_is_kept_by_every_method(
        self, dataset, method
    ):
        a, b, c, d, e = ids(dataset)
        key = scanned(dataset, method=method)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b, "Anna")
        verdicts.set_verdict(dataset, [d, e], "merge", e)

        plan = plans.plan(dataset, key, iou_thresh=0.9)

        assert removed(plan) == {
            a: (b, "kept by Anna"),
            c: (b, "kept by Anna in another pair"),
            d: (e, "kept by a verdict, and the other is merged into it"),
        }
        assert plan.by_verdicts == 2
        assert [r.label_id for r in plan.removals if r.merges] == [d]
        judged = plans.plan(dataset, key, iou_thresh=0.9, only_judged=True)
        assert removed(judged).keys() == {a, d}

    def test_a_verdict_holds_above_every_overlap_and_below_a_rule_of_the_method(
        self, dataset
    ):
        a, b, *_ = ids(dataset)
        key = scanned(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b)
        # at the highest threshold nothing overlaps enough: the verdict alone removes
        assert removed(plans.plan(dataset, key, iou_thresh=1.0)).keys() == {a}

    def test_a_label_is_not_removed_for_one_that_was_deleted_since(self, dataset):
        a, b, _, d, e = ids(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b)
        verdicts.set_verdict(dataset, [d, e], "duplicate", e)
        dataset.delete_labels(ids=[b, e])

        plan = plans.plan(dataset, scanned(dataset), iou_thresh=1.0)

        # neither beside another label, nor as the last one of its object
        assert removed(plan) == {}

    def test_where_the_kept_label_is_gone_the_verdicts_on_it_name_another_one(
        self, dataset
    ):
        a, b, c, *_ = ids(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", b)
        verdicts.set_verdict(dataset, [b, c], "duplicate", c, "Anna")
        dataset.delete_labels(ids=[b])

        plan = plans.plan(dataset, scanned(dataset), iou_thresh=1.0)

        assert removed(plan).keys() == {a}
        assert removed(plan)[a][0] == c

    def test_of_two_verdicts_the_one_whose_kept_label_is_there_counts(self, dataset):
        a, b, c, *_ = ids(dataset)
        verdicts.set_verdict(dataset, [a, c], "duplicate", c, "Anna")
        verdicts.set_verdict(dataset, [a, b], "duplicate", b, "Bob")
        assert removed(plans.plan(dataset, scanned(dataset), iou_thresh=1.0)) == {
            a: (b, "kept by Bob")
        }
        dataset.delete_labels(ids=[b])
        assert removed(plans.plan(dataset, scanned(dataset), iou_thresh=1.0)) == {
            a: (c, "kept by Anna")
        }

    def test_a_label_whose_keeper_is_removed_too_names_the_one_that_is_left(
        self, dataset
    ):
        a, b, c, *_ = ids(dataset)
        key = scanned(dataset)
        verdicts.set_verdict(dataset, [a, b], "merge", b)
        verdicts.set_verdict(dataset, [b, c], "duplicate", c)
        found = removed(plans.plan(dataset, key))
        assert (found[a][0], found[b][0]) == (c, c)
        assert c not in found

    def test_verdicts_in_a_circle_remove_all_and_are_no_consent(self, dataset):
        a, b, c, *_ = ids(dataset)
        key = scanned(dataset)
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
        key = scanned(dataset)
        verdicts.set_verdict(dataset, [d, e], "remove_both", who="Anna")
        plan = plans.plan(dataset, key, only_judged=True)
        assert removed(plan) == dict.fromkeys((d, e), (None, "removed by Anna"))
        found = emptied.by_plan(dataset, plan)
        assert (found.count, found.consented) == (0, 1)

    def test_of_three_labels_the_third_is_judged_by_itself(self, dataset):
        a, b, c, *_ = ids(dataset)
        key = scanned(dataset)
        verdicts.set_verdict(dataset, [a, b], "remove_both")
        plan = plans.plan(dataset, key)
        assert removed(plan).keys() >= {a, b}
        assert c not in removed(plan)
        assert emptied.by_plan(dataset, plan).consented == 0

    def test_a_real_pair_is_kept_beside_a_label_that_a_person_kept(self, dataset):
        a, b, c, *_ = ids(dataset)
        key = scanned(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", a)
        verdicts.set_verdict(dataset, [a, c])
        assert not {a, c} & removed(plans.plan(dataset, key)).keys()


def scanned_labels(dataset, key):
    """Returns the labels of each sample that a scan stored."""
    found = {}
    for number, block in enumerate(stored_scans.open_scan(dataset, key).blocks()):
        labels = map(str, to_object_ids(block.label_ids))
        for sample, label in zip(block.image.tolist(), labels):
            found.setdefault((number, sample), set()).add(label)
    return list(found.values())


def flat(lists):
    return [one for found in lists for one in found or ()]


def add_copies(dataset, field):
    """Adds a field of the same labels, with other ids."""
    dataset.clone_sample_field(FIELD, field)
    for sample in dataset.iter_samples(autosave=True):
        for label in sample[field].detections if sample[field] else ():
            label._id = ObjectId()


def judge(dataset, seed, *others):
    """Stores random verdicts on labels of half of the images, overlapping or not."""
    rng = random.Random(seed)
    paths = (PATH, *(f"{field}.detections" for field in others))
    for lists in zip(*(dataset.values(f"{path}.id") for path in paths)):
        pairs = list(itertools.combinations(flat(lists), 2))
        for pair in rng.sample(pairs, min(len(pairs), rng.choice([0, 0, 1, 3]))):
            # labels of two fields are not merged
            kinds = ["real", "duplicate", *([] if others else ["merge"]), "remove_both"]
            kind = rng.choice(kinds)
            kept = rng.choice(pair) if kind in ("duplicate", "merge") else None
            verdicts.set_verdict(dataset, pair, kind, kept)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", [1, 2])
def test_where_a_person_decided_their_word_holds_and_elsewhere_nothing_changes(
    make_dataset, method, seed
):
    dataset = make_dataset(generated.samples(seed, n=25))
    keep = [None, ["largest", "last"]][seed % 2]
    key = scanned(dataset)
    options = dict(method=method, keep=keep, iou_thresh=0.5)
    before = plans.plan(dataset, key, **options)

    judge(dataset, seed)
    plan = plans.plan(dataset, key, **options)

    gone, stored = removed(plan).keys(), list(verdicts.of_dataset(dataset))
    said = [
        (tuple(map(str, v.label_ids)), v.verdict, v.kept and str(v.kept))
        for v in stored
    ]
    named = {
        label
        for there in scanned_labels(dataset, key)
        for label in naive.removed_by(said, there)
    }
    kept = {str(v.kept) for v in stored if v.kept} - named
    assert not gone & kept
    assert plan.by_verdicts == len(named & gone)
    assert {r.label_id for r in plan.removals if r.by_verdict} == named & gone
    for verdict in stored:
        a, b = map(str, verdict.label_ids)
        for removal in plan.removals if verdict.verdict == "real" else ():
            assert {removal.label_id, removal.kept_id} != {a, b} or removal.by_verdict
    judged = {str(verdict.document_id) for verdict in stored}
    assert [r for r in plan.removals if r.sample_id not in judged] == [
        r for r in before.removals if r.sample_id not in judged
    ]

    verdicts.clear_verdicts(dataset)
    assert plans.plan(dataset, key, **options) == before


@pytest.mark.parametrize(
    ("method", "other_field"),
    [*((name, None) for name in METHODS), ("simple", "second")],
)
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_each_sample_is_decided_as_if_it_were_alone(
    make_dataset, seed, other_field, method
):
    dataset = make_dataset(generated.samples(seed, n=16))
    add_copies(dataset, "second")
    judge(dataset, seed, "second")
    rng = random.Random(seed)
    paths = (f"{name}.detections.id" for name in (FIELD, "second"))
    labels = [label for path in paths for label in flat(dataset.values(path))]
    dataset.delete_labels(ids=rng.sample(labels, len(labels) // 5))
    options = dict(other_field=other_field, method=method, iou_thresh=0.4)

    def decided(samples):
        params = FindParams(FIELD, **options)
        key = search.find_duplicates(samples, params).scan_key
        return removed(plans.plan(samples, key))

    alone = {}
    for sample_id in dataset.values("id"):
        alone |= decided(dataset.select(sample_id))

    assert decided(dataset) == alone
    assert verdicts.count_verdicts(dataset) > 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("metric", ["iou", "ios"])
def test_the_counts_at_every_threshold_are_those_of_plans_with_verdicts(
    make_dataset, method, metric
):
    dataset = make_dataset(generated.samples(5, n=20))
    judge(dataset, 5)
    key = scanned(dataset)
    for keep in (None, ["largest"]):
        counts = recount.recount(dataset, key, method, keep, metric)
        drawn = summary.summary(dataset, key)["curves"].get(method)
        for k, iou_thresh in enumerate(THRESHOLDS.tolist()):
            if (k % 9 and iou_thresh < 0.98) or (metric == "ios" and iou_thresh < 0.5):
                continue
            options = dict(iou_thresh=iou_thresh, method=method, keep=keep)
            plan = plans.plan(dataset, key, **options, metric=metric)
            assert counts["labels"][k] == len(plan)
            assert counts["images"][k] == len(plan.seen)
            assert plan.by_class == {
                entry["name"]: entry["labels"][k]
                for entry in counts["classes"]
                if entry["labels"][k]
            }
            if drawn is not None and metric == "iou" and keep is None:
                assert drawn["labels"][k] == len(plan)


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
    key = scanned(dataset, other_field="predictions")
    verdicts.set_verdict(dataset, [own[0], other[0]], "duplicate", own[0])
    verdicts.set_verdict(dataset, [own[1], other[1]], "duplicate", other[1])

    plan = plans.plan(dataset, key)

    assert removed(plan).keys() == {own[1]}
    counts = recount.recount(dataset, key)
    assert counts["labels"][70] == 1
