"""The cost of plans and thresholds is that of exactly the labels that are removed."""

import json
import pathlib

import pytest

from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.params import FindParams
from duplicates.labels.review import pairs as pair_list
from duplicates.labels.review.expected import costs, search_costs
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.decisions import verdicts

EXAMPLES = pathlib.Path(__file__).parents[2] / "support" / "texts" / "costs.json"

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")

NEAR, FAR = [0.1, 0.1, 0.4, 0.4], [0.7, 0.7, 0.1, 0.1]
SAMPLES = [
    [("person", NEAR), ("person", [0.1, 0.1, 0.4, 0.41]), ("dog", FAR)],
    [("dog", NEAR), ("cat", [0.1, 0.1, 0.4, 0.3])],
    [("dog", NEAR), ("dog", [0.12, 0.1, 0.4, 0.4])],
    None,
]


@pytest.fixture
def dataset(make_dataset):
    dataset = make_dataset(SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


@pytest.mark.parametrize("method", ["simple", "greedy", "nms", "fewest"])
@pytest.mark.parametrize("metric", ["iou", "ios"])
@pytest.mark.parametrize("classes", [None, ["dog"]])
def test_a_plan_costs_what_its_threshold_costs(dataset, method, metric, classes):
    every = costs.of_thresholds(
        dataset, "scan", classes=classes, intervals=True, method=method, metric=metric
    )
    for k in (50, 70, 85, 96):
        plan = plans.plan(
            dataset,
            "scan",
            float(THRESHOLDS[k]),
            method=method,
            metric=metric,
            classes=classes,
        )
        cost = costs.of_plan(dataset, plan, classes)
        assert cost == pytest.approx(costs.at(every, k))
        assert cost["removed"] == len(plan)
        assert 0 <= cost["low"] <= cost["right"] <= cost["high"] <= len(plan)


def test_a_removal_is_as_right_as_its_pair_is_likely(dataset):
    plan = plans.plan(dataset, "scan", 0.8)
    likelihoods = [
        pair["likelihood"] for pair in pair_list.list_pairs(dataset, "scan", 0.8).pairs
    ]

    cost = costs.of_plan(dataset, plan)

    assert cost["right"] == pytest.approx(sum(likelihoods))
    assert cost["below"] > 0


def test_verdicts_are_not_guessed(dataset):
    person, dog = (
        pair["label_ids"]
        for pair in pair_list.list_pairs(dataset, "scan", 0.8).pairs
        if pair["classes"][0] == pair["classes"][1]
    )
    verdicts.set_verdict(dataset, [person[0], person[1]], "duplicate", kept=person[0])
    verdicts.set_verdict(dataset, [dog[0], dog[1]], "real")

    cost = costs.of_plan(dataset, plans.plan(dataset, "scan", 0.8))

    assert (cost["removed"], cost["right"]) == (1, 1)


def test_a_class_pair_has_the_lowest_threshold_that_is_precise_enough(dataset):
    pairs = pair_list.list_pairs(dataset, "scan", 0.05).pairs

    rows = costs.class_pair_thresholds(dataset, "scan", 0.01)

    assert {tuple(row["classes"]) for row in rows} <= {
        ("cat", "dog"),
        ("dog", "dog"),
        ("person", "person"),
    }
    for row in rows:
        above = [
            pair["likelihood"]
            for pair in pairs
            if sorted(pair["classes"]) == row["classes"]
            and pair["iou"] > row["iou_thresh"]
        ]
        assert row["pairs"] == len(above) > 0
        assert row["right"] == pytest.approx(sum(above))
        assert row["right"] >= 0.01 * len(above)


def test_only_the_most_common_class_pairs_are_listed(dataset, monkeypatch):
    every = costs.class_pair_thresholds(dataset, "scan", 0.01)
    monkeypatch.setattr(costs, "MOST_CLASS_PAIRS", 1)

    (row,) = costs.class_pair_thresholds(dataset, "scan", 0.01)

    assert len(every) > 1
    assert row in every


@pytest.mark.parametrize("example", json.loads(EXAMPLES.read_text()))
def test_a_cost_has_the_same_words_as_in_the_panel(example):
    assert costs.in_words(example["cost"]) == example["text"]


@pytest.mark.parametrize("most", [search_costs.MOST_PAIRS, 0])
def test_a_search_costs_what_its_stored_scan_costs(dataset, monkeypatch, most):
    monkeypatch.setattr(search_costs, "MOST_PAIRS", most)
    pair = next(
        pair["label_ids"]
        for pair in pair_list.list_pairs(dataset, "scan", 0.8).pairs
        if pair["classes"] == ["dog", "dog"]
    )
    verdicts.set_verdict(dataset, pair, "duplicate", kept=pair[0])
    params, expected = FindParams("ground_truth"), search_costs.SearchCosts()

    found = search.find_duplicates(dataset, params, "again", witness=expected.see)
    cost = expected.cost(dataset, params, found)

    read = costs.of_labels(dataset, "again", params, found.label_ids)
    assert cost == pytest.approx(read)
    assert cost["removed"] == len(found.label_ids) > 1
    assert 1 < cost["right"] < cost["removed"]
