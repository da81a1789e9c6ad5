"""The advice of a review about all that was judged, and about any two labels."""

from dataclasses import replace

import fiftyone as fo
import pytest
from reviewed import BOX, ids, session, spread

from duplicates.iou_core.errors import FieldError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review.judging.accept import accept_above
from duplicates.labels.review.judging.advice import review_advice
from duplicates.labels.review.judging.progress import review_progress
from duplicates.labels.review.judging.queue import review_queue
from duplicates.labels.review.judging.two_labels import compare_labels
from duplicates.labels.scans import search
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.verdict_kinds import Given

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    return spread(make_dataset)


class TestDecided:
    def test_a_group_is_decided_if_a_verdict_removes_a_label_of_each_pair(
        self, make_dataset
    ):
        dataset = make_dataset([[("car", BOX)] * 3, [("car", BOX)] * 2])
        search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
        (a, b, c), _ = ids(dataset)

        def decided():
            found = review_queue(session(dataset), "image").groups
            return [group["decided"] for group in found]

        verdicts.set_verdict(dataset, [a, b], "duplicate", a)
        assert decided() == [False, False]
        verdicts.set_verdict(dataset, [a, c], "merge", a)
        assert decided() == [True, False]
        verdicts.clear_verdicts(dataset)
        verdicts.set_verdict(dataset, [b, c], "remove_both")
        assert decided() == [True, False]


class TestProgress:
    def test_each_person_has_a_number_and_the_time_of_their_last_verdict(self, dataset):
        pairs = ids(dataset)
        verdicts.set_verdict(dataset, pairs[0], "real", who="Anna")
        verdicts.set_verdict(dataset, pairs[1], "merge", pairs[1][0], "Anna")
        verdicts.set_verdict(dataset, pairs[2], "remove_both")

        found = review_progress(dataset)

        at = [one["at"] for one in verdicts.list_verdicts(dataset)]
        assert found["people"] == [
            {"who": "Anna", "browser": None, "pairs": 2, "last": at[1]},
            {"who": None, "browser": None, "pairs": 1, "last": at[0]},
        ]
        kinds = {"real": 1, "duplicate": 0, "merge": 1, "remove_both": 1}
        assert found["verdicts"] == kinds


class TestAdvice:
    def judge(self, dataset, is_real, n=40):
        for k, pair in enumerate(ids(dataset)[:n]):
            kind = "real" if is_real(k) else "duplicate"
            verdicts.set_verdict(dataset, pair, kind, None if is_real(k) else pair[0])

    def test_before_twenty_pairs_only_their_number_is_told(self, dataset):
        self.judge(dataset, lambda k: False, 19)

        empty = {"picked": 0, "bands": [], "class_pairs": [], "suggestion": None}
        assert review_advice(session(dataset)) == {"judged": 19, **empty}

    def test_bands_count_where_the_person_removed_what_the_plan_removes(self, dataset):
        self.judge(dataset, lambda k: k >= 20)

        found = review_advice(session(dataset, iou_thresh=0.75))

        assert found["judged"] == 40
        for measure in ("iou", "likelihood"):
            of = [band for band in found["bands"] if band["measure"] == measure]
            assert sum(band["judged"] for band in of) == 40
        by_plan = {
            k
            for k, pair in enumerate(ids(dataset))
            if set(pair) & removed_plainly(dataset)
        }
        agreed = sum((k in by_plan) == (k < 20) for k in range(40))
        of_iou = [band for band in found["bands"] if band["measure"] == "iou"]
        assert sum(band["agreed"] for band in of_iou) == agreed < 40
        pairs = {
            frozenset(one["classes"]): one["judged"] for one in found["class_pairs"]
        }
        assert pairs == {frozenset(["car"]): 20, frozenset(["car", "truck"]): 20}
        for band in found["bands"]:
            parts = [
                one
                for pair in found["class_pairs"]
                for one in pair["bands"]
                if (one["measure"], one["lo"]) == (band["measure"], band["lo"])
            ]
            for name in ("judged", "agreed"):
                assert sum(part[name] for part in parts) == band[name]

    def test_pairs_that_were_accepted_at_once_say_nothing_about_a_person(self, dataset):
        seen = accept_above(session(dataset), 0.0)
        accept_above(session(dataset), 0.0, digest=seen.digest)

        assert seen.pairs > 10
        assert review_advice(session(dataset))["judged"] == 0

    def test_pairs_that_were_shown_by_likelihood_are_counted_apart(self, dataset):
        orders = ["uncertain", "likeliest", "random", "image", None] * 4
        documents = {
            sample._id: [replace(Given.parse(pair), order=order)]
            for sample, pair, order in zip(dataset, ids(dataset), orders)
        }
        verdicts.put(dataset, documents)

        found = review_advice(session(dataset))

        assert (found["judged"], found["picked"]) == (20, 8)

    def test_keeping_the_other_label_is_no_agreement(self, dataset):
        for pair in ids(dataset)[:20]:
            verdicts.set_verdict(dataset, pair, "duplicate", pair[1])

        found = review_advice(session(dataset, iou_thresh=0.5))

        assert {band["agreed"] for band in found["bands"]} == {0}
        assert found["suggestion"]["agreed"] == found["suggestion"]["judged"]

    def test_the_suggestion_is_where_the_person_stopped_removing(self, dataset):
        self.judge(dataset, lambda k: k >= 25)
        overlaps = [
            pair["iou"]
            for pair in sorted(
                (p for p in every_pair(dataset)), key=lambda p: -p["iou"]
            )
        ]

        found = review_advice(session(dataset))["suggestion"]

        assert overlaps[30] < found["iou_thresh"] <= overlaps[24] + 0.01
        assert found["agreed"] == 25 or found["agreed"] == found["judged"]
        assert found["low"] < found["agreed"] / found["judged"] <= found["high"]


def every_pair(dataset):
    from duplicates.labels.review.pairs import list_pairs

    return list_pairs(dataset, "scan", 0.05).pairs


def removed_plainly(dataset):
    """Returns what a plan removes that knows no verdicts, at 0.75."""
    return {
        pair["label_ids"][k]
        for pair in every_pair(dataset)
        if pair["iou"] > 0.75
        for k in (0, 1)
    }


class TestComparing:
    def ask(self, dataset, *labels, field="ground_truth"):
        sample = str(dataset.first().id)
        return compare_labels(session(dataset), [(i, sample, field) for i in labels])

    def test_a_pair_of_the_scan_has_the_numbers_of_the_scan(self, dataset):
        pair = every_pair(dataset)[0]
        verdicts.set_verdict(dataset, pair["label_ids"], "merge", pair["label_ids"][1])

        found = self.ask(dataset, *reversed(pair["label_ids"]))

        assert found["iou"] == pair["iou"]
        assert found["ios"] == pair["ios"]
        assert found["likelihood"] == pytest.approx(pair["likelihood"])
        assert found["measure"] == "IoU"
        assert found["verdict"]["kept"] == pair["label_ids"][1]

    def test_labels_that_hardly_meet_have_a_small_overlap_and_no_likelihood(
        self, make_dataset
    ):
        boxes = [[0, 0, 0.5, 0.5], [0.49, 0, 0.5, 0.5], [0.9, 0.9, 0.05, 0.05]]
        dataset = make_dataset([[("car", box) for box in boxes]])
        search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
        a, b, c = ids(dataset)[0]

        near, far = self.ask(dataset, a, b), self.ask(dataset, c, a)

        assert near["iou"] == pytest.approx(0.01 / 0.99)
        assert near["likelihood"] is None
        assert (far["iou"], far["ios"], far["verdict"]) == (0, 0, None)

    def test_labels_of_two_fields_of_which_none_was_scanned_are_compared(self, dataset):
        other = fo.Detections(detections=[fo.Detection(label="x", bounding_box=BOX)])
        dataset.set_values("other", [other] + [None] * (len(dataset) - 1))
        sample = str(dataset.first().id)
        first = ids(dataset)[0][0]
        second = dataset.first().other.detections[0].id

        found = compare_labels(
            session(dataset),
            [(first, sample, "ground_truth"), (second, sample, "other")],
        )

        assert (found["iou"], found["likelihood"]) == (1, None)

    def test_what_cannot_be_compared_is_refused_in_a_sentence(self, dataset):
        (a, b), (c, _) = ids(dataset)[:2]
        first, second = dataset.values("id")[:2]
        gt = "ground_truth"
        for labels, error in (
            ([(a, first, gt)], ParamsError),
            ([(a, first, gt)] * 2, ParamsError),
            ([(a, first, gt), (c, second, gt)], ParamsError),
            ([(a, first, gt), (c, first, gt)], ParamsError),
            ([(a, first, gt), (b, first, "nothing")], FieldError),
        ):
            with pytest.raises(error):
                compare_labels(session(dataset), labels)
