"""Readers return the labels that FiftyOne reads, in its order, without Samples."""

import fiftyone as fo
import fiftyone.core.odm as foo
import generated
import numpy as np
import odd_documents
import plain_decoder
import pytest
from bson import ObjectId
from fiftyone import ViewField as F
from hypothesis import given

from duplicates.labels.reading import read
from duplicates.labels.reading.columns import to_object_ids, to_strings
from duplicates.labels.reading.decoder import LabelDecoder

FIELD = "ground_truth"
CAT = {"label": "cat", "bounding_box": [0.1, 0.2, 0.3, 0.4]}


def read_all(samples, field=FIELD, crowd_attr=None, sample_ids=None):
    """Returns ``{sample id: [(label id, class, box)]}`` of a reader, and its faults."""
    decoder = LabelDecoder([field], crowd_attr)
    labels, bad = {}, []
    for block in read.read_blocks(samples, decoder, sample_ids):
        columns = block.fields[0]
        rows = list(
            zip(
                to_strings(columns.ids),
                [decoder.classes.names[k] for k in columns.classes],
                columns.boxes.tolist(),
                strict=True,
            )
        )
        bounds = columns.offsets.tolist()
        for k, sample_id in enumerate(to_strings(block.document_ids)):
            assert sample_id not in labels
            labels[sample_id] = rows[bounds[k] : bounds[k + 1]]
        bad += block.bad
    return labels, bad


def read_by_fiftyone(samples, field=FIELD):
    path = f"{field}.detections"
    columns = samples.values(
        ["id", f"{path}.id", f"{path}.label", f"{path}.bounding_box"]
    )
    return {
        sample_id: list(zip(ids or [], names or [], boxes or [], strict=True))
        for sample_id, ids, names, boxes in zip(*columns, strict=True)
    }


def check(samples, field=FIELD):
    """Compares the labels and their order with FiftyOne's."""
    labels, bad = read_all(samples, field)

    assert list(labels) == samples.values("id")
    assert labels == read_by_fiftyone(samples, field)
    assert bad == []
    return labels


def label(**values):
    return {"_id": ObjectId(), **CAT, **values}


def test_a_dataset_is_read_as_fiftyone_reads_it(make_dataset):
    check(make_dataset(generated.samples(1)))


def test_samples_are_in_natural_order_even_if_that_is_not_the_order_of_ids(
    shuffled_dataset,
):
    labels = check(shuffled_dataset(generated.samples(2)))

    assert list(labels) != sorted(labels)


VIEWS = {
    "filter_labels": lambda d: d.filter_labels(FIELD, F("label") == "cat"),
    "filter_labels, keeping all samples": lambda d: d.filter_labels(
        FIELD, F("bounding_box")[2] > 0.2, only_matches=False
    ),
    "match": lambda d: d.match(F(f"{FIELD}.detections").length() > 3),
    "limit": lambda d: d.limit(7),
    "skip": lambda d: d.skip(9).limit(20),
    "sort_by": lambda d: d.sort_by("filepath", reverse=True),
    "take": lambda d: d.take(13, seed=5),
    "shuffle": lambda d: d.shuffle(seed=5),
    "select": lambda d: d.select(d.values("id")[5:30:3]),
    "select, in another order": lambda d: d.select(
        d.values("id")[30:5:-3], ordered=True
    ),
    "exclude": lambda d: d.exclude(d.values("id")[:40]),
    "select_labels": lambda d: d.select_labels(
        ids=[i for ids in d.values(f"{FIELD}.detections.id") for i in (ids or [])[::2]]
    ),
    "exclude_labels": lambda d: d.exclude_labels(
        ids=[i for ids in d.values(f"{FIELD}.detections.id") for i in (ids or [])[::3]]
    ),
    "select_fields": lambda d: d.select_fields(FIELD),
    "map_labels": lambda d: d.map_labels(FIELD, {"cat": "dog"}),
    "set_field": lambda d: d.set_field(
        f"{FIELD}.detections.bounding_box", [0.1, 0.1, 0.5, 0.5]
    ),
    "limit_labels": lambda d: d.limit_labels(FIELD, 2),
    "sorted by length": lambda d: d.sort_by(F(f"{FIELD}.detections").length()),
    "match_labels": lambda d: d.match_labels(filter=F("label") == "dog"),
    "concat": lambda d: d.limit(5).concat(d.skip(50)),
    "an empty view": lambda d: d.match(F("filepath") == "nothing"),
    "filtered, sorted and limited": lambda d: (
        d.filter_labels(FIELD, F("label").is_in(["cat", "bird"]))
        .sort_by("filepath", reverse=True)
        .limit(9)
    ),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_read_as_fiftyone_reads_it(view, shuffled_dataset):
    check(VIEWS[view](shuffled_dataset(generated.samples(3))))


@pytest.mark.parametrize("view", VIEWS)
def test_samples_are_counted_as_fiftyone_counts_them(view, make_dataset):
    dataset = make_dataset(generated.samples(3, n=20))

    assert read.count_samples(dataset) == 20
    assert read.count_samples(VIEWS[view](dataset)) == len(VIEWS[view](dataset))


def test_only_the_requested_samples_are_read(make_dataset):
    dataset = make_dataset(generated.samples(4))
    some = [ObjectId(sample_id) for sample_id in dataset.values("id")[::7]]
    view = dataset.filter_labels(FIELD, F("label") == "cat")

    for samples in (dataset, view):
        labels, _ = read_all(samples, sample_ids=some)
        seen = read_by_fiftyone(samples)
        assert labels == {str(i): seen[str(i)] for i in some if str(i) in seen}


def test_labels_that_the_view_hides_can_be_read(make_dataset):
    dataset = make_dataset(generated.samples(5))
    view = dataset.filter_labels(FIELD, F("label") == "cat")
    decoder = LabelDecoder([FIELD])
    ids = [ObjectId(sample_id) for sample_id in view.values("id")]
    n_labels = sum(
        len(block.fields[0]) for block in read.read_stored(view, decoder, ids)
    )

    assert n_labels == dataset.select(ids).count(f"{FIELD}.detections")
    assert n_labels > view.count(f"{FIELD}.detections")


def test_positions_in_a_filtered_view_map_to_the_stored_lists(make_dataset):
    dataset = make_dataset(generated.samples(6))
    view = dataset.filter_labels(FIELD, F("label") == "cat").sort_by(
        "filepath", reverse=True
    )
    decoder = LabelDecoder([FIELD])
    stored = {
        str(_id): (len(ids), {label_id: k for k, label_id in enumerate(ids)})
        for _id, ids in zip(
            *dataset.values(["id", f"{FIELD}.detections.id"]), strict=True
        )
        if ids is not None
    }
    seen = 0
    for block in read.read_blocks(view, decoder):
        block = read.at_stored_positions(view, decoder, block)
        columns = block.fields[0]
        owners = to_strings(block.document_ids)
        for row, label_id in enumerate(to_strings(columns.ids)):
            owner = columns.image[row]
            length, places = stored[owners[owner]]
            assert columns.position[row] == places[label_id]
            assert columns.lengths[owner] == length
            seen += 1
    assert seen == view.count(f"{FIELD}.detections")


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


def test_the_active_slice_of_a_grouped_dataset_is_read(database):
    dataset = fo.Dataset()
    dataset.add_group_field("group", default="left")
    groups = []
    for k in range(6):
        group = fo.Group()
        for name in ("left", "right"):
            detection = fo.Detection(label=name, bounding_box=[0.1 * k, 0.1, 0.2, 0.2])
            groups.append(
                fo.Sample(
                    filepath=f"/images/{name}-{k}.jpg",
                    group=group.element(name),
                    ground_truth=fo.Detections(detections=[detection] * (k % 3)),
                )
            )
    dataset.add_samples(groups, progress=False)

    for samples in (
        dataset,
        dataset.select_group_slices("right"),
        dataset.select_group_slices(["left", "right"]),
        dataset.match(F("filepath").ends_with("4.jpg")),
    ):
        assert list(read_all(samples)[0]) == samples.values("id")
    dataset.group_slice = "right"
    names = {name for mine in check(dataset.limit(2)).values() for _, name, _ in mine}
    assert names == {"right"}
    dataset.delete()


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
