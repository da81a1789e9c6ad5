"""Operators that merge, restore and erase labels, from the App and from Python."""

import json

import pytest
from called import BOX, FIELD, PATH
from decision_calls import SAMPLES, refused, run, stored


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(SAMPLES)


class TestMerge:
    @pytest.mark.parametrize(
        ("how", "box"),
        [
            ("union", [0.1, 0.1, 0.22, 0.2]),
            ("mean", [0.11, 0.1, 0.2, 0.2]),
            ("weighted_mean", [0.1 + 0.02 * 0.9 / 1.4, 0.1, 0.2, 0.2]),
        ],
    )
    def test_two_labels_are_merged_into_one_and_restored(self, dataset, scan, how, box):
        before = stored(dataset)
        done = run(
            "merge_duplicates",
            dataset,
            scan_key=scan,
            how=how,
            method="nms",
            keep="first",
        )
        json.dumps(done)
        assert (done["count"], done["samples"], done["how"]) == (3, 2, how)
        assert done["by_class"] == {"car": 2, "truck": 1}
        dataset.reload()
        (car,) = dataset.first()[FIELD].detections
        assert car.bounding_box == pytest.approx(box)
        assert (car.label, car.confidence, car.tags) == ("car", 0.5, ["x"])
        assert dataset.values(f"{PATH}.label") == [["car"], ["car"], []]
        raw = dataset._sample_collection.find_one()[FIELD]["detections"][0]
        assert raw["note"] == "n"

        undone = run("restore_deleted", dataset, restore_key=done["restore_key"])
        assert undone["operation"] == "merge"
        assert stored(dataset) == before

    @pytest.mark.parametrize(
        "given", [{"how": "median"}, {"how": 5}, {"scan_key": "no"}, {"tag": "x"}]
    )
    def test_invalid_input_is_reported_in_one_sentence_and_changes_nothing(
        self, dataset, scan, given
    ):
        before = stored(dataset)
        refused("merge_duplicates", dataset, **{"scan_key": scan, **given})
        assert stored(dataset) == before
        assert run("list_deleted", dataset)["count"] == 0


class TestJournal:
    def test_actions_are_listed_undone_and_erased(self, dataset, scan):
        before = stored(dataset)
        run("tag_duplicates", dataset, scan_key=scan)
        deleted = run("delete_duplicates", dataset, label_field=FIELD, tag="duplicate")
        listed = run("list_deleted", dataset)
        json.dumps(listed)
        assert [a["operation"] for a in listed["actions"]] == ["delete", "tag"]
        assert [a["count"] for a in listed["actions"]] == [3, 3]
        assert listed["bytes"] == sum(a["bytes"] for a in listed["actions"]) > 0
        assert listed["actions"][0]["restore_key"] == deleted["restore_key"]

        for action in listed["actions"]:
            undone = run("restore_deleted", dataset, restore_key=action["restore_key"])
            assert undone["count"] == 3
        assert stored(dataset) == before
        again = run("restore_deleted", dataset, restore_key=deleted["restore_key"])
        assert (again["count"], again["skipped"]["count"]) == (0, 3)
        assert "3 are already there" in again["message"]

        one = run("empty_trash", dataset, restore_key=deleted["restore_key"])
        assert one["count"] == 1
        assert run("empty_trash", dataset)["count"] == 1
        assert run("list_deleted", dataset)["count"] == 0
        assert stored(dataset) == before

    @pytest.mark.parametrize("name", ["restore_deleted", "empty_trash"])
    @pytest.mark.parametrize("given", [{"restore_key": "nothing"}, {"tag": "x"}])
    def test_invalid_input_is_reported_in_one_sentence_and_changes_nothing(
        self, dataset, scan, name, given
    ):
        run("delete_duplicates", dataset, scan_key=scan)
        before = stored(dataset)
        refused(name, dataset, **given)
        assert stored(dataset) == before
        assert run("list_deleted", dataset)["count"] == 1

    def test_the_key_of_another_datasets_action_is_an_error(
        self, dataset, scan, make_dataset
    ):
        key = run("delete_duplicates", dataset, scan_key=scan)["restore_key"]
        other = make_dataset([[("car", BOX)]])
        refused("restore_deleted", other, restore_key=key)
        refused("empty_trash", other, restore_key=key)
        assert run("list_deleted", other)["count"] == 0
