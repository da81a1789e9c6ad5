"""A cut by likelihood removes what a naive reading of its definition removes."""

import itertools
from dataclasses import replace

import fiftyone as fo
import generated
import naive
import numpy as np
import pytest

from duplicates.iou_core.decisions.levels import N_BINS, THRESHOLDS
from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.pairs import Pairs
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import confirm, delete, tag
from duplicates.labels.review import class_pairs, emptied
from duplicates.labels.review import pairs as pair_list
from duplicates.labels.review.expected import costs
from duplicates.labels.scans import largest_overlaps, plans, recount, search, stored
from duplicates.labels.scans.decisions import class_pair_rules, verdicts
from duplicates.labels.scans.decisions.decider import Decider

FIELD = "ground_truth"
LIKELY = {"metric": "likelihood"}
CUTS = (0.0, 0.05, 0.3, 0.7, 0.95)

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


def labels_of(dataset):
    for sample in dataset:
        yield (sample[FIELD] or fo.Detections()).detections


def likelihoods(dataset, scan):
    """Returns the likelihood of each pair of labels, by its ids; one after another."""
    model, names = scan.likelihood_model, scan.class_names
    found = {}
    for labels in labels_of(dataset):
        for a, b in itertools.combinations(labels, 2):
            iou, ios = (
                measure(a.bounding_box, b.bounding_box)
                for measure in (naive.iou, naive.ios)
            )
            if iou > 0.05 or ios > 0.5:
                one = (np.array([value]) for value in (0, 1, iou, ios, True))
                classes = np.array([names.index(label.label) for label in (a, b)])
                boxes = np.array([a.bounding_box, b.bounding_box])
                likely = model.likelihood(Pairs(*one), classes, boxes)
                found[a.id, b.id] = float(likely[0])
    return found


def removed_by(method, edges, rank):
    """Returns the ids that a method removes, label after label."""
    edges = [sorted(edge, key=rank.__getitem__) for edge in edges]
    if method == "simple":
        return {worse for _, worse in edges}
    removed = set()
    for label in sorted(rank, key=rank.__getitem__):  # nms
        better = {a for a, b in edges if b == label}
        if better - removed:
            removed.add(label)
    return removed


@pytest.fixture
def scanned(make_dataset):
    dataset = make_dataset(generated.samples(21, n=20))
    key = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    return dataset, stored.open_scan(dataset, key)


RULES = [
    {"classes": ["cat", "dog"], "may_overlap": True},
    {"classes": ["cat", "bird"], "iou_thresh": 0.2},
]


@pytest.mark.parametrize("judged", [False, True])
def test_a_plan_is_that_of_a_naive_reading_of_its_definition(scanned, judged):
    dataset, scan = scanned
    known = likelihoods(dataset, scan)
    named = {label.id: label.label for some in labels_of(dataset) for label in some}
    real = sorted(known)[::7] if judged else []
    for pair in real:
        verdicts.set_verdict(dataset, pair)
    class_pair_rules.set_class_pairs(dataset, RULES if judged else [])

    def is_edge(pair, cut, classwise):
        classes = {named[label] for label in pair}
        if pair in real or (judged and classes == {"cat", "dog"}):
            return False
        own = 0.2 if judged and classes == {"cat", "bird"} else cut
        return known[pair] > own and not (classwise and len(classes) > 1)

    first = {label: k for k, label in enumerate(named)}
    last = {label: -k for label, k in first.items()}
    counts = {
        method: recount.recount(dataset, scan.key, method, **LIKELY)
        for method in ("simple", "nms")
    }
    sizes = set()
    for cut, classwise, method, keep in itertools.product(
        CUTS, (False, True), ("simple", "nms"), ("first", "last")
    ):
        plan = plans.plan(
            dataset, scan.key, cut, method, keep=keep, classwise=classwise, **LIKELY
        )
        edges = [pair for pair in known if is_edge(pair, cut, classwise)]
        rank = first if keep == "first" else last
        assert {r.label_id for r in plan.removals} == removed_by(method, edges, rank)
        assert all((r.partner_id is not None) and r.reason for r in plan.removals)
        sizes.add(len(plan))
        if cut in THRESHOLDS and keep == "first" and not classwise:
            k = THRESHOLDS.tolist().index(cut)
            assert counts[method]["labels"][k] == len(plan)
            assert counts[method]["images"][k] == len(plan.seen)
    assert len(sizes) > 5
    for method in ("greedy", "fewest"):
        edges = [pair for pair in known if is_edge(pair, 0.3, False)]
        plan = plans.plan(dataset, scan.key, 0.3, method, **LIKELY)
        removed = {r.label_id for r in plan.removals}
        assert all(a in removed or b in removed for a, b in edges)
        found = recount.recount(dataset, scan.key, method, **LIKELY)
        assert found["labels"][THRESHOLDS.tolist().index(0.3)] == len(plan)


def test_a_new_scan_with_this_metric_removes_what_another_scans_cut_removes(scanned):
    dataset, scan = scanned
    params = FindParams(FIELD, iou_thresh=0.6, method="nms", **LIKELY)

    found = search.find_duplicates(dataset, params, "likely")

    plan = plans.plan(dataset, scan.key, 0.6, "nms", **LIKELY)
    assert found.label_ids == [removal.label_id for removal in plan.removals]
    assert found.images == len(plan.seen) > 0
    assert {k: v for k, v in found.n_duplicates.items() if v} == plan.by_class
    own = stored.open_scan(dataset, "likely")
    assert own.config["count"] == len(plan)
    assert own.config["curves"] == scan.config["curves"]  # those of the IoU
    assert plans.plan(dataset, "likely").removals == plan.removals
    listed = pair_list.list_pairs(dataset, "likely").pairs
    assert {pair["likelihood"] > 0.6 for pair in listed} == {True}
    again = search.find_duplicates(dataset, params, since="likely")
    assert again.label_ids == found.label_ids
    cost = costs.of_plan(dataset, plan)
    assert cost["right"] >= 0.6 * len(plan)


def test_counts_by_likelihood_are_those_of_the_pairs(scanned):
    dataset, scan = scanned
    known = likelihoods(dataset, scan)
    largest = {}
    for pair, likely in known.items():
        for label in pair:
            largest[label] = max(largest.get(label, 0.0), likely)

    bars = largest_overlaps.count_largest(dataset, scan.key, **LIKELY)
    overlaps = class_pairs.count_class_pairs(dataset, scan.key, **LIKELY)

    edges = np.arange(N_BINS + 1) / N_BINS
    assert bars == np.histogram(list(largest.values()), edges)[0].tolist()
    for k in (0, 45, 90):
        above = sum(likely > THRESHOLDS[k] for likely in known.values())
        assert overlaps.counts[:, k].sum() == above > 0
    rows = costs.class_pair_thresholds(dataset, scan.key, 0.5, **LIKELY)
    for row in rows:
        named = {label.id: label.label for some in labels_of(dataset) for label in some}
        right = [
            likely
            for (a, b), likely in known.items()
            if sorted(map(str, (named[a], named[b])))
            == sorted(map(str, row["classes"]))
            and likely > row["iou_thresh"]
        ]
        assert row["pairs"] == len(right)
        assert row["right"] == pytest.approx(sum(right))


NEAR, NEARER, FAR = [0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.4, 0.41], [0.6, 0.6, 0.3, 0.3]


def test_an_edited_sample_is_decided_again_by_the_fit_of_the_scan(make_dataset):
    shifted = [0.22, 0.1, 0.4, 0.4]
    dataset = make_dataset(
        [[("ape", NEAR), ("ape", shifted)]] * 12 + [[("dog", NEAR), ("dog", NEAR)]] * 6
    )
    scan = stored.open_scan(
        dataset, search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    )
    iou = naive.iou(NEAR, shifted)
    pair = Pairs(*(np.array([value]) for value in (0, 1, iou, iou, True)))
    boxes = np.array([NEAR, shifted])
    ape, dog = (
        float(scan.likelihood_model.likelihood(pair, np.full(2, k), boxes)[0])
        for k in range(2)
    )
    cut = (ape + dog) / 2
    assert dog > ape + 0.01
    plan = plans.plan(dataset, scan.key, cut, **LIKELY)
    assert len(plan) == 6
    moved, shifted_dog, renamed = dataset[-3:]
    moved[FIELD].detections[1].bounding_box = FAR
    # read first, these classes have other numbers than in the scan
    shifted_dog[FIELD].detections[1].bounding_box = shifted
    for label in renamed[FIELD].detections:
        label.label, label.bounding_box = "ape", shifted
    renamed[FIELD].detections[1].bounding_box = NEAR
    for sample in (moved, shifted_dog, renamed):
        sample.save()

    left, *_ = confirm.remainder(dataset, plan)

    still = {removal.sample_id for removal in left.removals}
    assert len(still) == 4
    assert shifted_dog.id in still
    assert not {moved.id, renamed.id} & still
    found = emptied.by_plan(dataset, left)
    assert (found.count, found.metric) == (0, "likelihood")
    assert f"likelihood above {cut}" in str(found)
    assert tag.tag_plan(dataset, left, "twice").count == 4
    assert delete.delete_plan(dataset, left).count == 4


def test_a_likelihood_needs_a_stored_scan_of_one_field(make_dataset):
    dataset = make_dataset([[("cat", NEAR), ("cat", NEARER)]])
    dataset.clone_sample_field(FIELD, "other")
    params = FindParams(FIELD, **LIKELY)
    for work in (
        lambda: FindParams(FIELD, "other", **LIKELY),
        lambda: plans.plan(
            dataset,
            search.find_duplicates(dataset, FindParams(FIELD, "other")).scan_key,
            **LIKELY,
        ),
    ):
        with pytest.raises(ParamsError, match=r"^metric: expected iou or ios with two"):
            work()
    with pytest.raises(ParamsError, match=r"^record: expected True: likelihoods need"):
        search.find_duplicates(dataset, params, record=False)
    scan = stored.open_scan(dataset, search.find_duplicates(dataset, params).scan_key)
    decider = Decider(dataset, params, scan.class_names)
    with pytest.raises(ScanError, match=r"^likelihood: expected a stored scan"):
        decider.decide(next(scan.blocks()))
    # the lowest threshold is that of a probability, whatever IoU the scan stores
    assert replace(params, iou_thresh=0.0).min_iou == 0.05
    assert len(plans.plan(dataset, scan.key, 0.0)) == 1
    assert FindParams(FIELD, FIELD, **LIKELY).metric == "likelihood"
    nothing = search.find_duplicates(make_dataset([None, []]), params)
    assert (nothing.label_ids, nothing.config["count"]) == ([], 0)


def test_a_crowd_and_a_label_of_it_are_not_one_object(make_dataset):
    crowd, person = {"iscrowd": 1}, {"iscrowd": 0}
    dataset = make_dataset([[("p", NEAR, crowd), ("p", NEARER, person)]])
    found = search.find_duplicates(dataset, FindParams(FIELD, iscrowd="iscrowd"))

    assert len(plans.plan(dataset, found.scan_key, 0.0, **LIKELY)) == 0
    bars = largest_overlaps.count_largest(dataset, found.scan_key, **LIKELY)
    assert sum(bars) == 0
