"""Decoding shapes together gives the same result as decoding each label alone."""

from dataclasses import replace

import bson
import numpy as np
import odd_shapes
import pytest
from bson import Binary, Int64, ObjectId
from hypothesis import given
from hypothesis import strategies as st
from odd_documents import FIELD

from duplicates.iou_core.geometry import unmarked
from duplicates.iou_core.params import ComputeParams
from duplicates.labels.reading.decoder import LabelDecoder
from duplicates.labels.reading.fingerprint import document_hashes
from duplicates.labels.reading.kinds import masks
from duplicates.labels.reading.kinds.registry import KINDS, kind_named
from duplicates.labels.reading.kinds.shapes import ShapeColumns
from duplicates.labels.reading.raw import point_lists
from duplicates.labels.reading.raw.buffer import Raw

BY_NAME = {kind.name: kind for kind in KINDS}
BY_NAME |= dict.fromkeys(("cuboids", "turned boxes"), BY_NAME["boxes"])
AS_MISSING = ComputeParams("gt", unmarked_as_missing=True)
LISTS = {"polylines": "polylines", "keypoints": "keypoints"}
PAIRS = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.9]]
GOOD = {
    "masks": {"bounding_box": [0.1, 0.2, 0.3, 0.4], "mask": b"data"},
    "polylines": {"points": [PAIRS, PAIRS[:2]], "filled": True, "closed": False},
    "keypoints": {"points": PAIRS * 4, "confidence": [0.0, 0.5, 1] * 4},
    "cuboids": {
        "location": [0.5, 1, 2],
        "dimensions": [1.0, 2.0, Int64(3)],
        "rotation": [0, 0, 0.5],
    },
    "boxes": {"bounding_box": [0.1, 0.2, 0.3, 0.4]},
    "turned boxes": {"bounding_box": [0.1, 0.2, 0.3, 0.4], "rotation": 30},
    "segments": {"support": [3, Int64(7)]},
}


class Sizes:
    """Replaces the database's image sizes: half of the images are 4 by 3."""

    def aspects(self, document_ids):
        drawn = document_ids[:, 0] == 0
        return np.where(drawn & (document_ids[:, -1] % 2 == 1), np.nan, 4 / 3)

    def radians(self, name, rotation):
        return np.deg2rad(rotation)


def reads_none(raw, found, regular, in_space=None):
    """Reads no label, so that each label is decoded alone."""
    n = len(regular)
    return ShapeColumns(
        np.zeros(n, bool), np.zeros((n, 4)), np.empty(n, object), np.zeros(n, np.uint64)
    )


def decode(kind, documents, columns=None, crowd_attr="iscrowd"):
    kind = kind if columns is None else replace(kind, columns_of=columns)
    decoder = LabelDecoder(
        [FIELD],
        crowd_attr,
        kind=kind,
        list_name=LISTS.get(kind.name, "detections"),
        turning=Sizes(),
    )
    return decoder.decode(b"".join(map(bson.encode, documents)))


def check(kind, documents):
    """Compares both ways of decoding, and returns the columns."""
    many, one = decode(kind, documents), decode(kind, documents, reads_none)
    a, b = many.fields[0], one.fields[0]

    def place(label):
        return label.document_id, label.position

    assert sorted(many.bad, key=place) == sorted(one.bad, key=place)
    for column in ("offsets", "ids", "boxes", "iscrowd", "position", "lengths"):
        np.testing.assert_array_equal(getattr(a, column), getattr(b, column))
    np.testing.assert_array_equal(a.class_hashes, b.class_hashes)
    np.testing.assert_array_equal(document_hashes(many), document_hashes(one))
    sometimes = dict(digests=0, turns=0.0, shapes=None, unmarked=0)
    for column, nothing in sometimes.items():
        mine, other = getattr(a, column), getattr(b, column)
        if mine is not None and other is not None:
            for p, q in zip(mine, other, strict=True):
                assert_alike(p, q)
        elif mine is not other:
            # a column without a value equals a missing column
            present = mine if mine is not None else other
            assert all(value is None or value == nothing for value in present.ravel())
    return a


def assert_alike(mine, other):
    assert type(mine) is type(other)
    if isinstance(mine, tuple | list):
        assert len(mine) == len(other)
        for p, q in zip(mine, other, strict=True):
            assert_alike(p, q)
    elif isinstance(mine, np.ndarray):
        assert mine.dtype == other.dtype
        np.testing.assert_array_equal(mine, other)
    else:
        assert mine == other


def document(kind, *labels):
    labels = [{"_id": ObjectId(), "label": "cat", **label} for label in labels]
    holder = {LISTS.get(kind, "detections"): labels}
    return {"_id": ObjectId(), FIELD: holder}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", odd_shapes.SHAPES)
@given(data=st.data())
def test_labels_of_any_form_are_decoded_as_one_by_one(name, data):
    list_name = LISTS.get(name, "detections")
    check(BY_NAME[name], data.draw(odd_shapes.samples(name, list_name)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(documents=odd_shapes.samples("keypoints", "keypoints"))
def test_keypoints_without_unmarked_points_are_decoded_as_one_by_one(documents):
    check(kind_named("keypoints", AS_MISSING), documents)


def test_unmarked_points_are_counted_and_are_missing_only_on_request():
    points = [[0.0, 0.0], [0.1, 0.2], [-1.0, -1.0], *[[0.3, 0.4]] * 9]
    confidence = [0.9] * 10 + [0.0, 0.5]
    label = {"points": points, "confidence": confidence}
    stored = [document("keypoints", label, {"points": points[1:2]})]
    kind = BY_NAME["keypoints"]
    as_points, as_missing = (
        check(k, stored) for k in (kind, kind_named("keypoints", AS_MISSING))
    )

    rows = [{"why": 7, "unmarked": 3, "points": 12, "labels": 1}]
    assert unmarked.to_rows(unmarked.count(as_points.unmarked)) == rows
    assert unmarked.to_rows(unmarked.count(as_missing.unmarked)) == rows
    np.testing.assert_array_equal(as_points.shapes[0], points)
    missing = np.isnan(as_missing.shapes[0]).all(axis=1)
    assert np.flatnonzero(missing).tolist() == [0, 2, 10]
    np.testing.assert_allclose(as_points.boxes[0], [-1, -1, 1.3, 1.4])
    np.testing.assert_allclose(as_missing.boxes[0], [0.1, 0.2, 0.2, 0.2])


@pytest.mark.parametrize("name", GOOD)
def test_labels_written_by_fiftyone_are_never_decoded_alone(name, monkeypatch):
    documents = [document(name, GOOD[name], GOOD[name]) for _ in range(20)]
    expected = check(BY_NAME[name], documents)

    def fail(*_):
        raise AssertionError("a label was decoded alone")

    kind = replace(BY_NAME[name], shape_of=fail)
    monkeypatch.setattr(bson, "decode", fail)
    found = decode(kind, documents).fields[0]

    assert len(found) == 40
    np.testing.assert_array_equal(found.digests, expected.digests)


@pytest.mark.parametrize("name", GOOD)
def test_empty_lists_have_no_labels(name):
    found = check(BY_NAME[name], [document(name), document(name)])

    assert len(found) == 0


@pytest.mark.parametrize(
    "more",
    [
        {"mask": None, "mask_path": "/a.png"},
        {"mask": None, "mask_path": "/ä.png"},
        {"mask": b"", "mask_path": "/a.png"},
        {"mask": Binary(b"xyz", 128)},
    ],
    ids=str,
)
def test_a_mask_is_identified_by_its_bytes_or_its_path(more):
    label = {**GOOD["masks"], **more}
    expected = masks.shape_of(label)
    found = check(BY_NAME["masks"], [document("masks", label)])

    assert found.shapes[0] == expected.data
    assert found.digests[0] == expected.digest


def test_empty_lines_of_a_polyline_are_ignored():
    label = {**GOOD["polylines"], "points": [[], PAIRS, [], PAIRS[:1]]}
    found = check(BY_NAME["polylines"], [document("polylines", label)])

    assert [len(ring) for ring in found.shapes[0][0]] == [3, 1]


@pytest.mark.parametrize("chunk", [1, 50, 10**6])
def test_lists_of_points_of_any_length_are_gathered(monkeypatch, chunk):
    monkeypatch.setattr(point_lists, "CHUNK_POINTS", chunk)
    rng = np.random.default_rng(1)
    lists = [rng.random((n, 2)) for n in (0, 1, 9, 10, 11, 99, 100, 101, 1001, 10_002)]
    encoded = [bson.encode({"points": one.tolist()}) for one in lists]
    ends = np.cumsum([len(data) for data in encoded])
    at = ends - [len(data) for data in encoded] + len(b"\4\0\0\0\4points\0")
    points, counts, regular = point_lists.points_at(Raw(b"".join(encoded)), at)

    assert regular.all()
    assert counts.tolist() == [len(one) for one in lists]
    np.testing.assert_array_equal(points, np.concatenate(lists))


@pytest.mark.parametrize("place", [0, 7, 10, 12, 13])
def test_an_unusual_point_affects_only_its_own_list(place):
    lists = [[[0.5, 0.5]] * 14 for _ in range(3)]
    lists[1][place] = [0.5, 1]
    encoded = [bson.encode({"points": one}) for one in lists]
    ends = np.cumsum([len(data) for data in encoded])
    at = ends - [len(data) for data in encoded] + len(b"\4\0\0\0\4points\0")
    points, counts, regular = point_lists.points_at(Raw(b"".join(encoded)), at)

    assert regular.tolist() == [True, False, True]
    assert counts.tolist() == [14, 0, 14]
    assert points.shape == (28, 2)
