"""COCO's polygons, instance masks, crowds and keypoints in a real database."""

import fiftyone as fo
import fiftyone.utils.coco as fouc
import fiftyone.utils.iou as foui
import fiftyone_reference as theirs
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from dev import coco
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels.edits.max_iou import compute_max_ious
from duplicates.labels.scans.search import find_duplicates

pytestmark = pytest.mark.slow

THRESHOLDS = (0.05, 0.3, 0.6)
SIGMAS = [
    *(0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072),
    *(0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089),
]


def load(path, max_images, least=2):
    """Returns a dataset with the polygons, masks and keypoints of some images."""
    content = coco.load(path)
    names = {c["id"]: c["name"] for c in content["categories"]}
    of_image = {image["id"]: [] for image in content["images"]}
    for annotation in content["annotations"]:
        of_image[annotation["image_id"]].append(annotation)
    images = [i for i in content["images"] if len(of_image[i["id"]]) >= least]
    samples = []
    for image in images[:max_images]:
        size = image["width"], image["height"]
        found = [fouc.COCOObject.from_anno_dict(a) for a in of_image[image["id"]]]
        polylines = [
            o.to_polyline(size, names, tolerance=None) for o in found if not o.iscrowd
        ]
        sample = fo.Sample(
            filepath=f"/images/{image['file_name']}",
            metadata=fo.ImageMetadata(width=size[0], height=size[1]),
            polygons=fo.Polylines(polylines=[p for p in polylines if p is not None]),
            masks=fo.Detections(
                detections=[
                    o.to_detection(size, names, load_segmentation=True) for o in found
                ]
            ),
        )
        sample["on_pixels"] = _on_pixels(sample.masks, size)
        if any("keypoints" in a for a in of_image[image["id"]]):
            points = [o.to_keypoints(size, names) for o in found]
            points = [p for p in points if p is not None and _spread(p)]
            sample["persons"] = fo.Keypoints(keypoints=points)
        samples.append(sample)
    dataset = fo.Dataset()
    dataset.add_samples(samples, dynamic=True, progress=False)
    return dataset


def _on_pixels(masks, size):
    """Returns the labels with boxes that fit the pixels of their masks."""
    labels = masks.copy().detections
    for label in labels:
        height, width = label.mask.shape
        x, y = (round(label.bounding_box[k] * size[k]) for k in (0, 1))
        box = x / size[0], y / size[1], width / size[0], height / size[1]
        label.bounding_box = list(box)
    return fo.Detections(detections=labels)


def _spread(label):
    points = np.array(label.points)
    points = points[np.isfinite(points).all(axis=1)]
    return len(points) > 1 and (np.ptp(points, axis=0) > 0).all()


@pytest.fixture(scope="module")
def instances(shared_data, database):
    dataset = load(shared_data / "instances_val2017_tiny80.json.gz", 80)
    yield dataset
    dataset.delete()


@pytest.fixture(scope="module")
def persons(shared_data, database):
    path = shared_data / "person_keypoints_val2017_538.json.gz"
    dataset = load(path, 40)
    yield dataset
    dataset.delete()


def assert_as_fiftyone(samples, field, thresholds=THRESHOLDS, **options):
    """Checks that ids and values of a field equal FiftyOne's."""
    n_found = 0
    for iou_thresh in thresholds:
        for method in ("simple", "greedy"):
            given = dict(iou_thresh=iou_thresh, method=method, **options)
            found = find_duplicates(samples, FindParams(field, **given), record=False)
            assert found.label_ids == theirs.duplicates(samples, field, **given)
            n_found += len(found.label_ids)
    foui.compute_max_ious(samples, field, iou_attr="theirs", progress=False, **options)
    compute_max_ious(samples, ComputeParams(field, **options), iou_attr="mine")
    _, path = samples._get_label_field_path(field)
    values = samples.values([f"{path}.mine", f"{path}.theirs"], unwind=True)
    mine, by_fiftyone = (np.array(part, dtype=float) for part in values)
    np.testing.assert_allclose(mine, by_fiftyone, rtol=0, atol=1e-9)
    return n_found


@pytest.mark.parametrize(
    ("images", "least", "of_a_class"),
    [(30, 20, 1), pytest.param(80, 51, 4, marks=pytest.mark.long)],
)
def test_polygons_are_compared_as_in_fiftyone(instances, images, least, of_a_class):
    some = instances.limit(images)

    assert assert_as_fiftyone(some, "polygons", [0.05, 0.4]) >= least
    found = assert_as_fiftyone(some, "polygons", [0.05], classwise=True)
    assert found >= of_a_class


def test_boxes_of_polygons_are_compared_as_in_fiftyone(instances):
    few = instances.limit(25)

    assert assert_as_fiftyone(few, "polygons", [0.3], use_boxes=True) > 10


def test_masks_are_compared_as_in_fiftyone(instances):
    few = instances.limit(8)

    assert assert_as_fiftyone(few, "masks", [0.1], use_masks=True) > 5


def test_masks_with_a_tolerance_are_compared_as_in_fiftyone(instances):
    few = instances.limit(10)

    assert assert_as_fiftyone(few, "masks", [0.1], use_masks=True, tolerance=2) > 3


def test_keypoints_are_compared_as_in_fiftyone(persons):
    assert assert_as_fiftyone(persons, "persons", [0.3, 0.8]) > 50
    found = assert_as_fiftyone(persons, "persons", [0.05], keypoint_sigmas=SIGMAS)
    assert found > 0


def test_masks_and_crowds_are_compared_as_in_pycocotools(instances):
    params = ComputeParams("on_pixels", use_masks=True, iscrowd="iscrowd")
    compute_max_ious(instances, params)
    n_crowds = 0
    for sample in instances.match(fo.ViewField("on_pixels.detections").length() > 1):
        width, height = sample.metadata.width, sample.metadata.height
        labels = sample.on_pixels.detections
        full = np.zeros((height, width, len(labels)), np.uint8, order="F")
        for k, label in enumerate(labels):
            part = label.mask
            x = round(label.bounding_box[0] * width)
            y = round(label.bounding_box[1] * height)
            full[y : y + part.shape[0], x : x + part.shape[1], k] = part
        encoded = coco_mask.encode(full)
        crowd = np.array([bool(label.iscrowd) for label in labels])
        ious = coco_mask.iou(encoded, encoded, crowd.astype(np.uint8).tolist())
        plain = coco_mask.iou(encoded, encoded, [0] * len(labels))
        # COCO has no rule for the crowd's own IoU, so it is the plain one
        ious = np.where(crowd[:, None], plain, ious)
        np.fill_diagonal(ious, 0)
        found = [label["max_iou"] for label in labels]
        np.testing.assert_allclose(found, ious.max(axis=1), atol=1e-9)
        n_crowds += int(crowd.sum())
    assert n_crowds > 3


def test_a_crowd_mask_never_causes_the_removal_of_another_label(instances):
    options = dict(use_masks=True, iou_thresh=0.3)
    with_crowds, without = (
        set(
            find_duplicates(instances, FindParams("masks", **o), record=False).label_ids
        )
        for o in (dict(iscrowd="iscrowd", **options), options)
    )
    ids, flags = instances.values(
        ["masks.detections.id", "masks.detections.iscrowd"], unwind=True
    )

    assert with_crowds <= without
    assert without - with_crowds <= {i for i, flag in zip(ids, flags) if flag}
