"""Datasets of the tests of reading."""

import fiftyone as fo
import pytest
from bson import ObjectId
from drawn import CASES, FIELD
from one_of_each_kind import good_labels


@pytest.fixture
def dataset_with(database):
    """A function that makes a sample with a valid, an invalid and a valid label."""
    made = []

    def make(kind, bad, frames=False):
        label, options = good_labels()[kind]
        labels = [label.copy() for _ in range(3)]
        for one in labels:
            one.id = str(ObjectId())
        document = next(
            case.document for case in CASES.values() if _holds(case.document, label)
        )
        dataset = fo.Dataset()
        made.append(dataset)
        value = document(**{document._LABEL_LIST_FIELD: labels})
        sample = fo.Sample(filepath="/a.mp4" if frames else "/a.png")
        if frames:
            sample.frames[1] = fo.Frame(**{FIELD: value})
        else:
            sample[FIELD] = value
        dataset.add_sample(sample)
        path = f"{FIELD}.{document._LABEL_LIST_FIELD}"
        collection = dataset._frame_collection if frames else dataset._sample_collection
        collection.update_one(
            {}, {"$set": {f"{path}.1.{k}": value for k, value in bad.items()}}
        )
        return dataset, [one.id for one in labels], options

    yield make
    for dataset in made:
        dataset.delete()


def _holds(document, label):
    inner = document._fields[document._LABEL_LIST_FIELD].field.document_type
    return inner is type(label)


@pytest.fixture
def dataset():
    """An empty dataset, deleted after the test."""
    made = fo.Dataset()
    yield made
    made.delete()
