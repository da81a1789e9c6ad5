"""Verdicts of all kinds, as they are stored, listed, changed and cleared."""

import threading

import pytest
from bson import ObjectId

from duplicates.iou_core.errors import NewerError, ParamsError
from duplicates.labels import store
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.verdict_changes import (
    VerdictChange,
    change_verdicts,
)
from duplicates.labels.scans.decisions.verdict_kinds import FORMAT, VERDICTS, Given

PATH = "ground_truth.detections"
BOX = [0.1, 0.1, 0.2, 0.2]


pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    return make_dataset([[("a", BOX)] * 4, [("a", BOX)] * 2])


def ids(dataset):
    return [i for found in dataset.values(f"{PATH}.id") for i in found or ()]


def stored():
    return {bytes(d.pop("_id")): d for d in store.collection("verdicts").find()}


def changed(dataset, *changes, who=None):
    """Changes verdicts on labels of the first image, each given with what was seen."""
    given = [VerdictChange(Given.parse(*given), seen) for given, seen in changes]
    return change_verdicts(dataset, dataset.first()._id, given, who)


class TestKinds:
    def test_a_verdict_says_what_is_kept_and_who_judged_when(self, dataset):
        a, b, *_ = ids(dataset)

        assert verdicts.set_verdict(dataset, [b, a], "duplicate", b, " Anna ") == 1

        (found,) = verdicts.list_verdicts(dataset)
        assert found.pop("created") == found.pop("at")
        assert found == {
            "label_ids": [a, b],
            "verdict": "duplicate",
            "kept": b,
            "who": "Anna",
        }

    def test_another_verdict_replaces_the_first_and_keeps_when_that_was_given(
        self, dataset
    ):
        a, b, *_ = ids(dataset)
        verdicts.set_verdict(dataset, [a, b], "merge", a, "Anna")
        (first,) = verdicts.list_verdicts(dataset)
        assert verdicts.set_verdict(dataset, [a, b], "merge", a, "Bob") == 0
        assert verdicts.list_verdicts(dataset) == [first]

        assert verdicts.set_verdict(dataset, [a, b], "merge", b, "Bob") == 1

        (second,) = verdicts.list_verdicts(dataset)
        assert (second["kept"], second["who"]) == (b, "Bob")
        assert second["created"] == first["created"]
        assert second["at"] > first["at"]

    @pytest.mark.parametrize(
        ("kind", "n"), [("real", 6), ("duplicate", 3), ("merge", 3), ("remove_both", 6)]
    )
    def test_one_on_a_group_is_one_on_each_of_its_pairs(self, dataset, kind, n):
        group = ids(dataset)[:4]
        kept = group[1] if kind in ("duplicate", "merge") else None

        assert verdicts.set_verdict(dataset, group, kind, kept) == n

        listed = verdicts.list_verdicts(dataset)
        assert {v["verdict"] for v in listed} == {kind}
        assert all(kept in v["label_ids"] for v in listed if kept)

    @pytest.mark.parametrize(
        ("kind", "kept"),
        [
            ("duplicate", None),
            ("merge", "5" * 24),
            ("real", 0),
            ("remove_both", 0),
            ("duplicate", "x"),
            ("duplicate", 7),
            ("same", None),
            (None, None),
        ],
    )
    def test_one_without_the_label_that_it_needs_is_an_error(self, dataset, kind, kept):
        a, b, *_ = ids(dataset)
        with pytest.raises(
            ParamsError, match=r"^(kept|verdict)(: expected| has no effect)"
        ):
            verdicts.set_verdict(dataset, [a, b], kind, a if kept == 0 else kept)
        assert stored() == {}

    @pytest.mark.parametrize("who", ["x" * 101, 5, "\0"])
    def test_a_name_that_cannot_be_stored_is_an_error(self, dataset, who):
        with pytest.raises(ParamsError, match=r"^who: expected"):
            verdicts.set_verdict(dataset, ids(dataset)[:2], who=who)

    def test_an_older_version_cannot_read_those_that_it_does_not_know(self, dataset):
        a, b, *_ = ids(dataset)
        formats = {}
        for kind in VERDICTS:
            kept = a if kind in ("duplicate", "merge") else None
            verdicts.set_verdict(dataset, [a, b], kind, kept)
            (document,) = stored().values()
            formats[kind] = document["format"]
        assert formats.pop("real") == 1
        assert set(formats.values()) == {FORMAT}
        with pytest.raises(NewerError, match="update the plugin"):
            store.require_format(FORMAT, "verdicts")

    def test_one_of_version_0_1_0_can_be_listed_and_replaced(self, dataset):
        a, b, *_ = ids(dataset)
        verdicts.set_verdict(dataset, [a, b])
        later = dict.fromkeys(("kept", "who", "modified", "document_id"), "")
        store.collection("verdicts").update_many({}, {"$unset": later})

        (found,) = verdicts.list_verdicts(dataset)

        assert (found["kept"], found["who"]) == (None, None)
        assert found["at"] == found["created"]
        assert changed(dataset, (([a, b], "duplicate", a), found["at"])).stored
        assert [v["kept"] for v in verdicts.list_verdicts(dataset)] == [a]


class TestDigest:
    def test_it_tells_each_verdict_on_a_pair_from_the_others(self, dataset):
        a, b, *_ = ids(dataset)
        digests = [verdicts.digest_of_verdicts(dataset)]
        for kind, kept in (
            ("real", None),
            ("duplicate", a),
            ("duplicate", b),
            ("merge", a),
            ("remove_both", None),
        ):
            verdicts.set_verdict(dataset, [a, b], kind, kept)
            digests.append(verdicts.digest_of_verdicts(dataset))
        assert len(set(digests)) == len(digests)

        verdicts.clear_verdicts(dataset)
        assert verdicts.digest_of_verdicts(dataset) == digests[0]

    def test_the_person_and_the_time_do_not_change_it(self, dataset):
        a, b, *_ = ids(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", a, "Anna")
        digest = verdicts.digest_of_verdicts(dataset)
        verdicts.clear_verdicts(dataset)
        verdicts.set_verdict(dataset, [a, b], "duplicate", a, "Bob")
        assert verdicts.digest_of_verdicts(dataset) == digest


class TestChanges:
    def test_a_verdict_that_the_person_knows_is_replaced_and_deleted(self, dataset):
        a, b, c, *_ = ids(dataset)
        first = changed(
            dataset, (([a, b], "real"), None), (([c, a], "merge", c), None), who="Anna"
        )
        assert first.conflicts == {}
        seen = {frozenset(map(str, pair)): at for pair, at in first.stored.items()}
        ab, ac = seen[frozenset([a, b])], seen[frozenset([a, c])]
        assert {v["at"] for v in verdicts.list_verdicts(dataset)} == {ab, ac}

        second = changed(dataset, (([a, b], None), ab), (([a, c], "duplicate", a), ac))

        assert sorted(map(bool, second.stored.values())) == [False, True]
        (left,) = verdicts.list_verdicts(dataset)
        assert (left["verdict"], left["kept"]) == ("duplicate", a)
        assert left["at"] > ac

    def test_nothing_is_stored_if_another_person_changed_one_of_them(self, dataset):
        a, b, c, *_ = ids(dataset)
        (at,) = changed(dataset, (([a, b], "real"), None)).stored.values()
        verdicts.set_verdict(dataset, [a, b], "duplicate", b, "Bob")
        before = stored()

        done = changed(
            dataset, (([a, c], "real"), None), (([a, b], "duplicate", a), at)
        )

        assert done.stored == {}
        ((pair, conflict),) = done.conflicts.items()
        assert set(map(str, pair)) == {a, b}
        assert (str(conflict.kept), conflict.who) == (b, "Bob")
        assert stored() == before

    def test_one_that_another_person_deleted_is_a_conflict(self, dataset):
        a, b, *_ = ids(dataset)
        (at,) = changed(dataset, (([a, b], "real"), None)).stored.values()
        verdicts.clear_verdicts(dataset)
        done = changed(dataset, (([a, b], "duplicate", a), at))
        assert list(done.conflicts.values()) == [None]
        assert stored() == {}
        # deleting what is gone is not a conflict
        assert list(changed(dataset, (([a, b], None), at)).stored.values()) == [None]

    def test_two_people_who_agree_have_no_conflict(self, dataset):
        a, b, *_ = ids(dataset)
        (at,) = changed(
            dataset, (([a, b], "merge", a), None), who="Anna"
        ).stored.values()
        again = changed(dataset, (([b, a], "merge", a), None), who="Bob")
        (later,) = again.stored.values()
        assert (later > at, again.conflicts) == (True, {})
        (found,) = verdicts.list_verdicts(dataset)
        assert found["who"] == "Anna"

    def test_of_many_people_at_once_at_most_one_stores_all_and_the_others_are_told(
        self, dataset
    ):
        a, b, c, d, *_ = ids(dataset)
        for pair in ([a, b], [a, c], [a, d]):
            verdicts.set_verdict(dataset, pair)
        seen = {tuple(v["label_ids"]): v["at"] for v in verdicts.list_verdicts(dataset)}
        barrier, outcomes = threading.Barrier(8), {}

        def judge(k):
            # half of them go through the pairs in the other direction
            pairs = list(seen)[:: 1 if k % 2 else -1]
            mine = [((p, "duplicate", p[k // 4]), seen[p]) for p in pairs]
            if k % 4 > 1:
                mine = [((p, "merge", p[k // 4]), seen[p]) for p in pairs]
            barrier.wait()
            outcomes[k] = changed(dataset, *mine, who=f"person {k}")

        threads = [threading.Thread(target=judge, args=(k,)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        found = verdicts.list_verdicts(dataset)
        # all three are of one person, or of people who gave the same verdict, or of
        # none if they got in each other's way
        kept = [v["kept"] and v["label_ids"].index(v["kept"]) for v in found]
        assert len({(v["verdict"], k) for v, k in zip(found, kept)}) == 1
        people = [
            {one.who for one in of_pair} for of_pair in verdicts.of_each_person(dataset)
        ]
        assert len({frozenset(names) for names in people}) == 1
        assert all(
            bool(done.stored) != bool(done.conflicts) for done in outcomes.values()
        )
        assert any(done.stored for done in outcomes.values()) == bool(found[0]["who"])


def test_many_verdicts_are_stored_at_once_and_may_leave_others_alone(dataset):
    a, b, c, _, e, f = map(ObjectId, ids(dataset))
    one, other = (sample._id for sample in dataset)
    verdicts.set_verdict(dataset, [str(a), str(b)], "duplicate", str(a))
    given = {
        one: [Given.parse([a, b], "real"), Given.parse([b, c], "real")],
        other: [Given.parse([e, f], "duplicate", f)],
    }

    assert verdicts.put(dataset, given, "Anna", replace=False) == 2
    assert verdicts.of_pairs([(a, b)])[a, b].verdict == "duplicate"
    assert verdicts.put(dataset, given, "Anna") == 1
    assert verdicts.of_pairs([(a, b)])[a, b].verdict == "real"

    assert {v.label_ids for v in verdicts.of_labels([b])} == {(a, b), (b, c)}
    assert {v.document_id for v in verdicts.of_dataset(dataset)} == {one, other}
