"""Counts in words."""

import pytest

from duplicates.labels.plurals import counted, first_of, predicate


@pytest.mark.parametrize(
    ("n", "noun", "words"),
    [
        (1, "label", "1 label"),
        (0, "label", "0 labels"),
        (2000, "class pair", "2,000 class pairs"),
        (1, "pair of tracks", "1 pair of tracks"),
        (3, "pair of tracks", "3 pairs of tracks"),
    ],
)
def test_a_count_agrees_with_its_noun(n, noun, words):
    assert counted(n, noun) == words


@pytest.mark.parametrize(
    ("words", "of_many"),
    [
        ("is deleted", "are deleted"),
        ("has no bounding_box", "have no bounding_box"),
        ("no longer has the tag 'x'", "no longer have the tag 'x'"),
        ("was edited since", "were edited since"),
        ("lost the tag", "lost the tag"),
        ("overlaps no kept label", "overlap no kept label"),
        ("shares its id with another label", "share its id with another label"),
        ("does not overlap the other label", "do not overlap the other label"),
    ],
)
def test_a_verb_agrees_with_the_number_of_labels(words, of_many):
    assert predicate(1, words) == words
    assert predicate(0, words) == predicate(2, words) == of_many


def test_a_list_names_the_first_texts_and_counts_the_rest():
    assert first_of([], 2) == ""
    assert first_of(["car 3", "van 2"], 2) == "car 3, van 2"
    assert first_of(["car 3", "van 2", "bus", "cat"], 2) == "car 3, van 2, and 2 more"
