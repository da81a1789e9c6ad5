"""The plugin's own collections: their sizes, and how to erase them on request.

These collections outlive ``dataset.delete()``. The documents of a deleted dataset can
be erased by its name; :mod:`.store` erases them after some time.
"""

from __future__ import annotations

import fiftyone as fo
import fiftyone.core.odm as foo
from bson import ObjectId

from ..iou_core.errors import JournalError, RunError
from . import store
from .jobs import runs
from .scans import register


def sizes() -> dict[str, dict[str, int]]:
    """Returns the documents and bytes of each collection of the plugin, by its name."""
    database = foo.get_db_conn()
    found = {}
    for name in store.names():
        stats = database.command("collStats", name)
        found[name] = {"documents": stats["count"], "bytes": int(stats["storageSize"])}
    return found


def gone_datasets() -> dict[str, int]:
    """Returns the number of actions of each deleted dataset, by its name.

    Those of which only verdicts or rules are left have none.
    """
    names = _named()
    gone = store.gone(names)
    counts = dict.fromkeys((names[dataset_id] for dataset_id in gone), 0)
    of_them = {"dataset_id": {"$in": gone}}
    for action in store.collection("actions").find(of_them, {"dataset_id": True}):
        counts[names[action["dataset_id"]]] += 1
    return counts


def empty_gone(name: object) -> int:
    """Erases the documents of the deleted datasets of a name.

    Returns:
        how many actions were erased

    Raises:
        JournalError: if there is no such dataset
    """
    wanted = store.key("dataset_name", name)
    gone = store.gone(_id for _id, known in _named().items() if known == wanted)
    if not gone:
        known = ", ".join(gone_datasets()) or "there is none"
        raise JournalError(
            f"a deleted dataset of which something is stored ({known})",
            repr(name),
            "dataset_name",
        )
    of_them = {"dataset_id": {"$in": gone}}
    count = int(store.collection("actions").count_documents(of_them))
    store.collection("verdicts").delete_many({"dataset_id": {"$in": gone}})
    store.erase(gone)
    return count


def erase() -> None:
    """Erases all documents of the plugin, of all datasets.

    Raises:
        RunError: if a run is under way
    """
    require_no_run()
    database = foo.get_db_conn()
    for run in database["runs"].find({"config.method": register.METHOD}):
        dataset = dataset_of(run["_dataset_id"])
        if dataset is not None:
            register.unshared(dataset).delete_run(run["key"])
            dataset._doc.reload("runs")
    for name in store.names():
        database.drop_collection(name)


def require_no_run() -> None:
    """Raises an error if a run of any dataset is under way.

    Raises:
        RunError: if there is one
    """
    running = store.collection("runs").distinct("_id", {"state": "running"})
    alive = next(filter(runs.is_under_way, running), None)
    if alive is not None:
        raise RunError("no run under way (wait for it, or cancel it)", alive, "run")


def count_scans() -> int:
    """Returns how many scans are stored, in all datasets."""
    wanted = {"config.method": register.METHOD}
    return int(foo.get_db_conn()["runs"].count_documents(wanted))


def dataset_of(dataset_id: ObjectId) -> fo.Dataset | None:
    """Returns the dataset with an id; None if it was deleted."""
    found = foo.get_db_conn()["datasets"].find_one({"_id": dataset_id}, {"name": True})
    return None if found is None else fo.load_dataset(found["name"])


def _named() -> dict[ObjectId, str]:
    """Returns the names of the datasets of which something is stored, by their ids."""
    found: dict[ObjectId, str] = {}
    for name, key in (("class_pairs", "_id"), ("verdicts", "dataset_id")):
        stages = [{"$group": {"_id": f"${key}", "name": {"$last": "$dataset"}}}]
        some = store.collection(name).aggregate(stages)
        found |= {one["_id"]: str(one["name"]) for one in some}
    for action in store.collection("actions").find({}, {"dataset_id": 1, "dataset": 1}):
        found[action["dataset_id"]] = action["dataset"]
    return found
