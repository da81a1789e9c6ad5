"""The plugin's own collections in FiftyOne's database.

They outlive ``dataset.delete()``, so every document names its dataset and the version
of its format. Those of deleted datasets are purged after :data:`KEEP_ORPHANS`; verdicts
are not, as clones of a dataset respect them.
"""

from __future__ import annotations

import math
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import fiftyone as fo
import fiftyone.core.odm as foo
import numpy as np
import numpy.typing as npt
from bson import ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.errors import ConnectionFailure, CursorNotFound, OperationFailure
from pymongo.write_concern import WriteConcern

from ..iou_core.errors import DatabaseError, NewerError, ParamsError
from .media.inflate import inflate

FORMAT = 1
"""The version of stored documents. Newer versions raise an error."""

IN_JOURNAL = "what was changed is in the journal: repeat this, or undo it"
"""Advice for when the database stops responding while labels are changed."""

AGAIN = "repeat this; what was changed can be undone"
"""Advice for where it is not known whether labels were changed."""

KEEP_ORPHANS = timedelta(days=30)
"""The time that a journal is kept after its dataset was found to be deleted."""

_DELETED = "one that was deleted in the meantime"
_PLAN_KILLED = 175  # the error of a query whose collection is dropped

_PREFIX = "iou_duplicates."

PURGED_EVERY = 600.0
"""The fewest seconds between two searches of a process for orphans."""

_INDEXED_FOR = 60.0  # seconds
_done_at: dict[str, float] = {}


def collection(name: str, journaled: bool = False) -> Collection[dict[str, Any]]:
    """Returns a collection of the plugin.

    Args:
        name: ``blocks``, ``actions``, ``journal``, ``runs``, ``locks``
        journaled (False): whether writes return only once they are on disk
    """
    concern = WriteConcern(w=1, j=True) if journaled else None
    return foo.get_db_conn().get_collection(_PREFIX + name, write_concern=concern)


def index(
    collection: Collection[dict[str, Any]],
    keys: Sequence[str | Sequence[tuple[str, int]]],
) -> None:
    """Makes the indexes of a collection, unless this process did so a minute ago.

    Another process may drop the collection, as when everything is erased.

    Args:
        collection: the collection
        keys: the key of each index
    """
    indexes = [IndexModel(key) for key in keys]
    rarely(
        f"index {collection.name}",
        _INDEXED_FOR,
        lambda: collection.create_indexes(indexes),
    )


def rarely(what: str, seconds: float, act: Callable[[], object]) -> None:
    """Does something, unless this process did it in this database a while ago.

    Args:
        what: a name for it
        seconds: for how long it is not done again
        act: does it
    """
    database = foo.get_db_conn()
    name = f"{id(database.client)} {database.name} {what}"
    now = time.monotonic()
    if now - _done_at.get(name, -seconds) >= seconds:
        act()
        _done_at[name] = now


def names() -> list[str]:
    """Returns the full names of the collections of the plugin that exist."""
    found = foo.get_db_conn().list_collection_names()
    return sorted(name for name in found if name.startswith(_PREFIX))


@contextmanager
def answering(what: str, advice: str = IN_JOURNAL) -> Iterator[None]:
    """Raises one clear error if the database stops answering in the body.

    Args:
        what: what is being done
        advice: what to do then

    Raises:
        DatabaseError: if the connection is lost, or the dataset deleted in between
    """
    try:
        yield
    except (ConnectionFailure, CursorNotFound) as error:
        reason = str(error).partition(" (configured")[0].partition(", Timeout")[0]
        raise DatabaseError(
            f"a database that answers ({advice})",
            f"{type(error).__name__}: {reason}",
            what,
        ) from error
    except ValueError as error:
        # FiftyOne's own words for a dataset that this process itself deleted
        if not re.fullmatch(r"Dataset '.*' is deleted", str(error)):
            raise
        raise DatabaseError("a dataset that exists", _DELETED, what) from error
    except OperationFailure as error:
        if error.code != _PLAN_KILLED:
            raise
        raise DatabaseError("a dataset that exists", _DELETED, what) from error


def name_of(dataset: fo.Dataset) -> str:
    """Returns the name of a dataset, which another process may have changed.

    Raises:
        DatabaseError: if the dataset was deleted in between
    """
    found = foo.get_db_conn()["datasets"].find_one(
        {"_id": dataset._doc.id}, {"name": True}
    )
    if found is None:
        raise DatabaseError("a dataset that exists", _DELETED, dataset._doc.name)
    name: str = found["name"]
    return name


def key(where: str, value: object) -> str:
    """Returns a key that a caller gave, which must be text.

    A dictionary would be an operator of MongoDB's query language.

    Raises:
        ParamsError: if it is something else
    """
    if not isinstance(value, str):
        raise ParamsError("a key, as text", repr(value), where)
    return value


def now() -> datetime:
    """Returns the time in UTC as MongoDB stores it: naive, in milliseconds."""
    exact = datetime.now(timezone.utc).replace(tzinfo=None)
    return exact.replace(microsecond=exact.microsecond // 1000 * 1000)


def pack(array: npt.NDArray[np.generic]) -> dict[str, Any]:
    """Returns an array as a compressed document."""
    array = np.ascontiguousarray(array)
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "data": zlib.compress(array.tobytes(), 1),
    }


def unpack(packed: dict[str, Any]) -> npt.NDArray[Any]:
    """Returns the array that :func:`pack` was given."""
    size = np.dtype(packed["dtype"]).itemsize * math.prod(packed["shape"])
    array = np.frombuffer(inflate(packed["data"], size), packed["dtype"])
    return array.reshape(packed["shape"])


def require_format(stored: int, what: str, known: int = FORMAT) -> None:
    """Raises an error for documents that a newer version of the plugin stored.

    Args:
        stored: the format
        what: the thing that has this format
        known (FORMAT): the newest format that can be read

    Raises:
        NewerError: if the format is newer than the known one
    """
    if stored > known:
        raise NewerError(
            f"format {known} or older (update the plugin)",
            f"format {stored}, which a newer version of the plugin stored",
            what,
        )


def purge() -> int:
    """Erases documents that have belonged to no dataset for :data:`KEEP_ORPHANS`.

    Returns:
        how many datasets they belonged to
    """
    held = {
        *collection("actions").distinct("dataset_id"),
        *collection("class_pairs").distinct("_id"),
        *collection("cvat_trips").distinct("dataset_id"),
        *collection("own_tags").distinct("dataset_id"),
        *collection("settings").distinct("_id"),
    }
    orphans = gone(held)
    seen = collection("orphans")
    seen.delete_many({"_id": {"$nin": orphans}})
    first = {"since": now(), "format": FORMAT}
    for dataset_id in orphans:
        seen.update_one({"_id": dataset_id}, {"$setOnInsert": first}, upsert=True)
    wanted = {"since": {"$lt": now() - KEEP_ORPHANS}}
    old = [orphan["_id"] for orphan in seen.find(wanted)]
    erase(old)
    seen.delete_many({"_id": {"$in": old}})
    return len(old)


def gone(dataset_ids: Iterable[ObjectId]) -> list[ObjectId]:
    """Returns those of some ids of datasets that no dataset has."""
    held = list(dataset_ids)
    living = foo.get_db_conn()["datasets"].distinct("_id", {"_id": {"$in": held}})
    return [dataset_id for dataset_id in held if dataset_id not in set(living)]


def erase(dataset_ids: Sequence[ObjectId]) -> None:
    """Erases the documents of datasets, apart from verdicts.

    Documents that lead to others are erased last, so that erasing can be repeated
    after a crash.
    """
    of_them = {"dataset_id": {"$in": list(dataset_ids)}}
    keys = [a["_id"] for a in collection("actions").find(of_them, {"_id": True})]
    collection("journal").delete_many({"restore_key": {"$in": keys}})
    trips = collection("cvat_trips").distinct("_id", of_them)
    for name in ("cvat_labels", "cvat_images"):
        collection(name).delete_many({"trip": {"$in": trips}})
    collection("cvat_trips").delete_many(of_them)
    collection("own_tags").delete_many(of_them)
    for name in ("class_pairs", "settings"):
        collection(name).delete_many({"_id": {"$in": list(dataset_ids)}})
    collection("actions").delete_many(of_them)
