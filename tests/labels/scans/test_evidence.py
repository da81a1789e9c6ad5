"""Attributes of labels are evidence: read, compared, stored and explained."""

import datetime
import random

import engine_cases
import fiftyone as fo
import generated
import numpy as np
import pytest
from bson import SON, ObjectId
from bson.int64 import Int64

from duplicates.iou_core import clues
from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels.reading.raw.clues import number_of
from duplicates.labels.scans import freshness, search, stored

FIELD = engine_cases.FIELD
PATH = f"{FIELD}.detections"
EVIDENCE = ("annotator", "made_at", "instance")
PARAMS = FindParams(FIELD, iou_thresh=0.5, evidence=EVIDENCE)
DAY = datetime.datetime(2024, 5, 6)


@pytest.fixture
def dataset(make_dataset):
    """Returns a dataset whose labels have annotators, times and instances; not all."""
    own = engine_cases.make_odd(make_dataset(generated.samples(4, n=60)))
    rng, collection = random.Random(1), own._sample_collection
    instances = [ObjectId() for _ in range(9)]
    for document in list(collection.find()):
        for label in (document.get(FIELD) or {}).get("detections") or []:
            label["annotator"] = rng.choice(["ann", "ben", "", None, 3, 3.0, True])
            label["made_at"] = DAY + datetime.timedelta(seconds=rng.randrange(300))
            label["instance"] = {"_cls": "Instance", "_id": rng.choice(instances)}
            for name in EVIDENCE:
                if rng.random() < 0.2:
                    del label[name]
        collection.replace_one({"_id": document["_id"]}, document)
    return own


def expected(first, second):
    """Returns how two stored labels agree."""
    found = []
    for name in EVIDENCE:
        a, b = (label.get(name) for label in (first, second))
        if name == "instance":
            a, b = (one and one["_id"] for one in (a, b))
        if a in (None, "") or b in (None, ""):
            found.append(clues.UNKNOWN)
        elif name == "made_at":
            soon = abs((a - b).total_seconds()) <= 60
            found.append(clues.WITHIN_A_MINUTE if soon else clues.APART)
        else:
            found.append(clues.EQUAL if a == b else clues.DIFFERENT)
    return found


def labels_of(dataset):
    return {
        label["_id"]: label
        for document in dataset._sample_collection.find()
        for label in (document.get(FIELD) or {}).get("detections") or []
    }


def test_each_pair_knows_how_its_attributes_agree(dataset):
    found = search.find_duplicates(dataset, PARAMS)
    labels = labels_of(dataset)
    seen = set()
    for block in stored.open_scan(dataset, found.scan_key).blocks():
        ids = [ObjectId(row.tobytes()) for row in block.label_ids]
        each = clues.digits(block.pairs.agreement, len(EVIDENCE)).tolist()
        for i, j, agree in zip(block.pairs.i.tolist(), block.pairs.j.tolist(), each):
            assert agree == expected(labels[ids[i]], labels[ids[j]])
            seen.update(enumerate(agree))
    assert len(seen) == 9  # each of the three attributes agrees, differs, is unknown
    assert stored.open_scan(dataset, found.scan_key).likelihood_model.clues == EVIDENCE
    # what decides is the IoU of the boxes
    plain = search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5))
    assert plain.label_ids == found.label_ids


def test_an_edited_attribute_makes_a_scan_out_of_date_and_is_scanned_again(dataset):
    found = search.find_duplicates(dataset, PARAMS)
    plain = search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5))
    sample = dataset.match({f"{PATH}.1": {"$exists": True}}).first()
    for label in sample[FIELD].detections[:2]:
        label["annotator"] = "zoe"
    sample.save()

    assert freshness.check_freshness(dataset, found.scan_key).edited == 1
    assert freshness.check_freshness(dataset, plain.scan_key).is_up_to_date
    engine_cases.scanned_again(dataset, PARAMS, found)
    with pytest.raises(ScanError, match=r"\['annotator', 'made_at', 'instance'\], as"):
        search.find_duplicates(
            dataset, FindParams(FIELD, iou_thresh=0.5), since=found.scan_key
        )


def test_a_name_that_no_label_has_is_one_clear_sentence(dataset):
    sentence = (
        "evidence: expected an attribute that labels have, got 'anotator', which no "
        "label has; there are: .*annotator"
    )
    with pytest.raises(ParamsError, match=sentence):
        search.find_duplicates(dataset, FindParams(FIELD, evidence="anotator"))


def test_equal_values_have_equal_numbers_whatever_their_type():
    number = ObjectId()
    assert number_of(3) == number_of(3.0) == number_of(Int64(3)) != number_of("3")
    assert number_of(SON({"_id": number, "_cls": "Instance"})) == number_of(number)
    assert len({number_of(value) for value in ("a", "b", 0, 1, 0.5, DAY, number)}) == 7
    nothing = (None, "", [], [1], {}, {"_id": 5}, float("nan"), float("inf"), b"a")
    assert {number_of(value) for value in nothing} == {0}
    assert number_of(True) == number_of(1)
    assert number_of(DAY) >= clues.IS_TIME > number_of("a")
    early = datetime.datetime(1, 1, 1)
    assert number_of(DAY) - number_of(early) == (DAY - early).total_seconds() * 1000


def test_fiftyones_own_attributes_can_be_evidence(make_dataset):
    own = make_dataset([])
    at = fo.Instance()
    labels = [
        fo.Detection(label="cat", bounding_box=[0.1, 0.1, 0.3, side], instance=one)
        for side, one in ((0.3, at), (0.31, at), (0.32, fo.Instance()))
    ]
    for label, index in zip(labels, (4, 4, None)):
        label.index = index
        label["made_at"] = DAY
    detections = fo.Detections(detections=labels)
    own.add_sample(fo.Sample("/images/1.png", **{FIELD: detections}))
    params = FindParams(FIELD, evidence=("instance", "index", "made_at"))

    found = search.find_duplicates(own, params)

    (block,) = stored.open_scan(own, found.scan_key).blocks()
    soon = clues.WITHIN_A_MINUTE
    assert clues.digits(block.pairs.agreement, 3).tolist() == [
        [clues.EQUAL, clues.EQUAL, soon],
        [clues.DIFFERENT, clues.UNKNOWN, soon],
        [clues.DIFFERENT, clues.UNKNOWN, soon],
    ]
    assert block.pairs.agreement.dtype == np.int64
