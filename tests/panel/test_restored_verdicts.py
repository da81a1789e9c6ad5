"""Verdicts that an undo in the panel restores, and those that it leaves."""

import panel_calls
import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import search
from duplicates.labels.scans.decisions import verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")
PLAN = {"keep": [], "metric": "iou", "classwise": False, "iou_thresh": 0.75}


@pytest.fixture
def app(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), "dups")
    return panel_calls.App(dataset)


def judge(app, person, verdict, seen=None, **more):
    """Sends a verdict on the first two labels, and returns when it was stored."""
    ids = app.dataset.values("ground_truth.detections.id")[0][:2]
    one = {"label_ids": ids, "verdict": verdict, "kept": None, "seen": seen, **more}
    asked = {"scan_key": "dups", "method": "simple", "browser": f"of {person}", **PLAN}
    answer = app.send("judge_pairs", who=person, verdicts=[one], **asked)
    assert answer["ok"], answer
    return answer["stored"][0]["at"], answer["delta"]["by_verdicts"]


def people(app):
    return app.send("review_progress", scan_key="dups")["people"]


def test_a_restored_verdict_is_of_the_person_who_gave_it(app):
    at, _ = judge(app, "Anna", "real")
    at, _ = judge(app, "Bob", "remove_both", at)
    judge(app, "Bob", "real", at, who="Anna")
    assert [(one["who"], one["browser"]) for one in people(app)] == [("Anna", None)]


def test_an_undo_leaves_the_same_verdict_of_another_and_its_counts(app):
    first, more = judge(app, "Anna", "remove_both")
    second, none = judge(app, "Bob", "remove_both")
    assert (more, none) == (2, 0)

    assert judge(app, "Anna", None, first) == (second, 0)
    assert [one["who"] for one in people(app)] == ["Bob"]
    assert verdicts.count_verdicts(app.dataset) == 1
    assert judge(app, "Bob", None, second) == (None, -2)


def test_a_verdict_that_two_people_gave_is_read_by_each_as_their_own(app):
    times = {who: judge(app, who, "real")[0] for who in ("Anna", "Bob")}
    first, ids = app.dataset.first(), app.dataset.values("ground_truth.detections.id")
    group = {"document_id": str(first.id), "label_ids": ids[0][:2]}

    def read(who):
        asked = {"scan_key": "dups", "method": "simple", "groups": [group], **PLAN}
        answer = app.send("review_groups", who=who, browser=f"of {who}", **asked)
        (verdict,) = (
            p["verdict"] for p in answer["groups"][0]["pairs"] if p["verdict"]
        )
        return verdict["who"], verdict["at"]

    assert [read(who) for who in ("Anna", "Bob", "Carl")] == [
        ("Anna", times["Anna"]),
        ("Bob", times["Bob"]),
        ("Anna", times["Anna"]),
    ]
    # what Bob takes back after a reload is what he read
    judge(app, "Bob", None, read("Bob")[1])
    assert [one["who"] for one in people(app)] == ["Anna"]
