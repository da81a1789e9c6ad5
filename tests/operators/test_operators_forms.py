"""Forms resolve on any dataset, and have only parameters that the operator reads."""

import importlib

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone_reference as theirs
import generated
import pytest
import resolved
from fiftyone.operators import types

from duplicates.operators import OPERATORS

FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.2, 0.2]
NAMES = [cls.name_ for cls in OPERATORS]


def resolve(name, dataset, **params):
    """Returns a form as the App receives it, as ``(property, its fields by name)``."""
    form = resolved.form(name, dataset, **params)
    return form, dict(form.type.properties)


def errors(fields):
    return [field.error_message for field in fields.values() if field.invalid]


def texts(fields):
    """Returns the texts of notices and warnings."""
    return {
        type(field.view).__name__: f"{field.view.label} {field.view.description or ''}"
        for field in fields.values()
        if isinstance(field.view, types.Notice | types.Warning)
    }


def default_values(fields):
    """Returns the values that the App sends if a user changes nothing in a form."""
    return {
        name: field.default
        for name, field in fields.items()
        if field.default is not None and not isinstance(field.type, types.View)
    }


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(generated.samples(1, n=20))


@pytest.fixture(scope="module")
def shapes(database):
    """Datasets without samples, without a label field, with many fields, with scans."""
    empty = fo.Dataset()
    without = fo.Dataset()
    without.add_sample(fo.Sample("/a.jpg", weather="rain"))
    many = fo.Dataset()
    detections = [fo.Detection(label=name, bounding_box=BOX) for name in "ab"]
    many.add_sample(
        fo.Sample(
            "/a.jpg",
            first=fo.Detections(detections=detections),
            second=fo.Detections(detections=[x.copy() for x in detections]),
            third=fo.Classification(label="a"),
        )
    )
    scanned = many.clone()
    for scan_key in ("one", "two"):
        foo.get_operator("@iou/duplicates/find_duplicates")(
            scanned, label_field="first", scan_key=scan_key
        )
    made = {
        "no samples": empty,
        "no label field": without,
        "many label fields": many,
        "scans": scanned,
    }
    yield made
    for one in made.values():
        one.delete()


@pytest.mark.parametrize(
    "shape", ["no samples", "no label field", "many label fields", "scans"]
)
@pytest.mark.parametrize("name", NAMES)
def test_every_form_resolves_on_any_dataset(shapes, shape, name):
    form, _ = resolve(name, shapes[shape])

    assert form.view.label


@pytest.mark.slow
def test_every_parameter_of_a_form_exists_in_its_operator(dataset, subtests):
    found = foo.get_operator("@iou/duplicates/tag_duplicates")(dataset).result
    scan = {"scan_key": found["scan_key"]}
    variants = {
        "delete_duplicates": [{"what": "tag"}, {"what": "scan", **scan}],
        "tag_duplicates": [{"what": "new"}, {"what": "scan", **scan}],
        "show_duplicates": [{"what": "tag"}, {"what": "scan", **scan}],
    }
    for name in NAMES:
        for variant in variants.get(name, [{}]):
            with subtests.test(name, **variant):
                assert unknown_parameters(name, dataset, variant) == []


def unknown_parameters(name, dataset, variant):
    """Returns the parameters of a form that its operator reports as unknown."""
    _, fields = resolve(name, dataset, **variant)
    unknown = []
    for field in fields:
        if isinstance(fields[field].type, types.Void):
            continue
        params = {field: some_value(fields[field].type), **variant}
        _, filled_in = resolve(name, dataset, **params)
        unknown += [x for x in errors(filled_in) if x.startswith("parameter: ")]
    return unknown


def some_value(kind):
    if isinstance(kind, types.Enum):
        return kind.values[0] if kind.values else "x"
    if isinstance(kind, types.List):
        return [some_value(kind.element_type)]
    if isinstance(kind, types.Boolean):
        return True
    return 1 if isinstance(kind, types.Number) else "x"


@pytest.mark.parametrize(
    "name",
    ["compute_max_ious", "find_duplicates", "tag_duplicates", "untag_duplicates"],
)
def test_an_unchanged_form_runs(dataset, name):
    _, fields = resolve(name, dataset)
    params = default_values(fields)
    params.pop("scan_key", None)
    result = foo.execute_operator(
        f"@iou/duplicates/{name}", {"dataset": dataset}, params=params
    )

    assert result.result["count"] >= 0
    assert params["label_field"] == FIELD


@pytest.mark.parametrize("name", ["find_duplicates", "compute_max_ious"])
def test_every_option_of_a_form_reaches_the_operator(dataset, name):
    """A form that writes another name than the operator reads would have no effect."""
    _, fields = resolve(name, dataset)
    params = {**default_values(fields), "classwise": True}
    if name == "find_duplicates":
        params |= {"iou_thresh": 0.3, "method": "greedy", "title": "mine"}
    else:
        params |= {"iou_attr": "overlap", "id_attr": "other"}
    result = foo.execute_operator(
        f"@iou/duplicates/{name}", {"dataset": dataset}, params=params
    ).result

    if name == "find_duplicates":
        assert result["label_ids"] == theirs.duplicates(
            dataset, FIELD, iou_thresh=0.3, method="greedy", classwise=True
        )
        assert dataset.get_run_info(result["scan_key"]).config.title == "mine"
    else:
        (reference,) = theirs.max_ious(dataset, FIELD, classwise=True)
        assert dataset.values(f"{FIELD}.detections.overlap") == reference[0]


def test_a_single_field_is_preselected_and_several_require_a_choice(shapes, dataset):
    _, only = resolve("find_duplicates", dataset)
    _, many = resolve("find_duplicates", shapes["many label fields"])

    assert (only["label_field"].default, only["label_field"].required) == (FIELD, False)
    assert (many["label_field"].default, many["label_field"].required) == (None, True)
    assert many["label_field"].type.values == ["first", "second"]


def test_the_form_warns_if_the_dataset_has_no_label_field(shapes):
    _, fields = resolve("find_duplicates", shapes["no label field"])

    assert "The dataset has no label field to compare" in texts(fields)["Warning"]


def test_a_form_states_what_will_be_written(dataset):
    _, fields = resolve("compute_max_ious", dataset, iou_attr="overlap")
    assert "'overlap'" in texts(fields)["Notice"]
    _, fields = resolve("tag_duplicates", dataset, tag="twin")
    assert "'twin'" in texts(fields)["Notice"]
    _, fields = resolve("find_duplicates", dataset)
    assert "No label is changed" in texts(fields)["Notice"]


def test_a_form_warns_of_a_deletion_with_its_counts(dataset):
    tagged = foo.get_operator("@iou/duplicates/tag_duplicates")(dataset).result
    _, fields = resolve("delete_duplicates", dataset, tag="duplicate")
    assert f"{tagged['count']:,} labels will be deleted" in texts(fields)["Warning"]
    for name, n in tagged["by_class"].items():
        assert f"{name} {n}" in texts(fields)["Warning"]

    _, fields = resolve("delete_duplicates", dataset, tag="nothing")
    assert "Warning" not in texts(fields)
    assert "Nothing to delete" in texts(fields)["Notice"]

    by_plan = {"what": "scan", "scan_key": tagged["scan_key"], "iou_thresh": 0.99}
    _, fields = resolve("delete_duplicates", dataset, **by_plan)
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
    said = [texts(resolve(name, dataset, **scan)[1])["Warning"] for _ in range(3)]
    assert (len(made), len(set(said))) == (1, 1)

    _, fields = resolve(name, dataset, **scan, iou_thresh=0.99)
    assert len(made) == 2
    assert texts(fields)["Warning"] != said[0]

    changed = dataset[made[0].removals[0].sample_id]
    made.clear()
    changed["ground_truth"].detections = []
    changed.save()
    _, fields = resolve(name, dataset, **scan)
    assert len(made) == 1
    assert texts(fields)["Warning"] != said[0]

    made.clear()
    planned._counted.clear()
    foo.get_operator(f"@iou/duplicates/{name}")(dataset, **scan)
    assert len(made) == 1


@pytest.mark.parametrize(
    ("name", "params", "field"),
    [
        ("find_duplicates", {"iou_thresh": 1.5}, "iou_thresh"),
        ("find_duplicates", {"scan_key": "no key"}, "scan_key"),
        ("find_duplicates", {"label_field": "nothing"}, "label_field"),
        ("compute_max_ious", {"iou_attr": "label"}, "iou_attr"),
        ("compute_max_ious", {"id_attr": "max_iou"}, "id_attr"),
        ("tag_duplicates", {"tag": " "}, "tag"),
        ("delete_duplicates", {"what": "everything"}, "what"),
    ],
)
def test_an_invalid_value_is_marked_at_its_field(dataset, name, params, field):
    _, fields = resolve(name, dataset, **params)

    (message,) = errors(fields)
    shown = fields.get(field) or fields["error"]
    assert shown.invalid
    assert message.startswith(f"{field}: expected ")


def test_resolving_a_form_changes_nothing(dataset):
    foo.get_operator("@iou/duplicates/tag_duplicates")(dataset)
    before, runs = theirs.stored(dataset, without=()), dataset.list_runs()
    for name in NAMES:
        resolve(name, dataset)

    assert theirs.stored(dataset, without=()) == before
    dataset.reload()
    assert dataset.list_runs() == runs


def test_finding_duplicates_is_first_in_the_operator_browser():
    """The App sorts by the first letter of the description, then by registration."""
    listed = [cls for cls in OPERATORS if not cls.unlisted]
    first, *others = sorted(listed, key=lambda cls: ord(cls.description[0]))

    assert first.name_ == "find_duplicates"
    assert all(cls.description[0] > first.description[0] for cls in others)
    assert not any(cls.name_.startswith("list_") for cls in listed)
    assert len(listed) <= 12


@pytest.mark.parametrize("name", ["tag_duplicates", "show_duplicates"])
def test_a_form_that_fills_in_defaults_one_by_one_is_always_valid(dataset, name):
    foo.get_operator("@iou/duplicates/find_duplicates")(dataset, scan_key="stored")
    params = {"use_masks": False, "classwise": False, "label_field": FIELD}
    params = params if name == "tag_duplicates" else {"label_field": FIELD}
    for _ in range(3):
        _, fields = resolve(name, dataset, **params)
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
    assert resolve(name, dataset)[1]["scan_key"].default == "of_all"

    for sample, expected in ((dataset.last(), "of_one"), (dataset.first(), "of_all")):
        label = fo.Detection(label="a", bounding_box=BOX)
        sample[FIELD] = fo.Detections(detections=[label])
        sample.save()
        assert resolve(name, dataset)[1]["scan_key"].default == expected


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
