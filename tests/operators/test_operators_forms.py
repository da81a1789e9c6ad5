"""Forms resolve on any dataset, and have only parameters that the operator reads."""

import fiftyone as fo
import fiftyone.operators as foo
import fiftyone_reference as theirs
import generated
import pytest
import resolved
from called import BOX, FIELD
from fiftyone.operators import types
from resolved import default_values, errors, texts

from duplicates.operators import OPERATORS

NAMES = [cls.name_ for cls in OPERATORS]


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
    form = resolved.form(name, shapes[shape])

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
    fields = resolved.fields(name, dataset, **variant)
    unknown = []
    for field in fields:
        if isinstance(fields[field].type, types.Void):
            continue
        params = {field: some_value(fields[field].type), **variant}
        filled_in = resolved.fields(name, dataset, **params)
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
    fields = resolved.fields(name, dataset)
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
    fields = resolved.fields(name, dataset)
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
    only = resolved.fields("find_duplicates", dataset)
    many = resolved.fields("find_duplicates", shapes["many label fields"])

    assert (only["label_field"].default, only["label_field"].required) == (FIELD, False)
    assert (many["label_field"].default, many["label_field"].required) == (None, True)
    assert many["label_field"].type.values == ["first", "second"]


def test_the_form_warns_if_the_dataset_has_no_label_field(shapes):
    fields = resolved.fields("find_duplicates", shapes["no label field"])

    assert "The dataset has no label field to compare" in texts(fields)["Warning"]


def test_a_form_states_what_will_be_written(dataset):
    fields = resolved.fields("compute_max_ious", dataset, iou_attr="overlap")
    assert "'overlap'" in texts(fields)["Notice"]
    fields = resolved.fields("tag_duplicates", dataset, tag="twin")
    assert "'twin'" in texts(fields)["Notice"]
    fields = resolved.fields("find_duplicates", dataset)
    assert "No label is changed" in texts(fields)["Notice"]


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
    fields = resolved.fields(name, dataset, **params)

    (message,) = errors(fields)
    shown = fields.get(field) or fields["error"]
    assert shown.invalid
    assert message.startswith(f"{field}: expected ")


def test_resolving_a_form_changes_nothing(dataset):
    foo.get_operator("@iou/duplicates/tag_duplicates")(dataset)
    before, runs = theirs.stored(dataset, without=()), dataset.list_runs()
    for name in NAMES:
        resolved.form(name, dataset)

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
