"""The content of a scan of any class, and the largest overlaps of its labels."""

import generated
import pytest
from decided import METHODS, SMALL, planned, scanned

from duplicates.labels.scans import largest_overlaps, recount, summary

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


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
