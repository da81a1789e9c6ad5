"""Every kind of label in a real database gives FiftyOne's ids, values and order."""

import itertools

import drawn
import fiftyone.utils.iou as foui
import fiftyone_reference as theirs
import numpy as np
import pytest
from drawn import CASES, FIELD, OTHER
from fiftyone import ViewField as F
from found import THRESHOLDS, ids

from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.scans.search import find_duplicates

METHODS = ("simple", "greedy")
COMPARED_BY_FIFTYONE = [name for name in CASES if name != "segments"]
ON_FRAMES = ("boxes", "polygons", "filled and unfilled", "keypoints", "masks")


@pytest.fixture(scope="module")
def dataset_of(database, tmp_path_factory):
    """A function that makes the dataset of a case once."""
    made = {}

    def draw(name, **options):
        key = name, tuple(sorted(options.items()))
        if key not in made:
            folder = str(tmp_path_factory.mktemp("masks"))
            made[key] = drawn.dataset(CASES[name], folder=folder, **options)
        return made[key]

    yield draw
    for dataset in made.values():
        dataset.delete()


def flat(values):
    """Returns the values of nested lists, with None for missing ones."""
    if not isinstance(values, list):
        return [values]
    return [value for part in values for value in flat(part)]


def assert_equal(found, expected):
    """Compares two lists up to 1e-9, with None only equal to None."""
    found, expected = flat(found), flat(expected)
    assert [v is None for v in found] == [v is None for v in expected]
    some = [k for k, value in enumerate(found) if value is not None]
    np.testing.assert_allclose(
        [found[k] for k in some], [expected[k] for k in some], rtol=0, atol=1e-9
    )


def views(samples, field, case):
    """Returns views of a dataset that filter, limit and sort."""
    yield samples.filter_labels(field, F("label") == "a")
    yield samples.filter_labels(
        field, F("label").is_in(["a", None]), only_matches=False
    )
    yield samples.sort_by("filepath", reverse=True).skip(2).limit(7)
    path = f"{field}.{case.list_name}.id"
    every_third = [i for i in flat(samples.values(path)) if i][::3]
    yield samples.exclude_labels(ids=every_third, fields=field)


def max_ious(samples, field, case, other_field=None, **options):
    """Stores FiftyOne's max IoUs and ours, and returns both for each field."""
    foui.compute_max_ious(
        samples, field, other_field, iou_attr="theirs", progress=False, **options
    )
    params = ComputeParams(field, other_field, **options)
    compute_max_ious(samples, params, iou_attr="mine")
    return [
        samples.values([f"{name}.{case.list_name}.{a}" for a in ("mine", "theirs")])
        for name in filter(None, (field, other_field))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPARED_BY_FIFTYONE)
def test_ids_and_their_order_equal_fiftyones(dataset_of, name):
    samples, n_found = dataset_of(name), 0
    for iou_thresh, method, classwise in [
        *itertools.product(THRESHOLDS, METHODS, [False]),
        *itertools.product([0.3], METHODS, [True]),
    ]:
        options = dict(
            iou_thresh=iou_thresh,
            method=method,
            classwise=classwise,
            **CASES[name].options,
        )
        found = ids(samples, FIELD, **options)
        assert found == theirs.duplicates(samples, FIELD, **options)
        n_found += len(found)
    assert n_found > 30


@pytest.mark.parametrize("name", COMPARED_BY_FIFTYONE)
def test_only_labels_of_the_view_are_compared(dataset_of, name):
    case = CASES[name]
    for samples in views(dataset_of(name), FIELD, case):
        for iou_thresh, method in ((0.1, "simple"), (0.5, "greedy")):
            options = dict(iou_thresh=iou_thresh, method=method, **case.options)
            found = ids(samples, FIELD, **options)
            assert found == theirs.duplicates(samples, FIELD, **options)


@pytest.mark.parametrize("classwise", [False, True])
@pytest.mark.parametrize("name", COMPARED_BY_FIFTYONE)
def test_max_ious_equal_fiftyones(dataset_of, name, classwise):
    case = CASES[name]
    if classwise:
        view = next(views(dataset_of(name), FIELD, case))
        ((mine, by_fiftyone),) = max_ious(view, FIELD, case, **case.options)
        assert_equal(mine, by_fiftyone)
    ((mine, by_fiftyone),) = max_ious(
        dataset_of(name), FIELD, case, classwise=classwise, **case.options
    )
    assert_equal(mine, by_fiftyone)
    assert len([v for v in flat(mine) if v]) > 5


@pytest.mark.parametrize("name", COMPARED_BY_FIFTYONE)
def test_two_fields_are_compared_as_in_fiftyone(dataset_of, name):
    case = CASES[name]
    samples = dataset_of(name, fields=(FIELD, OTHER), seed=3)
    for classwise in (False, True):
        found = max_ious(
            samples, FIELD, case, OTHER, classwise=classwise, **case.options
        )
        for mine, by_fiftyone in found:
            assert_equal(mine, by_fiftyone)
        (_, ious), _ = found
        all_ids = samples.values(f"{FIELD}.{case.list_name}.id")
        for iou_thresh in THRESHOLDS:
            removed = [
                label_id
                for label_id, iou in zip(flat(all_ids), flat(ious), strict=True)
                if iou is not None and iou > iou_thresh
            ]
            assert removed == ids(
                samples,
                FIELD,
                other_field=OTHER,
                iou_thresh=iou_thresh,
                classwise=classwise,
                **case.options,
            )


class TestFramesOfVideos:
    """Labels of frames are compared within their frame."""

    field = f"frames.{FIELD}"

    @pytest.mark.parametrize("name", ON_FRAMES)
    def test_ids_and_their_order_equal_fiftyones(self, dataset_of, name):
        case = CASES[name]
        samples, n_found = dataset_of(name, frames=True), 0
        of_frames = [
            samples,
            *views(samples, self.field, case),
            samples.match_frames(F("frame_number") > 2),
            samples.match_frames(F("frame_number") > 2, omit_empty=False),
        ]
        for view in of_frames:
            for iou_thresh, method in ((0.1, "simple"), (0.5, "greedy")):
                options = dict(iou_thresh=iou_thresh, method=method, **case.options)
                found = ids(view, self.field, **options)
                assert found == theirs.duplicates(view, self.field, **options)
                n_found += len(found)
        assert n_found > 20

    @pytest.mark.parametrize("name", ON_FRAMES)
    def test_max_ious_equal_fiftyones(self, dataset_of, name):
        case = CASES[name]
        samples = dataset_of(name, frames=True)
        of_frames = [
            samples.match_frames(F("frame_number") % 2 == 0),
            samples.filter_labels(self.field, F("label") == "a"),
            samples,
        ]
        for view in of_frames:
            ((mine, by_fiftyone),) = max_ious(view, self.field, case, **case.options)
            assert_equal(mine, by_fiftyone)
        assert len([v for v in flat(mine) if v]) > 5

    def test_two_fields_are_compared_as_in_fiftyone(self, dataset_of):
        case = CASES["boxes"]
        samples = dataset_of("boxes", frames=True, fields=(FIELD, OTHER), seed=5)
        other = f"frames.{OTHER}"
        for mine, by_fiftyone in max_ious(samples, self.field, case, other):
            assert_equal(mine, by_fiftyone)

    def test_a_scan_counts_frames(self, dataset_of):
        samples = dataset_of("boxes", frames=True)
        found = find_duplicates(samples, FindParams(self.field, iou_thresh=0.3))

        assert found.config["samples"] == samples.count("frames")
        assert found.config["labels"] == samples.count(f"{self.field}.detections")


class TestSegments:
    """FiftyOne computes the IoUs of segments, but does not find their duplicates."""

    def oracle(self, samples, iou_thresh, classwise):
        by_simple, values = [], []
        for sample in samples.iter_samples():
            labels = sample[FIELD].detections if sample[FIELD] else []
            ious = np.array(foui.compute_segment_ious(labels, labels))
            if labels:
                names = [label.label for label in labels]
                apart = np.array([[a != b for a in names] for b in names])
                ious[apart & classwise] = 0
                np.fill_diagonal(ious, -1)
            for k, label in enumerate(labels):
                values.append(float(ious[k].max()) if len(labels) > 1 else None)
                if (ious[k, :k] > iou_thresh).any():
                    by_simple.append(label.id)
        return by_simple, values

    @pytest.mark.parametrize("classwise", [False, True])
    def test_ids_and_values_follow_from_fiftyones_ious(self, dataset_of, classwise):
        samples = dataset_of("segments")
        for iou_thresh in THRESHOLDS:
            expected, _ = self.oracle(samples, iou_thresh, classwise)
            options = dict(iou_thresh=iou_thresh, classwise=classwise)
            assert ids(samples, FIELD, **options) == expected
            greedy = ids(samples, FIELD, method="greedy", **options)
            assert len(greedy) <= len(expected)
        compute_max_ious(samples, ComputeParams(FIELD, classwise=classwise))
        found = samples.values(f"{FIELD}.detections.max_iou", unwind=True)
        _, expected = self.oracle(samples, 0, classwise)
        assert_equal(found, expected)

    def test_fiftyone_raises_an_error_for_segments(self, dataset_of):
        with pytest.raises(ValueError, match="TemporalDetections"):
            theirs.duplicates(dataset_of("segments"), FIELD)
