"""Decoding bytes to columns gives the result of a plain decoder for each document."""

import datetime

import bson
import numpy as np
import odd_documents
import plain_decoder
import pytest
from bson import Int64, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from duplicates.labels.reading.columns import NO_STAMP, to_strings
from duplicates.labels.reading.decoder import LabelDecoder

FIELD = "ground_truth"
EPOCH = datetime.datetime(1970, 1, 1)
CAT = {"label": "cat", "bounding_box": [0.1, 0.2, 0.3, 0.4]}


def encoded(documents):
    return b"".join(map(bson.encode, documents))


def as_read(block, classes, field=0):
    """Returns a block in the form of the plain decoder."""
    columns = block.fields[field]
    rows = list(
        zip(
            columns.position.tolist(),
            to_strings(columns.ids),
            columns.boxes.tolist(),
            [classes.names[k] for k in columns.classes],
            columns.iscrowd.tolist(),
            strict=True,
        )
    )
    bounds = columns.offsets.tolist()
    labels = [rows[a:b] for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
    bad = [(b.document_id, b.position, b.label_id, b.reason) for b in block.bad]
    return labels, columns.lengths.tolist(), sorted(bad, key=lambda entry: entry[:2])


def check(documents, crowd_attr=None):
    """Compares the result with the plain decoder's."""
    decoder = LabelDecoder([FIELD], crowd_attr)
    block = decoder.decode(encoded(documents))

    assert as_read(block, decoder.classes) == plain_decoder.read(
        documents, FIELD, crowd_attr
    )
    assert to_strings(block.document_ids) == [str(doc["_id"]) for doc in documents]
    return block, decoder


def document(labels, **keys):
    holder = {"_cls": "Detections", "detections": labels}
    return {"_id": ObjectId(), FIELD: holder, **keys}


def label(**values):
    return {"_id": ObjectId(), **CAT, **values}


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


@pytest.mark.parametrize(
    "names",
    [
        [None, None, "", "None"],
        ["é", "e\u0301", "猫", "🐈", "a" * 7, "a" * 8, "a" * 9],
        ["x" * 5000, "x" * 4999, "x" * 5000 + "y"],
        [5, "5", 1.5, "1.5", True, "True", ["a"], "['a']"],
        [f"class {k}" for k in range(1500)],
    ],
    ids=lambda names: str(names[0])[:10],
)
def test_labels_with_equal_names_have_the_same_class(names):
    documents = [document([label(label=name)]) for name in names + names[::-1]]
    block, decoder = check(documents)
    classes, hashes = block.fields[0].classes, block.fields[0].class_hashes
    expected = [name if name is None else str(name) for name in names + names[::-1]]

    assert len(set(decoder.classes.names)) == len(decoder.classes.names)
    assert len(np.unique(hashes)) == len(np.unique(classes)) == len(set(expected))


def test_class_numbers_are_stable_across_batches_and_hashes_across_runs():
    first, again = LabelDecoder([FIELD]), LabelDecoder([FIELD])
    batches = [
        encoded([document([label(label=name)])]) for name in ("a", "b", None, "a", "c")
    ]
    numbers = [first.decode(data).fields[0].classes[0] for data in batches]
    hashes = [first.decode(data).fields[0].class_hashes[0] for data in batches]

    assert numbers == [0, 1, 2, 0, 3]
    assert first.classes.names == ["a", "b", None, "c"]
    assert (
        hashes
        == [again.decode(data).fields[0].class_hashes[0] for data in reversed(batches)][
            ::-1
        ]
    )


def test_the_hash_of_a_class_is_the_same_for_regular_and_unusual_labels():
    block, decoder = check([document([label(), label(bounding_box=[0, 0, 1, 1])])])

    assert len(decoder.classes) == 1
    assert len(set(block.fields[0].class_hashes.tolist())) == 1


@pytest.mark.parametrize(
    ("value", "iscrowd"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        (Int64(1), True),
        (Int64(0), False),
        (1.0, True),
        (0.0, False),
        (None, False),
        (float("nan"), False),
        ("yes", True),
        ("1", True),
        ("True", True),
        ("0", False),
        ("false", False),
        ("NO", False),
        ("", False),
    ],
    ids=repr,
)
def test_a_crowd_flag_is_a_number_a_bool_or_a_text_for_yes(value, iscrowd):
    block, _ = check([document([label(iscrowd=value), label()])], "iscrowd")

    assert block.fields[0].iscrowd.tolist() == [iscrowd, False]


def test_without_a_crowd_attribute_no_label_is_a_crowd():
    block, _ = check([document([label(iscrowd=True)])])

    assert block.fields[0].iscrowd.tolist() == [False]


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


@pytest.mark.parametrize(
    "when", [EPOCH, datetime.datetime(2026, 1, 2, 3, 4, 5, 678000)]
)
def test_stamps_are_milliseconds_since_1970(when):
    block, _ = check([document([label()], last_modified_at=when)])

    milliseconds = (when - EPOCH) // datetime.timedelta(milliseconds=1)
    assert block.stamps.tolist() == [milliseconds]


@pytest.mark.parametrize("odd", [None, 5, "now"])
def test_a_sample_without_a_date_has_no_stamp(odd):
    block, _ = check([document([label()], last_modified_at=odd), document([label()])])

    assert block.stamps.tolist() == [NO_STAMP, NO_STAMP]


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
