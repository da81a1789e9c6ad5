"""Answers questions about the App's database, without the App and FiftyOne.

``database.py DATASET`` answers each line of JSON, a list of a question and its
arguments, with a line of JSON.
"""

import hashlib
import json
import os
import sys

import bson
import pymongo
from bson import ObjectId

DATABASE = pymongo.MongoClient(os.environ["FIFTYONE_DATABASE_URI"])[
    os.environ["FIFTYONE_DATABASE_NAME"]
]
PATH = "ground_truth.detections"


def samples(dataset):
    """Returns the collection of the dataset's samples."""
    return DATABASE[dataset["sample_collection_name"]]


def labels(dataset):
    """All labels: id, sample, class, box, tags, and how they were drawn."""
    found = samples(dataset).find({}, {"ground_truth": True})
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
        for label in sample["ground_truth"]["detections"]
    ]


def digest(dataset):
    """A hash of the bytes of all labels, in their order."""
    found = samples(dataset).find({}, {"ground_truth": True}).sort("_id", 1)
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


QUESTIONS = (labels, digest, runs, actions, delegated, move_label, remove_sample)
QUESTIONS += (forget_scan_blocks, set_class, totals, verdicts)


def main():
    """Answers until there are no more questions."""
    answers = {function.__name__: function for function in QUESTIONS}
    for line in sys.stdin:
        question, *arguments = json.loads(line)
        dataset = DATABASE["datasets"].find_one({"name": sys.argv[1]})
        print(json.dumps(answers[question](dataset, *arguments)), flush=True)


if __name__ == "__main__":
    main()
