"""Labels without a class are distinct from labels of a class named "(no class)"."""

import fiftyone.operators as foo
import pytest

from duplicates.iou_core.params import FindParams
from duplicates.labels.review import class_pairs, groups, pairs
from duplicates.labels.scans import plans, search

ODD = "(no class)"
NEAR, ALIKE = [0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.4, 0.42]
FAR, FAR_TOO = [0.6, 0.6, 0.3, 0.3], [0.6, 0.6, 0.3, 0.31]


@pytest.fixture
def dataset(make_dataset):
    dataset = make_dataset(
        [[("car", NEAR), (None, ALIKE)], [("car", FAR), (ODD, FAR_TOO)]]
    )
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset


def test_they_are_counted_separately(dataset):
    found = search.find_duplicates(dataset, FindParams("ground_truth"), record=False)
    assert {name: n["duplicates"] for name, n in found.by_class.items()} == {
        None: 1,
        ODD: 1,
        "car": 0,
    }
    assert plans.plan(dataset, "scan").by_class == {None: 1, ODD: 1}


@pytest.mark.parametrize("name", [None, ODD])
def test_they_can_be_selected_separately(dataset, name):
    plan = plans.plan(dataset, "scan", classes=[name])
    assert [removal.class_name for removal in plan.removals] == [name]
    (group,) = groups.list_groups(dataset, "scan", classes=[name]).groups
    assert {member["class"] for member in group["members"]} == {"car", name}
    assert groups.list_groups(dataset, "scan", class_pair=["car", name]).count == 1


def test_class_pairs_distinguish_them(dataset):
    listed = pairs.list_pairs(dataset, "scan").pairs
    assert [pair["classes"] for pair in listed] == [["car", None], ["car", ODD]]
    rows = class_pairs.count_class_pairs(dataset, "scan").rows(0.5)
    assert {frozenset(row["classes"]) for row in rows} == {
        frozenset(("car", None)),
        frozenset(("car", ODD)),
    }


def test_operators_return_and_accept_different_names_for_them(dataset):
    delete = foo.get_operator("@iou/duplicates/delete_duplicates")
    counted = delete(dataset, scan_key="scan", dry_run=True).result
    assert counted["by_class"] == {"(no class)": 1, "'(no class)'": 1}
    for name in counted["by_class"]:
        some = delete(dataset, scan_key="scan", classes=[name], dry_run=True).result
        assert some["by_class"] == {name: 1}
