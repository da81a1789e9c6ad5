"""Stored scans: what was found, to come back to.

The config (parameters, counts, histogram, curves) is a custom run of the
dataset. The pairs are blocks (:mod:`.blocks.block_store`) that the run names by the
scan's uuid; they go when no run names them any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import bson
import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.media as fom
import fiftyone.core.odm as foo
import fiftyone.core.view as fov
from bson import json_util

from ...iou_core.errors import ScanError
from .. import store
from ..jobs import locks
from ..reading import label_changes

METHOD = "iou_duplicates"
"""What FiftyOne calls these runs; all plugins share one name space of keys."""

MAX_VIEW_BYTES = 1_000_000
"""A view whose stages are larger is not stored with the scan."""

_ORPHAN_AFTER = timedelta(days=1)


def require_free_key(
    samples: foc.SampleCollection, scan_key: str, where: str = "scan_key"
) -> None:
    """Refuses a key that is none, or that another run has.

    Raises:
        ScanError: if the key is no identifier, or in use
    """
    if not isinstance(scan_key, str) or not re.fullmatch(r"[A-Za-z_]\w*", scan_key):
        raise ScanError(
            "letters, digits and underscores, not beginning with a digit",
            repr(scan_key),
            where,
        )
    if scan_key in _keys(samples):
        raise ScanError("a new key", f"{scan_key!r}, which another run has", where)


def _new_key(samples: foc.SampleCollection) -> str:
    """Returns a key that no run has: ``duplicates_1``, ``duplicates_2``, ...."""
    keys = _keys(samples)
    k = 1
    while f"duplicates_{k}" in keys:
        k += 1
    return f"duplicates_{k}"


def _keys(samples: foc.SampleCollection) -> set[str]:
    """Returns the keys of all runs, those of other processes included."""
    dataset = samples._root_dataset
    runs = foo.get_db_conn()["runs"]
    stored = runs.find({"_dataset_id": dataset._doc.id}, {"key": True})
    return {run["key"] for run in stored} | set(dataset.list_runs())


def register(
    samples: foc.SampleCollection, scan_key: str | None, config: dict[str, Any]
) -> str:
    """Makes a recorded scan a run of its dataset.

    Args:
        samples: what was scanned
        scan_key: its key; None to make one up
        config: what it is to hold

    Returns:
        the key

    Raises:
        ScanError: if the key is in use
    """
    stages = samples._serialize() if isinstance(samples, fov.DatasetView) else []
    whole = len(bson.encode({"stages": stages})) <= MAX_VIEW_BYTES
    dataset = samples._root_dataset
    run_config = dataset.init_run()
    run_config.method = METHOD
    run_config.format = store.FORMAT
    run_config.view_stored = whole
    for name, value in config.items():
        setattr(run_config, name, value)
    with locks.keys_of(dataset._doc.id):
        own = unshared(dataset)
        on_view = whole and stages
        target = fov.DatasetView._build(own, stages) if on_view else own
        if scan_key is None:
            scan_key = _new_key(samples)
        require_free_key(samples, scan_key)
        target.register_run(scan_key, run_config)
    _show_runs(dataset)
    return scan_key


def unshared(dataset: fo.Dataset) -> fo.Dataset:
    """Returns a dataset as an object that no other thread holds.

    The App reloads the one Dataset of a process at every request; a change of its
    runs that is under way in another thread breaks then.

    Raises:
        DatabaseError: if the dataset was deleted meanwhile
    """
    own = fo.Dataset.__new__(fo.Dataset)
    own.__init__(name=store.name_of(dataset), _create=False)
    return own


def _show_runs(dataset: fo.Dataset) -> None:
    """Lets the process's Dataset know of the stored runs."""
    dataset._doc.reload("runs")


def _stored(dataset: fo.Dataset, **wanted: Any) -> Iterator[dict[str, Any]]:
    """Yields runs of a dataset that are scans, as the database has them."""
    yield from foo.get_db_conn()["runs"].find(
        {"_dataset_id": dataset._doc.id, "config.method": METHOD, **wanted}
    )


def _config(run: dict[str, Any]) -> dict[str, Any]:
    store.require_format(run["config"]["format"], run["key"])
    return {**bson_to_plain(run["config"]), "scan_key": run["key"]}


def list_scans(samples: foc.SampleCollection) -> list[dict[str, Any]]:
    """Returns the configs of the stored scans, the newest first.

    ``pairs_stored`` is False for one whose pairs are gone, as after a crash of the
    database: it can only be deleted.
    """
    scans = [_config(run) for run in _stored(samples._root_dataset)]
    known = {"scan_uuid": {"$in": [scan["scan_uuid"] for scan in scans]}, "shard": -1}
    stored = set(store.collection("blocks").distinct("scan_uuid", known))
    for scan in scans:
        scan["pairs_stored"] = scan["scan_uuid"] in stored
    return sorted(scans, key=lambda scan: scan["created_at"], reverse=True)


def load(samples: foc.SampleCollection, scan_key: str) -> dict[str, Any]:
    """Returns the config of a stored scan.

    Raises:
        ScanError: if there is no such scan, or a newer version stored it
    """
    return _config(_load(samples, scan_key))


def _load(samples: foc.SampleCollection, scan_key: str) -> dict[str, Any]:
    dataset = samples._root_dataset
    found = next(_stored(dataset, key=store.key("scan_key", scan_key)), None)
    if found is None:
        known = ", ".join(run["key"] for run in _stored(dataset)) or "there is none yet"
        raise ScanError(f"the key of a scan ({known})", repr(scan_key), "scan_key")
    return found


def bson_to_plain(value: Any) -> Any:
    """Returns a value with plain dicts and lists in place of ordered ones."""
    if isinstance(value, dict):
        return {key: bson_to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [bson_to_plain(item) for item in value]
    return value


def view_of(samples: foc.SampleCollection, scan_key: str) -> foc.SampleCollection:
    """Returns the collection that a scan looked at, as it is now.

    Raises:
        ScanError: if its view was too large to be stored
    """
    dataset = samples._root_dataset
    run = _load(samples, scan_key)
    config = _config(run)
    if not config["view_stored"]:
        raise ScanError(
            "a scan whose view could be stored", "one of more than 1 MB", scan_key
        )
    stages = [json_util.loads(stage) for stage in run.get("view_stages") or ()]
    slices = config["scope"]["slices"]
    if stages:
        view = fov.DatasetView._build(dataset, stages)
        if view.media_type == fom.GROUP and slices[0] != view.group_slice:
            # the App shows another slice by now
            view.group_slice = slices[0]
        return view
    if slices is None or slices == [dataset.group_slice]:
        return dataset if config["scope"]["kind"] == "dataset" else dataset.view()
    return dataset.select_group_slices(slices, _allow_mixed=True)


def label_changes_of(
    samples: foc.SampleCollection, config: dict[str, Any]
) -> tuple[str, ...]:
    """Returns the stages of a scan's view that may change labels, as texts.

    A scan of an earlier version does not say so; then its view does, if it is stored.
    """
    if "label_changes" in config:
        return tuple(config["label_changes"])
    if not config["view_stored"]:
        return ()
    return label_changes.of(view_of(samples, config["scan_key"]))


def rename(
    samples: foc.SampleCollection,
    scan_key: str,
    title: str | None = None,
    new_scan_key: str | None = None,
) -> dict[str, Any]:
    """Gives a scan another title, or another key; returns its config.

    Raises:
        ScanError: if there is no such scan, or the new key cannot be used
    """
    dataset = samples._root_dataset
    load(samples, scan_key)
    if new_scan_key not in (None, scan_key):
        with locks.keys_of(dataset._doc.id):
            require_free_key(samples, str(new_scan_key), "new_scan_key")
            unshared(dataset).rename_run(scan_key, new_scan_key)
        scan_key = str(new_scan_key)
    if title is not None:
        # a scan that a person named is to stay
        _set(unshared(dataset), scan_key, title=title, interim=False)
    _show_runs(dataset)
    return load(samples, scan_key)


def set_interim(samples: foc.SampleCollection, scan_key: str) -> None:
    """Marks a scan as one that whoever made it will forget for the next one.

    Raises:
        ScanError: if there is no such scan
    """
    load(samples, scan_key)
    _set(unshared(samples._root_dataset), scan_key, interim=True)
    _show_runs(samples._root_dataset)


def _set(own: fo.Dataset, scan_key: str, **values: Any) -> None:
    run_config = own.get_run_info(scan_key).config
    for name, value in values.items():
        setattr(run_config, name, value)
    own.update_run_config(scan_key, run_config)


def delete(samples: foc.SampleCollection, scan_key: str) -> None:
    """Deletes a scan, and its pairs unless another dataset's run names them.

    Of two scans that were stored under one key, which earlier versions did for two
    processes at once, both are deleted: FiftyOne itself reaches only one of them.

    Raises:
        ScanError: if there is no such scan
    """
    dataset, runs = samples._root_dataset, foo.get_db_conn()["runs"]
    load(samples, scan_key)
    with locks.keys_of(dataset._doc.id):
        found = [_config(run) for run in _stored(dataset, key=scan_key)]
        own = unshared(dataset)
        if scan_key in own.list_runs():
            own.delete_run(scan_key)
        runs.delete_many(
            {"_dataset_id": dataset._doc.id, "key": scan_key, "config.method": METHOD}
        )
    _show_runs(dataset)
    for config in found:
        named = {"config.scan_uuid": config["scan_uuid"]}
        if runs.find_one(named, {"_id": True}) is None:
            store.collection("blocks").delete_many({"scan_uuid": config["scan_uuid"]})


def purge_orphans() -> int:
    """Deletes blocks that no run names and that are no run's under way.

    Returns:
        how many documents went
    """
    stored = store.collection("blocks").distinct("scan_uuid")
    named = set(
        foo.get_db_conn()["runs"].distinct(
            "config.scan_uuid", {"config.method": METHOD}
        )
    )
    gone = [uuid for uuid in stored if uuid not in named]
    if not gone:
        return 0
    return (
        store.collection("blocks")
        .delete_many(
            {"scan_uuid": {"$in": gone}, "stored": {"$lt": store.now() - _ORPHAN_AFTER}}
        )
        .deleted_count
    )
