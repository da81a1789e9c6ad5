"""Every copy of a real polygon is found, wherever the polygons are."""

import gzip
import json

import numpy as np
import pytest

from duplicates.iou_core.geometry.polygons.polygons import Polygons
from duplicates.iou_core.overlaps import find_overlaps

LEFT_OF_THE_IMAGE = [[-0.04, 0.41], [0.32, 0.13], [0.63, 0.56], [0.24, 0.7]]


@pytest.fixture(scope="module")
def coco(shared_data):
    """The polygons of COCO's images, relative, and the number of each one's image."""
    with gzip.open(shared_data / "instances_val2017_tiny80.json.gz") as file:
        found = json.load(file)
    sizes = {one["id"]: (one["width"], one["height"]) for one in found["images"]}
    numbers = {image_id: k for k, image_id in enumerate(sizes)}
    labels, image = [], []
    for annotation in sorted(
        found["annotations"], key=lambda a: numbers[a["image_id"]]
    ):
        if isinstance(annotation["segmentation"], list):
            rings = [np.reshape(r, (-1, 2)) for r in annotation["segmentation"]]
            size = sizes[annotation["image_id"]]
            labels.append([(ring / size).tolist() for ring in rings])
            image.append(numbers[annotation["image_id"]])
    assert len(labels) > 500
    return labels, np.array(image)


def moved(labels, dx, dy):
    return [[np.add(r, (dx, dy)).tolist() for r in rings] for rings in labels]


def with_copies(labels, image):
    """Returns each label twice in a row, and the images."""
    return [rings for rings in labels for _ in range(2)], np.repeat(image, 2)


def overlaps(labels, image):
    """Returns the IoU of each overlapping pair."""
    pairs = find_overlaps(Polygons.from_lists(labels), image, min_iou=0.01).pairs
    return dict(zip(zip(pairs.i.tolist(), pairs.j.tolist()), pairs.iou.tolist()))


def ious_of_copies(found, n):
    return [found.get((2 * k, 2 * k + 1), 0.0) for k in range(n)]


@pytest.mark.parametrize("shift", [(0, 0), (-0.3, 0), (-0.9, 0.2), (0, -0.5), (2.7, 1)])
def test_every_copy_is_found_where_polygons_reach_out_of_the_image(coco, shift):
    labels, image = coco
    found = overlaps(*with_copies(moved(labels, *shift), image))

    np.testing.assert_allclose(ious_of_copies(found, len(labels)), 1, atol=1e-9)


def test_a_polygon_left_of_the_image_hides_no_copy_of_its_block(coco):
    labels, image = coco
    left = [[LEFT_OF_THE_IMAGE]] * 2
    beside = np.full(2, image[-1] + 1)
    twice, images = with_copies(labels, image)
    found = overlaps(twice + left, np.append(images, beside))

    assert found[len(twice), len(twice) + 1] == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(ious_of_copies(found, len(labels)), 1, atol=1e-9)


def test_the_ious_of_different_polygons_do_not_depend_on_where_they_are(coco):
    labels, image = coco
    here = overlaps(labels, image)
    there = overlaps(moved(labels, -0.7, 0.1), image)

    assert len(here) > 200
    assert set(here) ^ set(there) == {
        pair for pair in set(here) ^ set(there) if here.get(pair, 0.01) < 0.0101
    }
    common = set(here) & set(there)
    assert max(abs(here[pair] - there[pair]) for pair in common) < 1e-9
