"""The queue of a review: which groups, in which order, and what is known of them."""

import itertools

import numpy as np
import pytest
from bson import ObjectId

from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review.groups import list_groups
from duplicates.labels.review.judging import cached_scan
from duplicates.labels.review.judging.filters import Filters
from duplicates.labels.review.judging.order import ORDERS, SAMPLE
from duplicates.labels.review.judging.queue import review_groups, review_queue
from duplicates.labels.review.judging.session import Session
from duplicates.labels.scans import plans, search, stored
from duplicates.labels.scans.blocks import block_store, memory
from duplicates.labels.scans.decisions import class_pair_rules, verdicts

PATH = "ground_truth.detections"


pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


def drawn(n_images=60, seed=3):
    """Returns crowded images with labels of four classes; some have tags and names."""
    rng = np.random.default_rng(seed)
    images = []
    for _ in range(n_images):
        labels = []
        for _ in range(rng.integers(0, 9)):
            x, y = rng.uniform(0.1, 0.3, 2)
            box = [x, y, *rng.uniform(0.15, 0.4, 2)]
            if labels and rng.random() < 0.6:
                box = [side + rng.normal(0, 0.01) for side in labels[-1][1]]
            name = ["car", "truck", "person", None][rng.integers(4)]
            known = {"confidence": float(rng.random())}
            if rng.random() < 0.3:
                known["tags"] = ["odd", "night"][: rng.integers(1, 3)]
            if rng.random() < 0.3:
                known["annotator"] = ["anna", "bob"][rng.integers(2)]
            labels.append((name, box, known))
        images.append(labels)
    return images


@pytest.fixture
def dataset(make_dataset):
    import fiftyone as fo

    dataset = make_dataset(drawn())
    sizes = np.random.default_rng(8).integers(100, 2000, (len(dataset), 2)).tolist()
    dataset.set_values(
        "metadata", [fo.ImageMetadata(width=w, height=h) for w, h in sizes]
    )
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


def session(dataset, scan_key="scan", **changes):
    return Session(dataset, scan_key, **changes)


def queue(dataset, order="image", classes=None, cut=0.5, **filters):
    found = review_queue(
        session(dataset, iou_thresh=cut), order, Filters.parse(filters), classes
    )
    assert found.total == len(found.groups)
    return [tuple(group["label_ids"]) for group in found.groups]


def described(dataset, cut=0.5):
    """Returns the groups of the list of groups, by the labels of each."""
    page = list_groups(dataset, "scan", limit=10_000, iou_thresh=cut)
    return {tuple(m["label_id"] for m in g["members"]): g for g in page.groups}


def labels_of(dataset):
    return {
        label.id: (label, sample.metadata)
        for sample in dataset
        for label in sample.ground_truth.detections
    }


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


class TestFilters:
    def both(self, dataset, keeps, **filters):
        """Checks a filter against what is known of each group."""
        known, every = described(dataset), queue(dataset)
        wanted = [group for group in every if keeps(known[group])]
        assert queue(dataset, **filters) == wanted
        assert 0 < len(wanted) < len(every)

    def test_likelihood_is_that_of_the_likeliest_pair(self, dataset):
        known = described(dataset)
        values = sorted(group["likelihood"] for group in known.values())
        lo, hi = values[3], values[-3]
        self.both(
            dataset,
            lambda group: lo <= group["likelihood"] <= hi,
            likelihood=[lo, hi],
        )

    def test_overlap_is_the_largest_of_the_group(self, dataset):
        self.both(
            dataset,
            lambda group: 0.7 <= max(p["iou"] for p in group["pairs"]) <= 0.9,
            overlap=[0.7, 0.9],
        )

    def test_classes_are_those_of_one_of_the_labels(self, dataset):
        wanted = ["truck", None]
        self.both(
            dataset,
            lambda group: any(m["class"] in wanted for m in group["members"]),
            classes=wanted,
        )

    def test_a_class_pair_is_one_of_two_labels_that_overlap(self, dataset):
        self.both(
            dataset,
            lambda group: any(
                {
                    m["class"]
                    for m in group["members"]
                    if m["label_id"] in pair["label_ids"]
                }
                == {"car", None}
                for pair in group["pairs"]
            ),
            class_pair=["car", None],
        )

    def test_the_size_is_that_of_the_smallest_label_in_pixels(self, dataset):
        labels = labels_of(dataset)

        def smallest(group):
            return min(
                label.bounding_box[2] * label.bounding_box[3] * meta.width * meta.height
                for label, meta in (labels[m["label_id"]] for m in group["members"])
            )

        self.both(
            dataset,
            lambda group: 20_000 <= smallest(group) <= 90_000,
            size=[20_000, 90_000],
        )

    def test_labels_of_images_of_unknown_size_have_no_size(self, dataset):
        dataset.set_values("metadata", [None] * len(dataset))

        assert queue(dataset, size=[0, 1e12]) == []

    def test_a_tag_is_one_of_one_of_the_labels(self, dataset):
        labels = labels_of(dataset)
        self.both(
            dataset,
            lambda g: any(
                "night" in labels[m["label_id"]][0].tags for m in g["members"]
            ),
            tag="night",
        )

    def test_an_annotator_drew_one_of_the_labels(self, dataset):
        labels = labels_of(dataset)

        def by_anna(member):
            label = labels[member["label_id"]][0]
            return label.has_field("annotator") and label["annotator"] == "anna"

        self.both(dataset, lambda g: any(map(by_anna, g["members"])), annotator="anna")

    def test_an_annotator_may_be_a_number_or_an_attribute_of_the_old_form(
        self, make_dataset
    ):
        import fiftyone as fo

        box = [0.1, 0.1, 0.2, 0.2]
        dataset = make_dataset(
            [[("car", box, {"annotator_id": 7}), ("car", box)], [("car", box)] * 2]
        )
        sample = dataset.last()
        sample.ground_truth.detections[0].attributes["created_by"] = fo.Attribute(
            value="7"
        )
        sample.save()
        search.find_duplicates(dataset, FindParams("ground_truth"), "scan")

        assert len(queue(dataset, annotator="7")) == 2
        assert queue(dataset, annotator="8") == []

    @pytest.mark.parametrize("chains", [True, False])
    def test_chains_are_told_from_cliques(self, dataset, chains):
        self.both(
            dataset, lambda group: (group["kind"] == "chain") == chains, chains=chains
        )

    def test_several_filters_hold_at_once(self, dataset):
        one, other = queue(dataset, classes=["car"]), queue(dataset, tag="odd")

        both = queue(dataset, classes=["car"], tag="odd")

        assert both == [group for group in one if group in set(other)]
        assert 0 < len(both) < len(one)

    @pytest.mark.parametrize(
        "filters",
        [
            {"likelihood": 0.5},
            {"likelihood": [0.9, 0.1]},
            {"overlap": [0, "1"]},
            {"size": [0, True]},
            {"classes": "car"},
            {"classes": [7]},
            {"class_pair": ["car"]},
            {"tag": ["odd"]},
            {"annotator": 7},
            {"chains": 1},
            {"undecided": "yes"},
            {"colour": "red"},
        ],
    )
    def test_a_filter_of_the_wrong_type_is_refused(self, filters):
        with pytest.raises(ParamsError):
            Filters.parse(filters)


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
