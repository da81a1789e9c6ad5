"""Verdicts recalibrate the likelihoods of a new scan; stored ones stay as they are."""

import numpy as np
import pytest
from bson import ObjectId

from duplicates.iou_core.errors import NewerError, ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels.review import groups, pairs
from duplicates.labels.review.expected import costs
from duplicates.labels.scans import plans, search, stored
from duplicates.labels.scans.blocks.packing import FORMAT
from duplicates.labels.scans.decisions import verdicts
from duplicates.labels.scans.decisions.recalibration import ONE, TWO, UNKNOWN, Answers
from duplicates.labels.scans.decisions.verdict_kinds import ACCEPTED, Given

BOX = [0.1, 0.1, 0.4, 0.4]
PARAMS = FindParams("ground_truth")

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    """Images of two labels each, whose IoUs are spread from 0.5 to 1."""
    shifts = np.linspace(0, 0.13, 30)
    dataset = make_dataset(
        [
            [("car", BOX), (["car", "truck"][k % 2], [0.1 + x, 0.1, 0.4, 0.4])]
            for k, x in enumerate(shifts)
        ]
    )
    search.find_duplicates(dataset, PARAMS, "scan")
    return dataset


def ids(dataset):
    return dataset.values("ground_truth.detections.id")


def judge(dataset, which, kind="real"):
    for k in which:
        kept = ids(dataset)[k][0] if kind != "real" else None
        verdicts.set_verdict(dataset, ids(dataset)[k], kind, kept)


def again(dataset, key, since="scan", calibration=search.ANEW, params=PARAMS):
    return search.find_duplicates(
        dataset, params, key, since=since, calibration=calibration
    )


def likelihoods(dataset, key):
    found = pairs.list_pairs(dataset, key, 0.0).pairs
    return {frozenset(one["label_ids"]): one["likelihood"] for one in found}


def calibration(dataset, key):
    return stored.open_scan(dataset, key).config.get("calibration")


def test_a_recalibrated_scan_states_what_people_decided_and_says_so(dataset):
    before = likelihoods(dataset, "scan")
    listed = stored.open_scan(dataset, "scan").config
    judge(dataset, range(24))

    found = again(dataset, "again")

    after = likelihoods(dataset, "again")
    assert after.keys() == before.keys()
    assert all(after[pair] < before[pair] for pair in before)
    # all were told apart, and so are nearly all others
    assert sum(after.values()) < sum(before.values()) / 3
    assert found.config["calibration"]["verdicts"] == 24
    # the earlier scan is what it was
    assert likelihoods(dataset, "scan") == before
    assert stored.open_scan(dataset, "scan").config == listed
    assert listed["format"] == FORMAT
    for pair in groups.list_groups(dataset, "again").groups[0]["pairs"]:
        assert pair["why"].endswith("by 24 of your verdicts")
    cost = {
        key: costs.of_plan(dataset, plans.plan(dataset, key), intervals=False)
        for key in ("scan", "again")
    }
    assert cost["again"]["right"] < cost["scan"]["right"]


def test_a_cut_by_likelihood_compares_the_recalibrated_ones(dataset):
    judge(dataset, range(0, 30, 2), "duplicate")
    judge(dataset, range(1, 30, 2))
    likely = FindParams("ground_truth", metric="likelihood", iou_thresh=0.5)

    found = again(dataset, "again", params=likely)

    above = {pair for pair, p in likelihoods(dataset, "again").items() if p > 0.5}
    planned = plans.plan(dataset, "again").removals
    assert len(found.label_ids) == len(planned)
    overlapping = {frozenset(ids(dataset)[k]) for k in range(0, 30, 2)}
    assert above == overlapping


def test_a_later_scan_keeps_the_calibration_until_verdicts_are_asked_again(dataset):
    judge(dataset, range(5))
    again(dataset, "first")
    judge(dataset, range(5, 8))
    dataset.add_sample(dataset.first().copy())

    again(dataset, "kept", "first", None)
    again(dataset, "renewed", "kept")
    again(dataset, "without", "scan", None)

    first = calibration(dataset, "first")
    assert calibration(dataset, "kept") == first
    assert calibration(dataset, "renewed")["verdicts"] == 8
    assert calibration(dataset, "renewed")["at"] > first["at"]
    assert calibration(dataset, "without") is None


def test_without_a_verdict_on_one_of_its_pairs_a_scan_is_not_recalibrated(dataset):
    given = {}
    for document_id, pair in list(zip(dataset.values("id"), ids(dataset)))[:3]:
        one, other = sorted(map(ObjectId, pair))
        accepted = Given((one, other), "duplicate", one, ACCEPTED)
        given[ObjectId(document_id)] = [accepted]
    verdicts.put(dataset, given)
    verdicts.set_verdict(dataset, ids(dataset)[5], "remove_both")

    found = again(dataset, "again")

    assert "calibration" not in found.config
    assert likelihoods(dataset, "again") == likelihoods(dataset, "scan")
    with pytest.raises(ParamsError):
        search.find_duplicates(dataset, PARAMS, record=False, calibration=search.ANEW)


def test_two_duplicates_of_one_label_are_one_object(make_dataset):
    dataset = make_dataset([[("car", BOX)] * 4])
    search.find_duplicates(dataset, PARAMS, "scan")
    a, b, c, d = ids(dataset)[0]
    verdicts.set_verdict(dataset, [a, b], "duplicate", a)
    verdicts.set_verdict(dataset, [a, c], "merge", a)
    verdicts.set_verdict(dataset, [c, d])
    (block,) = stored.open_scan(dataset, "scan").blocks()

    said = Answers(verdicts.of_dataset(dataset)).of(block, block.pairs)

    known = {
        frozenset("abcd"[k] for k in pair): value
        for *pair, value in zip(block.pairs.i, block.pairs.j, said.tolist())
    }
    assert known == {
        **dict.fromkeys(map(frozenset, ("ab", "ac", "bc")), ONE),
        frozenset("cd"): TWO,
        **dict.fromkeys(map(frozenset, ("ad", "bd")), UNKNOWN),
    }


def test_an_older_version_refuses_a_recalibrated_scan(dataset, monkeypatch):
    judge(dataset, range(3))
    again(dataset, "again")

    monkeypatch.setattr(stored, "RECALIBRATED", FORMAT)

    with pytest.raises(NewerError):
        stored.open_scan(dataset, "again")
    assert stored.open_scan(dataset, "scan").key == "scan"
