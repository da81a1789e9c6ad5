"""The queue of a review: which groups, in which order, and what is known of them."""

import itertools

import pytest
from bson import ObjectId
from queued import crowded, described, queue
from reviewed import session

from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review.judging import cached_scan
from duplicates.labels.review.judging.filters import Filters
from duplicates.labels.review.judging.order import ORDERS, SAMPLE
from duplicates.labels.review.judging.queue import review_groups, review_queue
from duplicates.labels.scans import plans, search, stored
from duplicates.labels.scans.blocks import block_store, memory
from duplicates.labels.scans.decisions import class_pair_rules, verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    return crowded(make_dataset)


class TestGroups:
    @pytest.mark.parametrize("cut", [0.05, 0.5, 0.9])
    @pytest.mark.parametrize("order", [o for o in ORDERS if o != SAMPLE])
    def test_every_order_has_each_group_of_the_list_once(self, dataset, order, cut):
        found = queue(dataset, order, cut=cut)

        assert len(set(found)) == len(found)
        assert set(found) == set(described(dataset, cut))
        assert found

    def test_a_group_says_which_image_holds_it(self, dataset):
        documents = {
            _id: sample.id
            for sample in dataset
            for _id in (label.id for label in sample.ground_truth.detections)
        }

        for group in review_queue(session(dataset)).groups:
            assert {documents[_id] for _id in group["label_ids"]} == {
                group["document_id"]
            }

    def test_pairs_that_a_class_pair_rule_takes_out_are_in_no_group(self, dataset):
        both = {"classes": ["car", "truck"], "may_overlap": True}
        before = queue(dataset)
        class_pair_rules.set_class_pairs(dataset, [both])

        found = queue(dataset)

        assert set(found) == set(described(dataset)) != set(before)

    def test_a_scan_without_pairs_has_an_empty_queue(self, make_dataset):
        dataset = make_dataset([[("car", [0.1, 0.1, 0.2, 0.2])], []])
        search.find_duplicates(dataset, FindParams("ground_truth"), "scan")

        found = review_queue(session(dataset))

        assert (found.groups, found.total, found.decided) == ([], 0, 0)

    def test_no_more_groups_than_the_limit_are_listed_and_all_are_counted(
        self, dataset, monkeypatch
    ):
        every = queue(dataset, "uncertain")
        monkeypatch.setattr("duplicates.labels.review.judging.queue.MOST", 3)

        found = review_queue(session(dataset, iou_thresh=0.5), "uncertain")

        assert [tuple(group["label_ids"]) for group in found.groups] == every[:3]
        assert found.total == len(every) > 3


class TestOrders:
    def test_uncertain_groups_come_first_and_likely_ones_in_their_order(self, dataset):
        known = described(dataset)

        uncertain = [known[g]["likelihood"] for g in queue(dataset, "uncertain")]
        likeliest = [known[g]["likelihood"] for g in queue(dataset, "likeliest")]

        assert uncertain == sorted(uncertain, key=lambda value: abs(value - 0.5))
        assert likeliest == sorted(likeliest, reverse=True)

    def test_groups_that_are_equally_likely_are_in_the_order_of_the_scan(
        self, make_dataset
    ):
        dataset = make_dataset([[("car", [0.1, 0.1, 0.2, 0.2])] * 2] * 30)
        search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
        images = dataset.values("id")

        for order in ("uncertain", "likeliest", "class_pair", "image"):
            found = review_queue(session(dataset), order).groups
            assert [group["document_id"] for group in found] == images

    def test_class_pairs_follow_one_another_the_most_frequent_first(self, dataset):
        known = described(dataset)

        def pair(group):
            of = {m["label_id"]: str(m["class"]) for m in known[group]["members"]}
            return tuple(
                sorted(of[_id] for _id in known[group]["pairs"][0]["label_ids"])
            )

        runs = [
            (key, len(list(some)))
            for key, some in itertools.groupby(map(pair, queue(dataset, "class_pair")))
        ]

        assert len({key for key, _ in runs}) == len(runs) > 3
        assert [n for _, n in runs] == sorted((n for _, n in runs), reverse=True)

    def test_a_random_order_is_the_same_again_whatever_is_filtered(self, dataset):
        every = queue(dataset, "random")

        assert every != queue(dataset, "image")
        assert every == queue(dataset, "random")
        some = queue(dataset, "random", classes=["car"])
        assert some == [group for group in every if group in set(some)]

    def test_another_scan_has_another_random_order(self, dataset):
        search.find_duplicates(dataset, FindParams("ground_truth"), "other")
        other = review_queue(session(dataset, "other", iou_thresh=0.5), "random")

        found = [tuple(group["label_ids"]) for group in other.groups]
        assert sorted(found) == sorted(queue(dataset))
        assert found != queue(dataset, "random")

    def test_an_unknown_order_is_refused(self, dataset):
        with pytest.raises(ParamsError, match="uncertain or"):
            review_queue(session(dataset), "best first")


class TestGroupsInFull:
    def test_a_group_is_that_of_the_list_with_more_in_it(self, dataset):
        known = described(dataset)
        wanted = review_queue(session(dataset, iou_thresh=0.5), "uncertain").groups[:12]
        asked = [(group["document_id"], group["label_ids"]) for group in wanted]

        found = review_groups(session(dataset, iou_thresh=0.5), asked)

        for group, (_, label_ids) in zip(found, asked, strict=True):
            assert group.pop("decided") is False
            assert all(pair.pop("verdict") is None for pair in group["pairs"])
            assert group == known[tuple(label_ids)]

    def test_a_group_that_is_gone_is_left_out(self, dataset):
        first, second = review_queue(session(dataset), "image").groups[:2]
        asked = [
            (first["document_id"], [str(ObjectId())]),
            (str(ObjectId()), first["label_ids"]),
            (second["document_id"], second["label_ids"]),
        ]

        (found,) = review_groups(session(dataset), asked)

        assert [m["label_id"] for m in found["members"]] == second["label_ids"]
        assert review_groups(session(dataset), []) == []

    def test_a_judged_group_is_still_there_with_its_verdicts(self, dataset):
        group = review_queue(session(dataset), "likeliest").groups[0]
        verdicts.set_verdict(dataset, group["label_ids"])

        found = review_queue(session(dataset), "likeliest")
        (full,) = review_groups(
            session(dataset), [(group["document_id"], group["label_ids"])]
        )

        assert found.groups[0] == {**group, "decided": True}
        assert found.decided == 1
        assert full["decided"]
        assert {pair["verdict"]["verdict"] for pair in full["pairs"]} == {"real"}
        assert all(member["is_kept"] for member in full["members"])
        left = review_queue(session(dataset), filters=Filters(undecided=True))
        assert left.total == found.total - 1


class TestMemory:
    def test_blocks_are_read_once_for_all_requests(self, dataset, monkeypatch):
        before = queue(dataset)
        plan = plans.plan(dataset, "scan")
        monkeypatch.setattr(block_store, "_read", None)

        assert queue(dataset) == before
        assert plans.plan(dataset, "scan") == plan

    def test_a_scan_too_large_for_memory_gives_the_same_answers(
        self, dataset, monkeypatch
    ):
        before = queue(dataset, "uncertain")
        group = review_queue(session(dataset), "image").groups[5]
        asked = [(group["document_id"], group["label_ids"])]
        full = review_groups(session(dataset), asked)
        cached_scan._cached.clear()
        memory.forget()
        monkeypatch.setattr(memory, "MOST_BYTES", 10)

        assert queue(dataset, "uncertain") == before
        assert review_groups(session(dataset), asked) == full
        assert not memory._kept

    def test_a_scan_that_is_deleted_meanwhile_is_no_longer_there(self, dataset):
        queue(dataset)
        stored.delete(dataset, "scan")

        assert not memory._kept
        with pytest.raises(ScanError):
            session(dataset)
