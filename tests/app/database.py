"""Answers questions about the App's database, without the App and FiftyOne.

``database.py DATASET`` answers each line of JSON, a list of a question and its
arguments, with a line of JSON.
"""

import hashlib
import json
import os
import pathlib
import sys

import bson
import pymongo
from bson import ObjectId

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import naive

DATABASE = pymongo.MongoClient(os.environ["FIFTYONE_DATABASE_URI"])[
    os.environ["FIFTYONE_DATABASE_NAME"]
]
PATH = "ground_truth.detections"
LOWEST = 0.05  # pairs below this IoU are not stored


def samples(dataset):
    """Returns the collection of the dataset's samples."""
    return DATABASE[dataset["sample_collection_name"]]


def labels(dataset, field="ground_truth"):
    """All labels of a field: id, sample, class, box, tags, and how they were drawn."""
    found = samples(dataset).find({}, {field: True}).sort("_id", 1)
    return [
        {
            "id": str(label["_id"]),
            "sample": str(sample["_id"]),
            "class": label.get("label"),
            "box": label.get("bounding_box"),
            "tags": label.get("tags", []),
            "planted": label.get("planted"),
        }
        for sample in found
        for label in sample[field]["detections"]
    ]


def digest(dataset):
    """A hash of the bytes of all samples in their order, but for when they changed."""
    found = samples(dataset).find({}, {"last_modified_at": False}).sort("_id", 1)
    return hashlib.sha256(b"".join(map(bson.encode, found))).hexdigest()


def runs(dataset):
    """The stored scans: key, title, parameters and counts."""
    found = DATABASE["runs"].find(
        {"_dataset_id": dataset["_id"], "config.method": "iou_duplicates"}
    )
    return [
        {
            "key": run["key"],
            "title": run["config"]["title"],
            "scope": run["config"]["scope"]["kind"],
            "labels": run["config"]["labels"],
            "samples": run["config"]["samples"],
            "params": run["config"]["params"],
            "blocks": DATABASE["iou_duplicates.blocks"].count_documents(
                {"scan_uuid": run["config"]["scan_uuid"]}
            ),
        }
        for run in found.sort("timestamp", 1)
    ]


def actions(dataset):
    """The journal's actions, the oldest first."""
    found = DATABASE["iou_duplicates.actions"].find({"dataset_id": dataset["_id"]})
    return [
        {"operation": action["operation"], "state": action["state"]}
        for action in found.sort("created", 1)
    ]


def verdicts(dataset):
    """The verdicts on the dataset's labels, the oldest first."""
    found = DATABASE["iou_duplicates.verdicts"].find({"dataset_id": dataset["_id"]})
    return [
        {
            "labels": [str(label) for label in verdict["label_ids"]],
            "verdict": verdict["verdict"],
            "kept": str(verdict["kept"]) if verdict.get("kept") else None,
            "who": verdict.get("who"),
        }
        for verdict in found.sort("created", 1)
    ]


def class_pairs(dataset):
    """The rules of class pairs: the classes, and the overlap from which they count."""
    found = DATABASE["iou_duplicates.class_pairs"].find_one({"_id": dataset["_id"]})
    return [
        {
            "classes": rule["classes"],
            # no overlap is larger than 1
            "above": 1 if rule["may_overlap"] else rule["iou_thresh"],
        }
        for rule in (found or {}).get("pairs", ())
    ]


def planned(dataset, cut):
    """The labels that a cut removes, by the rules alone; none if there is no rule.

    Args:
        dataset: the document of the dataset
        cut: the label field, the other one or None, the method, the metric, the
            threshold, whether only pairs of one class count, and what is kept
    """
    if cut["metric"] not in ("IoU", "IoS") or cut["keep"] not in ("", "Largest"):
        return None
    people = verdicts(dataset)
    above = {frozenset(r["classes"]): r["above"] for r in class_pairs(dataset)}
    same_class = _of_same_class(dataset, cut)
    return [
        {name: label[name] for name in ("id", "sample", "class")}
        for found in _by_sample(dataset, cut)
        for label in _removed(found, cut, people, above, same_class)
    ]


def removed_by_verdicts(dataset, cut):
    """The labels of a field that verdicts remove from its scan."""
    people, same_class = verdicts(dataset), _of_same_class(dataset, cut)
    return [
        label_id
        for found in _by_sample(dataset, cut)
        for label_id in naive.removed_by(
            _said(people), _scanned(found, cut, same_class)
        )
    ]


def _by_sample(dataset, cut):
    """Returns the labels of each sample, those of another field first."""
    of_sample = {}
    fields = [cut["other"]] if cut["other"] else []
    for field in (*fields, cut["field"]):
        for label in labels(dataset, field):
            of_sample.setdefault(label["sample"], []).append({**label, "in": field})
    return of_sample.values()


def _said(people):
    return [(v["labels"], v["verdict"], v["kept"]) for v in people]


def _of_same_class(dataset, cut):
    """Returns whether the scan of a cut has only pairs of one class."""
    found = (run for run in runs(dataset) if run["key"] == cut.get("scan_key"))
    return any(run["params"]["classwise"] for run in found)


def _removed(found, cut, people, above, same_class):
    """Returns which labels of one sample are removed, those of another field first."""
    overlap = naive.iou if cut["metric"] == "IoU" else naive.ios
    mine = [label["in"] == cut["field"] for label in found]
    real = {frozenset(v["labels"]) for v in people if v["verdict"] == "real"}
    edges, removable = [], set(range(len(found))) if all(mine) else set()
    for j, second in enumerate(found):
        for i, first in enumerate(found[:j]):
            if cut["other"] and mine[i] == mine[j]:
                continue
            value = overlap(first["box"], second["box"])
            if value > 0:
                removable.add(j)
            is_real = frozenset((first["id"], second["id"])) in real
            differ = cut["classwise"] and first["class"] != second["class"]
            classes = frozenset((first["class"], second["class"]))
            limit = above.get(classes, cut["threshold"])
            if value > limit and not is_real and not differ:
                edges.append((i, j))
    removing = naive.removed_by(_said(people), _scanned(found, cut, same_class))
    keeping = {v["kept"] for v in people} - removing
    removed, kept = (
        {k for k, label in enumerate(found) if label["id"] in ids}
        for ids in (removing, keeping)
    )
    rank = None
    if cut["keep"] == "Largest":
        sizes = [-label["box"][2] * label["box"][3] for label in found]
        order = sorted(range(len(found)), key=lambda k: (sizes[k], k))
        rank = [order.index(k) for k in range(len(found))]
    given = (cut["method"], edges, removed & removable, kept, removable, rank)
    return [found[k] for k in naive.judged(*given)]


def _scanned(found, cut, same_class):
    """Returns the labels of one sample that are in a pair of the scan of a cut."""
    return {
        label["id"]
        for label in found
        if any(
            naive.iou(label["box"], other["box"]) > LOWEST
            and not (cut["other"] and label["in"] == other["in"])
            and not (same_class and label["class"] != other["class"])
            for other in found
            if other is not label
        )
    }


def totals(dataset):
    """The numbers of labels, of labels with the tag, of scans and of actions."""
    found = labels(dataset)
    return {
        "labels": len(found),
        "tagged": sum("duplicate" in label["tags"] for label in found),
        "scans": len(runs(dataset)),
        "actions": len(actions(dataset)),
    }


def delegated(dataset):
    """The states of the background runs, the oldest first."""
    found = DATABASE["delegated_ops"].find({"dataset_id": dataset["_id"]})
    return [operation["run_state"] for operation in found.sort("queued_at", 1)]


def move_label(dataset):
    """Moves the first label of the first sample, as another program would."""
    first = samples(dataset).find_one(
        {f"{PATH}.0": {"$exists": True}}, sort=[("_id", 1)]
    )
    changed = samples(dataset).update_one(
        {"_id": first["_id"]},
        {
            "$set": {f"{PATH}.0.bounding_box": [0.01, 0.01, 0.02, 0.02]},
            "$currentDate": {"last_modified_at": True},
        },
    )
    return changed.modified_count


def set_class(dataset, label_id, name):
    """Gives a label another class, and leaves no other trace."""
    changed = samples(dataset).update_one(
        {f"{PATH}._id": ObjectId(label_id)}, {"$set": {f"{PATH}.$.label": name}}
    )
    return changed.modified_count


def remove_sample(dataset, sample_id):
    """Removes one sample."""
    return samples(dataset).delete_one({"_id": ObjectId(sample_id)}).deleted_count


def forget_scan_blocks(dataset, key):
    """Loses the pairs of a stored scan, as a broken backup would."""
    run = DATABASE["runs"].find_one({"_dataset_id": dataset["_id"], "key": key})
    gone = DATABASE["iou_duplicates.blocks"].delete_many(
        {"scan_uuid": run["config"]["scan_uuid"]}
    )
    return gone.deleted_count


def set_trip_url(dataset, url):
    """Lets the only trip to CVAT remember another address of its server."""
    changed = DATABASE["iou_duplicates.cvat_trips"].update_one(
        {"dataset_id": dataset["_id"]}, {"$set": {"url": url}}
    )
    return changed.modified_count


QUESTIONS = (labels, digest, runs, actions, delegated, move_label, remove_sample)
QUESTIONS += (
    class_pairs,
    forget_scan_blocks,
    planned,
    removed_by_verdicts,
    set_class,
    set_trip_url,
    totals,
    verdicts,
)


def main():
    """Answers until there are no more questions."""
    answers = {function.__name__: function for function in QUESTIONS}
    for line in sys.stdin:
        question, *arguments = json.loads(line)
        dataset = DATABASE["datasets"].find_one({"name": sys.argv[1]})
        print(json.dumps(answers[question](dataset, *arguments)), flush=True)


if __name__ == "__main__":
    main()
