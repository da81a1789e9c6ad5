"""From Python, no object loses every label unless the caller says so."""

import fiftyone.operators as foo
import pytest
from fiftyone import ViewField as F
from fiftyone.operators.executor import ExecutionError

FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.2, 0.2]


def call(name, samples, /, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result


@pytest.fixture
def dataset(make_dataset):
    return make_dataset([[("car", BOX), ("truck", BOX)], [("car", BOX)] * 3, []])


def labels(dataset):
    return len(dataset.values(f"{FIELD}.detections.id", unwind=True))


def test_a_deletion_by_tag_is_refused_in_one_sentence_that_names_its_judge(dataset):
    call("find_duplicates", dataset, label_field=FIELD, scan_key="dups_1")
    dataset.select_labels(fields=FIELD).tag_labels("duplicate")
    with pytest.raises(ExecutionError) as refused:
        call("delete_duplicates", dataset, label_field=FIELD)
    assert str(refused.value) == (
        "allow_emptied: expected True, as 2 objects would lose every label (judged by "
        "the scan dups_1, IoU above 0.75), got False"
    )
    assert labels(dataset) == 5

    dry = call("delete_duplicates", dataset, label_field=FIELD, dry_run=True)
    assert (dry["count"], dry["emptied"]["count"]) == (5, 2)
    assert dry["message"].endswith("dups_1, IoU above 0.75)")
    assert labels(dataset) == 5

    done = call("delete_duplicates", dataset, label_field=FIELD, allow_emptied=True)
    assert (done["count"], labels(dataset)) == (5, 0)


def test_without_a_scan_that_holds_a_new_one_judges(dataset):
    dataset.select_labels(fields=FIELD).tag_labels("duplicate")
    dry = call("delete_duplicates", dataset, label_field=FIELD, dry_run=True)
    assert dry["emptied"] == {
        "count": 2,
        "scan_key": None,
        "iou_thresh": 0.75,
        "metric": "iou",
        "consented": 0,
    }
    assert dry["message"].endswith("(judged by a new scan, IoU above 0.75)")
    assert call("list_scans", dataset)["scans"] == []


def test_deleting_a_plan_or_merging_it_empties_nothing(dataset):
    call("find_duplicates", dataset, label_field=FIELD, scan_key="dups_1")
    for name in ("delete_duplicates", "merge_duplicates"):
        dry = call(name, dataset, scan_key="dups_1", dry_run=True)
        assert (dry["count"], dry["emptied"]["count"]) == (3, 0)
    assert call("merge_duplicates", dataset, scan_key="dups_1")["count"] == 3
    assert labels(dataset) == 2


def test_a_background_deletion_is_refused_as_well(dataset):
    dataset.select_labels(fields=FIELD).tag_labels("duplicate")
    operator = foo.get_operator("@iou/duplicates/delete_duplicates")
    with pytest.raises(ExecutionError, match="2 objects would lose every label"):
        operator(dataset, delegate=True, label_field=FIELD)
    assert labels(dataset) == 5


def test_labels_of_other_samples_are_judged_though_the_view_is_smaller(dataset):
    dataset.select_labels(fields=FIELD).tag_labels("duplicate")
    cars = dataset.filter_labels(FIELD, F("label") == "car")
    # the truck of the first sample remains
    dry = call("delete_duplicates", cars, label_field=FIELD, dry_run=True)
    assert (dry["count"], dry["emptied"]["count"]) == (4, 1)
