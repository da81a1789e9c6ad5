"""Several people who judge the same labels: what is whose, and what an undo leaves."""

from dataclasses import replace

import pytest

from duplicates.labels.review.judging.progress import review_progress
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.verdict_changes import (
    VerdictChange,
    change_verdicts,
)
from duplicates.labels.scans.decisions.verdict_kinds import Given

PATH = "ground_truth.detections"
BOX = [0.1, 0.1, 0.2, 0.2]
BROWSERS = {"Anna": "b1", "Bob": "b2", "Carl": "b3"}

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    return make_dataset([[("a", BOX)] * 2])


def judge(dataset, person, verdict, seen=None, **more):
    """Stores what a person says about two labels; returns what was changed."""
    given = Given.parse(dataset.values(f"{PATH}.id")[0], verdict)
    given = replace(given, browser=BROWSERS[person])
    change = VerdictChange(given, seen, **more)
    return change_verdicts(dataset, dataset.first()._id, [change], person)


def time_of(changed):
    (time,) = changed.stored.values()
    return time


def now(dataset):
    return [(v["verdict"], v["who"]) for v in verdicts.list_verdicts(dataset)]


@pytest.mark.parametrize("first", ["Anna", "Bob"])
def test_one_who_takes_back_a_verdict_leaves_that_of_another(dataset, first):
    times = {who: time_of(judge(dataset, who, "real")) for who in ("Anna", "Bob")}
    assert times["Anna"] < times["Bob"]
    second = "Bob" if first == "Anna" else "Anna"

    assert time_of(judge(dataset, first, None, times[first])) == times[second]
    assert now(dataset) == [("real", second)]
    assert judge(dataset, second, None, times[second]).conflicts == {}
    assert now(dataset) == []


def test_three_people_take_back_the_same_verdict_in_any_order(dataset):
    people = ("Anna", "Bob", "Carl")
    times = {who: time_of(judge(dataset, who, "real")) for who in people}
    for who, left in (("Bob", "Anna"), ("Anna", "Carl")):
        judge(dataset, who, None, times[who])
        assert now(dataset) == [("real", left)]
    judge(dataset, "Carl", None, times["Carl"])
    assert now(dataset) == []


def test_one_who_agreed_may_change_their_mind_and_another_is_told(dataset):
    first = time_of(judge(dataset, "Anna", "real"))
    second = time_of(judge(dataset, "Bob", "real"))
    third = time_of(judge(dataset, "Bob", "remove_both", second))
    assert third > second
    assert now(dataset) == [("remove_both", "Bob")]

    (conflict,) = judge(dataset, "Anna", None, first).conflicts.values()
    assert conflict.who == "Bob"
    judge(dataset, "Bob", None, third)
    assert now(dataset) == []


def test_a_person_who_repeats_a_verdict_takes_it_back_once(dataset):
    first = time_of(judge(dataset, "Anna", "real"))
    assert time_of(judge(dataset, "Anna", "real")) == first
    judge(dataset, "Anna", None, first)
    assert now(dataset) == []


def test_a_restored_verdict_is_of_the_person_who_gave_it(dataset):
    first = time_of(judge(dataset, "Anna", "real"))
    second = time_of(judge(dataset, "Bob", "remove_both", first))
    judge(dataset, "Bob", "real", second, restores=True, who="Anna")
    assert now(dataset) == [("real", "Anna")]


def test_what_an_older_version_stored_over_it_is_not_taken_for_agreement(dataset):
    first = time_of(judge(dataset, "Anna", "real"))
    judge(dataset, "Bob", "real")
    # it keeps what it does not know
    verdicts.collection().update_one({}, {"$set": {"verdict": "remove_both"}})
    judge(dataset, "Anna", None, first)
    assert now(dataset) == []


def test_a_pair_that_two_people_judged_alike_counts_for_both_and_once_in_all(dataset):
    times = {who: time_of(judge(dataset, who, "real")) for who in ("Anna", "Bob")}
    found = review_progress(dataset)
    assert {one["who"]: (one["pairs"], one["last"]) for one in found["people"]} == {
        who: (1, time) for who, time in times.items()
    }
    assert found["verdicts"]["real"] == 1

    judge(dataset, "Bob", None, times["Bob"])
    assert [one["who"] for one in review_progress(dataset)["people"]] == ["Anna"]
