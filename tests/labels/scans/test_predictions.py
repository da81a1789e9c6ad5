"""Predictions of another field are evidence: read, compared, stored, scanned again."""

import datetime
import random

import engine_cases
import fiftyone as fo
import generated
import numpy as np
import pytest
from bson import ObjectId
from engine_cases import FIELD
from fiftyone import ViewField as F

from duplicates.iou_core import clues
from duplicates.iou_core.errors import FieldError, ParamsError, ScanError
from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.params import FindParams
from duplicates.labels.review.judging.session import Session
from duplicates.labels.review.judging.two_labels import compare_labels
from duplicates.labels.review.pairs import list_pairs
from duplicates.labels.scans import freshness, search, stored

PARAMS = FindParams(FIELD, iou_thresh=0.5, predictions="yolo")


def predict(dataset, seed=1):
    """Adds predictions near some labels, some of which cannot be compared."""
    rng, collection = random.Random(seed), dataset._sample_collection
    dataset.clone_sample_field(FIELD, "yolo")
    for document in list(collection.find()):
        labels = (document.get("yolo") or {}).get("detections")
        if not labels:
            continue
        kept = []
        for label in labels:
            label["_id"] = ObjectId()
            if rng.random() < 0.6:
                box = [x + rng.uniform(-0.03, 0.03) for x in label["bounding_box"]]
                label["bounding_box"] = [*box[:2], *map(abs, box[2:])]
                kept.append(label)
            elif rng.random() < 0.1:
                kept += [None, {**label, "bounding_box": [0, 0, -1, 1]}]
        document["yolo"]["detections"] = kept
        collection.replace_one({"_id": document["_id"]}, document)
    return dataset


@pytest.fixture
def dataset(make_dataset):
    return predict(make_dataset(generated.samples(4, n=60)))


def boxes_of(document, field):
    labels = filter(None, (document.get(field) or {}).get("detections") or [])
    boxes = {one["_id"]: one["bounding_box"] for one in labels}
    return {k: v for k, v in boxes.items() if min(v[2:]) >= 0}


def expected(document):
    """Returns what the predictions say of each two labels of a stored sample."""
    labels, others = boxes_of(document, FIELD), boxes_of(document, "yolo")
    n, m = len(labels), len(others)
    boxes = np.array([*labels.values(), *others.values()], float).reshape(-1, 4)
    side = np.repeat([0, 1], [n, m])
    overlaps = find_overlaps(boxes, np.zeros(n + m, int), side=side).pairs
    pairs = find_overlaps(boxes[:n], np.zeros(n, int)).pairs
    said = clues.of_predictions(pairs, overlaps, n).tolist()
    ids = list(labels)
    ends = zip(pairs.i.tolist(), pairs.j.tolist())
    return {(ids[i], ids[j]): one for (i, j), one in zip(ends, said)}


def said_of(dataset, scan_key, n_attributes=0):
    found = {}
    for block in stored.open_scan(dataset, scan_key).blocks():
        if not len(block.pairs):
            continue
        ids = [ObjectId(row.tobytes()) for row in block.label_ids]
        said = clues.split(block.pairs.agreement, n_attributes)[1].tolist()
        for i, j, one in zip(block.pairs.i.tolist(), block.pairs.j.tolist(), said):
            found[ids[i], ids[j]] = one
    return found


def test_each_pair_knows_what_the_predictions_say(dataset):
    found = search.find_duplicates(dataset, PARAMS)

    said = said_of(dataset, found.scan_key)
    for document in dataset._sample_collection.find():
        for pair, one in expected(document).items():
            assert said[pair] == one
    assert set(said.values()) == {0, clues.ONE_FOR_BOTH, clues.ONE_EACH}
    scan = stored.open_scan(dataset, found.scan_key)
    assert scan.likelihood_model.clues == (clues.PREDICTIONS,)
    assert "evidence by predictions in yolo" in scan.config["title"]
    # predictions are no labels of the scan: neither skipped, removed nor counted
    plain = search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5))
    assert plain.label_ids == found.label_ids
    assert plain.skipped.to_dict() == found.skipped.to_dict()
    assert plain.by_class == found.by_class


def test_an_edited_prediction_makes_a_scan_out_of_date_and_is_scanned_again(dataset):
    found = search.find_duplicates(dataset, PARAMS)
    plain = search.find_duplicates(dataset, FindParams(FIELD, iou_thresh=0.5))
    said = said_of(dataset, found.scan_key)
    pair = next(pair for pair, one in said.items() if one == clues.ONE_FOR_BOTH)
    changed = {"yolo.detections": [], "last_modified_at": datetime.datetime.now()}
    dataset._sample_collection.update_one(
        {f"{engine_cases.PATH}._id": pair[0]}, {"$set": changed}
    )

    assert freshness.check_freshness(dataset, found.scan_key).edited == 1
    assert freshness.check_freshness(dataset, plain.scan_key).is_up_to_date
    again = engine_cases.scanned_again(dataset, PARAMS, found)
    assert said_of(dataset, again.scan_key)[pair] == clues.UNKNOWN
    with pytest.raises(ScanError, match="predictions: expected 'yolo', as in"):
        search.find_duplicates(
            dataset, FindParams(FIELD, iou_thresh=0.5), since=found.scan_key
        )


def test_two_labels_are_compared_with_the_predictions_of_the_scan(dataset):
    found = search.find_duplicates(dataset, PARAMS)
    said = said_of(dataset, found.scan_key)
    session = Session(dataset, found.scan_key)
    pairs = list_pairs(dataset, found.scan_key, limit=10**6).pairs
    told = [pair for pair in pairs if said[tuple(map(ObjectId, pair["label_ids"]))]]
    for pair in told[::20]:
        labels = [(one, pair["sample_id"], FIELD) for one in pair["label_ids"]]
        assert compare_labels(session, labels)["likelihood"] == pair["likelihood"]


def test_views_show_the_predictions_that_they_keep(dataset):
    some = dataset.filter_labels("yolo", F("label") == "cat", only_matches=False)
    found = search.find_duplicates(some, PARAMS)
    everything = search.find_duplicates(dataset, PARAMS)
    assert said_of(dataset, found.scan_key) != said_of(dataset, everything.scan_key)
    # two views of one sample: its labels and its predictions are those of both
    twice = some.concat(dataset.filter_labels("yolo", F("label") != "cat"))
    found = search.find_duplicates(twice, PARAMS)
    said = said_of(dataset, found.scan_key)
    others = said_of(dataset, everything.scan_key)
    assert {k: v for k, v in said.items() if v} != {}
    same = [said[pair] == others[pair] for pair in said]
    assert np.mean(same) > 0.95  # labels without a class are in neither view
    with pytest.raises(FieldError, match=r"predictions: .*the view leaves it out"):
        search.find_duplicates(dataset.select_fields(FIELD), PARAMS)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(predictions=5), "predictions: expected a name, got 5"),
        (dict(predictions=""), "predictions: expected a name, got ''"),
        (dict(predictions=FIELD), "predictions: expected another field than label"),
        (
            dict(predictions="yolo", other_field="ben"),
            "predictions has no effect with other_field, as a likelihood is of one",
        ),
    ],
)
def test_other_values_are_one_clear_sentence(options, sentence):
    with pytest.raises(ParamsError, match=sentence):
        FindParams(FIELD, **options)


def test_a_field_of_another_type_is_one_clear_sentence(dataset):
    dataset.add_sample_field(
        "lines", fo.EmbeddedDocumentField, embedded_doc_type=fo.Polylines
    )
    for name, got in (
        ("lines", "expected a field of type Detections, got 'lines' of type Polylines"),
        ("nowhere", "got 'nowhere', which the samples do not have"),
        ("filepath", "got 'filepath' of type StringField"),
    ):
        params = FindParams(FIELD, predictions=name)
        with pytest.raises(FieldError, match=f"predictions: .*{got}"):
            search.find_duplicates(dataset, params)
