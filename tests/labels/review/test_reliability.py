"""A random sample of likely pairs shows how true the likelihoods are."""

import pytest
import twice_labeled

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review import pairs
from duplicates.labels.review.judging import queue, reliability
from duplicates.labels.review.judging.order import SAMPLE
from duplicates.labels.scans import search
from duplicates.labels.scans.decisions import verdicts

BOX = [0.1, 0.1, 0.4, 0.4]
N = 10

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset, monkeypatch):
    monkeypatch.setattr(reliability, "SIZE", N)
    dataset = make_dataset(twice_labeled.samples())
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


def session(dataset, key="scan"):
    return reliability.sample_session(dataset, key)


def likelihoods(dataset, key="scan"):
    found = pairs.list_pairs(dataset, key, 0.0).pairs
    return {frozenset(one["label_ids"]): one["likelihood"] for one in found}


def sampled(dataset, key="scan"):
    return list(map(frozenset, reliability.sample_of(session(dataset, key)).label_ids))


def test_a_sample_is_random_pairs_that_are_likely_and_stays_the_same(dataset):
    known = likelihoods(dataset)
    likely = [pair for pair, p in known.items() if p > reliability.ABOVE]
    assert N < len(likely) < len(known)

    found = sampled(dataset)

    assert len(set(found)) == N
    assert set(found) <= set(likely)
    ranked = sorted(likely, key=known.get, reverse=True)
    assert set(found) not in (set(ranked[:N]), set(ranked[-N:]))
    # of another page, and of a scan that a verdict made
    verdicts.set_verdict(dataset, sorted(found[0]))
    params = FindParams("ground_truth")
    search.find_duplicates(dataset, params, "again", since="scan")
    assert sampled(dataset) == sampled(dataset, "again") == found


def test_a_review_of_the_sample_lists_its_groups_in_its_order(dataset):
    found = sampled(dataset)
    for pair in found[:3]:
        verdicts.set_verdict(dataset, sorted(pair))

    listed = queue.review_queue(session(dataset), SAMPLE, classes=["bus"])

    assert all(len(group["label_ids"]) == 2 for group in listed.groups)
    assert [frozenset(group["label_ids"]) for group in listed.groups] == found
    assert (listed.total, listed.decided) == (N, 3)
    assert [group["decided"] for group in listed.groups] == [True] * 3 + [False] * 7


def test_the_table_compares_stated_likelihoods_with_verdicts_on_the_sample(dataset):
    found, known = sampled(dataset), likelihoods(dataset)
    outside = next(pair for pair in known if pair not in found)
    verdicts.set_verdict(dataset, sorted(outside))
    for k, pair in enumerate(found[:6]):
        kept = min(pair)
        kind = "real" if k < 2 else "duplicate"
        verdicts.set_verdict(dataset, sorted(pair), kind, kept if k >= 2 else None)

    table = reliability.reliability(session(dataset))

    bands = table.pop("bands")
    counts = {"verdicts": 7, "calibrated": 0, "pairs": N, "judged": 6}
    assert table == counts
    assert sum(band["judged"] for band in bands) == 6
    assert sum(band["agreed"] for band in bands) == 4
    for band in bands:
        inside = [p for p in found[:6] if band["lo"] < known[p] <= band["hi"]]
        assert len(inside) == band["judged"]
        assert band["low"] <= band["agreed"] / band["judged"] <= band["high"]


def test_pairs_that_recalibrated_a_scan_are_not_in_its_sample(dataset):
    judged = sampled(dataset)
    for pair in judged:
        verdicts.set_verdict(dataset, sorted(pair), "duplicate", min(pair))
    params = FindParams("ground_truth")
    search.find_duplicates(
        dataset, params, "again", since="scan", calibration=search.ANEW
    )

    others = sampled(dataset, "again")

    assert others
    assert not set(others) & set(judged)
    table = reliability.reliability(session(dataset, "again"))
    assert (table["verdicts"], table["calibrated"], table["judged"]) == (N, N, 0)
    verdicts.set_verdict(dataset, sorted(others[0]))
    assert reliability.reliability(session(dataset, "again"))["judged"] == 1


def test_without_likely_pairs_a_sample_is_empty_and_two_fields_have_none(make_dataset):
    dataset = make_dataset([[("car", BOX), ("car", [0.7, 0.7, 0.1, 0.1])]])
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    dataset.clone_sample_field("ground_truth", "other")
    two = FindParams("ground_truth", "other")
    search.find_duplicates(dataset, two, "two")

    assert queue.review_queue(session(dataset), SAMPLE).groups == []
    assert reliability.reliability(session(dataset))["pairs"] == 0
    with pytest.raises(ParamsError):
        session(dataset, "two")
