"""Readers return the labels that FiftyOne reads, in its order, without Samples."""

import fiftyone as fo
import fiftyone.core.odm as foo
import generated
import numpy as np
import odd_documents
import plain_decoder
import pytest
from bson import ObjectId
from decoded import FIELD, label
from fiftyone import ViewField as F
from hypothesis import given
from read_back import check, read_all, read_by_fiftyone

from duplicates.labels.reading import read
from duplicates.labels.reading.decoder import LabelDecoder
from duplicates.labels.reading.raw.ids import to_object_ids, to_strings


def test_a_dataset_is_read_as_fiftyone_reads_it(make_dataset):
    check(make_dataset(generated.samples(1)))


def test_samples_are_in_natural_order_even_if_that_is_not_the_order_of_ids(
    shuffled_dataset,
):
    labels = check(shuffled_dataset(generated.samples(2)))

    assert list(labels) != sorted(labels)


def test_only_the_requested_samples_are_read(make_dataset):
    dataset = make_dataset(generated.samples(4))
    some = [ObjectId(sample_id) for sample_id in dataset.values("id")[::7]]
    view = dataset.filter_labels(FIELD, F("label") == "cat")

    for samples in (dataset, view):
        labels, _ = read_all(samples, sample_ids=some)
        seen = read_by_fiftyone(samples)
        assert labels == {str(i): seen[str(i)] for i in some if str(i) in seen}


@pytest.fixture(scope="module")
def collection_of_odd_samples(database):
    dataset = fo.Dataset()
    dataset.add_sample_field(
        FIELD, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    yield dataset
    dataset.delete()


@pytest.mark.slow
@given(documents=odd_documents.samples())
def test_samples_of_any_form_are_read_as_stored(collection_of_odd_samples, documents):
    dataset = collection_of_odd_samples
    dataset._sample_collection.delete_many({})
    if documents:
        dataset._sample_collection.insert_many(documents)
    expected, _, faults = plain_decoder.read(documents, FIELD)
    labels, bad = read_all(dataset)

    assert labels == {
        str(document["_id"]): [
            (label_id, name, box) for _, label_id, box, name, _ in mine
        ]
        for document, mine in zip(documents, expected, strict=True)
    }
    # MongoDB omits list entries that are not documents if only some keys are requested
    found = sorted((b.document_id, str(b.label_id), b.reason) for b in bad)
    assert [fault for fault in found if fault[2] != "is not a label"] == sorted(
        (sample_id, str(label_id), reason)
        for sample_id, _, label_id, reason in faults
        if reason != "is not a label"
    )


@pytest.mark.parametrize("odd", [None, 5, "text"])
def test_entries_that_are_not_labels_are_reported_if_whole_lists_are_read(
    raw_dataset, odd
):
    labels = [odd, label(), odd, label(tags=["a"])]
    dataset = raw_dataset([{FIELD: {"_cls": "Detections", "detections": labels}}])
    decoder = LabelDecoder([FIELD], whole_lists=True)
    (block,) = read.read_blocks(dataset, decoder)

    assert block.fields[0].position.tolist() == [1, 3]
    assert block.fields[0].lengths.tolist() == [4]
    assert [(b.position, b.reason) for b in block.bad] == [
        (0, "is not a label"),
        (2, "is not a label"),
    ]


@pytest.mark.slow
def test_lists_of_any_length_fill_many_batches(raw_dataset):
    rng = np.random.default_rng(1)
    sizes = [*rng.integers(0, 700, 300).tolist(), 30_000]
    boxes = rng.random((sum(sizes), 4)).tolist()
    rows = iter(boxes)
    documents = [
        {
            FIELD: {
                "detections": [
                    {
                        "_id": ObjectId(),
                        "label": f"class {k % 1200}",
                        "bounding_box": next(rows),
                        "note": "not read" * 3,
                    }
                    for k in range(size)
                ]
            }
        }
        for size in sizes
    ]
    dataset = raw_dataset(documents)
    decoder = LabelDecoder([FIELD])
    blocks = list(read.read_blocks(dataset, decoder))
    columns = [block.fields[0] for block in blocks]

    assert len(blocks) > 3
    assert np.concatenate([c.boxes for c in columns]).tolist() == boxes
    assert np.concatenate([c.lengths for c in columns]).tolist() == sizes
    ids = [str(x["_id"]) for doc in documents for x in doc[FIELD]["detections"]]
    assert [i for c in columns for i in to_strings(c.ids)] == ids
    assert sorted(decoder.classes.names) == sorted({f"class {k}" for k in range(1200)})
    assert (1, 30_000) in [(len(block), len(block.fields[0])) for block in blocks]


def test_only_the_needed_fields_are_queried():
    decoder = LabelDecoder([FIELD, "predictions"], "iscrowd")

    assert set(decoder.projection) == {
        "_id",
        "last_modified_at",
        *(
            f"{field}.detections.{key}"
            for field in (FIELD, "predictions")
            for key in (
                *("_id", "label", "bounding_box", "iscrowd"),
                *("rotation", "location", "dimensions"),
            )
        ),
    }


def test_no_sample_is_constructed(make_dataset, monkeypatch):
    dataset = make_dataset(generated.samples(7))
    view = dataset.filter_labels(FIELD, F("label") == "cat")

    def refuse(*_, **__):
        raise AssertionError("a Sample was constructed")

    monkeypatch.setattr(fo.Sample, "from_dict", refuse)
    monkeypatch.setattr(fo.Dataset, "_make_sample", refuse)
    monkeypatch.setattr(fo.DatasetView, "_make_sample", refuse)
    assert read_all(dataset)[0]
    assert read_all(view)[0]


def test_a_reader_that_stops_early_ends_its_thread(make_dataset):
    import threading

    dataset = make_dataset(generated.samples(8))
    blocks = read.read_blocks(dataset, LabelDecoder([FIELD]))
    next(blocks)
    blocks.close()

    assert "iou-duplicates-read" not in {t.name for t in threading.enumerate()}


def test_a_database_error_is_raised_in_the_reader(make_dataset):
    dataset = make_dataset(generated.samples(9))
    view = dataset.mongo([{"$project": {"x": {"$divide": [1, 0]}}}])

    with pytest.raises(Exception, match="divide by zero"):
        read_all(view)


def test_ids_are_unchanged_in_every_form(make_dataset):
    ids = [ObjectId() for _ in range(5)]
    columns = np.frombuffer(b"".join(i.binary for i in ids), np.uint8).reshape(-1, 12)

    assert to_object_ids(columns) == ids
    assert to_strings(columns) == [str(i) for i in ids]
    assert foo.get_db_conn().name.startswith("duplicates-tests-")
