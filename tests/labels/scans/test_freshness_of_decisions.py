"""A scan is out of date if the verdicts or rules behind its decisions changed."""

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search as find
from duplicates.labels.scans.decisions.class_pair_rules import set_class_pairs
from duplicates.labels.scans.decisions.verdicts import clear_verdicts, set_verdict
from duplicates.labels.scans.freshness import check_freshness
from duplicates.labels.scans.search import find_duplicates
from duplicates.labels.scans.summary import summary

TWICE = [("car", [0.1, 0.1, 0.2, 0.2]), ("truck", [0.1, 0.1, 0.2, 0.2])]


def test_a_verdict_makes_a_scan_out_of_date_until_it_is_cleared(make_dataset):
    dataset = make_dataset([TWICE])
    scan_key = find_duplicates(dataset, FindParams("ground_truth")).scan_key
    (ids,) = dataset.values("ground_truth.detections.id")

    set_verdict(dataset, ids)
    assert check_freshness(dataset, scan_key).rejudged

    clear_verdicts(dataset, ids)
    assert check_freshness(dataset, scan_key).is_up_to_date


def test_the_counts_of_a_scan_are_those_of_the_present_verdicts_and_rules(make_dataset):
    other = [("car", [0.5, 0.1, 0.2, 0.2]), ("bus", [0.5, 0.1, 0.2, 0.2])]
    dataset = make_dataset([TWICE, TWICE, other])
    params = FindParams("ground_truth")
    scan_key = find_duplicates(dataset, params).scan_key
    first, *_ = dataset.values("ground_truth.detections.id")
    assert max(summary(dataset, scan_key)["curves"]["simple"]["labels"]) == 3

    set_verdict(dataset, first)
    set_class_pairs(dataset, [{"classes": ["bus", "car"], "may_overlap": True}])

    now = summary(dataset, scan_key)
    again = summary(dataset, find_duplicates(dataset, params).scan_key)
    assert now["curves"] == again["curves"]
    assert now["classes"] == again["classes"]
    assert max(now["curves"]["simple"]["labels"]) == 1


def test_an_equal_number_of_other_verdicts_makes_a_scan_out_of_date(make_dataset):
    dataset = make_dataset([TWICE, TWICE])
    first, second = dataset.values("ground_truth.detections.id")
    set_verdict(dataset, first)
    scan_key = find_duplicates(dataset, FindParams("ground_truth")).scan_key
    clear_verdicts(dataset, first)
    set_verdict(dataset, second)

    assert check_freshness(dataset, scan_key).rejudged


def test_a_verdict_that_is_given_during_a_scan_makes_it_out_of_date(
    make_dataset, monkeypatch
):
    dataset = make_dataset([TWICE])
    (ids,) = dataset.values("ground_truth.detections.id")
    go_through = find._Search.go_through

    def judged_during_the_search(search, *args):
        go_through(search, *args)
        set_verdict(dataset, ids)

    monkeypatch.setattr(find._Search, "go_through", judged_during_the_search)
    scan_key = find_duplicates(dataset, FindParams("ground_truth")).scan_key

    assert check_freshness(dataset, scan_key).rejudged


def test_a_rule_for_a_class_pair_makes_a_scan_out_of_date(make_dataset):
    dataset = make_dataset([TWICE])
    scan_key = find_duplicates(dataset, FindParams("ground_truth")).scan_key

    set_class_pairs(dataset, [{"classes": ["car", "truck"], "may_overlap": True}])
    assert not check_freshness(dataset, scan_key).is_up_to_date

    again = find_duplicates(dataset, FindParams("ground_truth"))
    assert again.label_ids == []
    assert check_freshness(dataset, again.scan_key).is_up_to_date
