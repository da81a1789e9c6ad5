"""Benchmarks of boxes: finding, max IoU, tagging and the kernel, against FiftyOne.

Every row checks its results, so that a fast but wrong result fails.
"""

from __future__ import annotations

import itertools

import fiftyone as fo
import fiftyone.utils.iou as foui
import numpy as np
from bson import ObjectId
from pymongo import UpdateOne

import duplicates_loader

duplicates_loader.load()

from duplicates.iou_core.overlaps import find_overlaps
from duplicates.iou_core.params import ComputeParams, FindParams
from duplicates.labels import fields, store
from duplicates.labels.edits import confirm, max_iou, retagging, tag
from duplicates.labels.edits.writing import updates
from duplicates.labels.edits.writing import writer as write
from duplicates.labels.reading.decoder import LabelDecoder
from duplicates.labels.reading.raw import batches
from duplicates.labels.scans import plans, search, stored

from . import drawn
from .measure import Row, interleave, require

FIELD = "ground_truth"


def find_row(n_samples, rounds=7, classwise=False, other_field=False):
    """Finding duplicates and storing the scan, compared with FiftyOne and a raw read.

    Args:
        n_samples: the number of samples
        rounds (7): the number of rounds
        classwise (False): whether only labels of one class are compared
        other_field (False): whether samples hold a second, larger label field
    """
    labels = drawn.coco_like(n_samples)
    dataset = drawn.make(f"bench_find_{n_samples}", labels, other_field)
    params = FindParams(FIELD, iou_thresh=0.75, classwise=classwise)
    answers = {}

    def ours():
        answers["ours"] = search.find_duplicates(
            dataset, params, record=False
        ).label_ids

    def fiftyone():
        answers["fiftyone"] = foui.find_duplicates(
            dataset, FIELD, iou_thresh=0.75, classwise=classwise
        )

    def raw_read():
        projection = LabelDecoder([FIELD]).projection
        for batch in dataset._sample_collection.find_raw_batches(
            {}, projection, batch_size=batches.BATCH_SAMPLES
        ):
            len(batch)

    def recorded():
        stored.delete(dataset, search.find_duplicates(dataset, params).scan_key)

    ours()
    sides = {
        "ours": ours,
        "FiftyOne": fiftyone,
        "raw read": raw_read,
        "ours, recorded": recorded,
    }
    seconds = interleave(sides, rounds, once=("FiftyOne",))
    require(answers["ours"] == answers["fiftyone"], f"find at {n_samples}")
    dataset.delete()
    note = f"{len(answers['ours']):,} duplicates, same ids"
    kind = ", classwise" * classwise + ", fat documents" * other_field
    return Row(
        f"find duplicates, {n_samples:,} samples{kind}",
        seconds,
        {"FiftyOne": 200 if n_samples <= 10_000 else 170, "raw read": 1 / 1.5},
        note,
    )


def find_dense_row(n_samples, n_labels):
    """Finding duplicates in crowded images, compared with a raw read.

    FiftyOne needs minutes for the first size and an ``n x n`` matrix for the second,
    so the ids are compared on a single image.
    """
    side = 1.2 / n_labels**0.5
    labels = drawn.uniform(n_samples, n_labels, side)
    dataset = drawn.make(f"bench_dense_{n_labels}", labels)
    params = FindParams(FIELD, iou_thresh=0.75)
    decoder = LabelDecoder([FIELD])
    answers = {}

    def ours():
        answers["ours"] = search.find_duplicates(
            dataset, params, record=False
        ).label_ids

    def raw_read():
        for batch in dataset._sample_collection.find_raw_batches(
            {}, decoder.projection, batch_size=batches.BATCH_SAMPLES
        ):
            len(batch)

    seconds = interleave({"ours": ours, "raw read": raw_read}, rounds=3)
    first = dataset.limit(1)
    if n_labels <= 2000:
        expected = foui.find_duplicates(first, FIELD, iou_thresh=0.75)
    else:
        expected = _all_pairs(*labels, n_labels, first.values(f"{FIELD}.detections.id"))
    require(answers["ours"][: len(expected)] == expected, f"find at {n_labels}")
    dataset.delete()
    return Row(
        f"find duplicates, {n_samples:,} images of {n_labels:,} labels",
        seconds,
        note=f"{len(answers['ours']):,} duplicates",
    )


def _all_pairs(_, boxes, __, n, ids):
    """Returns the ids that ``simple`` removes from the first ``n`` boxes."""
    x, y, w, h = boxes[:n].T
    removed = []
    for j in range(1, n):
        inner_w = np.minimum(x[:j] + w[:j], x[j] + w[j]) - np.maximum(x[:j], x[j])
        inner_h = np.minimum(y[:j] + h[:j], y[j] + h[j]) - np.maximum(y[:j], y[j])
        inter = np.maximum(inner_w, 0) * np.maximum(inner_h, 0)
        if (inter > 0.75 * (w[:j] * h[:j] + w[j] * h[j] - inter)).any():
            removed.append(ids[0][j])
    return removed


def max_iou_row(n_samples, rounds=3):
    """Computing and writing max IoU, compared with FiftyOne and unguarded writes."""
    counts = drawn.coco_like(n_samples)
    dataset = drawn.make(f"bench_max_{n_samples}", counts)
    params = ComputeParams(FIELD)
    max_iou.compute_max_ious(dataset, params)

    def ours():
        max_iou.compute_max_ious(dataset, params)

    def unguarded():
        guarded = updates.attribute_updates

        def bare(block, fields):
            for update in guarded(block, fields):
                yield {"q": {"_id": update["q"]["_id"]}, "u": update["u"]}

        updates.attribute_updates = bare
        try:
            max_iou.compute_max_ious(dataset, params)
        finally:
            updates.attribute_updates = guarded

    def touch():
        stamp = {"$set": {"last_modified_at": store.now()}}
        with write.Writer(dataset) as writer:
            writer.write({"q": {"_id": _id}, "u": stamp} for _id in ids)

    def fiftyone():
        foui.compute_max_ious(dataset, FIELD, iou_attr="reference")

    ids = [ObjectId(_id) for _id in dataset.values("id")]
    sides = {"ours": ours, "FiftyOne": fiftyone, "unguarded": unguarded, "touch": touch}
    seconds = interleave(sides, rounds, once=("FiftyOne",))
    path = f"{FIELD}.detections."
    a, b = dataset.values([path + "max_iou", path + "reference"])
    require(a == b, f"max IoU at {n_samples}")
    dataset.delete()
    return Row(
        f"max IoU computed and written, {n_samples:,} samples",
        seconds,
        {"FiftyOne": 35, "unguarded": 1 / 1.7},
        "bit-equal",
    )


def tag_row(n_samples, rounds=5):
    """Tagging the duplicates, compared with one update per label."""
    dataset = drawn.make(f"bench_tag_{n_samples}", drawn.coco_like(n_samples))
    found = search.find_duplicates(dataset, FindParams(FIELD))
    plan = plans.plan(dataset, found.scan_key)
    field = fields.require_label_field(dataset, FIELD)
    answers = {}
    values = dataset.values([f"{FIELD}.detections.id", "id"])
    pairs = [(s, label) for labels, s in zip(*values) for label in labels or ()]

    as_scanned = dataset._sample_collection.find_one({}, {"last_modified_at": True})

    def reset():
        """Restores what was stored when the samples were scanned."""
        stamp = {"last_modified_at": as_scanned["last_modified_at"]}
        dataset._sample_collection.update_many({}, {"$set": stamp})
        store.collection("own_tags").delete_many({})

    # labels that have the tag already are not written, so each round needs new ones
    tags = (f"round {k}" for k in itertools.count())

    def ours():
        answers["tag"] = next(tags)
        tag.tag_plan(dataset, plan, answers["tag"])

    def unjournaled():
        ids = [ObjectId(sample_id) for sample_id in plan.seen]
        name = next(tags)
        tagging = retagging.Tagging(dataset, field, name, plan, {})
        entries, _ = tagging.prepare(confirm.confirm(dataset, plan, ids))
        with write.Writer(dataset) as writer:
            writer.write(updates.tag_updates(field, entries, store.now()))

    def per_label():
        dataset._sample_collection.bulk_write(
            [
                UpdateOne(
                    {"_id": ObjectId(s), f"{FIELD}.detections._id": ObjectId(label)},
                    {"$addToSet": {f"{FIELD}.detections.$.tags": "seen"}},
                )
                for s, label in pairs
            ],
            ordered=False,
        )

    seconds = interleave(
        {
            "ours": ours,
            "one update per label": per_label,
            "without journal": unjournaled,
        },
        rounds,
        once=("one update per label",),
        before=reset,
    )
    tagged = dataset.count_label_tags()[answers["tag"]]
    require(tagged == len(found.label_ids), "tags")
    dataset.delete()
    bare = seconds["one update per label"] / seconds["without journal"]
    return Row(
        f"tag {len(plan):,} duplicates, {n_samples:,} samples",
        seconds,
        {"one update per label": 40},
        f"without the journal {bare:.0f}x (target 80)",
    )


def kernel_row(work, labels, fiftyone_images, targets, rounds=5):
    """The kernel, compared with pycocotools, and with FiftyOne on a few images."""
    from pycocotools import mask

    counts, boxes, _ = labels
    image = np.repeat(np.arange(len(counts)), counts)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    some = slice(0, int(offsets[fiftyone_images]))
    objects = [
        [fo.Detection(bounding_box=box) for box in boxes[a:b].tolist()]
        for a, b in zip(offsets[:fiftyone_images], offsets[1:])
    ]
    part = boxes[some], image[some]
    answers = {}

    def ours():
        answers["ours"] = find_overlaps(*part)

    def pycocotools():
        best = np.zeros(len(part[0]))
        partner = np.full(len(part[0]), -1)
        for a, b in zip(offsets[:fiftyone_images], offsets[1:]):
            if b - a > 1:
                ious = mask.iou(boxes[a:b], boxes[a:b], np.zeros(b - a, np.uint8))
                np.fill_diagonal(ious, -1)
                partner[a:b] = ious.argmax(axis=1)
                best[a:b] = ious[np.arange(b - a), partner[a:b]]
        answers["pycocotools"] = best

    def fiftyone():
        best = np.zeros(len(part[0]))
        for k, detections in enumerate(objects):
            if len(detections) > 1:
                ious = foui.compute_ious(detections, detections)
                np.fill_diagonal(ious, -1)
                best[offsets[k] : offsets[k + 1]] = ious.max(axis=1)
        answers["fiftyone"] = best

    ours()
    sides = {"ours": ours, "FiftyOne": fiftyone, "pycocotools": pycocotools}
    seconds = interleave(sides, rounds, once=("FiftyOne",))
    require((answers["ours"].max_iou == answers["fiftyone"]).all(), work)
    require(
        np.allclose(answers["ours"].max_iou, answers["pycocotools"], 0, 1e-12), work
    )
    return Row(work, seconds, targets, "bit-equal")
