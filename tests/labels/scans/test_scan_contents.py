"""The summary and the pairs of a stored scan."""

import json

import fiftyone_reference as theirs
import generated
import naive
import numpy as np
import pytest
from scanned import FIELD, PATH, planned, scan

from duplicates.iou_core.decisions.levels import THRESHOLDS
from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review import pairs as pair_list
from duplicates.labels.scans import search
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.recount import recount
from duplicates.labels.scans.summary import summary


class TestSummary:
    """The data for the panel's charts: counts at every threshold, without the pairs."""

    @pytest.mark.parametrize("method", ["simple", "greedy"])
    def test_the_curves_equal_the_counts_at_every_threshold(self, scanned, method):
        recount(scanned, "first", "greedy")
        content = summary(scanned, "first")
        sample_of = dict(_owners(scanned))
        for k in range(0, len(THRESHOLDS), 8):
            ids = planned(
                scanned, "first", iou_thresh=float(THRESHOLDS[k]), method=method
            )
            curve = content["curves"][method]
            assert curve["labels"][k] == len(ids)
            assert curve["images"][k] == len({sample_of[label_id] for label_id in ids})

    def test_the_curves_of_the_classes_add_up(self, scanned):
        recount(scanned, "first", "greedy")
        content = summary(scanned, "first")
        for method in ("simple", "greedy"):
            by_class = np.sum(
                [c[method]["labels"] for c in content["classes"] if method in c], axis=0
            )
            assert by_class.tolist() == content["curves"][method]["labels"]
        names = {c["name"]: c["labels"] for c in content["classes"]}
        assert names == scanned.count_values(f"{PATH}.label")
        assert sum(names.values()) == content["labels"]

    def test_greedy_is_counted_when_asked_and_kept_while_nothing_was_decided(
        self, make_dataset
    ):
        dataset = make_dataset(generated.samples(6, n=30))
        scan(dataset, "asked", method="greedy")
        for key in ("later", "judged"):
            scan(dataset, key)
            recount(dataset, key, "greedy", keep=["largest"])
            recount(dataset, key, "greedy", metric="ios")
            assert summary(dataset, key)["curves"]["greedy"] is None

        recount(dataset, "later", "greedy")
        later, asked = summary(dataset, "later"), summary(dataset, "asked")
        assert later["curves"] == asked["curves"]
        assert later["classes"] == asked["classes"]

        pair = pair_list.list_pairs(dataset, "judged").pairs[0]
        verdicts.set_verdict(dataset, pair["label_ids"], "real")
        recount(dataset, "judged", "greedy")
        assert summary(dataset, "judged")["curves"]["greedy"] is None

    def test_the_histogram_counts_the_max_ious(self, scanned):
        (reference,) = theirs.max_ious(scanned, FIELD)
        everything = [iou for part in reference[0] for iou in part or []]
        ious = [iou for iou in everything if iou is not None]
        content = summary(scanned, "first")["histogram"]
        edges = np.array(content["edges"])

        assert content["counts"] == np.histogram(ious, bins=edges)[0].tolist()
        assert content["zero"] == ious.count(0.0)
        assert content["none"] == everything.count(None)
        assert edges.tolist() == [k / 100 for k in range(101)]

    def test_the_summary_is_plain_json_with_the_counts_of_the_search(self, scanned):
        content = json.loads(json.dumps(summary(scanned, "first")))
        found = search.find_duplicates(scanned, FindParams(FIELD), record=False)

        assert content["count"] == len(found.label_ids)
        assert content["images"] == found.images
        assert content["labels"] == scanned.count(PATH)
        assert content["samples"] == len(scanned)
        assert content["title"] == "The first"
        assert content["params"] == FindParams(FIELD, with_masks=False).to_dict()
        assert content["scope"] == {
            "kind": "dataset",
            "samples": len(scanned),
            "slices": None,
        }
        assert content["thresholds"] == THRESHOLDS.tolist()


class TestPairs:
    def test_all_pairs_above_the_threshold_are_listed(self, scanned):
        expected = []
        columns = scanned.values(
            ["id", f"{PATH}.id", f"{PATH}.label", f"{PATH}.bounding_box"]
        )
        for sample_id, ids, names, boxes in zip(*columns, strict=True):
            pairs = naive.overlaps(boxes or [], [0] * len(boxes or []))[3]
            for i, j, iou, ios, _ in pairs:
                if iou > 0.5:
                    expected.append(
                        {
                            "sample_id": sample_id,
                            "label_ids": [ids[i], ids[j]],
                            "classes": [names[i], names[j]],
                            "iou": iou,
                            "ios": ios,
                            "crowd": False,
                        }
                    )
        page = pair_list.list_pairs(scanned, "first", min_iou=0.5, limit=10**6)

        assert page.count == len(page.pairs) == len(expected) > 50
        assert [{k: p[k] for k in expected[0]} for p in page.pairs] == expected
        json.dumps(page.pairs)

    @pytest.mark.parametrize("limit", [1, 7, 1000])
    def test_pages_together_list_every_pair_once(self, scanned, limit):
        whole = pair_list.list_pairs(scanned, "first", min_iou=0.7, limit=10**6)
        pages = [
            pair_list.list_pairs(
                scanned, "first", min_iou=0.7, offset=offset, limit=limit
            )
            for offset in range(0, whole.count, limit)
        ]

        assert [pair for page in pages for pair in page.pairs] == whole.pairs
        assert {page.count for page in pages} == {whole.count}

    def test_pairs_can_be_limited_to_a_range_of_ious(self, scanned):
        page = pair_list.list_pairs(scanned, "first", min_iou=0.3, max_iou=0.6)

        assert page.count > 0
        assert all(0.3 < pair["iou"] <= 0.6 for pair in page.pairs)

    @pytest.mark.parametrize(
        "bad",
        [
            {"limit": -1},
            {"offset": -1},
            {"limit": 0.5},
            {"limit": True},
            {"offset": "1"},
        ],
        ids=str,
    )
    def test_an_invalid_page_is_an_error(self, scanned, bad):
        (name,) = bad
        with pytest.raises(ParamsError, match=rf"{name}: expected a number of pairs"):
            pair_list.list_pairs(scanned, "first", **bad)


def _owners(dataset):
    for sample_id, ids in zip(*dataset.values(["id", f"{PATH}.id"]), strict=True):
        for label_id in ids or []:
            yield label_id, sample_id
