"""Instance masks are compared as on FiftyOne's canvases, without making them."""

import gzip
import json
import tracemalloc

import fiftyone as fo
import numpy as np
import pytest
from geometries import fiftyone_matrix, matrices, pair, share
from hypothesis import assume, given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from shape_labels import FULL, detections, masks

from duplicates.iou_core.geometry.masks import masks as masks_module
from duplicates.iou_core.geometry.masks import rle_overlaps
from duplicates.iou_core.geometry.masks.masks import Masks
from duplicates.iou_core.geometry.masks.rle import encode


def blob(rng, height, width):
    """Returns a noisy ellipse that touches the borders of its mask."""
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return (x**2 + y**2 <= 1) ^ (rng.random((height, width)) < 0.05)


def on_pixels(n, rng, width=160, height=120):
    """Returns labels whose boxes are aligned with the pixels of one image."""
    labels = []
    for _ in range(n):
        w, h = rng.integers(1, 60), rng.integers(1, 60)
        x, y = rng.integers(0, width - w + 1), rng.integers(0, height - h + 1)
        box = [x / width, y / height, w / width, h / height]
        labels.append((box, blob(rng, h, w)))
    return labels


def off_pixels(n, rng):
    """Returns labels that each imply a canvas of a different size."""
    labels = []
    while len(labels) < n:
        w, h = 0.05 + 0.4 * rng.random(2)
        x, y = rng.random(2) * (1 - np.array([w, h]))
        shape = rng.integers(3, 40, 2)
        # FiftyOne raises an error if rounding moves a mask over the border
        canvas = round(shape[1] / w), round(shape[0] / h)
        if (
            round(x * canvas[0]) + shape[1] <= canvas[0]
            and round(y * canvas[1]) + shape[0] <= canvas[1]
        ):
            labels.append(([x, y, w, h], blob(rng, *shape)))
    return labels


def full_image(label, width, height):
    (x, y, _, _), mask = label
    image = np.zeros((height, width), np.uint8, order="F")
    x, y = round(x * width), round(y * height)
    image[y : y + mask.shape[0], x : x + mask.shape[1]] = mask
    return image


@pytest.mark.parametrize("seed", range(3))
def test_ious_of_masks_on_pixels_equal_fiftyones(seed):
    labels = on_pixels(30, np.random.default_rng(seed))
    theirs = fiftyone_matrix(detections(labels), use_masks=True)

    assert theirs.max() > 0.2
    np.testing.assert_allclose(matrices(masks(labels))[0], theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_ious_of_masks_on_canvases_of_many_sizes_equal_fiftyones(seed):
    labels = off_pixels(25, np.random.default_rng(seed))
    theirs = fiftyone_matrix(detections(labels), use_masks=True)

    assert theirs.max() > 0.2
    np.testing.assert_allclose(matrices(masks(labels))[0], theirs, rtol=0, atol=1e-12)


canvas = st.integers(1, 300)


@given(canvas, canvas)
def test_each_pixel_of_a_resized_side_starts_where_opencvs_does(size, to_size):
    import cv2

    line = np.arange(size, dtype=float)[None]
    theirs = cv2.resize(line, (to_size, 1), interpolation=cv2.INTER_NEAREST)[0]
    resize = rle_overlaps._Resize(np.array([size]), np.array([to_size]))
    begins = resize.begins(np.zeros(size + 1, int), np.arange(size + 1))

    assert begins.tolist() == np.searchsorted(theirs, np.arange(size + 1)).tolist()


@given(
    st.integers(1, 5).flatmap(
        lambda w: st.lists(
            st.lists(st.integers(0, 2), min_size=w, max_size=w),
            min_size=1,
            max_size=5,
        )
    )
)
def test_runs_represent_a_mask_exactly(rows):
    mask = np.array(rows)
    (found,) = encode([mask])
    free = np.zeros((found.height, found.width + 1), bool)
    for first, last in found.ends.reshape(-1, 2):
        assert first < last
        free.flat[first:last] = True

    assert (found.height, found.width) == mask.shape
    assert found.pixels == np.count_nonzero(mask)
    np.testing.assert_array_equal(free[:, :-1], mask != 0)
    assert not free[:, -1:].any()


def test_counts_do_not_depend_on_the_chunk_size(monkeypatch):
    labels = off_pixels(15, np.random.default_rng(8))
    at_once, _ = matrices(masks(labels))
    monkeypatch.setattr(rle_overlaps, "CHUNK_RUNS", 7)
    monkeypatch.setattr(masks_module, "ENCODE_PIXELS", 1000)
    monkeypatch.setattr(masks_module, "BLOCK_ROWS", 50)
    in_parts, _ = matrices(masks(labels))

    np.testing.assert_array_equal(in_parts, at_once)


def test_ious_of_coco_masks_equal_fiftyones_and_pycocotools(shared_data):
    with gzip.open(shared_data / "instances_val2017_tiny80.json.gz") as file:
        coco = json.load(file)
    compared = crowds = 0
    for image in coco["images"][:25]:
        width, height = image["width"], image["height"]
        annotations = [a for a in coco["annotations"] if a["image_id"] == image["id"]]
        rles = [rle(a["segmentation"], width, height) for a in annotations]
        full = [coco_mask.decode(one) for one in rles]
        objects = [fo.Detection.from_mask(one) for one in full]
        labels = masks([(o.bounding_box, o.mask) for o in objects])
        iou, _ = matrices(labels)
        theirs = coco_mask.iou(rles, rles, np.zeros(len(rles), np.uint8))
        np.fill_diagonal(theirs, 0)
        # pycocotools ignores boxes, and rounding may leave a pixel outside of them
        np.testing.assert_allclose(iou, theirs, rtol=0, atol=1e-12)
        if len(objects) <= 12:
            np.testing.assert_allclose(
                iou, fiftyone_matrix(objects, use_masks=True), rtol=0, atol=1e-12
            )
        compared += np.count_nonzero(iou)

        for j in [k for k, a in enumerate(annotations) if a["iscrowd"]]:
            by_area = coco_mask.iou(rles, [rles[j]], [1])[:, 0]
            for i in range(len(rles)):
                if i != j:
                    assert share(labels, i, j) == pytest.approx(by_area[i], abs=1e-12)
                    crowds += 1
        np.testing.assert_allclose(labels.area, [one.mean() for one in full], rtol=1e-9)
    assert compared > 100
    assert crowds > 5


def rle(segmentation, width, height):
    if isinstance(segmentation, list):
        return coco_mask.merge(coco_mask.frPyObjects(segmentation, height, width))
    if isinstance(segmentation["counts"], list):
        return coco_mask.frPyObjects(segmentation, height, width)
    return segmentation


@pytest.mark.parametrize("seed", range(3))
def test_share_equals_the_crowd_rule_of_pycocotools(seed):
    labels = on_pixels(12, np.random.default_rng(seed))
    rles = [coco_mask.encode(full_image(label, 160, 120)) for label in labels]
    by_area = coco_mask.iou(rles, rles, np.ones(len(rles), np.uint8))
    geometry = masks(labels)

    for i in range(12):
        for j in range(12):
            if i != j:
                found = share(geometry, i, j)
                assert found == pytest.approx(by_area[i, j], abs=1e-12)


def test_ios_is_the_intersection_over_the_smaller_mask():
    whole, half = np.ones((10, 10)), np.ones((10, 10))
    half[:, 5:] = 0
    iou, ios = matrices(masks([(FULL, whole), (FULL, half)]))

    assert iou[0, 1] == 0.5
    assert ios[0, 1] == 1


bit_rows = st.integers(1, 5).flatmap(
    lambda w: st.lists(
        st.lists(st.booleans(), min_size=w, max_size=w), min_size=1, max_size=5
    )
)
place = st.integers(-10, 30)


@given(bit_rows, bit_rows, place, place, place, place)
def test_iou_equals_that_of_sets_of_pixels(a, b, ax, ay, bx, by):
    def label(rows, x, y):
        return [x / 20, y / 20, len(rows[0]) / 20, len(rows) / 20], np.array(rows)

    def pixels(rows, x, y):
        return {
            (x + column, y + row)
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value
        }

    first, second = pixels(a, ax, ay), pixels(b, bx, by)
    assume(first or second)
    labels = [label(a, ax, ay), label(b, bx, by)]
    expected = len(first & second) / len(first | second)

    assert pair(masks(labels)) == pytest.approx(expected, abs=1e-12)
    assert pair(masks(labels[::-1])) == pair(masks(labels))


@given(bit_rows, place, place)
def test_a_mask_and_its_copy_have_iou_1(rows, x, y):
    label = [x / 20, y / 20, len(rows[0]) / 20, len(rows) / 20], np.array(rows)

    assert pair(masks([label, label])) == 1


def test_only_masks_of_boxes_that_meet_are_loaded():
    asked = []

    def give(k):
        asked.append(k)
        return np.ones((4, 4))

    boxes = np.array([[0, 0, 0.2, 0.2], [0.1, 0, 0.2, 0.2], [0.8, 0.8, 0.1, 0.1]])
    labels = Masks(boxes, give)
    matrices_of = list(labels.candidates(np.zeros(3, int)))
    for i, j in matrices_of:
        labels.measure(i, j)

    assert sorted(asked) == [0, 1]
    np.testing.assert_allclose(labels.area, [0.04, 0.04, 0.01])
    assert sorted(asked) == [0, 1, 2]


def test_masks_that_do_not_fit_the_cache_are_loaded_again(monkeypatch):
    monkeypatch.setattr(masks_module, "CACHE_BYTES", 3000)
    labels = on_pixels(20, np.random.default_rng(7))
    few, _ = matrices(masks(labels))
    monkeypatch.undo()
    many, _ = matrices(masks(labels))

    np.testing.assert_array_equal(few, many)


def test_a_canvas_20_000_pixels_wide_needs_only_kilobytes():
    tiny = [0.5, 0.5, 0.001, 0.001], np.ones((20, 20))
    shifted = [0.5002, 0.5, 0.001, 0.001], np.ones((20, 20))
    other = [0.5, 0.5, 0.001, 0.001], np.ones((50, 30))
    large = FULL, np.ones((48, 64), bool)
    tracemalloc.start()
    iou, ios = matrices(masks([tiny, shifted, other, large]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert iou[0, 1] == pytest.approx(16 / 24)
    assert iou[0, 2] == 1
    assert iou[0, 3] == pytest.approx(1e-6)
    assert ios[0, 3] == 1
    assert peak < 100_000


def test_without_labels_there_are_no_pairs():
    labels = masks([])

    assert len(labels) == 0
    assert matrices(labels)[0].shape == (0, 0)
    assert labels.share(np.zeros(0, int), np.zeros(0, int)).shape == (0,)
    assert labels.area.shape == (0,)
