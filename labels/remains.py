"""The plugin's own collections: their sizes, their purge, and how to erase them.

These collections outlive ``dataset.delete()``. The documents of a deleted dataset can
be erased by its name, and are purged after :data:`KEEP_ORPHANS`. Verdicts are not
purged, as clones of the dataset respect them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

import fiftyone as fo
import fiftyone.core.odm as foo
from bson import ObjectId

from ..iou_core.errors import JournalError, RunError
from . import store
from .jobs import runs
from .scans import register

KEEP_ORPHANS = timedelta(days=30)
"""How long a journal is kept after its dataset was first found to be deleted."""

KEEP_BLOCKS = timedelta(days=1)
"""How long blocks are kept that no scan names; a running search may store them."""


def sizes() -> dict[str, dict[str, int]]:
    """Returns the documents and bytes of each collection of the plugin, by its name."""
    database = foo.get_db_conn()
    found = {}
    for name in store.names():
        stats = database.command("collStats", name)
        found[name] = {"documents": stats["count"], "bytes": int(stats["storageSize"])}
    return found


def gone_datasets() -> dict[str, int]:
    """Returns the number of actions of each deleted dataset, by its name."""
    actions = store.collection("actions")
    gone = _gone(actions.distinct("dataset_id"))
    named = actions.find({"dataset_id": {"$in": gone}}, {"dataset": True})
    return dict(Counter(action["dataset"] for action in named))


def empty_gone(name: object) -> int:
    """Erases the documents of the deleted datasets of a name.

    Returns:
        how many actions were erased

    Raises:
        JournalError: if there are none
    """
    actions = store.collection("actions")
    wanted = {"dataset": store.key("dataset_name", name)}
    gone = _gone(actions.distinct("dataset_id", wanted))
    count = int(actions.count_documents({"dataset_id": {"$in": gone}}))
    if not count:
        known = ", ".join(gone_datasets()) or "there is none"
        raise JournalError(
            f"a deleted dataset that has a journal ({known})",
            repr(name),
            "dataset_name",
        )
    store.collection("verdicts").delete_many({"dataset_id": {"$in": gone}})
    _forget(gone)
    return count


def purge() -> int:
    """Erases documents that have belonged to no dataset for :data:`KEEP_ORPHANS`.

    Returns:
        how many datasets they belonged to
    """
    held = {
        *store.collection("actions").distinct("dataset_id"),
        *store.collection("class_pairs").distinct("_id"),
        *store.collection("cvat_trips").distinct("dataset_id"),
        *store.collection("own_tags").distinct("dataset_id"),
        *store.collection("settings").distinct("_id"),
    }
    gone = _gone(held)
    seen = store.collection("orphans")
    seen.delete_many({"_id": {"$nin": gone}})
    first = {"since": store.now(), "format": store.FORMAT}
    for dataset_id in gone:
        seen.update_one({"_id": dataset_id}, {"$setOnInsert": first}, upsert=True)
    wanted = {"since": {"$lt": store.now() - KEEP_ORPHANS}}
    old = [orphan["_id"] for orphan in seen.find(wanted)]
    _forget(old)
    seen.delete_many({"_id": {"$in": old}})
    return len(old)


def purge_blocks() -> int:
    """Deletes blocks that no scan has named for :data:`KEEP_BLOCKS`.

    Returns:
        how many documents were deleted
    """
    blocks = store.collection("blocks")
    wanted = {"config.method": register.METHOD}
    named = set(foo.get_db_conn()["runs"].distinct("config.scan_uuid", wanted))
    gone = [uuid for uuid in blocks.distinct("scan_uuid") if uuid not in named]
    if not gone:
        return 0
    old = {"$lt": store.now() - KEEP_BLOCKS}
    deleted = blocks.delete_many({"scan_uuid": {"$in": gone}, "stored": old})
    return int(deleted.deleted_count)


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


def _gone(dataset_ids: Iterable[ObjectId]) -> list[ObjectId]:
    held = list(dataset_ids)
    living = foo.get_db_conn()["datasets"].distinct("_id", {"_id": {"$in": held}})
    return [dataset_id for dataset_id in held if dataset_id not in set(living)]


def _forget(dataset_ids: Sequence[ObjectId]) -> None:
    """Erases the documents of datasets, apart from verdicts.

    Documents that lead to others are erased last, so that erasing can be repeated
    after a crash.
    """
    of_them = {"dataset_id": {"$in": list(dataset_ids)}}
    keys = [a["_id"] for a in store.collection("actions").find(of_them, {"_id": True})]
    store.collection("journal").delete_many({"restore_key": {"$in": keys}})
    trips = store.collection("cvat_trips").distinct("_id", of_them)
    for name in ("cvat_labels", "cvat_images"):
        store.collection(name).delete_many({"trip": {"$in": trips}})
    store.collection("cvat_trips").delete_many(of_them)
    store.collection("own_tags").delete_many(of_them)
    for name in ("class_pairs", "settings"):
        store.collection(name).delete_many({"_id": {"$in": list(dataset_ids)}})
    store.collection("actions").delete_many(of_them)
