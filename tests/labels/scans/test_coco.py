"""COCO's annotations give the known counts and FiftyOne's values to the last bit."""

import itertools
import types

import fiftyone as fo
import fiftyone.utils.iou as foui
import fiftyone_reference as theirs
import numpy as np
import pytest

from dev import coco
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.scans.search import find_duplicates

pytestmark = pytest.mark.slow

FIELD = coco.LABEL_FIELD
PATH = f"{FIELD}.detections"
# FiftyOne's counts: threshold, then simple / greedy within classes, across classes
COUNTS = {0.5: (205, 191, 723, 702), 0.75: (16, 16, 279, 278), 0.9: (4, 4, 138, 138)}


@pytest.fixture(scope="module")
def annotations(shared_data):
    return coco.load(shared_data / "instances_val2017_boxes.json.gz")


@pytest.fixture(scope="module")
def whole(annotations, database):
    """A dataset of all 5,000 images."""
    dataset = fo.Dataset()
    coco.add_to(dataset, annotations, "images")
    yield dataset
    dataset.delete()


@pytest.fixture(scope="module")
def first_thousand(annotations, database):
    """The dataset that the recipe loads from the zoo."""
    dataset = fo.Dataset()
    coco.add_to(dataset, annotations, "images", max_samples=1000)
    yield dataset
    dataset.delete()


def ids(samples, **options):
    return find_duplicates(
        samples, FindParams(FIELD, **options), record=False
    ).label_ids


def test_the_annotations_have_the_known_counts(whole, first_thousand):
    assert len(whole) == 5000
    assert whole.count(PATH) == 36_781
    assert first_thousand.count(PATH) == 7_204


def test_the_first_thousand_images_have_the_counts_of_the_recipe(first_thousand):
    done = compute_max_ious(first_thousand, ComputeParams(FIELD, classwise=True))
    bounds = (0.0, 0.9516401631746978)

    assert first_thousand.bounds(f"{PATH}.max_iou") == bounds == tuple(done.bounds)
    above = first_thousand.filter_labels(FIELD, fo.ViewField("max_iou") > 0.75)
    assert len(above) == 7
    for method in ("simple", "greedy"):
        assert len(ids(first_thousand, classwise=True, method=method)) == 7
    found = find_duplicates(first_thousand, FindParams(FIELD), record=False)
    assert (len(found.label_ids), found.images) == (48, 47)


def test_max_ious_and_partners_within_classes_equal_fiftyones(first_thousand):
    (reference,) = theirs.max_ious(first_thousand, FIELD, classwise=True)
    params = ComputeParams(FIELD, classwise=True)
    compute_max_ious(first_thousand, params, id_attr="partner")
    ious, partners = first_thousand.values([f"{PATH}.max_iou", f"{PATH}.partner"])

    assert ious == reference[0]
    for mine, my_ids, their_ids in zip(ious, partners, reference[1], strict=True):
        expected = [
            label_id if iou else None
            for iou, label_id in zip(mine or [], their_ids or [], strict=True)
        ]
        assert (my_ids or []) == expected


@pytest.mark.parametrize(("method", "iou_thresh"), [("simple", 0.75), ("greedy", 0.05)])
def test_ids_of_the_first_thousand_images_equal_fiftyones(
    first_thousand, method, iou_thresh
):
    options = dict(iou_thresh=iou_thresh, method=method)

    assert ids(first_thousand, **options) == theirs.duplicates(
        first_thousand, FIELD, **options
    )


@pytest.mark.parametrize(
    ("classwise", "bounds"), [(True, (0, 0.965899)), (False, (0, 0.998885))]
)
def test_all_images_have_the_known_number_of_overlaps(whole, classwise, bounds):
    done = compute_max_ious(whole, ComputeParams(FIELD, classwise=classwise))

    assert whole.bounds(f"{PATH}.max_iou") == pytest.approx(bounds, abs=5e-7)
    assert whole.count(f"{PATH}.max_iou") == done.count == 36_188


@pytest.mark.parametrize("iou_thresh", COUNTS)
def test_all_images_have_the_known_number_of_duplicates(whole, iou_thresh):
    counts = tuple(
        len(ids(whole, iou_thresh=iou_thresh, classwise=classwise, method=method))
        for classwise in (True, False)
        for method in ("simple", "greedy")
    )

    assert counts == COUNTS[iou_thresh]


def test_every_max_iou_of_all_images_equals_fiftyones(whole):
    compute_max_ious(whole, ComputeParams(FIELD))
    columns = whole.values([f"{PATH}.bounding_box", f"{PATH}.max_iou"])

    for boxes, found in zip(*columns, strict=True):
        # FiftyOne's arithmetic, without its slow label objects
        labels = [types.SimpleNamespace(bounding_box=box) for box in boxes or []]
        ious = np.full((len(labels), len(labels)), -1.0)
        for j, i in itertools.combinations(range(len(labels)), 2):
            ious[i, j] = ious[j, i] = foui.compute_bbox_iou(labels[j], labels[i])
        expected = (
            ious.max(axis=1).tolist() if len(labels) > 1 else [None] * len(labels)
        )
        assert (found or []) == expected


def test_a_crowd_never_causes_the_removal_of_another_label(whole):
    with_crowds = set(ids(whole, iou_thresh=0.5, iscrowd="iscrowd"))
    without = set(ids(whole, iou_thresh=0.5))
    crowds = {
        label_id
        for ids_, flags in zip(
            *whole.values([f"{PATH}.id", f"{PATH}.iscrowd"]), strict=True
        )
        for label_id, flag in zip(ids_ or [], flags or [], strict=True)
        if flag
    }

    assert len(crowds) == 446
    assert with_crowds < without
    # COCO lists crowds last, so a pair with a crowd would remove the crowd
    assert without - with_crowds <= crowds
