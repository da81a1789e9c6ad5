"""Every operator, called from Python and from the operator browser."""

import asyncio
import json
import re

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone_reference as theirs
import generated
import pytest
from bson import ObjectId
from fiftyone import ViewField as F
from fiftyone.operators.delegated import DelegatedOperationService
from fiftyone.operators.executor import ExecutionError, ExecutionResult

from dev import coco

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
BOX = [0.1, 0.1, 0.2, 0.2]
COUNTS_FIRST = ["count", "samples", "by_class"]
RESULTS = [
    "compute_max_ious",
    "find_duplicates",
    "tag_duplicates",
    "untag_duplicates",
    "delete_duplicates",
]


def operator(name):
    return foo.get_operator(f"@iou/duplicates/{name}")


def call(name, samples, /, **params):
    """Runs an operator, and checks that its result is plain JSON."""
    result = operator(name)(samples, **params).result
    return json.loads(json.dumps(result))


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(generated.samples(1, n=45))


@pytest.fixture
def small(make_dataset):
    return make_dataset([[("a", BOX), ("b", BOX), ("c", BOX)] for _ in range(3)])


class TestTheMainJob:
    """Duplicates are found, shown, tagged, deleted and restored."""

    def test_from_the_search_to_the_deletion(self, dataset):
        before = theirs.stored(dataset)
        found = call("find_duplicates", dataset, label_field=FIELD, iou_thresh=0.5)
        expected = theirs.duplicates(dataset, FIELD, iou_thresh=0.5)
        assert found["label_ids"] == expected
        assert theirs.stored(dataset) == before

        tagged = call("tag_duplicates", dataset, scan_key=found["scan_key"])
        assert dataset.count_label_tags() == {"duplicate": tagged["count"]}
        assert tagged["label_ids"] == expected

        deleted = call("delete_duplicates", dataset, tag="duplicate")
        assert deleted["count"] == found["count"] == len(expected)
        assert sum(deleted["by_class"].values()) == deleted["count"]
        assert deleted["samples"] == found["samples"]
        assert dataset.count_label_tags() == {}
        left = [i for ids in dataset.values(f"{PATH}.id") for i in ids or []]
        assert not set(left) & set(expected)
        assert call("find_duplicates", dataset, iou_thresh=0.5)["count"] == 0

    def test_a_scan_is_deleted_without_a_tag(self, dataset):
        found = call("find_duplicates", dataset, iou_thresh=0.5, scan_key="mine")
        n_labels = dataset.count(PATH)
        deleted = call("delete_duplicates", dataset, scan_key="mine")

        assert found["scan_key"] == "mine"
        assert deleted["count"] == found["count"]
        assert dataset.count(PATH) == n_labels - found["count"]
        again = call("delete_duplicates", dataset, scan_key="mine")
        assert (again["count"], again["restore_key"]) == (0, None)
        assert again["skipped"]["count"] == found["count"]

    def test_threshold_method_and_classes_can_differ_from_the_scans(self, dataset):
        call("find_duplicates", dataset, scan_key="mine")
        tagged = call(
            "tag_duplicates", dataset, scan_key="mine", iou_thresh=0.3, method="greedy"
        )
        expected = theirs.duplicates(dataset, FIELD, iou_thresh=0.3, method="greedy")

        assert tagged["label_ids"] == expected
        call("untag_duplicates", dataset)
        assert dataset.count_label_tags() == {}
        cats = call("tag_duplicates", dataset, scan_key="mine", classes=["cat"])
        assert set(cats["by_class"]) == {"cat"}

    def test_tagging_can_search_first(self, dataset):
        tagged = call("tag_duplicates", dataset, iou_thresh=0.4, tag="twin")

        assert tagged["label_ids"] == theirs.duplicates(dataset, FIELD, iou_thresh=0.4)
        assert dataset.count_label_tags() == {"twin": tagged["count"]}
        assert tagged["scan_key"] in dataset.list_runs()

    def test_max_ious_equal_fiftyones(self, dataset):
        (reference,) = theirs.max_ious(dataset, FIELD)
        done = call("compute_max_ious", dataset, id_attr="partner")

        assert dataset.values(f"{PATH}.max_iou") == reference[0]
        assert tuple(done["bounds"]) == dataset.bounds(f"{PATH}.max_iou")
        assert done["count"] == dataset.count(f"{PATH}.max_iou")
        assert sum(done["histogram"]) == done["count"]
        assert sum(done["by_class"].values()) == done["count"]

    def test_scans_are_listed_renamed_and_deleted(self, small):
        call("find_duplicates", small, scan_key="one", title="First")
        call("find_duplicates", small, scan_key="two")
        listed = call("list_scans", small)
        assert [scan["scan_key"] for scan in listed["scans"]] == ["two", "one"]
        assert listed["scans"][1]["title"] == "First"
        assert [run["state"] for run in listed["runs"]] == ["done", "done"]

        renamed = call(
            "rename_scan", small, scan_key="one", title="1st", new_scan_key="three"
        )
        assert (renamed["scan_key"], renamed["title"]) == ("three", "1st")
        call("delete_scan", small, scan_key="two")
        listed = call("list_scans", small)
        assert [scan["scan_key"] for scan in listed["scans"]] == ["three"]

    def test_pairs_are_listed_in_pages(self, small):
        call("find_duplicates", small, scan_key="one")
        page = call("list_pairs", small, scan_key="one", offset=2, limit=3)

        assert page["count"] == 9
        assert len(page["pairs"]) == 3
        assert page["samples"] == 2
        assert page["pairs"][0]["iou"] == pytest.approx(1)
        assert len(call("list_pairs", small, scan_key="one")["pairs"]) == 9

    @pytest.mark.parametrize("mode", ["samples", "labels", "patches"])
    def test_duplicates_are_shown_with_their_partners(self, dataset, mode):
        found = call("find_duplicates", dataset, iou_thresh=0.9, scan_key="mine")
        shown = call("show_duplicates", dataset, scan_key="mine", mode=mode)
        view = fo.DatasetView._build(dataset, shown["view"])

        assert (shown["count"], shown["samples"]) == (found["count"], found["samples"])
        if mode == "patches":
            ids = set(view.values(f"{FIELD}.id"))
        else:
            assert len(view) == found["samples"]
            ids = {i for part in view.values(f"{PATH}.id") for i in part}
        assert set(found["label_ids"]) < ids
        n_others = dataset.select(
            view.values("sample_id" if mode == "patches" else "id")
        )
        assert (len(ids) == n_others.count(PATH)) == (mode == "samples")

    @pytest.mark.parametrize("mode", ["samples", "labels", "patches"])
    def test_tagged_labels_are_shown(self, dataset, mode):
        tagged = call("tag_duplicates", dataset, iou_thresh=0.5)
        shown = call("show_duplicates", dataset, tag="duplicate", mode=mode)
        view = fo.DatasetView._build(dataset, shown["view"])

        assert (shown["count"], shown["samples"]) == (
            tagged["count"],
            tagged["samples"],
        )
        assert len(view) == (
            tagged["count"] if mode == "patches" else tagged["samples"]
        )

    def test_a_run_is_cancelled_by_its_id(self, small):
        run_id = call("find_duplicates", small)["run_id"]

        assert call("cancel_run", small, run_id=run_id)["state"] == "done"


class TestRealAnnotations:
    """The operators give the numbers of FiftyOne's recipe."""

    @pytest.fixture(scope="class")
    def first_thousand(self, shared_data, database):
        dataset = fo.Dataset()
        annotations = coco.load(shared_data / "instances_val2017_boxes.json.gz")
        coco.add_to(dataset, annotations, "images", max_samples=1000)
        yield dataset
        dataset.delete()

    def test_the_recipe_has_the_same_numbers(self, first_thousand):
        done = call("compute_max_ious", first_thousand, classwise=True)
        bounds = [0.0, 0.9516401631746978]
        assert done["bounds"] == bounds
        assert list(first_thousand.bounds(f"{PATH}.max_iou")) == bounds
        above = first_thousand.filter_labels(FIELD, F("max_iou") > 0.75)
        assert len(above) == 7

        for method in ("simple", "greedy"):
            options = dict(classwise=True, iou_thresh=0.75, method=method)
            found = call("find_duplicates", first_thousand, **options)
            assert (found["count"], found["labels"]) == (7, 7204)
            assert found["label_ids"] == theirs.duplicates(above, FIELD, **options)

        found = call("find_duplicates", first_thousand)
        assert (found["count"], found["samples"]) == (48, 47)
        tagged = call("tag_duplicates", first_thousand, scan_key=found["scan_key"])
        assert first_thousand.count_label_tags() == {"duplicate": 48}
        deleted = call("delete_duplicates", first_thousand)
        assert (deleted["count"], tagged["count"]) == (48, 48)
        assert first_thousand.count(PATH) == 7204 - 48
        assert call("find_duplicates", first_thousand)["count"] == 0


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


class TestFromPython:
    def test_an_operator_returns_an_execution_result(self, small):
        result = operator("find_duplicates")(small, label_field=FIELD)

        assert isinstance(result, ExecutionResult)
        assert result.result["count"] == 6

    def test_an_operator_runs_by_its_uri(self, small):
        result = foo.execute_operator(
            "@iou/duplicates/find_duplicates",
            {"dataset": small},
            params={"label_field": FIELD},
        )

        assert result.result["count"] == 6

    def test_a_call_in_a_notebook_returns_its_result(self, small):
        async def cell():
            found = operator("find_duplicates")(small, label_field=FIELD)
            assert found.result["count"] == 6
            return await found

        assert asyncio.run(cell()).count == 6

    def test_an_error_in_a_notebook_is_the_same_sentence(self, small):
        async def cell():
            operator("find_duplicates")(small, label_field=FIELD, iou_thresh=2)

        expected = r"^iou_thresh: expected a number in \[0, 1\], got 2$"
        with pytest.raises(ExecutionError, match=expected):
            asyncio.run(cell())

    def test_a_result_reads_well_and_has_its_values_as_attributes(self, small):
        found = operator("find_duplicates")(small, label_field=FIELD, scan_key="a")

        assert (found.count, found.scan_key) == (6, "a")
        assert {"count", "label_ids"} <= set(dir(found))
        assert repr(found) == f"{found.message}\nscan_key='a'"
        assert f"<td>{found.count}</td>" not in repr(found)
        assert "<th>class</th>" in found._repr_html_()
        with pytest.raises(AttributeError, match=r"cuont.*count"):
            _ = found.cuont

    def test_a_worker_executes_a_delegated_run(self, small):
        service = DelegatedOperationService()
        queued = operator("tag_duplicates")(small, delegate=True, tag="later")

        assert queued.delegated
        assert small.count_label_tags() == {}
        (operation,) = [
            op
            for op in service.get_queued_operations()
            if op.operator == "@iou/duplicates/tag_duplicates"
        ]
        service.execute_queued_operations()
        small.reload()
        done = service.get(operation.id)

        assert done.run_state == "completed"
        assert small.count_label_tags() == {"later": 6}
        assert done.result.result["count"] == 6

    @pytest.mark.parametrize(
        "name", ["compute_max_ious", "find_duplicates", "delete_duplicates"]
    )
    def test_every_long_operator_can_run_in_the_background(self, small, name):
        call("tag_duplicates", small)
        operator(name)(small, delegate=True)
        service = DelegatedOperationService()
        (operation,) = [
            op
            for op in service.get_queued_operations()
            if op.operator == f"@iou/duplicates/{name}"
        ]
        service.execute_queued_operations()

        assert service.get(operation.id).run_state == "completed"
        small.reload()
        if name == "delete_duplicates":
            assert small.count(PATH) == 3
        elif name == "compute_max_ious":
            assert small.count(f"{PATH}.max_iou") == 9
        else:
            assert len(small.list_runs()) == 2

    def test_a_second_run_on_a_field_is_an_error(self, small):
        from duplicates.labels.jobs import runs

        with runs.start(small, "compute_max_ious", FIELD):
            for name in ("compute_max_ious", "tag_duplicates", "delete_duplicates"):
                with pytest.raises(ExecutionError, match="no other run that writes"):
                    call(name, small)
            assert call("find_duplicates", small)["count"] == 6


BAD_INPUT = {
    "find_duplicates": [
        {"label_field": "nothing"},
        {"label_field": "filepath"},
        {"label_field": "ground_truth.detections"},
        {"label_field": 5},
        {"other_field": "nothing"},
        {"predictions": "nothing"},
        {"predictions": FIELD},
        {"iou_thresh": 1.5},
        {"iou_thresh": -0.1},
        {"iou_thresh": "0.5"},
        {"iou_thresh": float("nan")},
        {"method": "best"},
        {"method": ["simple"]},
        {"classwise": "yes"},
        {"iscrowd": 5},
        {"iscrowd": "$iscrowd"},
        {"iscrowd": "a.b"},
        {"scan_key": "no key"},
        {"scan_key": "taken"},
        {"title": 5},
        {"use_masks": "yes"},
        {"use_boxes": True},
        {"keypoint_sigmas": [0.1]},
        {"tolerance": 2},
        {"iou_tresh": 0.5},
    ],
    "compute_max_ious": [
        {"label_field": "nothing"},
        {"other_field": "filepath"},
        {"iou_attr": "no name"},
        {"iou_attr": "label"},
        {"iou_attr": "bounding_box"},
        {"iou_attr": "note"},
        {"iou_attr": 5},
        {"id_attr": "max_iou"},
        {"id_attr": "score"},
        {"iou_thresh": 0.5},
    ],
    "tag_duplicates": [
        {"scan_key": "nothing"},
        {"tag": ""},
        {"tag": "  "},
        {"tag": 5},
        {"scan_key": "taken", "iou_thresh": 2},
        {"scan_key": "taken", "iou_thresh": 0.01},
        {"scan_key": "taken", "method": "best"},
        {"scan_key": "taken", "classes": "cat"},
        {"scan_key": "taken", "label_field": "nothing"},
        {"tags": "duplicate"},
    ],
    "untag_duplicates": [
        {"tag": ""},
        {"label_field": "nothing"},
        {"scan_key": "taken"},
    ],
    "show_duplicates": [
        {"mode": "grid"},
        {"scan_key": "nothing"},
        {"label_field": "nothing"},
        {"tag": 5},
    ],
    "delete_duplicates": [
        {"tag": ""},
        {"tag": 5},
        {"label_field": "nothing"},
        {"scan_key": "nothing"},
        {"scan_key": "taken", "tag": "duplicate"},
        {"what": "everything"},
        {"what": "scan"},
        {"everything": True},
    ],
    "list_pairs": [
        {},
        {"scan_key": "nothing"},
        {"scan_key": "taken", "limit": -1},
        {"scan_key": "taken", "limit": "x"},
        {"scan_key": "taken", "min_iou": 2},
        {"scan_key": "taken", "pages": 2},
    ],
    "list_scans": [{"scan_key": "taken"}],
    "rename_scan": [
        {},
        {"scan_key": "nothing"},
        {"scan_key": "taken", "new_scan_key": "no key"},
        {"scan_key": "taken", "new_scan_key": "also_taken"},
        {"scan_key": "taken", "name": "x"},
    ],
    "delete_scan": [{}, {"scan_key": "nothing"}, {"scan_key": 5}],
    "cancel_run": [{}, {"run_id": "nothing"}, {"run_id": 5}],
}
CASES = [(name, params) for name, cases in BAD_INPUT.items() for params in cases]


class TestBadInput:
    @pytest.fixture(scope="class")
    def dataset(self, database):
        """A dataset that no test of this class may change."""
        dataset = fo.Dataset()
        attributes = {"note": "text", "score": 0.5, "tags": ["duplicate"]}
        detections = [
            fo.Detection(label=name, bounding_box=BOX, **attributes) for name in "ab"
        ]
        dataset.add_samples(
            [fo.Sample("/a.jpg", ground_truth=fo.Detections(detections=detections))],
            progress=False,
        )
        for scan_key in ("taken", "also_taken"):
            call("find_duplicates", dataset, scan_key=scan_key)
        yield dataset
        dataset.delete()

    @pytest.mark.parametrize(("name", "params"), CASES, ids=str)
    def test_invalid_input_is_reported_in_one_sentence_and_changes_nothing(
        self, dataset, name, params
    ):
        before = theirs.stored(dataset, without=())
        runs, schema = dataset.list_runs(), list(dataset.get_field_schema(flat=True))
        with pytest.raises(ExecutionError) as caught:
            call(name, dataset, **params)
        sentence = str(caught.value)

        assert len(sentence) < 350
        assert "\n" not in sentence
        assert "Traceback" not in sentence
        assert re.match(r"[a-z_]+( .+)?(: expected| has no effect) .*, got ", sentence)
        dataset.reload()
        assert theirs.stored(dataset, without=()) == before
        assert dataset.list_runs() == runs
        assert list(dataset.get_field_schema(flat=True)) == schema

    def test_patches_limit_an_operator_to_their_labels(self, make_dataset):
        dataset = make_dataset([[("a", BOX), ("b", BOX), ("a", BOX)]] * 2)
        patches = dataset.to_patches(FIELD).match(F(f"{FIELD}.label") == "a")
        shown = dataset.filter_labels(FIELD, F("label") == "a")

        found = call("find_duplicates", patches)

        assert found["count"] == 2
        assert found["label_ids"] == call("find_duplicates", shown)["label_ids"]
        tagged = call("tag_duplicates", patches)
        assert tagged["label_ids"] == found["label_ids"]
        assert dataset.count_label_tags() == {"duplicate": 2}
        assert call("delete_duplicates", dataset.to_patches(FIELD))["count"] == 2
        assert dataset.count(f"{FIELD}.detections") == 4

    @pytest.mark.parametrize(
        "name",
        ["compute_max_ious", "tag_duplicates", "untag_duplicates", "delete_duplicates"],
    )
    def test_a_read_only_field_is_an_error(self, make_dataset, name):
        dataset = make_dataset([[("a", BOX, {"tags": ["duplicate"]}), ("a", BOX)]])
        field = dataset.get_field(FIELD)
        field.read_only = True
        field.save()
        before = theirs.stored(dataset, without=())

        with pytest.raises(ExecutionError, match=r"^\w+: expected a field that can be"):
            call(name, dataset)
        assert theirs.stored(dataset, without=()) == before

    @pytest.mark.parametrize(
        "name", ["compute_max_ious", "find_duplicates", "tag_duplicates"]
    )
    def test_a_dataset_without_label_fields_is_an_error(self, database, name):
        dataset = fo.Dataset()
        dataset.add_sample(fo.Sample("/a.jpg"))
        try:
            with pytest.raises(ExecutionError, match=r"^label_field: expected "):
                call(name, dataset)
            with pytest.raises(ExecutionError, match=r"^label_field: expected "):
                call(name, dataset, label_field="filepath")
        finally:
            dataset.delete()

    def test_the_label_field_is_required_if_there_are_two(self, make_dataset):
        dataset = make_dataset([[("a", BOX)]])
        dataset.add_sample_field(
            "predictions", fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
        )

        with pytest.raises(ExecutionError, match=r"^label_field: expected a value"):
            call("find_duplicates", dataset)
        assert call("find_duplicates", dataset, label_field=FIELD)["count"] == 0


def dataset_ids(dataset):
    return [ObjectId(sample_id) for sample_id in dataset.values("id")]
