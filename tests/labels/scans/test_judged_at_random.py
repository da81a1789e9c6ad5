"""Plans and counts of labels with random verdicts, compared with plain ones."""

import itertools
import random

import generated
import naive
import pytest
from bson import ObjectId
from decided import FIELD, METHODS, PATH, removed, require_counts, scan_key

from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.params import FindParams
from duplicates.labels.reading.raw.ids import to_object_ids
from duplicates.labels.scans import plans, recount, search, summary
from duplicates.labels.scans import stored as stored_scans
from duplicates.labels.scans.decisions import verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


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
    key = scan_key(dataset)
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
    key = scan_key(dataset)
    for keep in (None, ["largest"]):
        counts = recount.recount(dataset, key, method, keep, metric)
        drawn = summary.summary(dataset, key)["curves"].get(method)
        for k, iou_thresh in enumerate(THRESHOLDS.tolist()):
            if (k % 9 and iou_thresh < 0.98) or (metric == "ios" and iou_thresh < 0.5):
                continue
            options = dict(iou_thresh=iou_thresh, method=method, keep=keep)
            plan = plans.plan(dataset, key, **options, metric=metric)
            require_counts(counts, k, plan)
            if drawn is not None and metric == "iou" and keep is None:
                assert drawn["labels"][k] == len(plan)
