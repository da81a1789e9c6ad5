"""Stored blocks are read as they were, of both formats, and take few bytes."""

import zlib
from dataclasses import fields, replace

import bson
import numpy as np
import pytest

from duplicates.iou_core.overlaps import find_overlaps
from duplicates.labels import store
from duplicates.labels.scans.blocks import compact, packing
from duplicates.labels.scans.blocks.block import StoredBlock

NAMES = ["cat", None, "dog"]
MEASURED = ("i", "j", "iou", "ios", "decides")


def ids(rng, n, random):
    """Returns ids as one process makes them, one after the other, or random ones."""
    if random:
        return rng.integers(0, 256, (n, 12), dtype=np.uint8)
    found = np.full((n, 12), 7, np.uint8)
    counters = np.cumsum(rng.integers(1, 3, n)).astype(">u4")
    found[:, 9:] = counters.view(np.uint8).reshape(n, 4)[:, 1:]
    return found


def block(seed=0, n=200, crowd=False, max_pairs=5_000_000, random_ids=False):
    """Returns a block of ``n`` images of about 7 labels each."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(7.3, n)
    image = np.repeat(np.arange(n), counts)
    side = np.clip(rng.lognormal(-1.9, 0.95, (len(image), 2)), 0.01, 1.0)
    boxes = np.concatenate([rng.random((len(image), 2)) * (1 - side), side], axis=1)
    boxes[1::40] = boxes[::40][: len(boxes[1::40])]
    iscrowd = rng.random(len(image)) < 0.1 if crowd else None
    found = find_overlaps(boxes, image, iscrowd=iscrowd, max_pairs=max_pairs)
    rows = np.unique(np.concatenate((found.pairs.i, found.pairs.j)))
    place = np.full(len(image), -1, np.int32)
    place[rows] = np.arange(len(rows))
    classes = rng.integers(0, len(NAMES), len(image))
    pairs = replace(found.pairs, i=place[found.pairs.i], j=place[found.pairs.j])
    return StoredBlock(
        document_ids=ids(rng, n, random_ids),
        stamps=1_760_000_000_000 + rng.integers(0, 50_000, n),
        hashes=rng.integers(0, 2**64, n, dtype=np.uint64),
        label_ids=ids(rng, len(rows), random_ids),
        boxes=boxes[rows],
        area=boxes[rows, 3] * boxes[rows, 2],
        image=image[rows],
        classes=classes[rows],
        earlier_iou=found.earlier_iou[rows],
        pairs=pairs,
        truncated=found.truncated,
        names=NAMES,
        n_labels=counts,
        label_classes=classes,
        label_bins=np.minimum(found.max_iou * 100, 99).astype(np.uint8),
        unmarked=np.zeros(len(image), np.int64),
        bad=[],
    )


def read_again(documents):
    first, *rest = [bson.decode(bson.encode(document)) for document in documents]
    return packing.to_block(first, rest, NAMES)


def require_equal(read, one, exact=True):
    assert read.pairs.mask_ious() == one.pairs.mask_ious()
    assert np.array_equal(read.pairs.agreement, one.pairs.agreement)
    for name in MEASURED:
        a, b = getattr(read.pairs, name), getattr(one.pairs, name)
        assert a.dtype == b.dtype, name
        assert np.array_equal(a, b), name
    for name in (field.name for field in fields(StoredBlock)):
        if name not in ("pairs", "earlier_iou"):
            assert np.array_equal(getattr(read, name), getattr(one, name)), name
    # overlaps too small to be stored are smaller than any threshold
    lowest = 0 if exact else 0.05
    was, now = (np.where(b.earlier_iou > lowest, b.earlier_iou, 0) for b in (one, read))
    assert np.array_equal(was, now)


def in_format_1(block):
    """Returns the documents of a block as versions up to 0.2 stored them."""

    def packed(array):
        array = np.ascontiguousarray(array)
        return {
            "dtype": array.dtype.str,
            "shape": list(array.shape),
            "data": zlib.compress(array.tobytes(), 1),
        }

    labels = {"sample_ids": block.document_ids}
    for name in ("image", "n_labels", "classes", "label_classes"):
        labels[name] = getattr(block, name).astype(np.int32)
    for name in ("stamps", "hashes", "label_ids", "boxes", "earlier_iou", "truncated"):
        labels[name] = getattr(block, name)
    labels["label_bins"] = block.label_bins
    labels = {name: packed(array) for name, array in labels.items()}
    pairs = {name: packed(getattr(block.pairs, name)) for name in MEASURED}
    yield {"kind": "labels", "names": NAMES, "bad": b"", **labels}
    yield {"kind": "pairs", **pairs}


@pytest.mark.parametrize(
    "options",
    [{}, {"crowd": True}, {"max_pairs": 20}, {"n": 0}, {"random_ids": True}],
    ids=str,
)
def test_a_block_is_read_as_it_was_stored(options, monkeypatch):
    one = block(**options)
    require_equal(read_again(packing.to_documents(one)), one, exact=False)
    require_equal(read_again(in_format_1(one)), one)

    monkeypatch.setattr(packing, "_PAIRS_PER_DOCUMENT", 100)
    require_equal(read_again(packing.to_documents(one)), one, exact=False)


def test_overlaps_that_are_not_those_of_the_boxes_are_stored():
    one = block()
    iou, ios = one.pairs.iou.copy(), one.pairs.ios.copy()
    iou[3] = np.nextafter(iou[3], 1)
    one = replace(one, pairs=replace(one.pairs, iou=iou, ios=ios), area=one.area * 2)
    require_equal(read_again(packing.to_documents(one)), one, exact=False)


def test_masks_and_attributes_are_stored_where_they_are_known(monkeypatch):
    one = block()
    rng = np.random.default_rng(1)
    mask_iou = np.where(rng.random(len(one.pairs)) < 0.3, rng.random(), np.nan)
    mask_iou[:100] = np.nan
    agreement = rng.integers(0, 625, len(one.pairs))
    known = replace(one.pairs, mask_iou=mask_iou, agreement=agreement)
    one = replace(one, pairs=known)
    require_equal(read_again(packing.to_documents(one)), one, exact=False)

    monkeypatch.setattr(packing, "_PAIRS_PER_DOCUMENT", 100)
    require_equal(read_again(packing.to_documents(one)), one, exact=False)


def test_a_block_takes_at_most_200_bytes_an_image():
    one = block(n=2000)
    size = sum(len(bson.encode(document)) for document in packing.to_documents(one))
    assert size / 2000 <= 200


_RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "numbers",
    [
        np.zeros(0, np.int64),
        np.full(9, 7, np.int32),
        np.array([np.iinfo(np.int64).min, 4]),
        np.array([0, 2**64 - 1], np.uint64),
        np.array([2**64 - 1], np.uint64),
        np.array([-5, 3, 2**61]),
        np.sort(_RNG.integers(0, 30_000, 999)),
        _RNG.integers(-300, 300, 999).astype(np.int16),
        _RNG.integers(0, 80, 99).astype(np.uint8),
    ],
    ids=lambda numbers: f"{numbers.dtype} {numbers[:2]}",
)
def test_whole_numbers_are_read_as_they_were(numbers):
    read = compact.unpack(bson.decode(bson.encode(compact.pack_ints(numbers))))
    assert read.dtype == numbers.dtype
    assert np.array_equal(read, numbers)


@pytest.mark.parametrize("shape", [(0,), (0, 4), (1, 4), (100,)])
def test_floats_are_read_bit_by_bit(shape):
    values = np.random.default_rng(1).normal(size=shape)
    values.ravel()[:3] = np.array([-0.0, np.nan, 1e-320])[: values.size]
    read = compact.unpack(compact.pack_floats(values))
    assert read.shape == shape
    assert read.tobytes() == values.tobytes()
    assert compact.unpack(store.pack(values)).tobytes() == values.tobytes()
