"""The results of operators, and what they act on."""

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone_reference as theirs
import generated
import pytest
from called import BOX, FIELD, PATH, call, dataset_ids, operator
from fiftyone import ViewField as F

COUNTS_FIRST = ["count", "samples", "by_class"]
RESULTS = [
    "compute_max_ious",
    "find_duplicates",
    "tag_duplicates",
    "untag_duplicates",
    "delete_duplicates",
]


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(generated.samples(1, n=45))


@pytest.fixture
def small(make_dataset):
    return make_dataset([[("a", BOX), ("b", BOX), ("c", BOX)] for _ in range(3)])


class TestResults:
    @pytest.mark.parametrize("name", RESULTS)
    def test_counts_come_first(self, small, name):
        call("tag_duplicates", small)
        result = call(name, small)

        names = list(result)
        assert names[:3] == COUNTS_FIRST
        assert names.index("skipped") < names.index(
            "bounds" if name == "compute_max_ious" else "label_ids"
        )
        assert list(result)[-1] == "message"
        assert result["count"] in (6, 9)
        assert result["samples"] == 3
        assert result["skipped"] == {"count": 0, "reasons": {}, "labels": []}

    @pytest.mark.parametrize("name", ["compute_max_ious", "find_duplicates"])
    def test_invalid_labels_are_counted_and_listed(self, small, name):
        first = dataset_ids(small)[0]
        small._sample_collection.update_one(
            {"_id": first}, {"$set": {f"{PATH}.1.bounding_box": [0, 0, -1, 1]}}
        )
        result = call(name, small)
        (bad,) = result["skipped"]["labels"]

        assert result["skipped"]["count"] == 1
        assert result["skipped"]["reasons"] == {
            "has a bounding_box with a negative side": 1
        }
        assert (bad["sample_id"], bad["position"]) == (str(first), 1)
        assert "1 label was skipped" in result["message"]

    def test_a_long_list_of_ids_is_truncated_and_reported_as_such(
        self, small, monkeypatch
    ):
        import sys

        base = sys.modules[type(operator("find_duplicates")).__mro__[1].__module__]
        monkeypatch.setattr(base, "MAX_LABEL_IDS", 4)
        result = call("find_duplicates", small)

        assert result["count"] == 6
        assert len(result["label_ids"]) == 4
        assert result["label_ids_cut"]

    def test_the_result_names_the_group_slice(self, database):
        dataset = fo.Dataset()
        dataset.add_group_field("group", default="left")
        group = fo.Group()
        detections = [fo.Detection(label="a", bounding_box=BOX) for _ in range(2)]
        dataset.add_samples(
            [
                fo.Sample(
                    filepath=f"/images/{name}.jpg",
                    group=group.element(name),
                    ground_truth=fo.Detections(detections=detections),
                )
                for name in ("left", "right")
            ],
            progress=False,
        )
        found = call("find_duplicates", dataset)
        dataset.group_slice = "right"
        of_right = call("find_duplicates", dataset)
        dataset.delete()

        assert (found["count"], found["scope"]["slices"]) == (1, ["left"])
        assert (of_right["count"], of_right["scope"]["slices"]) == (1, ["right"])


class TestTargets:
    """The target of an operator: the dataset, a view, or the selection in the App."""

    def test_a_view_limits_an_operator_to_its_labels(self, dataset):
        cats = dataset.filter_labels(FIELD, F("label") == "cat")
        found = call("find_duplicates", cats, iou_thresh=0.3)
        done = call("compute_max_ious", cats)

        assert found["label_ids"] == theirs.duplicates(cats, FIELD, iou_thresh=0.3)
        assert found["scope"]["kind"] == "view"
        assert done["count"] == dataset.count(f"{PATH}.max_iou") > 0
        names = dataset.filter_labels(FIELD, F("max_iou") >= 0).distinct(
            f"{PATH}.label"
        )
        assert names == ["cat"]

    @pytest.mark.parametrize(
        ("target", "n_samples"),
        [
            ("DATASET", 45),
            ("CURRENT_VIEW", 20),
            ("SELECTED_SAMPLES", 3),
            (None, 20),
        ],
    )
    def test_the_target_chosen_in_the_app_is_used(self, dataset, target, n_samples):
        view = dataset.limit(20)
        context = {"view": view, "selected": view.values("id")[:3]}
        params = {} if target is None else {"view_target": target}
        result = foo.execute_operator(
            "@iou/duplicates/find_duplicates", context, params=params
        )

        assert result.result["scope"]["samples"] == n_samples
