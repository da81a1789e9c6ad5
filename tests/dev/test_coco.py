"""Importing COCO files gives the same datasets as FiftyOne's importer."""

import gzip
import json
import os

import fiftyone as fo
import pytest

from dev import coco

ANNOTATIONS = {
    "images": [
        {"id": 7, "file_name": "b.jpg", "width": 200, "height": 100},
        {"id": 3, "file_name": "sub/a.jpg", "width": 640, "height": 480},
    ],
    "categories": [{"id": 1, "name": "cat", "supercategory": "animal"}],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 1, "bbox": [20, 10, 50, 30]},
        {"id": 2, "image_id": 7, "category_id": 1, "bbox": None},
        {"id": 3, "image_id": 7, "category_id": 1, "bbox": [0, 0, 1, 1], "score": 0.5},
    ],
}


@pytest.fixture
def dataset(database):
    made = fo.Dataset()
    yield made
    made.delete()


@pytest.fixture
def imported(database):
    made = []

    def import_by_fiftyone(labels_path, data_path):
        made.append(
            fo.Dataset.from_dir(
                dataset_type=fo.types.COCODetectionDataset,
                data_path=str(data_path),
                labels_path=str(labels_path),
                label_types="detections",
                extra_attrs=False,
                label_field=coco.LABEL_FIELD,
                progress=False,
            )
        )
        return made[0]

    yield import_by_fiftyone
    for one in made:
        one.delete()


def test_documents_equal_those_that_fiftyone_writes(
    dataset, imported, shared_data, tmp_path
):
    annotations = coco.load(shared_data / "instances_val2017_tiny80.json.gz")
    present = set(os.listdir(shared_data / "images"))
    annotations["images"] = [
        image for image in annotations["images"] if image["file_name"] in present
    ]
    labels_path = tmp_path / "labels.json"
    labels_path.write_text(json.dumps(annotations))

    coco.add_to(dataset, annotations, shared_data / "images")
    theirs = imported(labels_path, shared_data / "images")

    assert len(dataset) == 17
    assert _documents(dataset) == _documents(theirs)
    assert dataset.default_classes == theirs.default_classes


def test_images_are_sorted_by_id_and_labels_are_in_file_order(dataset, tmp_path):
    coco.add_to(dataset, ANNOTATIONS, tmp_path)

    first, second = dataset
    assert first.filepath == str(tmp_path / "sub" / "a.jpg")
    assert first.ground_truth.detections == []
    assert [
        (box.label, box.bounding_box, box.confidence, box.supercategory)
        for box in second.ground_truth.detections
    ] == [
        ("cat", [0.1, 0.1, 0.25, 0.3], None, "animal"),
        ("cat", [0, 0, 0.005, 0.01], 0.5, "animal"),
    ]


def test_attributes_are_declared_so_that_the_sidebar_can_filter_them(
    dataset, shared_data
):
    annotations = coco.load(shared_data / "instances_val2017_tiny80.json.gz")
    coco.add_to(dataset, annotations, "images", max_samples=5)

    schema = dataset.get_field_schema(flat=True)
    assert isinstance(schema["ground_truth.detections.iscrowd"], fo.IntField)
    assert isinstance(schema["ground_truth.detections.supercategory"], fo.StringField)
    assert len(dataset) == 5


def test_gzipped_and_plain_files_give_the_same_dataset(tmp_path):
    text = json.dumps(ANNOTATIONS).encode()
    (tmp_path / "plain.json").write_bytes(text)
    (tmp_path / "compressed").write_bytes(gzip.compress(text))

    assert coco.load(tmp_path / "plain.json") == ANNOTATIONS
    assert coco.load(tmp_path / "compressed") == ANNOTATIONS


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\x1f\x8b", b"\xff\xfe", None])
def test_a_file_that_is_not_a_coco_file_is_reported_in_one_sentence(content, tmp_path):
    path = tmp_path / "annotations.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(coco.CocoError, match=r"annotations\.json"):
        coco.load(path)


def test_the_error_for_an_unknown_class_names_the_label(dataset):
    broken = {**ANNOTATIONS, "categories": []}

    with pytest.raises(coco.CocoError, match="annotation 1: expected a category id"):
        coco.add_to(dataset, broken, "images")


def _documents(dataset):
    documents = list(dataset._sample_collection.find(sort=[("filepath", 1)]))
    for document in documents:
        for own in ("_id", "_dataset_id", "_rand", "created_at", "last_modified_at"):
            assert document.pop(own) is not None
        for detection in document[coco.LABEL_FIELD]["detections"]:
            assert detection.pop("_id") is not None
    return documents
