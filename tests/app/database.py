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
import rules

DATABASE = pymongo.MongoClient(os.environ["FIFTYONE_DATABASE_URI"])[
    os.environ["FIFTYONE_DATABASE_NAME"]
]
PATH = "ground_truth.detections"


def samples(dataset):
    """Returns the collection of the dataset's samples."""
    return DATABASE[dataset["sample_collection_name"]]


def labels(dataset, field="ground_truth", scan_key=None):
    """All labels of a field: id, sample, class, box, tags, and how they were drawn.

    Of a scan only those of its samples: of the dataset, or of a view of the first ones.
    """
    found = samples(dataset).find({}, {field: True}).sort("_id", 1)
    found = found.limit(_limit(dataset, scan_key))
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


def _limit(dataset, scan_key):
    """Returns how many samples a scan is of; 0 for all."""
    run = DATABASE["runs"].find_one({"_dataset_id": dataset["_id"], "key": scan_key})
    stages = map(json.loads, (run or {}).get("view_stages") or ())
    limits = [dict(stage["kwargs"])["limit"] for stage in stages]
    return min(limits, default=0)


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
            threshold, whether only pairs of one class count, what is kept, and the
            key of the scan
    """
    if cut["metric"] not in ("IoU", "IoS") or cut["keep"] not in ("", "Largest"):
        return None
    people = verdicts(dataset)
    above = {frozenset(r["classes"]): r["above"] for r in class_pairs(dataset)}
    same_class = _of_same_class(dataset, cut)
    return [
        {name: label[name] for name in ("id", "sample", "class")}
        for found in _by_sample(dataset, cut)
        for label in rules.removed(found, cut, people, above, same_class)
    ]


def removed_by_verdicts(dataset, cut):
    """The labels of a field that verdicts remove from its scan."""
    people, same_class = verdicts(dataset), _of_same_class(dataset, cut)
    return [
        label_id
        for found in _by_sample(dataset, cut)
        for label_id in rules.removed_by_verdicts(found, cut, people, same_class)
    ]


def _by_sample(dataset, cut):
    """Returns the labels of each sample of a scan, those of another field first."""
    of_sample = {}
    fields = [cut["other"]] if cut["other"] else []
    for field in (*fields, cut["field"]):
        for label in labels(dataset, field, cut.get("scan_key")):
            of_sample.setdefault(label["sample"], []).append({**label, "in": field})
    return of_sample.values()


def _of_same_class(dataset, cut):
    """Returns whether the scan of a cut has only pairs of one class."""
    found = (run for run in runs(dataset) if run["key"] == cut.get("scan_key"))
    return any(run["params"]["classwise"] for run in found)


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
