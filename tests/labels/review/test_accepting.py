"""Pairs that are accepted at once, above a likelihood."""

import pytest
from reviewed import BOX, ids, removed, session, spread

from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review.judging.accept import Accepted, accept_above
from duplicates.labels.review.judging.filters import Filters
from duplicates.labels.scans import search
from duplicates.labels.scans.decisions import verdicts

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    return spread(make_dataset)


class TestAccepting:
    def test_without_a_digest_nothing_is_stored_and_the_pairs_are_counted(
        self, dataset
    ):
        n = len(removed(dataset))
        found = accept_above(session(dataset), 0.0)
        assert found == Accepted(n, n, 0, found.digest)
        assert n > 10
        assert verdicts.count_verdicts(dataset) == 0

    def test_the_pairs_that_were_seen_are_stored_and_the_plan_stays_the_same(
        self, dataset
    ):
        before = removed(dataset)
        some = accept_above(session(dataset), 0.5)
        assert some.pairs > 0

        asked = {"who": "Anna", "browser": "b", "digest": some.digest}
        done = accept_above(session(dataset), 0.5, **asked)

        assert done.stored == done.pairs == some.pairs
        assert removed(dataset) == before
        found = verdicts.list_verdicts(dataset)
        assert {(one["verdict"], one["who"]) for one in found} == {
            ("duplicate", "Anna")
        }
        assert {one.browser for one in verdicts.of_dataset(dataset)} == {"b"}
        gone = {i for one in found for i in one["label_ids"] if i != one["kept"]}
        assert gone <= before
        assert accept_above(session(dataset), 0.5).pairs == 0

    def test_other_pairs_than_those_seen_store_nothing(self, dataset):
        seen = accept_above(session(dataset), 0.0).digest
        verdicts.set_verdict(dataset, ids(dataset)[0], "real", who="Bob")

        assert accept_above(session(dataset), 0.0, digest=seen).stored == 0
        assert verdicts.count_verdicts(dataset) == 1

    def test_pairs_that_a_person_decided_are_left_alone(self, dataset):
        n = accept_above(session(dataset), 0.0).pairs
        verdicts.set_verdict(dataset, ids(dataset)[0], "real", who="Bob")
        left = accept_above(session(dataset), 0.0).digest

        assert accept_above(session(dataset), 0.0, digest=left).stored == n - 1
        by = [one["who"] for one in verdicts.list_verdicts(dataset)]
        assert by.count("Bob") == 1

    def test_filters_and_classes_restrict_what_is_accepted(self, dataset):
        every = accept_above(session(dataset), 0.0).pairs
        trucks = accept_above(session(dataset), 0.0, classes=["truck"]).pairs
        mixed = accept_above(
            session(dataset), 0.0, Filters(class_pair=["car", "truck"])
        ).pairs

        assert 0 < trucks == mixed < every

    def test_a_chain_in_which_a_removed_label_meets_no_kept_one_is_left_to_a_person(
        self, make_dataset
    ):
        chain = [("car", [0.1 + 0.05 * k, 0.1, 0.4, 0.4]) for k in range(4)]
        dataset = make_dataset([chain, [("car", BOX)] * 2])
        search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
        before = removed(dataset)
        assert len(before) == 4

        seen = accept_above(session(dataset), 0.0).digest
        assert accept_above(session(dataset), 0.0, digest=seen).stored == 1

        assert removed(dataset) == before

    @pytest.mark.parametrize("likelihood", [None, -1, 2, "high", True])
    def test_a_likelihood_is_a_fraction(self, dataset, likelihood):
        with pytest.raises(ParamsError):
            accept_above(session(dataset), likelihood)
