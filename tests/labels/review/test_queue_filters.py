"""Filters of the queue of a review keep the groups that they describe."""

import pytest
from queued import crowded, described, labels_of, queue

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review.judging.filters import Filters
from duplicates.labels.scans import search

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    return crowded(make_dataset)


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
