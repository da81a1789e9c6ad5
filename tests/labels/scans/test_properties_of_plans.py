"""Properties that every plan has, on generated datasets and on COCO."""

import itertools
import json
import random

import fiftyone as fo
import generated
import naive
import pytest
from decided import FIELD, KEEPS, METHODS, PATH, ids, planned, require_counts, scanned

from dev import coco
from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.params import FindParams
from duplicates.labels.edits import delete
from duplicates.labels.scans import recount, search
from duplicates.labels.scans.decisions import class_pair_rules, verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


def edges(dataset, params, rules, real):
    """Returns the pairs above the threshold, by comparing all labels in a loop."""
    own = {frozenset(rule["classes"]): rule for rule in rules}
    found = set()
    for sample in dataset:
        labels = (sample[FIELD] or fo.Detections()).detections
        for a, b in itertools.combinations(labels, 2):
            rule = own.get(frozenset((a.label, b.label)), {})
            measure = naive.ios if params.metric == "ios" else naive.iou
            value = measure(a.bounding_box, b.bounding_box)
            thresh = rule.get("iou_thresh") or params.iou_thresh
            if params.classwise and a.label != b.label:
                continue
            if rule.get("may_overlap") or frozenset((a.id, b.id)) in real:
                continue
            if value > thresh:
                found.add((a.id, b.id))
    return found


PAIR_RULES = [
    {"classes": ["cat", "dog"], "may_overlap": True},
    {"classes": ["cat", "bird"], "iou_thresh": 0.3},
    {"classes": ["dog", "dog"], "iou_thresh": 0.85},
    {"classes": ["bird", None], "iou_thresh": 0.9},
]


def with_rules_and_verdicts(dataset, seed):
    """Sets class pair rules, and verdicts on some pairs."""
    rng = random.Random(seed)
    class_pair_rules.set_class_pairs(dataset, PAIR_RULES)
    real = set()
    pairs = sorted(edges(dataset, FindParams(FIELD, iou_thresh=0.3), [], real))
    for pair in rng.sample(pairs, min(10, len(pairs))):
        verdicts.set_verdict(dataset, pair)
        real.add(frozenset(pair))
    return real


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("metric", "iou_thresh"), [("iou", 0.5), ("iou", 0.8), ("ios", 0.6)]
)
def test_no_two_kept_labels_exceed_the_threshold_and_a_second_scan_finds_none(
    make_dataset, method, metric, iou_thresh
):
    for seed in (METHODS.index(method) % 2, METHODS.index(method) % 2 + 2):
        keep = KEEPS[seed]
        dataset = make_dataset(generated.samples(seed + 10, n=12))
        real = with_rules_and_verdicts(dataset, seed)
        options = dict(method=method, metric=metric, iou_thresh=iou_thresh, keep=keep)
        params = FindParams(FIELD, **options)
        before = edges(dataset, params, PAIR_RULES, real)
        plan = planned(dataset, scanned(dataset, **options))
        removed = {removal.label_id for removal in plan.removals}
        kept = set(ids(dataset)) - removed
        assert removed

        assert all(a in removed or b in removed for a, b in before)
        if method in ("nms", "fewest"):
            backed = {a for a, b in before if b in kept} | {
                b for a, b in before if a in kept
            }
            assert removed <= backed
        for removal in plan.removals:
            both = (removal.label_id, removal.partner_id)
            assert both in before or both[::-1] in before
            assert removal.reason

        done = delete.delete_plan(dataset, plan)
        assert set(done.label_ids) == removed
        assert edges(dataset, params, PAIR_RULES, real) == set()
        assert scanned(dataset, **options).label_ids == []
        assert set(ids(dataset)) == kept


@pytest.mark.parametrize("classwise", [False, True])
def test_fewest_never_removes_more_than_another_method(make_dataset, classwise):
    dataset = make_dataset(generated.samples(7, n=60))
    for iou_thresh in (0.1, 0.3, 0.6, 0.9):
        counts = {
            method: len(
                search.find_duplicates(
                    dataset,
                    FindParams(
                        FIELD, iou_thresh=iou_thresh, method=method, classwise=classwise
                    ),
                    record=False,
                ).label_ids
            )
            for method in METHODS
        }
        assert counts["fewest"] == min(counts.values()) > 0


@pytest.mark.parametrize("method", METHODS)
def test_the_kept_labels_do_not_depend_on_the_order_of_the_list(make_dataset, method):
    rng = random.Random(4)
    samples = [
        [(name, box, {"confidence": rng.random()}) for name, box in labels]
        for labels in generated.samples(8, n=30)
        if labels
    ]
    shuffled = [rng.sample(labels, len(labels)) for labels in samples]
    kept = []
    for version in (samples, shuffled):
        dataset = make_dataset(version)
        found = scanned(
            dataset, iou_thresh=0.5, method=method, keep="highest_confidence"
        )
        rest = dataset.exclude_labels(ids=found.label_ids, fields=FIELD)
        assert found.label_ids
        kept.append([sorted(c or ()) for c in rest.values(f"{PATH}.confidence")])
    assert kept[0] == kept[1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("metric", ["iou", "ios"])
def test_a_recount_equals_the_counts_of_plans(make_dataset, method, metric):
    dataset = make_dataset(generated.samples(9, n=25))
    for rules in (False, True):
        if rules:
            with_rules_and_verdicts(dataset, 9)
        found = scanned(dataset)
        for keep in KEEPS:
            counts = recount.recount(dataset, str(found.scan_key), method, keep, metric)
            for k, iou_thresh in enumerate(THRESHOLDS.tolist()):
                if (k % 19 and iou_thresh < 0.99) or (
                    metric == "ios" and iou_thresh < 0.5
                ):
                    continue
                plan = planned(
                    dataset,
                    found,
                    iou_thresh=iou_thresh,
                    method=method,
                    keep=keep or None,
                    metric=metric,
                )
                require_counts(counts, k, plan)
            json.dumps(counts)


def test_every_method_and_rule_on_the_images_of_coco(shared_data, database):
    """Small images are checked by brute force, all images by general properties."""
    annotations = coco.load(shared_data / "instances_val2017_boxes.json.gz")
    dataset = fo.Dataset()
    try:
        coco.add_to(dataset, annotations, "images", max_samples=1000)
        found = search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.8))
        counts = {}
        boxes = {
            label_id: box
            for i, b in zip(
                *dataset.values([f"{PATH}.id", f"{PATH}.bounding_box"]), strict=True
            )
            for label_id, box in zip(i or (), b or (), strict=True)
        }
        members = [labels or [] for labels in dataset.values(f"{PATH}.id")]
        pairs = [
            (a, b)
            for labels in members
            if len(labels) <= 40
            for a, b in itertools.combinations(labels, 2)
            if naive.iou(boxes[a], boxes[b]) > 0.8
        ]
        small = {a for labels in members if len(labels) <= 40 for a in labels}
        for method in METHODS:
            for keep in (None, "largest", "smallest", "last"):
                plan = planned(dataset, found, method=method, keep=keep)
                counts[method, keep] = len(plan)
                removed = {r.label_id for r in plan.removals}
                assert all(a in removed or b in removed for a, b in pairs)
                assert {a for a in removed if a in small} <= set(
                    itertools.chain(*pairs)
                )
                if method == "simple" and keep is None:
                    assert removed & small == {b for _, b in pairs}
        fewest = {
            counts["fewest", keep] for keep in (None, "largest", "smallest", "last")
        }
        assert len(fewest) == 1
        assert min(counts.values()) == fewest.pop() > 30
        assert max(counts.values()) < 60
    finally:
        dataset.delete()


@pytest.mark.parametrize("metric", ["iou", "ios", "likelihood"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("classes", [None, ["cat", None], []])
def test_the_counts_are_those_of_the_plan(make_dataset, method, metric, classes):
    seed = METHODS.index(method)
    dataset = make_dataset(generated.samples(seed, n=20))
    found = scanned(dataset, iou_thresh=0.3)
    with_rules_and_verdicts(dataset, seed)
    changes = dict(method=method, metric=metric, keep=KEEPS[seed], iou_thresh=0.55)
    plan = planned(dataset, found, **changes)
    of_classes = planned(dataset, found, classes=classes, **changes)

    counts = recount.count_at(dataset, str(found.scan_key), classes, **changes)

    assert {one["name"]: one["labels"] for one in counts["classes"]} == plan.by_class
    assert len(plan) > 0
    assert counts["labels"] == len(of_classes)
    assert counts["images"] == len(of_classes.by_document)
