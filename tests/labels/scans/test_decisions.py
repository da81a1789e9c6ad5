"""Plans: the labels that are removed and kept, and the reasons."""

import json
import random
from typing import ClassVar

import generated
import pytest
from decided import FIELD, METHODS, PATH, SMALL, ids, planned, scanned

from duplicates.iou_core.decisions.reasons import FEWER, Reason
from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review import groups
from duplicates.labels.review import pairs as pair_list

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


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
                    assert member["reason"] == removal.reason.in_words()
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


def test_a_threshold_below_the_scans_pairs_is_an_error(make_dataset):
    dataset = make_dataset([[("a", SMALL)] * 2])
    found = scanned(dataset)
    for work in (
        lambda: planned(dataset, found, iou_thresh=0.01),
        lambda: groups.list_groups(dataset, str(found.scan_key), iou_thresh=0.01),
    ):
        with pytest.raises(ScanError, match=r"^iou_thresh: expected a threshold of at"):
            work()


def test_a_removal_is_plain_data_that_names_the_sample_of_its_label(make_dataset):
    dataset = make_dataset(generated.samples(3, n=20))
    found = scanned(dataset, iou_thresh=0.5, method="fewest", keep=["largest"])
    plan = planned(dataset, found)
    stored = json.loads(json.dumps([removal.to_dict() for removal in plan.removals]))

    assert len(plan) == len(stored) > 10
    assert plan.params.keep == ("largest",)
    assert sum(plan.by_class.values()) == len(plan)
    assert len(plan.seen) == len({removal["sample_id"] for removal in stored})
    owner = {
        label_id: sample_id
        for sample_id, labels in zip(
            dataset.values("id"), dataset.values(f"{PATH}.id"), strict=True
        )
        for label_id in labels or ()
    }
    for removal in stored:
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
