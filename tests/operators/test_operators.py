"""Every operator, called from Python and from the operator browser."""

import asyncio

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone_reference as theirs
import generated
import pytest
from called import BOX, FIELD, PATH, call, operator
from fiftyone import ViewField as F
from fiftyone.operators.delegated import DelegatedOperationService
from fiftyone.operators.executor import ExecutionError, ExecutionResult

from dev import coco


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
