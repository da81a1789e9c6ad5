"""Decoding bytes to columns gives the result of a plain decoder for each document."""

import bson
import numpy as np
import odd_documents
import plain_decoder
import pytest
from bson import Int64, ObjectId
from decoded import CAT, FIELD, as_read, check, document, encoded, label
from hypothesis import given
from hypothesis import strategies as st

from duplicates.labels.reading.decoder import LabelDecoder


@pytest.mark.slow
@given(odd_documents.samples(), st.sampled_from([None, "iscrowd"]))
def test_documents_of_any_form_are_decoded_as_one_by_one(documents, crowd_attr):
    check(documents, crowd_attr)


@pytest.mark.slow
@given(odd_documents.samples(max_size=60))
def test_many_documents_are_decoded_as_one_by_one(documents):
    check(documents * 1, "iscrowd")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"bounding_box": None}, "has no bounding_box"),
        ({"bounding_box": []}, "has no bounding_box"),
        ({"bounding_box": "x"}, "has a bounding_box that is not four numbers"),
        ({"bounding_box": [0, 0, 1]}, "has a bounding_box that is not four numbers"),
        (
            {"bounding_box": [0, 0, 1, None]},
            "has a bounding_box that is not four numbers",
        ),
        (
            {"bounding_box": [0, float("nan"), 1, 1]},
            "has a bounding_box that is not finite",
        ),
        (
            {"bounding_box": [0, float("-inf"), 1, 1]},
            "has a bounding_box that is not finite",
        ),
        (
            {"bounding_box": [0, 0, -0.1, 1]},
            "has a bounding_box with a negative side",
        ),
        (
            {"bounding_box": [0, 0, 1e200, 1e200]},
            "has a bounding_box that is too large",
        ),
        ({"_id": None}, "has no id"),
        ({"_id": "text"}, "has no id"),
    ],
    ids=str,
)
def test_an_invalid_label_is_reported_and_the_others_are_read(values, reason):
    first, bad, last = label(), label(**values), label()
    sample = document([first, bad, last])
    block, _ = check([document([label()]), sample, document([label()])])

    assert [(b.document_id, b.position, b.reason) for b in block.bad] == [
        (str(sample["_id"]), 1, reason)
    ]
    assert block.fields[0].position.tolist() == [0, 0, 2, 0]
    assert block.fields[0].lengths.tolist() == [1, 3, 1]


@pytest.mark.parametrize("odd", [None, 5, "label", [], {}])
def test_list_entries_that_are_not_labels_are_reported(odd):
    block, _ = check([document([label(), odd, label()])])

    assert [b.position for b in block.bad] == [1]


def test_labels_that_share_an_id_within_a_sample_are_skipped():
    twin = ObjectId()
    block, _ = check(
        [
            document([label(_id=twin), label(), label(_id=twin)]),
            document([label(_id=twin)]),
        ]
    )

    assert [b.reason for b in block.bad] == [
        "has the id of another label of its sample"
    ] * 2
    assert block.fields[0].offsets.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "box",
    [
        [0, 0, 1, 1],
        [0.5, 0, 1, 1.0],
        [Int64(0), 0.25, Int64(1), 1],
        [-1, -2.5, 3, 4],
        [0, 0, 0, 0],
    ],
)
def test_integer_coordinates_are_read(box):
    block, _ = check([document([label(bounding_box=box), label()])])

    assert block.fields[0].boxes[0].tolist() == box
    assert block.bad == []


@pytest.mark.parametrize(
    "holder",
    [None, {}, {"detections": None}, {"_cls": "Detections"}, 5, "x", [], [{}]],
    ids=str,
)
def test_a_field_without_a_list_has_no_labels(holder):
    block, _ = check([{"_id": ObjectId(), FIELD: holder}, document([label()])])

    assert block.fields[0].lengths.tolist() == [-1, 1]
    assert block.bad == []


def test_a_missing_field_and_an_empty_list_have_no_labels():
    block, _ = check([{"_id": ObjectId()}, document([]), document([label()])])

    assert block.fields[0].lengths.tolist() == [-1, 0, 1]


def test_no_documents_give_an_empty_block():
    block, _ = check([])

    assert len(block) == 0
    assert block.fields[0].boxes.shape == (0, 4)
    assert list(block.split()) == []


@pytest.mark.parametrize("n", [15, 16, 17, 100, 101, 3000])
def test_lists_of_any_length_keep_their_order(n):
    block, _ = check([document([label() for _ in range(n)])])

    assert block.fields[0].position.tolist() == list(range(n))


def test_many_long_lists_are_read_in_lockstep():
    sizes = [0, 1, 9, 10, 11, 99, 100, 101] * 4
    check([document([label() for _ in range(n)]) for n in sizes])


def test_a_repeated_key_has_the_value_that_bson_reads():
    twice = bson.encode({"_id": ObjectId(), **CAT, "label": "dog"})
    more = bson.encode({"label": "bird"})
    body = twice[4:-1] + more[4:-1]
    doc = (len(body) + 5).to_bytes(4, "little") + body + b"\x00"
    detections = bson.encode({"0": {}})
    at = detections.index(bson.encode({}))
    array = detections[4:at] + doc + b"\x00"
    array = (len(array) + 4).to_bytes(4, "little") + array
    holder = b"\x04detections\x00" + array + b"\x00"
    holder = (len(holder) + 4).to_bytes(4, "little") + holder
    sample = b"\x07_id\x00" + ObjectId().binary
    sample += b"\x03" + FIELD.encode() + b"\x00" + holder + b"\x00"
    data = (len(sample) + 4).to_bytes(4, "little") + sample
    decoder = LabelDecoder([FIELD])
    block = decoder.decode(data)

    assert bson.decode(data)[FIELD]["detections"][0]["label"] == "bird"
    assert decoder.classes.names == ["bird"]
    assert block.fields[0].boxes.tolist() == [CAT["bounding_box"]]


def test_two_fields_are_read_together():
    decoder = LabelDecoder([FIELD, "predictions"])
    documents = [
        {**document([label()]), "predictions": {"detections": [label(), label()]}},
        {**document([]), "predictions": None},
        {"_id": ObjectId(), "predictions": {"detections": [label(), None]}},
    ]
    block = decoder.decode(encoded(documents))

    for k, field in enumerate((FIELD, "predictions")):
        labels, lengths, _ = as_read(block, decoder.classes, k)
        assert (labels, lengths) == plain_decoder.read(documents, field)[:2]
    assert [(b.field, b.position) for b in block.bad] == [("predictions", 1)]


def test_splitting_a_block_keeps_every_label_and_fault(monkeypatch):
    monkeypatch.setattr("duplicates.labels.reading.columns.BLOCK_LABELS", 10)
    monkeypatch.setattr("duplicates.labels.reading.columns.BLOCK_SQUARES", 50)
    rng = np.random.default_rng(1)
    documents = [
        document([label() for _ in range(rng.integers(0, 14))] + [None])
        for _ in range(40)
    ]
    whole, _ = check(documents)
    pieces = list(whole.split())

    assert len(pieces) > 10
    assert sum(len(piece.bad) for piece in pieces) == len(whole.bad) == 40
    for name in ("ids", "boxes", "position"):
        parts = [getattr(piece.fields[0], name) for piece in pieces]
        assert np.array_equal(np.concatenate(parts), getattr(whole.fields[0], name))
    assert np.array_equal(
        np.concatenate([piece.document_ids for piece in pieces]), whole.document_ids
    )
    for piece in pieces:
        sizes = np.diff(piece.fields[0].offsets)
        assert len(piece) == 1 or (sizes.sum() <= 10 and (sizes**2).sum() <= 50)
