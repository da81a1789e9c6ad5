"""Plans: the labels that are removed and kept, and the reasons."""

import itertools
import json
import math
import random
from typing import ClassVar

import fiftyone as fo
import generated
import naive
import pytest
from bson import ObjectId

from dev import coco
from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.decisions.reasons import FEWER, Reason
from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels import store
from duplicates.labels.edits import delete
from duplicates.labels.review import groups
from duplicates.labels.review import pairs as pair_list
from duplicates.labels.scans import largest_overlaps, plans, recount, search, summary
from duplicates.labels.scans.decisions import class_pair_rules, verdicts

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
METHODS = ("simple", "greedy", "nms", "fewest")
KEEPS = ((), ("last",), ("largest", "newest"), ("classes:dog,cat", "smallest"))
SMALL, LARGE = [0.1, 0.1, 0.2, 0.2], [0.1, 0.1, 0.2, 0.22]


pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


def scanned(dataset, **options):
    return search.find_duplicates(dataset, FindParams(FIELD, **options))


def planned(dataset, found, **options):
    return plans.plan(dataset, str(found.scan_key), **options)


def ids(dataset):
    return [
        label_id for found in dataset.values(f"{PATH}.id") for label_id in found or ()
    ]


# For each rule, two labels that only this rule decides, and the reason for keeping the
# second. By list order and all other traits, the first would be kept.
RULES = {
    "last": ({}, {}, "comes last in the list"),
    "highest_confidence": (
        {"confidence": 0.71, "tags": ["a", "b"]},
        {"confidence": 0.93},
        "confidence 0.93 > 0.71",
    ),
    "largest": (
        {"confidence": 0.9},
        {"bounding_box": LARGE, "confidence": 0.1},
        "area 4.4 % > 4 % of the image",
    ),
    "smallest": (
        {"bounding_box": LARGE, "confidence": 0.9},
        {"confidence": 0.1},
        "area 4 % < 4.4 % of the image",
    ),
    "most_attributes": (
        {"confidence": 0.9, "occluded": None, "score": 1},
        {"confidence": 0.1, "occluded": False, "score": 1},
        "2 > 1 attributes",
    ),
    "newest": ({"confidence": 0.9}, {"confidence": 0.1}, "was created later"),
    "tagged:reviewed": (
        {"confidence": 0.9, "tags": ["seen"]},
        {"confidence": 0.1, "tags": ["old", "reviewed"]},
        "has the tag 'reviewed'",
    ),
    "classes:truck,car": (
        {"label": "car", "confidence": 0.9},
        {"label": "truck", "confidence": 0.1},
        "class truck comes before car",
    ),
    "attribute:annotator=alice,bob": (
        {"annotator": "bob", "confidence": 0.9},
        {"annotator": "alice", "confidence": 0.1},
        "annotator alice comes before bob",
    ),
}


@pytest.mark.sampled(18)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rule", RULES)
def test_each_rule_decides_which_label_is_kept_and_gives_its_reason(
    raw_dataset, rule, method
):
    loses, wins, why = RULES[rule]
    labels = [
        {
            "_id": ObjectId(f"{1000 + k:08x}{0:016x}"),
            "_cls": "Detection",
            "label": "car",
            "bounding_box": SMALL,
            **traits,
        }
        for k, traits in enumerate((loses, wins))
    ]
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    first, second = (str(label["_id"]) for label in labels)

    by_rule = planned(dataset, scanned(dataset, keep=rule, method=method))
    (removal,) = by_rule.removals
    assert (removal.label_id, removal.partner_id) == (first, second)
    assert str(removal.reason) == why

    by_list = planned(dataset, scanned(dataset, keep="first", method=method))
    (removal,) = by_list.removals
    assert (removal.label_id, str(removal.reason)) == (
        second,
        "comes first in the list",
    )


def test_the_second_rule_breaks_ties_of_the_first(make_dataset):
    labels = [
        ("a", SMALL, {"confidence": 0.5, "tags": ["x"]}),
        ("a", SMALL, {"confidence": 0.5, "tags": ["y"]}),
        ("a", SMALL, {"confidence": 0.4, "tags": ["z"]}),
    ]
    dataset = make_dataset([labels])
    found = scanned(dataset, keep=["highest_confidence", "tagged:y"], method="nms")
    plan = planned(dataset, found)

    assert [str(removal.reason) for removal in plan.removals] == [
        "has the tag 'y'",
        "confidence 0.5 > 0.4",
    ]
    kept = set(ids(dataset)) - {removal.label_id for removal in plan.removals}
    assert kept == {ids(dataset)[1]}


@pytest.mark.parametrize("method", METHODS)
def test_labels_without_a_confidence_are_kept_last_among_predictions(
    raw_dataset, method
):
    """None, a missing value and NaN, among whole numbers and fractions."""
    values = [None, 0, math.nan, 1, 0.3]
    labels = [
        {"_id": ObjectId(), "_cls": "Detection", "bounding_box": SMALL, "confidence": v}
        for v in values
    ]
    labels.append({k: v for k, v in labels[0].items() if k != "confidence"})
    labels[-1]["_id"] = ObjectId()
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    ids = [str(label["_id"]) for label in labels]

    found = scanned(dataset, keep="highest_confidence", method=method)
    reasons = {r.label_id: str(r.reason) for r in planned(dataset, found).removals}
    texts = ["1 > none", "1 > 0", "1 > none", None, "1 > 0.3", "1 > none"]
    assert reasons == {
        label_id: f"confidence {text}" for label_id, text in zip(ids, texts) if text
    }


def test_a_plan_can_use_other_rules_than_the_scan(make_dataset):
    dataset = make_dataset(
        [[("a", SMALL, {"confidence": 0.1}), ("a", SMALL, {"confidence": 0.9})]]
    )
    found = scanned(dataset)
    first, second = ids(dataset)

    assert planned(dataset, found).removals[0].label_id == second
    by_confidence = planned(dataset, found, keep="highest_confidence")
    assert by_confidence.removals[0].label_id == first
    assert by_confidence.params.keep == ("highest_confidence",)


@pytest.mark.parametrize("keep", ["biggest", "tagged:", ["first", "no"], 5, "classes:"])
def test_an_invalid_rule_is_an_error(make_dataset, keep):
    dataset = make_dataset([[("a", SMALL)]])
    found = scanned(dataset)
    with pytest.raises(ParamsError, match=r"^keep: expected"):
        planned(dataset, found, keep=keep)


def test_keep_rules_with_two_fields_are_an_error():
    with pytest.raises(ParamsError, match=r"^keep has no effect with two fields"):
        FindParams(FIELD, other_field="predictions", keep="largest")


class TestMethods:
    """Methods differ on a chain of four labels, each overlapping the next."""

    EXPECTED: ClassVar = {
        "simple": [1, 2, 3],
        "greedy": [1, 2],
        "nms": [1, 3],
        "fewest": [1, 3],
    }

    @pytest.fixture
    def chain(self, make_dataset):
        return make_dataset(
            [[("a", [0.1 + 0.02 * k, 0.1, 0.1, 0.1]) for k in range(4)]]
        )

    @pytest.mark.parametrize("method", METHODS)
    def test_each_method_removes_different_labels_of_a_chain(self, chain, method):
        found = scanned(chain, iou_thresh=0.6, method=method)
        labels = ids(chain)
        assert [
            labels.index(label_id) for label_id in found.label_ids
        ] == self.EXPECTED[method]

    def test_only_the_label_between_two_kept_ones_is_removed(self, make_dataset):
        boxes = [[0.1, 0.1, 0.1, 0.1], [0.14, 0.1, 0.1, 0.1], [0.12, 0.1, 0.1, 0.1]]
        dataset = make_dataset([[("a", box) for box in boxes]])
        for method, expected in (("simple", [2]), ("greedy", [2]), ("fewest", [2])):
            found = scanned(dataset, iou_thresh=0.6, method=method)
            assert found.label_ids == [ids(dataset)[k] for k in expected]
        by_last = scanned(dataset, iou_thresh=0.6, method="nms", keep="last")
        assert by_last.label_ids == ids(dataset)[:2]
        fewest = scanned(dataset, iou_thresh=0.6, method="fewest", keep="last")
        assert fewest.label_ids == [ids(dataset)[2]]
        (removal,) = planned(dataset, fewest).removals
        assert removal.reason == Reason(FEWER)

    def test_chains_and_cliques_are_distinguished(self, make_dataset):
        chain = [("a", [0.1 + 0.02 * k, 0.1, 0.1, 0.1]) for k in range(4)]
        clique = [("b", [0.5 + 0.005 * k, 0.1, 0.1, 0.1]) for k in range(3)]
        dataset = make_dataset([chain + clique])
        found = scanned(dataset, iou_thresh=0.6, method="nms")
        page = groups.list_groups(dataset, str(found.scan_key))

        assert (page.count, page.chains) == (2, 1)
        kinds = {group["kind"]: group for group in page.groups}
        labels = ids(dataset)
        assert [m["label_id"] for m in kinds["chain"]["members"]] == labels[:4]
        assert [m["label_id"] for m in kinds["clique"]["members"]] == labels[4:]
        assert [m["is_kept"] for m in kinds["chain"]["members"]] == [True, False] * 2
        assert [m["is_kept"] for m in kinds["clique"]["members"]] == [
            True,
            False,
            False,
        ]
        assert (kinds["chain"]["n_pairs"], kinds["clique"]["n_pairs"]) == (3, 3)
        removals = {r.label_id: r for r in planned(dataset, found).removals}
        for group in page.groups:
            for member in group["members"]:
                removal = removals.get(member["label_id"])
                assert member["is_kept"] == (removal is None)
                if removal is not None:
                    assert member["partner_id"] == removal.partner_id
                    assert member["reason"] == removal.reason.to_dict()
        json.dumps(page.groups)


class TestIoS:
    inside, outside = [0.1, 0.1, 0.1, 0.1], [0.0, 0.0, 0.8, 0.8]

    def test_ios_finds_a_box_inside_another(self, make_dataset):
        dataset = make_dataset([[("a", self.outside), ("a", self.inside)]])
        assert scanned(dataset, iou_thresh=0.5).label_ids == []
        found = scanned(dataset, iou_thresh=0.95, metric="ios")
        assert found.label_ids == ids(dataset)[1:]
        by_area = planned(dataset, found, keep="smallest")
        assert [r.label_id for r in by_area.removals] == ids(dataset)[:1]

    def test_a_scan_by_iou_can_be_planned_by_ios(self, make_dataset):
        dataset = make_dataset([[("a", self.outside), ("a", self.inside)]])
        found = scanned(dataset)
        assert len(planned(dataset, found)) == 0
        assert len(planned(dataset, found, metric="ios", iou_thresh=0.9)) == 1

    @pytest.mark.parametrize("iou_thresh", [0, 0.05, 0.49])
    def test_a_threshold_below_one_half_is_an_error(self, make_dataset, iou_thresh):
        dataset = make_dataset([[("a", self.outside)]])
        found = scanned(dataset)
        for work in (
            lambda: FindParams(FIELD, metric="ios", iou_thresh=iou_thresh),
            lambda: planned(dataset, found, metric="ios", iou_thresh=iou_thresh),
            lambda: groups.list_groups(
                dataset, str(found.scan_key), metric="ios", iou_thresh=iou_thresh
            ),
        ):
            with pytest.raises(
                ParamsError, match=r"iou_thresh: expected a number in \[0.5"
            ):
                work()


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
            ParamsError, match=r"^pairs: expected|^iou_thresh: expected"
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


@pytest.mark.parametrize("method", METHODS)
def test_crowds_never_decide_and_are_removed_only_for_crowds(make_dataset, method):
    crowd, person = {"iscrowd": 1}, {"iscrowd": 0}
    boxes = [
        ("p", SMALL, crowd),
        ("p", SMALL, person),
        ("p", SMALL, crowd),
        ("p", SMALL, person),
    ]
    dataset = make_dataset([boxes, boxes[:2], boxes[1::-1]])
    found = scanned(dataset, iscrowd="iscrowd", method=method, keep="first")
    labels = ids(dataset)

    assert found.label_ids == labels[2:4]
    partners = {r.label_id: r.partner_id for r in planned(dataset, found).removals}
    assert partners == {labels[2]: labels[0], labels[3]: labels[1]}
    pairs = pair_list.list_pairs(dataset, str(found.scan_key)).pairs
    assert sum(pair["crowd"] for pair in pairs) == 6


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
                assert counts["labels"][k] == len(plan)
                assert counts["images"][k] == len(plan.seen)
                assert plan.by_class == {
                    entry["name"]: entry["labels"][k]
                    for entry in counts["classes"]
                    if entry["labels"][k]
                }
            json.dumps(counts)


def test_a_threshold_below_the_scans_pairs_is_an_error(make_dataset):
    dataset = make_dataset([[("a", SMALL)] * 2])
    found = scanned(dataset)
    for work in (
        lambda: planned(dataset, found, iou_thresh=0.01),
        lambda: groups.list_groups(dataset, str(found.scan_key), iou_thresh=0.01),
    ):
        with pytest.raises(ScanError, match=r"^iou_thresh: expected a threshold of at"):
            work()


def test_a_plan_is_plain_data(make_dataset):
    dataset = make_dataset(generated.samples(3, n=20))
    found = scanned(dataset, iou_thresh=0.5, method="fewest", keep=["largest"])
    plan = planned(dataset, found)
    stored = json.loads(json.dumps(plan.to_dict()))

    assert stored["count"] == len(plan) == len(stored["removals"]) > 10
    assert stored["params"]["keep"] == ["largest"]
    assert sum(entry["count"] for entry in stored["by_class"]) == len(plan)
    assert stored["samples"] == len({r["sample_id"] for r in stored["removals"]})
    owner = {
        label_id: sample_id
        for sample_id, labels in zip(
            dataset.values("id"), dataset.values(f"{PATH}.id"), strict=True
        )
        for label_id in labels or ()
    }
    for removal in stored["removals"]:
        assert owner[removal["label_id"]] == removal["sample_id"]
        assert owner[removal["partner_id"]] == removal["sample_id"]
        assert 0.5 < removal["iou"] <= 1


class TestLikelihood:
    @pytest.fixture
    def found(self, make_dataset):
        """Trucks and cars confused at IoU 0.9 and above, and neighboring persons."""
        rng = random.Random(5)
        samples = []
        for _ in range(120):
            x, y = rng.random(), rng.random()
            jitter = [rng.uniform(-0.005, 0.005) for _ in range(2)]
            confused = [
                ("car", [x, y, 0.3, 0.3]),
                ("truck", [x + jitter[0], y + jitter[1], 0.3, 0.3]),
            ]
            shift = rng.uniform(0.008, 0.2)
            neighbors = [
                ("person", [10, 10, 0.3, 0.3]),
                ("person", [10 + shift, 10, 0.3, 0.3]),
            ]
            samples.append(confused + neighbors)
        self.dataset = make_dataset(samples)
        return scanned(self.dataset, iou_thresh=0.3)

    def test_confusions_and_neighbors_of_equal_iou_are_distinguished(self, found):
        pairs = pair_list.list_pairs(self.dataset, str(found.scan_key), 0.05).pairs
        assert all(0 <= pair["likelihood"] <= 1 for pair in pairs)
        by_classes = {}
        for pair in pairs:
            if 0.8 < pair["iou"] < 0.95:
                key = frozenset(pair["classes"])
                by_classes.setdefault(key, []).append(pair["likelihood"])
        confused = by_classes[frozenset(("car", "truck"))]
        persons = by_classes[frozenset(("person",))]
        assert min(confused) > max(persons)

    def test_pages_of_groups_are_sorted_by_likelihood(self, found):
        whole = groups.list_groups(self.dataset, str(found.scan_key), limit=10_000)
        likely = [group["likelihood"] for group in whole.groups]
        assert likely == sorted(likely, reverse=True)
        assert whole.count == len(whole.groups) > 150
        parts = [
            groups.list_groups(self.dataset, str(found.scan_key), k, 40).groups
            for k in range(0, whole.count, 40)
        ]
        assert [group for part in parts for group in part] == whole.groups
        for group in whole.groups:
            (pair,) = group["pairs"]
            assert pair["likelihood"] == group["likelihood"]
            (listed,) = groups.in_words(group)["pairs"]
            assert f"IoU {pair['iou']:.2f}" in listed["explanation"]
            assert pair["why"]
            assert pair["why"] in listed["explanation"]

    def test_the_likelihood_is_reproducible(self, found):
        again = scanned(self.dataset, iou_thresh=0.3)
        lists = [
            pair_list.list_pairs(self.dataset, str(scan.scan_key)).pairs
            for scan in (found, again)
        ]
        assert lists[0] == lists[1]


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


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("metric", ["iou", "ios"])
def test_a_scan_of_any_class_holds_what_a_scan_of_the_same_class_finds(
    make_dataset, method, metric
):
    dataset = make_dataset(generated.samples(11, n=40))
    any_class, same_class = scanned(dataset), scanned(dataset, classwise=True)
    asked = {"method": method, "metric": metric, "keep": "largest"}
    key = str(any_class.scan_key)
    restricted = recount.recount(dataset, key, classwise=True, **asked)
    assert restricted == recount.recount(dataset, str(same_class.scan_key), **asked)
    assert restricted != recount.recount(dataset, key, **asked)
    for iou_thresh in (0.5, 0.75, 0.9):
        ours = planned(
            dataset, any_class, iou_thresh=iou_thresh, classwise=True, **asked
        )
        theirs = planned(dataset, same_class, iou_thresh=iou_thresh, **asked)
        assert ours.removals == theirs.removals
        assert ours.params == theirs.params


def test_a_scan_of_the_same_class_stays_one(make_dataset):
    dataset = make_dataset([[("a", SMALL), ("b", SMALL)]])
    found = scanned(dataset, classwise=True)
    assert len(planned(dataset, found, classwise=False)) == 0
    assert len(planned(dataset, scanned(dataset), classwise=False)) == 1


def test_the_largest_overlaps_of_all_classes_add_up_to_the_histogram_of_the_scan(
    make_dataset,
):
    dataset = make_dataset(generated.samples(12, n=40))
    found = scanned(dataset)
    key = str(found.scan_key)
    of_scan = summary.summary(dataset, key)
    counts = largest_overlaps.count_largest(dataset, key)
    assert counts == of_scan["histogram"]["counts"]
    parts = [
        largest_overlaps.count_largest(dataset, key, classes=[entry["name"]])
        for entry in of_scan["classes"]
    ]
    assert len(parts) > 1
    assert [sum(bin_of) for bin_of in zip(*parts)] == of_scan["histogram"]["counts"]


def test_the_largest_overlaps_within_classes_are_those_of_a_scan_of_the_same_class(
    make_dataset,
):
    dataset = make_dataset(generated.samples(13, n=40))
    any_class, same_class = scanned(dataset), scanned(dataset, classwise=True)
    for metric, lowest in (("iou", 5), ("ios", 50)):
        ours, theirs = (
            largest_overlaps.count_largest(dataset, str(scan.scan_key), metric, True)
            for scan in (any_class, same_class)
        )
        assert ours[lowest:] == theirs[lowest:]
        assert sum(ours[lowest:]) > 0
