"""Views that change labels or repeat samples: writes apply to the stored labels."""

import fiftyone as fo
import pytest
from fiftyone import ViewExpression
from fiftyone import ViewField as F

from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits import delete, max_iou, tag, tagged
from duplicates.labels.edits.confirm import APART
from duplicates.labels.edits.tagged import find_tagged
from duplicates.labels.fields import require_label_field
from duplicates.labels.jobs.engines import Engine
from duplicates.labels.reading import read
from duplicates.labels.scans import freshness, plans, register, search

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
HERE, THERE = [0.1, 0.1, 0.2, 0.2], [0.6, 0.6, 0.2, 0.2]
NEAR = [0.1, 0.1, 0.2, 0.21]


def ids(samples):
    return [
        label_id for found in samples.values(f"{PATH}.id") for label_id in found or ()
    ]


def planned(samples, **options):
    found = search.find_duplicates(samples, FindParams(FIELD, **options))
    return found, plans.plan(samples._root_dataset, str(found.scan_key))


class TestAViewThatMovesBoxes:
    @pytest.fixture
    def dataset(self, make_dataset):
        apart = [("a", HERE), ("a", THERE)]
        return make_dataset([apart, [*apart, ("a", HERE)]])

    @pytest.fixture
    def view(self, dataset):
        return dataset.set_field(
            f"{PATH}.bounding_box", ViewExpression({"$literal": HERE})
        )

    @pytest.mark.parametrize("write", ["delete", "tag"])
    def test_only_pairs_that_overlap_as_stored_are_written(self, dataset, view, write):
        found, plan = planned(view)
        assert len(found.label_ids) == 3
        labels = ids(dataset)

        if write == "delete":
            done = delete.delete_plan(dataset, plan)
        else:
            done = tag.tag_plan(dataset, plan, "duplicate")

        assert done.label_ids == [labels[4]]
        assert done.skipped.reasons == {APART: 2}

    def test_an_edited_sample_is_also_compared_as_stored(self, dataset, view):
        _, plan = planned(view)
        sample = dataset.last()
        sample.ground_truth.detections[2].bounding_box = THERE
        sample.save()

        done = delete.delete_plan(dataset, plan)

        # the third label, planned because of the first, now covers the second
        assert done.count == 0

    def test_the_plan_names_the_stage_that_changes_labels(self, view):
        _, plan = planned(view)

        (change,) = plan.label_changes
        assert change.startswith(f"SetField(field='{PATH}.bounding_box'")

    def test_the_plan_of_a_view_that_is_too_large_to_store_names_the_stage(
        self, view, monkeypatch
    ):
        monkeypatch.setattr(register, "MAX_VIEW_BYTES", 10)
        _, plan = planned(view)

        assert len(plan.label_changes) == 1
        assert delete.delete_plan(view._root_dataset, plan).count == 1


def test_labels_whose_classes_a_view_maps_are_deleted(make_dataset):
    dataset = make_dataset([[("car", HERE), ("truck", HERE), ("tree", HERE)]])
    view = dataset.map_labels(FIELD, {"car": "vehicle", "truck": "vehicle"})
    truck = ids(dataset)[1]
    _, plan = planned(view, classwise=True)

    assert plan.label_changes == (
        f"MapLabels(field='{FIELD}', map={{'car': 'vehicle', 'truck': 'vehicle'}})",
    )
    assert delete.delete_plan(dataset, plan).label_ids == [truck]


def test_a_view_that_only_selects_changes_no_label(make_dataset):
    dataset = make_dataset([[("a", HERE), ("a", HERE), ("b", HERE)]])
    view = dataset.filter_labels(FIELD, F("label") == "a").sort_by("filepath")
    _, plan = planned(view)

    assert plan.label_changes == ()
    assert delete.delete_plan(dataset, plan).count == 1


class TestAViewThatRepeatsASample:
    @pytest.fixture
    def dataset(self, make_dataset):
        return make_dataset([[("a", HERE), ("a", HERE), ("b", THERE)], [("a", HERE)]])

    @pytest.fixture
    def view(self, dataset):
        return dataset.concat(dataset.limit(1))

    @pytest.mark.parametrize("engine", ["local", "processes"])
    def test_labels_are_counted_once(self, dataset, view, engine):
        computed_by = Engine.parse({"engine": engine}, from_python=True)
        found = search.find_duplicates(view, FindParams(FIELD), engine=computed_by)
        plan = plans.plan(dataset, str(found.scan_key))

        assert found.label_ids == [ids(dataset)[1]]
        assert found.n_labels == {"a": 3, "b": 1}
        assert (found.config["samples"], found.config["labels"]) == (2, 4)
        assert (found.config["histogram"]["none"], found.config["n_pairs"]) == (1, 1)
        assert len(plan) == 1
        assert freshness.check_freshness(dataset, found.scan_key).is_up_to_date

        done = delete.delete_plan(dataset, plan)
        assert (done.count, done.samples) == (1, 1)
        assert done.skipped.reasons == {}

    def test_tagged_labels_are_counted_once(self, dataset, view):
        dataset.tag_labels("duplicate")
        field = require_label_field(dataset, FIELD)

        assert len(find_tagged(view, field, "duplicate")) == 4
        assert tagged.count_tagged(view, field, "duplicate") == 4
        done = delete.delete_tagged(view, FIELD, "duplicate")
        assert (done.count, done.skipped.reasons) == (4, {})

    def test_values_are_counted_once(self, view):
        done = max_iou.compute_max_ious(view, ComputeParams(FIELD))

        assert (done.count, done.samples) == (3, 1)

    def test_labels_that_only_the_second_copy_has_are_compared(self, dataset):
        first = dataset.filter_labels(FIELD, F("label") == "b")
        both = first.concat(dataset.filter_labels(FIELD, F("label") == "a"))
        found = search.find_duplicates(both, FindParams(FIELD))

        assert found.label_ids == [ids(dataset)[1]]
        assert found.n_labels == {"a": 3, "b": 1}


class TestAViewThatShowsOtherLabelsOfASampleTheSecondTime:
    """The labels of a sample are compared together, each once."""

    @pytest.fixture
    def dataset(self, make_dataset):
        labels = [("a", HERE), ("b", HERE), ("a", NEAR), ("b", THERE)]
        return make_dataset([labels, [("a", HERE)], labels])

    @pytest.fixture
    def view(self, dataset):
        return self.apart(dataset, "a").concat(self.apart(dataset, "b"))

    @staticmethod
    def apart(dataset, label):
        return dataset.filter_labels(FIELD, F("label") == label)

    def test_a_scan_counts_each_sample_and_each_label_once(self, dataset, view):
        found = search.find_duplicates(view, FindParams(FIELD))
        of_dataset = search.find_duplicates(dataset, FindParams(FIELD))

        assert found.n_labels == {"a": 5, "b": 4}
        assert (found.config["samples"], found.config["labels"]) == (3, 9)
        assert read.count_samples(view) == 3
        assert (found.config["count"], found.images) == (4, 2)
        # of a sample, labels that the view shows later come later
        assert found.config["n_pairs"] == of_dataset.config["n_pairs"]
        assert freshness.check_freshness(dataset, found.scan_key).is_up_to_date

    def test_its_plan_is_tagged_and_deleted(self, dataset, view):
        found, plan = planned(view)
        tag.tag_plan(dataset, plan, "duplicate")
        assert freshness.check_freshness(dataset, found.scan_key).is_up_to_date

        done = delete.delete_plan(dataset, plan)
        assert (done.count, done.samples, done.skipped.reasons) == (4, 2, {})
        assert planned(view)[0].label_ids == []

    def test_values_are_stored_once_and_equal_those_of_the_dataset(self, dataset, view):
        done = max_iou.compute_max_ious(view, ComputeParams(FIELD))
        assert (done.count, done.samples, done.skipped.reasons) == (8, 2, {})

        values = dataset.values(f"{PATH}.max_iou")
        max_iou.compute_max_ious(dataset, ComputeParams(FIELD))
        assert values == dataset.values(f"{PATH}.max_iou")

    def test_a_broken_label_is_reported_once(self, dataset, view):
        dataset._sample_collection.update_many(
            {f"{PATH}.3": {"$exists": True}},
            {"$set": {f"{PATH}.3.bounding_box": [0, 0, -1, 1]}},
        )
        found, _ = planned(view.concat(view))

        assert found.skipped.reasons == {"has a bounding_box with a negative side": 2}
        assert found.n_labels == {"a": 5, "b": 2}

    @pytest.mark.parametrize("turn", [None, 30.0])
    def test_turned_boxes_are_compared_with_upright_ones(self, make_dataset, turn):
        dataset = make_dataset([[("a", HERE, {"rotation": 30.0}), ("b", HERE)]])
        dataset.set_values("metadata", [fo.ImageMetadata(width=90, height=60)])
        sample = dataset.first()
        sample[FIELD].detections[1].rotation = turn
        sample.save()
        view = self.apart(dataset, "b").concat(self.apart(dataset, "a"))

        found = search.find_duplicates(view, FindParams(FIELD, iou_thresh=0.95))
        assert len(found.label_ids) == (1 if turn else 0)
