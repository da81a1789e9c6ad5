"""Classes, crowd flags and stamps of decoded documents."""

import datetime

import numpy as np
import pytest
from bson import Int64
from decoded import FIELD, check, document, encoded, label

from duplicates.labels.reading.columns import NO_STAMP
from duplicates.labels.reading.decoder import LabelDecoder

EPOCH = datetime.datetime(1970, 1, 1)


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
