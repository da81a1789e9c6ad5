"""Verdicts recalibrate the likelihoods of a new scan; stored ones stay as they are."""

import pytest
import twice_labeled
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
    dataset = make_dataset(twice_labeled.samples())
    search.find_duplicates(dataset, PARAMS, "scan")
    return dataset


def likeliest(dataset, n=20):
    """Returns the likeliest pairs, as sorted ids of two labels."""
    known = likelihoods(dataset, "scan")
    return [sorted(pair) for pair in sorted(known, key=known.get, reverse=True)[:n]]


def ids(dataset):
    return dataset.values("ground_truth.detections.id")


def judge(dataset, found, kind="real"):
    for pair in found:
        kept = pair[0] if kind != "real" else None
        verdicts.set_verdict(dataset, pair, kind, kept)


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
    judge(dataset, likeliest(dataset))

    found = again(dataset, "again")

    after = likelihoods(dataset, "again")
    assert after.keys() == before.keys()
    # all were told apart, so the others are less likely too
    assert sum(after.values()) < sum(before.values()) / 2
    assert found.config["calibration"]["verdicts"] == 20
    # the earlier scan is what it was
    assert likelihoods(dataset, "scan") == before
    assert stored.open_scan(dataset, "scan").config == listed
    assert listed["format"] == FORMAT
    for pair in groups.list_groups(dataset, "again").groups[0]["pairs"]:
        assert pair["why"].endswith("by 20 of your verdicts")
    verdicts.clear_verdicts(dataset)
    cost = {
        key: costs.of_plan(dataset, plans.plan(dataset, key), intervals=False)
        for key in ("scan", "again")
    }
    assert cost["again"]["right"] < cost["scan"]["right"] / 2


def test_a_cut_by_likelihood_compares_the_recalibrated_ones(dataset):
    judge(dataset, likeliest(dataset, 12))
    likely = FindParams("ground_truth", metric="likelihood", iou_thresh=0.5)
    before = search.find_duplicates(dataset, likely)

    found = again(dataset, "again", params=likely)

    assert len(found.label_ids) < len(before.label_ids)
    planned = plans.plan(dataset, "again").removals
    assert [removal.label_id for removal in planned] == found.label_ids
    known = likelihoods(dataset, "again")
    real = set(map(frozenset, likeliest(dataset, 12)))
    above = [pair for pair, p in known.items() if p > 0.5 and pair not in real]
    assert set(found.label_ids) <= frozenset().union(*above)


def test_a_later_scan_keeps_the_calibration_until_verdicts_are_asked_again(dataset):
    found = likeliest(dataset, 8)
    judge(dataset, found[:5])
    again(dataset, "first")
    judge(dataset, found[5:])
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
    found = likeliest(dataset)
    one, other = map(ObjectId, found[0])
    accepted = Given((one, other), "duplicate", one, ACCEPTED)
    documents = {
        label_id: ObjectId(document_id)
        for document_id, labels in zip(dataset.values("id"), ids(dataset))
        for label_id in labels
    }
    verdicts.put(dataset, {documents[found[0][0]]: [accepted]})
    verdicts.set_verdict(dataset, found[5], "remove_both")

    found = again(dataset, "again")

    assert verdicts.count_verdicts(dataset) == 2
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
    judge(dataset, likeliest(dataset, 3))
    again(dataset, "again")

    monkeypatch.setattr(stored, "RECALIBRATED", FORMAT)

    with pytest.raises(NewerError):
        stored.open_scan(dataset, "again")
    assert stored.open_scan(dataset, "scan").key == "scan"
