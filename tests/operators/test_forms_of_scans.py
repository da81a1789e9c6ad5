"""Forms that offer stored scans, and show what their plans would change."""

import importlib

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone_reference as theirs
import generated
import pytest
import resolved
from called import BOX, FIELD
from resolved import default_values, errors, texts


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(generated.samples(1, n=20))


def test_a_form_warns_of_a_deletion_with_its_counts(dataset):
    tagged = foo.get_operator("@iou/duplicates/tag_duplicates")(dataset).result
    fields = resolved.fields("delete_duplicates", dataset, tag="duplicate")
    assert f"{tagged['count']:,} labels will be deleted" in texts(fields)["Warning"]
    for name, n in tagged["by_class"].items():
        assert f"{name} {n}" in texts(fields)["Warning"]

    fields = resolved.fields("delete_duplicates", dataset, tag="nothing")
    assert "Warning" not in texts(fields)
    assert "Nothing to delete" in texts(fields)["Notice"]

    by_plan = {"what": "scan", "scan_key": tagged["scan_key"], "iou_thresh": 0.99}
    fields = resolved.fields("delete_duplicates", dataset, **by_plan)
    n = len(theirs.duplicates(dataset, FIELD, iou_thresh=0.99))
    assert f"{n} labels will be deleted" in texts(fields)["Warning"]


@pytest.mark.parametrize("name", ["delete_duplicates", "merge_duplicates"])
def test_a_form_reuses_one_plan_each_time_it_is_drawn(dataset, monkeypatch, name):
    plugin = importlib.import_module(
        type(foo.get_operator(f"@iou/duplicates/{name}")).__module__
    )
    planned, make, made = plugin.planned, plugin.planned.plans.plan, []

    def seen(*args, **kwargs):
        made.append(make(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(planned.plans, "plan", seen)
    found = foo.get_operator("@iou/duplicates/find_duplicates")(dataset).result
    scan = {"what": "scan"} if name == "delete_duplicates" else {}
    scan["scan_key"] = found["scan_key"]
    said = [texts(resolved.fields(name, dataset, **scan))["Warning"] for _ in range(3)]
    assert (len(made), len(set(said))) == (1, 1)

    fields = resolved.fields(name, dataset, **scan, iou_thresh=0.99)
    assert len(made) == 2
    assert texts(fields)["Warning"] != said[0]

    changed = dataset[made[0].removals[0].sample_id]
    made.clear()
    changed["ground_truth"].detections = []
    changed.save()
    fields = resolved.fields(name, dataset, **scan)
    assert len(made) == 1
    assert texts(fields)["Warning"] != said[0]

    made.clear()
    planned._counted.clear()
    foo.get_operator(f"@iou/duplicates/{name}")(dataset, **scan)
    assert len(made) == 1


@pytest.mark.parametrize("name", ["tag_duplicates", "show_duplicates"])
def test_a_form_that_fills_in_defaults_one_by_one_is_always_valid(dataset, name):
    foo.get_operator("@iou/duplicates/find_duplicates")(dataset, scan_key="stored")
    params = {"use_masks": False, "classwise": False, "label_field": FIELD}
    params = params if name == "tag_duplicates" else {"label_field": FIELD}
    for _ in range(3):
        fields = resolved.fields(name, dataset, **params)
        assert errors(fields) == []
        params = {**default_values(fields), **params}

    assert (params["what"], params["scan_key"]) == ("scan", "stored")
    uri = f"@iou/duplicates/{name}"
    result = foo.execute_operator(uri, {"dataset": dataset}, params=params).result
    assert result["count"] > 0


@pytest.mark.parametrize("name", ["tag_duplicates", "list_groups"])
def test_a_form_proposes_the_newest_scan_that_is_true_now(dataset, name):
    find = foo.get_operator("@iou/duplicates/find_duplicates")
    find(dataset.match({"_id": dataset.first()._id}), scan_key="of_one")
    find(dataset, scan_key="of_all")
    assert resolved.fields(name, dataset)["scan_key"].default == "of_all"

    for sample, expected in ((dataset.last(), "of_one"), (dataset.first(), "of_all")):
        label = fo.Detection(label="a", bounding_box=BOX)
        sample[FIELD] = fo.Detections(detections=[label])
        sample.save()
        assert resolved.fields(name, dataset)["scan_key"].default == expected


def test_a_scan_lists_its_classes_and_opens_the_panel(dataset):
    found = foo.get_operator("@iou/duplicates/find_duplicates")(dataset).result
    ctx = foo.executor.ExecutionContext(
        request_params={"dataset_name": dataset.name, "results": found}
    )
    operator = foo.get_operator("@iou/duplicates/find_duplicates")
    output = operator.resolve_output(ctx)
    fields = output.type.properties

    titled = [output, *fields.values()]
    labels = [part.view.label for part in titled if part.view is not None]
    assert labels.count("Find duplicate labels") == 1
    # a class named like an image of Markdown would be fetched by the browser
    assert isinstance(fields["message"].view, fo.operators.types.LabelValueView)
    notice, button = fields["classes"].view, fields["open_panel"].view
    for name, counts in found["by_class"].items():
        n = counts["duplicates"]
        assert (f"{name} {n}" in notice.label) == bool(n)
    assert found["scan_key"] in notice.description
    assert button.params == {"scan_key": found["scan_key"]}
