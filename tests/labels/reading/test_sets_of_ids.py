"""Ids that are looked for among many."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from duplicates.labels.reading.raw.ids import IdSet

IDS = st.lists(st.binary(min_size=12, max_size=12), max_size=20)
ALIKE = st.lists(st.sampled_from([b"\0" * 12, b"\0" * 11 + b"a", b"a" + b"\0" * 11]))


def as_array(ids):
    return np.frombuffer(b"".join(ids), np.uint8).reshape(-1, 12)


@given(IDS | ALIKE, IDS | ALIKE)
def test_those_are_found_that_are_in_the_set(known, others):
    ids = [*known, *others]

    found = IdSet(known).among(as_array(ids))

    assert found.tolist() == [one in set(known) for one in ids]


def test_ids_that_end_alike_are_told_apart():
    known, other = b"one." + b"12345678", b"two." + b"12345678"

    assert IdSet([known]).among(as_array([known, other])).tolist() == [True, False]
