"""Attributes of labels that are sent to CVAT, and those that cannot be sent."""

import cvat_data
import pytest
from cvat_attributes import ALL, VALUES, one_label, send_labels

pytestmark = pytest.mark.slow


def test_no_attribute_is_sent_by_default(make_declared, account, cvat):
    dataset, label_id = one_label(make_declared, color="red")
    posted = send_labels(dataset, account, attributes=False)
    assert posted.upload.attributes == []
    assert cvat.texts(cvat.shape_of(label_id)) == {"label_id": str(label_id)}


def test_attributes_are_sent_as_text_and_those_not_sent_are_named(
    make_declared, account, cvat
):
    values = VALUES[0]
    dataset, label_id = one_label(make_declared, **values)
    posted = send_labels(dataset, account)
    assert [each.name for each in posted.upload.attributes] == ALL
    assert posted.upload.attributes_left == {
        "when": "is a DateTimeField",
        "parts": "is a ListField",
    }
    assert cvat.texts(cvat.shape_of(label_id)) == {
        "color": "red",
        "size": repr(values["size"]),
        "count": "7",
        "flag": "true",
        "label_id": str(label_id),
    }


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (["color", "when"], "got 'when', which is a DateTimeField"),
        (["parts"], "got 'parts', which is a ListField"),
        (["nothing"], "got 'nothing', which is not declared"),
        (["confidence"], "got 'confidence', which is one of FiftyOne's own"),
        (["index"], "got 'index', which is one of FiftyOne's own"),
        (["tags"], "got 'tags', which is one of FiftyOne's own"),
        ("color", "expected names of attributes, true or false"),
        ([1], "expected names of attributes, true or false"),
    ],
)
def test_an_attribute_that_cannot_be_sent_is_an_error_with_its_name(
    wanted, sentence, make_declared, account, cvat
):
    from duplicates.iou_core.errors import DuplicatesError

    dataset, _ = one_label(make_declared, color="red")
    with pytest.raises(DuplicatesError) as caught:
        send_labels(dataset, account, attributes=wanted)
    assert sentence in str(caught.value)
    assert cvat.log == []


def test_a_value_that_cvat_cannot_represent_is_neither_sent_nor_overwritten(
    make_declared, account, cvat
):
    from duplicates.labels.cvat.load import load

    labels = [
        cvat_data.label(cvat_data.NEAR, color="x" * 5000),
        cvat_data.label(cvat_data.FAR, color="nul\0"),
        cvat_data.label(cvat_data.FAR, "dog", color=["of", "another", "type"]),
        cvat_data.label(cvat_data.FAR, "dog", color=" " * 5000 + "y"),
    ]
    dataset = make_declared([labels])
    before = cvat_data.fields(dataset)
    first = labels[0]["_id"]
    posted = send_labels(dataset, account, attributes=["color"])
    assert (posted.labels, posted.upload.values_left) == (4, {"color": 3})
    assert load.load(dataset, account, "trip").written.count == 0
    cvat.edit(cvat.shape_of(first), color="blue")
    loaded = load.load(dataset, account, "trip")
    reason = "has a color in CVAT, and here one that CVAT cannot represent"
    assert loaded.written.skipped.reasons == {reason: 1}
    assert cvat_data.fields(dataset) == before


def test_a_project_that_lacks_an_attribute_is_refused(make_declared, account, cvat):
    from duplicates.iou_core.errors import CvatError
    from duplicates.labels.cvat.load import load
    from duplicates.labels.cvat.trips import removal

    dataset, label_id = one_label(make_declared, **VALUES[0])
    send_labels(dataset, account, attributes=["color"], project_name="street")
    with pytest.raises(CvatError, match="got 'cat' without 'size'"):
        send_labels(dataset, account, ["size"], "other", project_name="street")
    assert len(cvat.tasks) == 1
    cvat.edit(cvat.shape_of(label_id), color="blue")
    assert load.load(dataset, account, "trip").written.count == 1
    assert removal.discard(dataset, account, "trip") == 1


def _spec(name, kind="text", values=()):
    return {"name": name, "input_type": kind, "mutable": True, "values": list(values)}


@pytest.mark.parametrize(
    ("name", "kind", "values", "refused"),
    [
        ("count", "number", ["0", "9", "1"], True),
        ("color", "select", ["red", "blue"], True),
        ("color", "radio", ["red", "blue"], True),
        ("flag", "checkbox", ["false"], True),
        ("flag", "select", ["true", "false"], True),
        ("flag", "select", ["", "true", "false"], False),
        ("flag", "text", [], False),
        ("count", "text", ["of no meaning"], False),
    ],
)
def test_a_project_whose_attributes_are_no_text_is_refused_by_name(
    name, kind, values, refused, make_declared, account, cvat
):
    from duplicates.iou_core.errors import CvatError

    dataset, label_id = one_label(make_declared, **VALUES[0])
    labels = [
        {"name": "cat", "attributes": [_spec(name, kind, values)]},
        {"name": "never sent", "attributes": [_spec(name, "number", ["0", "1", "1"])]},
        {"name": "nor this", "attributes": []},
    ]
    cvat.projects[7] = {
        "id": 7,
        "name": "street",
        "labels": cvat._make_labels(labels, None),
    }
    if refused:
        with pytest.raises(CvatError, match=f"got 'cat' with '{name}' of type {kind}"):
            send_labels(dataset, account, attributes=[name], project_name="street")
        assert cvat.tasks == {}
        return
    send_labels(dataset, account, attributes=[name], project_name="street")
    assert cvat.texts(cvat.shape_of(label_id))[name] == str(VALUES[0][name]).lower()
