"""Scans as custom runs of their dataset: keys, and what a run holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import NoneType
from typing import Any

import bson
import fiftyone as fo
import fiftyone.constants as foco
import fiftyone.core.collections as foc
import fiftyone.core.media as fom
import fiftyone.core.odm as foo
import fiftyone.core.runs as fors
import fiftyone.core.stages as fosg
import fiftyone.core.view as fov
from bson import json_util

from ...iou_core.errors import ScanError
from .. import store
from ..jobs import locks
from .blocks.packing import FORMAT

RECALIBRATED = FORMAT + 1
"""The format of scans whose likelihoods verdicts recalibrated.

An older version of the plugin raises an error for them, and would otherwise state
other likelihoods.
"""

METHOD = "iou_duplicates"
"""The method of these runs; all plugins share one name space of keys."""

KEEP_BLOCKS = timedelta(days=1)
"""The time that blocks are kept without a scan; a running search may store them."""

MAX_VIEW_BYTES = 1_000_000
"""A view whose stages are larger is not stored with the scan."""


_COUNTS = {"labels": list, "images": list}
_SHAPE: dict[str, Any] = {
    **dict.fromkeys(("scan_uuid", "title", "created_at", "kind"), str),
    **dict.fromkeys(("labels", "samples", "count"), int),
    "params": {
        "label_field": str,
        "other_field": (str, NoneType),
        "classwise": bool,
        "iou_thresh": (int, float),
    },
    "scope": {"kind": str, "slices": (list, NoneType)},
    "skipped": {"count": int, "reasons": dict, "labels": list},
    "histogram": {"counts": list, "zero": int, "none": int},
    "curves": {"simple": _COUNTS},
    "class_pairs": list,
    "view_stored": bool,
}
"""The keys and types in the config of a scan of any version."""


def require_free_key(
    samples: foc.SampleCollection, scan_key: str, where: str = "scan_key"
) -> None:
    """Raises an error unless a key is valid and no other run has it.

    Raises:
        ScanError: if the key is no identifier, or in use
    """
    if not isinstance(scan_key, str) or not re.fullmatch(r"[A-Za-z_]\w*", scan_key):
        raise ScanError(
            "letters, digits and underscores, not beginning with a digit",
            repr(scan_key),
            where,
        )
    if scan_key in _keys(samples)[0]:
        raise ScanError("a new key", f"{scan_key!r}, which another run has", where)


def _new_key(samples: foc.SampleCollection) -> str:
    """Returns a key that no run has or had: ``duplicates_1``, ``duplicates_2``, ....

    The key of a replaced scan still opens the scan that replaced it.
    """
    keys = set[str]().union(*_keys(samples))
    k = 1
    while f"duplicates_{k}" in keys:
        k += 1
    return f"duplicates_{k}"


def _keys(samples: foc.SampleCollection) -> tuple[set[str], set[str]]:
    """Returns the keys of all runs, and those of scans that were replaced.

    Those of other processes are among them.
    """
    dataset = samples._root_dataset
    names = {"key": True, "config.method": True, "config.replaces": True}
    runs = foo.get_db_conn()["runs"].find({"_dataset_id": dataset._doc.id}, names)
    stored = [(run["key"], run.get("config", {})) for run in runs]
    scans = [config for _, config in stored if config.get("method") == METHOD]
    replaced = {key for config in scans for key in config.get("replaces", ())}
    return {key for key, _ in stored}.union(dataset.list_runs()), replaced


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
    is_view = isinstance(samples, fov.DatasetView)
    stages = samples._serialize(include_uuids=False) if is_view else []
    whole = len(bson.encode({"stages": stages})) <= MAX_VIEW_BYTES
    dataset = samples._root_dataset
    run_config = dataset.init_run()
    run_config.method = METHOD
    run_config.format = FORMAT
    run_config.view_stored = whole
    for name, value in config.items():
        setattr(run_config, name, value)
    with locks.keys_of(dataset._doc.id):
        if scan_key is None:
            scan_key = _new_key(samples)
        else:
            require_free_key(samples, scan_key)
        _insert(dataset, scan_key, run_config, stages if whole else [])
    show_runs(dataset)
    return scan_key


def calibrated_by(calibration: dict[str, Any] | None) -> dict[str, Any]:
    """Returns what the config of a scan holds if verdicts recalibrated it."""
    if calibration is None:
        return {}
    return {"calibration": calibration, "format": RECALIBRATED}


def _insert(
    dataset: fo.Dataset, key: str, config: fors.RunConfig, stages: Sequence[Any]
) -> None:
    """Stores a run as ``register_run()`` does, in two writes.

    That also checks and saves the whole Dataset, and breaks if another thread reloads
    it meanwhile.
    """
    store.name_of(dataset)  # raises an error if it was deleted
    run = foo.RunDocument(
        dataset_id=dataset._doc.id,
        key=key,
        version=foco.VERSION,
        timestamp=store.now(),
        config=config.serialize(),
        view_stages=list(map(json_util.dumps, stages)) or None,
    )
    run.save()
    named = {f"runs.{key}": run.id, "last_modified_at": run.timestamp}
    datasets = foo.get_db_conn()["datasets"]
    datasets.update_one({"_id": dataset._doc.id}, {"$set": named})


def scan_runs(dataset: fo.Dataset, **wanted: Any) -> Iterator[dict[str, Any]]:
    """Yields runs of a dataset that are scans, as the database has them.

    Runs of another form are skipped, as a dataset may come from another program.
    """
    found = foo.get_db_conn()["runs"].find(
        {"_dataset_id": dataset._doc.id, "config.method": METHOD, **wanted}
    )
    yield from (run for run in found if _is_scan(run["config"]))


def run_of(dataset: fo.Dataset, scan_key: str) -> dict[str, Any] | None:
    """Returns the run of a scan, or of the one that replaced it, if any."""
    run = next(scan_runs(dataset, key=scan_key), None)
    return run or next(scan_runs(dataset, **{"config.replaces": scan_key}), None)


def _is_scan(config: dict[str, Any]) -> bool:
    version = config.get("format")
    if isinstance(version, int) and version > RECALIBRATED:
        return True  # of another form, which is reported elsewhere
    return isinstance(version, int) and _matches(config, _SHAPE)


def _matches(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            _matches(value.get(key), one) for key, one in shape.items()
        )
    return isinstance(value, shape)


def scanned_by(
    dataset: fo.Dataset, run: dict[str, Any], scope: dict[str, Any]
) -> foc.SampleCollection:
    """Returns what a scan read, as it is now.

    Args:
        dataset: the dataset
        run: the run of the scan
        scope: the scope in its config

    Raises:
        ScanError: if the dataset no longer has what its view selects by
    """
    slices = scope["slices"]
    if run.get("view_stages"):
        view = _view_of(dataset, run)
        if view.media_type == fom.GROUP and slices[0] != view.group_slice:
            view.group_slice = slices[0]  # the App shows another one
        return view
    if slices is None or slices == [dataset.group_slice]:
        return dataset if scope["kind"] == "dataset" else dataset.view()
    return dataset.select_group_slices(slices, _allow_mixed=True)


def _view_of(dataset: fo.Dataset, run: dict[str, Any]) -> fov.DatasetView:
    """Returns the view of a scan, as it is now.

    FiftyOne calls whatever a stage names as its class, so a stage that another program
    stored could run anything.

    Raises:
        ScanError: if these are no stages of FiftyOne, or the dataset no longer has
            what they select by
    """
    try:
        stages = [json_util.loads(stage) for stage in run["view_stages"]]
        if not _are_stages(stages):
            raise ValueError("stages that are not FiftyOne's")
        return fov.DatasetView._build(dataset, stages)
    except (ValueError, TypeError, KeyError) as error:
        # FiftyOne raises the first for a field that was renamed or deleted
        expected = "a scan of a view that can still be made"
        raise ScanError(expected, f"{error}", run["key"]) from None


def _are_stages(value: Any) -> bool:
    """Returns whether all classes that JSON names are those of stages."""
    if isinstance(value, list):
        return all(map(_are_stages, value))
    if not isinstance(value, dict):
        return True
    if "_cls" in value:
        module, _, name = str(value["_cls"]).rpartition(".")
        found = getattr(fosg, name, None)
        if module != fosg.__name__ or not isinstance(found, type):
            return False
        if not issubclass(found, fosg.ViewStage):
            return False
    return all(map(_are_stages, value.values()))


def unshared(dataset: fo.Dataset) -> fo.Dataset:
    """Returns a dataset as an object that no other thread holds.

    The App reloads the one Dataset of a process at every request; a change of its
    runs that is under way in another thread breaks then.

    Raises:
        DatabaseError: if the dataset was deleted in the meantime
    """
    own = fo.Dataset.__new__(fo.Dataset)
    own.__init__(name=store.name_of(dataset), _create=False)
    return own


def show_runs(dataset: fo.Dataset) -> None:
    """Updates the runs of this process's Dataset from the database."""
    dataset._doc.reload("runs")


def purge_blocks() -> int:
    """Deletes blocks that no scan has named for :data:`KEEP_BLOCKS`.

    Returns:
        how many documents were deleted
    """
    blocks = store.collection("blocks")
    wanted = {"config.method": METHOD}
    named = set(foo.get_db_conn()["runs"].distinct("config.scan_uuid", wanted))
    gone = [uuid for uuid in blocks.distinct("scan_uuid") if uuid not in named]
    if not gone:
        return 0
    old = {"$lt": store.now() - KEEP_BLOCKS}
    deleted = blocks.delete_many({"scan_uuid": {"$in": gone}, "stored": old})
    return int(deleted.deleted_count)
