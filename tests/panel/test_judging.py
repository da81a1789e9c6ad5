"""Verdicts of a review, as the panel stores them and sees the counts change."""

import itertools
import random

import generated
import panel_calls
import pytest
from bson import ObjectId

from duplicates.iou_core.params import FindParams
from duplicates.labels.review import pairs
from duplicates.labels.scans import plans, recount, search
from duplicates.labels.scans.decisions import verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")

PLAN = {"keep": [], "metric": "iou", "classwise": False, "iou_thresh": 0.75}
KEY = "dups"
REVIEWED = {"scan_key": KEY, "method": "simple", **PLAN, "classes": None}
REVIEWED |= {"source": "reviewed", "tag": "duplicate"}


@pytest.fixture
def app(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    search.find_duplicates(dataset, FindParams("ground_truth"), KEY)
    return panel_calls.App(dataset)


def ids(dataset):
    return dataset.values("ground_truth.detections.id")


def ask(app, sent, who=None, method="simple", **more):
    asked = {"scan_key": KEY, **PLAN, **more}
    return app.send("judge_pairs", who=who, method=method, verdicts=sent, **asked)


def judge(app, sample, given, who="Anna", **more):
    sent = [
        {"label_ids": list(pair), "verdict": kind, "kept": kept, "seen": seen}
        for pair, kind, kept, seen in given
    ]
    return ask(app, sent, who, document_id=str(sample.id), **more)


@pytest.mark.parametrize("method", ["simple", "greedy", "nms", "fewest"])
def test_the_changes_of_the_counts_lead_to_those_of_a_recount(make_dataset, method):
    dataset = make_dataset(generated.samples(3, n=14))
    search.find_duplicates(dataset, FindParams("ground_truth"), KEY)
    app, rng = panel_calls.App(dataset), random.Random(method)

    def counts():
        found = recount.recount(dataset, KEY, method)
        return found, {entry["name"]: entry for entry in found["classes"]}

    found = pairs.list_pairs(dataset, KEY, 0.0).pairs
    overlapping = {label_id for pair in found for label_id in pair["label_ids"]}
    seen, by_verdicts, (total, by_class) = {}, 0, counts()
    for _ in range(12):
        crowded = [s for s, some in zip(dataset, ids(dataset)) if len(some or ()) > 1]
        sample = rng.choice(crowded)
        found = [label.id for label in sample.ground_truth.detections]
        every = list(itertools.combinations(sorted(found), 2))
        given = []
        for pair in rng.sample(every, min(2, len(every))):
            kind = rng.choice(["real", "duplicate", "merge", "remove_both", None])
            kind = kind if overlapping >= {*pair} else "real"
            kept = rng.choice(pair) if kind in ("duplicate", "merge") else None
            given.append((pair, kind, kept, seen.get(pair)))

        answer = judge(app, sample, given, method=method)

        assert answer["ok"], answer
        assert not answer["conflicts"]
        seen |= {tuple(one["label_ids"]): one["at"] for one in answer["stored"]}
        delta = answer["delta"]
        now, now_by_class = counts()
        for name in ("labels", "images"):
            changed = [a + b for a, b in zip(total[name], delta[name])]
            assert changed == now[name]
        classes = {entry["name"]: entry for entry in delta["classes"]}
        for name in by_class.keys() | now_by_class.keys() | classes.keys():
            none = [0] * len(total["labels"])
            for what in ("labels", "images"):
                was, is_now = (
                    some.get(name, {}).get(what, none)
                    for some in (by_class, now_by_class)
                )
                by = classes.get(name, {}).get(what, none)
                assert [a + b for a, b in zip(was, by)] == is_now
        total, by_class = now, now_by_class
        by_verdicts += delta["by_verdicts"]
        assert by_verdicts == plans.plan(dataset, KEY, method=method).by_verdicts


def test_the_order_in_which_a_pair_was_shown_is_stored_with_its_verdict(app):
    (a, b, _), *_ = ids(app.dataset)
    sent = [([a, b], "real", None, None)]

    assert not judge(app, app.dataset.first(), sent, order="no such")["ok"]
    assert judge(app, app.dataset.first(), sent, order="uncertain")["ok"]

    (found,) = verdicts.of_labels([ObjectId(a)])
    assert found.order == "uncertain"


def test_two_people_of_one_name_are_told_apart_by_their_browsers(app):
    sample, ((a, b, c), *_) = app.dataset.first(), ids(app.dataset)
    judge(app, sample, [([a, b], "real", None, None)], browser="one")
    judge(app, sample, [([a, c], "real", None, None)], browser="other")
    judge(app, sample, [([b, c], "real", None, None)], browser="other")

    people = app.send("review_progress", scan_key=KEY)["people"]
    assert [(one["who"], one["browser"], one["pairs"]) for one in people] == [
        ("Anna", "other", 2),
        ("Anna", "one", 1),
    ]


def test_two_people_do_not_overwrite_each_other(app):
    sample = app.dataset.first()
    a, b, _ = ids(app.dataset)[0]
    pair = sorted([a, b])
    (stored,) = judge(app, sample, [(pair, "duplicate", b, None)])["stored"]

    second = judge(app, sample, [(pair, "real", None, None)], who="Bob")

    (conflict,) = second["conflicts"]
    assert conflict == {
        "label_ids": pair,
        "verdict": "duplicate",
        "kept": b,
        "who": "Anna",
        "at": stored["at"],
    }
    assert second["stored"] == []
    assert not any(second["delta"]["labels"])
    assert judge(app, sample, [(pair, "real", None, stored["at"])], who="Bob")["stored"]
    verdicts.clear_verdicts(app.dataset)
    (gone,) = judge(app, sample, [(pair, "merge", a, stored["at"])])["conflicts"]
    assert gone == {"label_ids": pair, "verdict": None, "kept": None} | {
        "who": None,
        "at": None,
    }


@pytest.mark.parametrize("kind", ["duplicate", "merge", "remove_both"])
def test_a_verdict_that_no_plan_of_the_scan_could_carry_out_is_refused(app, kind):
    a, b, apart = ids(app.dataset)[0]
    kept = None if kind == "remove_both" else a

    answer = judge(app, app.dataset.first(), [([a, apart], kind, kept, None)])

    assert not answer["ok"]
    assert "overlap another one in the scan" in answer["error"]["message"]
    assert verdicts.count_verdicts(app.dataset) == 0
    assert judge(app, app.dataset.first(), [([a, apart], "real", None, None)])["ok"]
    if kept is not None:
        # a verdict for a label that the scan does not know would remove nothing
        answer = judge(app, app.dataset.first(), [([b, apart], kind, apart, None)])
        assert "a label to keep that overlaps another" in answer["error"]["message"]


def test_of_two_fields_only_labels_of_the_first_are_removed_by_verdicts(make_dataset):
    dataset = make_dataset([[("car", panel_calls.NEAR)]])
    dataset.clone_sample_field("ground_truth", "other")
    sample = dataset.first()
    sample.other.detections[0]._id = ObjectId()
    sample.save()
    params = FindParams("ground_truth", other_field="other")
    search.find_duplicates(dataset, params, KEY)
    app = panel_calls.App(dataset)
    a, b = sample.ground_truth.detections[0].id, sample.other.detections[0].id

    for kind, kept in (("duplicate", a), ("remove_both", None), ("merge", b)):
        answer = judge(app, sample, [([a, b], kind, kept, None)])
        assert not answer["ok"], kind
        assert "ground_truth" in answer["error"]["message"]
    answer = judge(app, sample, [([a, b], "duplicate", b, None)])
    assert answer["delta"]["by_verdicts"] == 1, answer


@pytest.mark.parametrize(
    "given",
    [
        [],
        [None],
        [{"verdict": "real"}],
        [{"label_ids": ["x", "y"], "verdict": "real"}],
        [{"label_ids": "own", "verdict": "same"}],
        [{"label_ids": "own", "verdict": "duplicate"}],
        [{"label_ids": "own", "verdict": "real", "seen": 5}],
        [{"label_ids": "own", "verdict": "real"}] * 2,
    ],
)
def test_an_invalid_verdict_is_reported_and_stores_nothing(app, given):
    own = ids(app.dataset)[0][:2]
    sent = [
        one and {k: own if v == "own" else v for k, v in one.items()} for one in given
    ]
    answer = ask(app, sent, document_id=str(app.dataset.first().id))
    assert not answer["ok"]
    assert answer["error"]["consequence"] == "Nothing was changed."
    assert "unexpected" not in answer["error"]["message"]
    assert verdicts.count_verdicts(app.dataset) == 0


def test_labels_of_two_samples_are_not_judged(app):
    own, other = ids(app.dataset)[:2]
    sent = [{"label_ids": [own[0], other[0]], "verdict": "real"}]

    assert not ask(app, sent)["ok"]
    assert ask(app, sent, document_id=str(app.dataset.first().id))["gone"]
    assert verdicts.count_verdicts(app.dataset) == 0


def test_without_the_sample_the_labels_are_looked_for(app):
    sample = app.dataset.first()
    a, b, _ = ids(app.dataset)[0]
    sent = [{"label_ids": [a, b], "verdict": "remove_both", "seen": None}]
    answer = ask(app, sent)
    assert answer["ok"], answer
    (stored,) = verdicts.of_labels([ObjectId(a)])
    assert str(stored.document_id) == str(sample.id)


def test_what_was_reviewed_is_deleted_apart_from_the_rest_and_undone(app):
    sample = app.dataset.first()
    a, b, _ = ids(app.dataset)[0]
    before = ids(app.dataset)
    judge(app, sample, [([a, b], "duplicate", b, None)])

    shown = app.send("preview_delete", **REVIEWED)
    assert [shown[name] for name in ("labels", "by_verdicts", "merged")] == [1, 1, 0]
    everything = app.send("preview_delete", **{**REVIEWED, "source": "plan"})
    assert (everything["labels"], everything["by_verdicts"]) == (3, 1)

    done = app.delete(**REVIEWED, sure=False, emptied=0)

    assert (done["labels"], done["by_verdicts"]) == (1, 1), done
    assert a not in ids(app.dataset)[0]
    undone = app.send(
        "restore", restore_key=done["restore_key"], scan_key=None, tag="x"
    )
    assert undone["ok"]
    app.dataset.reload()
    assert ids(app.dataset) == before


def test_labels_that_verdicts_remove_are_those_of_the_plan_that_is_shown(make_dataset):
    dataset = make_dataset(panel_calls.SAMPLES)
    others = make_dataset([[("car", panel_calls.NEAR), ("car", panel_calls.ALIKE)]])
    search.find_duplicates(dataset, FindParams("ground_truth"), KEY)
    app = panel_calls.App(dataset)
    (a, b, _), (c, d), *_ = ids(dataset)
    verdicts.set_verdict(others, ids(others)[0], "remove_both")
    apart = dataset.limit(1)
    search.find_duplicates(apart, FindParams("ground_truth"), "first")

    first = judge(app, dataset.first(), [([a, b], "duplicate", b, None)])
    second, both = dataset.skip(1).first(), [([c, d], "remove_both", None, None)]
    of_trucks = judge(app, second, both, classes=["truck"])

    assert first["delta"]["by_verdicts"] == 1
    assert of_trucks["delta"]["by_verdicts"] == 1
    counts = {}
    for scan, classes in ((KEY, None), (KEY, "truck"), ("first", None)):
        asked = REVIEWED | {"scan_key": scan, "classes": classes and [classes]}
        shown = app.send("preview_delete", **asked)
        counts[scan, classes] = shown["by_verdicts"]
    assert counts == {(KEY, None): 3, (KEY, "truck"): 1, ("first", None): 1}


def test_an_object_that_a_person_removed_whole_needs_no_second_confirmation(app):
    sample = app.dataset.first()
    a, b, _ = ids(app.dataset)[0]
    judge(app, sample, [([a, b], "remove_both", None, None)])

    shown = app.send("preview_delete", **REVIEWED)
    assert (shown["labels"], shown["consented"]) == (2, 1)
    assert shown["emptied"]["count"] == 0
    done = app.delete(**REVIEWED, sure=False, emptied=0)
    assert (done["ok"], done["labels"], done["consented"]) == (True, 2, 1)


def test_a_review_ends_with_a_scan_that_knows_its_verdicts(app):
    sample = app.dataset.first()
    a, b, _ = ids(app.dataset)[0]
    judge(app, sample, [([a, b], "real", None, None)])
    assert app.send("refresh", scan_key=KEY, tag="x")["freshness"]["state"] == "changed"

    settled = app.send("settle_verdicts", scan_key=KEY)["summary"]

    key = settled["scan_key"]
    assert (
        app.send("refresh", scan_key=key, tag="x")["freshness"]["state"] == "up_to_date"
    )
