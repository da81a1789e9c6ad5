"""Bad input to operators is an error of one sentence."""

import re

import fiftyone as fo
import fiftyone_reference as theirs
import generated
import pytest
from called import BOX, FIELD, call
from fiftyone import ViewField as F
from fiftyone.operators.executor import ExecutionError


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(generated.samples(1, n=45))


@pytest.fixture
def small(make_dataset):
    return make_dataset([[("a", BOX), ("b", BOX), ("c", BOX)] for _ in range(3)])


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
