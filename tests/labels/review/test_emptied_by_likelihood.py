"""Objects that lose every label under a cut by likelihood."""

import random

import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.review import emptied, groups
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.decisions import verdicts

FIELD = "ground_truth"

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.fixture
def dataset(make_dataset):
    """Pairs of boxes that overlap from hardly to exactly, so of any likelihood."""
    rng = random.Random(5)

    def pair(k):
        x, y, shift = rng.random() / 2, rng.random() / 2, k / 400
        names = rng.choice((("car", "car"), ("car", "truck")))
        return [(names[0], [x, y, 0.25, 0.25]), (names[1], [x + shift, y, 0.25, 0.25])]

    return make_dataset([pair(k % 60) for k in range(240)])


def test_objects_of_remove_both_are_those_connected_above_the_cut(dataset):
    key = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    found = groups.list_groups(dataset, key, iou_thresh=0.05, limit=240).groups
    for group in found:
        pair = [member["label_id"] for member in group["members"]]
        verdicts.set_verdict(dataset, pair, "remove_both")
    likelihoods = sorted(group["likelihood"] for group in found)
    cut = likelihoods[len(found) * 3 // 4]
    above = sum(value > cut for value in likelihoods)
    assert above > 20

    plan = plans.plan(dataset, key, metric="likelihood", iou_thresh=cut)
    # labels below the cut are removed as well, but are no object there
    assert len(plan) == 2 * len(found)
    judged = emptied.by_plan(dataset, plan)
    assert (judged.count, judged.consented) == (0, above)
