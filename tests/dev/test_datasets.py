"""The datasets of the tests are stored as FiftyOne stores them."""

import datasets
import drawn
import fiftyone as fo
import pytest

FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.2, 0.2]
VARIED = {"_id", "name", "slug", "sample_collection_name", "_rand", "_dataset_id"}
VARIED |= {"created_at", "last_modified_at", "last_loaded_at"}
SAMPLES = [
    [
        ("cat", BOX),
        ("cat", BOX, {"note": "x", "confidence": 0.5, "index": 4, "tags": ["a"]}),
        ("cat", [0, 0, 1, 1], {"confidence": 1, "size": 3, "crowd": True}),
        (None, BOX, {"note": None, "score": 0.25, "list": [1, 2]}),
    ],
    [],
    None,
]


def by_fiftyone(samples):
    dataset = fo.Dataset()
    dataset.add_sample_field(
        FIELD, fo.EmbeddedDocumentField, embedded_doc_type=fo.Detections
    )
    dataset.add_samples(
        [
            fo.Sample(
                filepath=f"/images/{k:06d}.jpg",
                **{
                    FIELD: labels
                    if labels is None
                    else fo.Detections(
                        detections=[
                            fo.Detection(label=label, bounding_box=box, **dict(*more))
                            for label, box, *more in labels
                        ]
                    )
                },
            )
            for k, labels in enumerate(samples)
        ],
        progress=False,
    )
    return dataset


def stored(dataset):
    """Returns the documents of a dataset and its samples, and the names of indexes."""
    of_dataset = fo.core.odm.get_db_conn().datasets.find_one({"name": dataset.name})
    samples = list(dataset._sample_collection.find().sort("filepath"))
    in_order = [str(_fixed(sample)) for sample in samples]
    indexes = sorted(dataset._sample_collection.index_information())
    return _fixed(of_dataset), in_order, indexes


def _fixed(value):
    if isinstance(value, list):
        return [_fixed(item) for item in value]
    if isinstance(value, dict):
        return {
            key: None if key in VARIED else _fixed(item) for key, item in value.items()
        }
    return value


@pytest.mark.parametrize("samples", [SAMPLES, []], ids=["samples", "no samples"])
def test_a_dataset_is_stored_as_by_fiftyone(database, samples):
    made, theirs = datasets.make(samples, FIELD), by_fiftyone(samples)
    try:
        for mine, expected in zip(stored(made), stored(theirs), strict=True):
            assert mine == expected
        assert made.media_type == theirs.media_type
        assert list(made.get_field_schema()) == list(theirs.get_field_schema())
    finally:
        made.delete()
        theirs.delete()


@pytest.mark.parametrize("frames", [False, True])
def test_a_copy_has_the_documents_of_the_first_and_other_ids(database, frames):
    first = drawn.dataset(drawn.CASES["boxes"], seed=77, frames=frames)
    copy = drawn.dataset(drawn.CASES["boxes"], seed=77, frames=frames)
    try:
        assert copy.name != first.name
        assert copy.media_type == first.media_type
        for of_first, of_copy in zip(raw(first), raw(copy), strict=True):
            assert len(of_copy) == len(of_first)
            new = dict(
                zip(
                    sorted(datasets.ids_in(of_first)),
                    sorted(datasets.ids_in(of_copy)),
                    strict=True,
                )
            )
            assert new.keys() & new.values() == set()
            assert datasets.with_ids(of_first, new) == of_copy
    finally:
        first.delete()
        copy.delete()


def raw(dataset):
    """Returns the documents of a dataset's samples, and of its frames if it has any."""
    frames = dataset._frame_collection
    return [
        list(c.find()) for c in (dataset._sample_collection, frames) if c is not None
    ]
