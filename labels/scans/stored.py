"""Stored scans: opened, listed, renamed and deleted.

The config of a scan (parameters, counts, histogram, curves) is a custom run of the
dataset. Its pairs are blocks (:mod:`.blocks.block_store`), which the run names by the
scan's uuid. They are deleted when no run names them any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
import fiftyone.core.odm as foo
import numpy as np

from ...iou_core.arrays import Ints
from ...iou_core.decisions.likelihood import Likelihoods
from ...iou_core.errors import NoScanError, ScanError
from ...iou_core.params import LIKELIHOOD, FindParams, plain
from .. import store
from ..fields import LabelField, require_label_field
from ..jobs import locks
from ..reading import label_changes
from ..reading.columns import NO_STAMP
from ..reading.decoder import LabelDecoder
from .blocks import block_store, memory, renamed
from .blocks.block import StoredBlock
from .blocks.compare import decoder_for
from .decisions.block_verdicts import Verdicts
from .decisions.decider import Decider, with_params
from .decisions.measure import Fit
from .decisions.recalibration import model_of
from .register import (
    METHOD,
    RECALIBRATED,
    require_free_key,
    run_of,
    scan_runs,
    scanned_by,
    show_runs,
    unshared,
)


@dataclass(frozen=True)
class Scan:
    """A stored scan, opened; its blocks and class names are read when asked for.

    Attributes:
        samples: the dataset, or a view of it
        config: what the scan's run holds; see :func:`.config.scan_config`
    """

    samples: foc.SampleCollection
    config: dict[str, Any] = field(repr=False)
    _run: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """The key of the scan."""
        return str(self.config["scan_key"])

    @property
    def uuid(self) -> str:
        """The id of its blocks."""
        return str(self.config["scan_uuid"])

    @cached_property
    def params(self) -> FindParams:
        """The parameters that the scan was made with."""
        return FindParams.parse(self.config["params"])

    @property
    def field(self) -> LabelField:
        """The field whose labels may be removed.

        Raises:
            FieldError: if the field is gone
        """
        return require_label_field(self.samples._root_dataset, self.params.label_field)

    @cached_property
    def counts(self) -> dict[str, Any]:
        """The counts per class, as they were recorded.

        Raises:
            ScanError: if they are gone
        """
        return block_store.classes(self.uuid)

    @cached_property
    def class_names(self) -> list[str | None]:
        """The class names by number; None for labels without a class.

        Raises:
            ScanError: if they are gone
        """
        return list(self.counts["names"])

    @cached_property
    def likelihood_model(self) -> Likelihoods:
        """The likelihood model that was fitted to the pairs of the scan."""
        return model_of(self.counts, self.config.get("calibration"))

    @property
    def view_stored(self) -> bool:
        """Whether the scanned view was small enough to be stored."""
        return bool(self.config["view_stored"])

    @property
    def label_changes(self) -> tuple[str, ...]:
        """The stages of the scanned view that may change labels, as texts.

        Scans of version 0.1.0 do not hold them; then the view does, if it is stored.
        """
        if "label_changes" in self.config:
            return tuple(self.config["label_changes"])
        return label_changes.of(self.view()) if self.view_stored else ()

    def blocks(self, first: int = 0) -> Iterator[StoredBlock]:
        """Yields the blocks from a number on, in the order of the scan."""
        yield from block_store.blocks(self.uuid, self.class_names, first)

    def params_with(self, **changes: object) -> FindParams:
        """Returns the parameters with some of them changed; None changes nothing.

        Raises:
            ScanError: if the threshold is below the lowest that the pairs reach
            ParamsError: if one of the parameters cannot be used
        """
        params = with_params(self.params, **changes)
        lowest, given = self.params.min_iou, params.iou_thresh
        if given < lowest and params.metric != LIKELIHOOD:
            expected = f"a threshold of at least {lowest}, the lowest that the scan has"
            raise ScanError(expected, str(given), "iou_thresh")
        return params

    def decider(self, **changes: object) -> Decider:
        """Returns what decides the blocks, by today's verdicts and class pairs.

        Raises:
            ScanError, ParamsError: as :meth:`params_with`
        """
        return self.decider_by(self.params_with(**changes), self.class_names)

    def decider_by(
        self,
        params: FindParams,
        names: Sequence[str | None],
        verdicts: Verdicts | None = None,
    ) -> Decider:
        """Returns what decides labels by other parameters, with its likelihoods."""
        likely = params.metric == LIKELIHOOD
        fit = Fit(self.likelihood_model, self.class_names) if likely else None
        return Decider(self.samples, params, names, verdicts, fit)

    def decoder(self) -> LabelDecoder:
        """Returns the decoder that the labels were read with.

        The kind of the labels is that of the scan: it depends on what the samples
        hold, which may have changed.

        Raises:
            FieldError: if a field that was compared is gone
            ScanError: if the kind is not known
        """
        return decoder_for(self.samples, self.params, self.config["kind"])

    def trusted_stamps(self, stamps: Ints) -> Ints:
        """Returns stamps of its samples; ``NO_STAMP`` where they prove nothing.

        Scans made before turned boxes were compared hold no rotations. Of their
        samples only the hash can show that labels are unchanged.
        """
        if "rotation_unit" in self.config["params"]:
            return stamps
        return np.full_like(stamps, NO_STAMP)

    def view(self) -> foc.SampleCollection:
        """Returns the scanned collection as it is now.

        Raises:
            ScanError: if the view was too large to be stored, or the dataset no longer
                has what it selects by
        """
        if not self.view_stored:
            expected = "a scan whose view could be stored"
            raise ScanError(expected, "one of more than 1 MB", self.key)
        dataset = self.samples._root_dataset
        return scanned_by(dataset, self._run, self.config["scope"])


def open_scan(samples: foc.SampleCollection, scan_key: str) -> Scan:
    """Returns a stored scan, or the one that replaced it.

    Raises:
        ScanError: if there is no such scan, or a newer version stored it
    """
    dataset = samples._root_dataset
    run = run_of(dataset, store.key("scan_key", scan_key))
    if run is None:
        known = ", ".join(run["key"] for run in scan_runs(dataset)) or "none yet"
        raise NoScanError(f"the key of a scan ({known})", repr(scan_key), "scan_key")
    return Scan(samples, _config(dataset, run), run)


def _config(dataset: fo.Dataset, run: dict[str, Any]) -> dict[str, Any]:
    """Returns the config of a scan, whose fields have their present names."""
    store.require_format(run["config"]["format"], run["key"], RECALIBRATED)
    config = {**plain(run["config"]), "scan_key": run["key"]}
    now = renamed.names_now(dataset, config)
    params = config["params"]
    for where in renamed.FIELDS:
        params[where] = now.get(params[where], params[where])
    return {**config, "renamed": now}


def list_scans(samples: foc.SampleCollection) -> list[dict[str, Any]]:
    """Returns the configs of the stored scans, the newest first.

    ``pairs_stored`` is False for one whose pairs are gone, as after a crash of the
    database: it can only be deleted.
    """
    dataset = samples._root_dataset
    scans = [_config(dataset, run) for run in scan_runs(dataset)]
    known = {"scan_uuid": {"$in": [scan["scan_uuid"] for scan in scans]}, "shard": -1}
    stored = set(store.collection("blocks").distinct("scan_uuid", known))
    for scan in scans:
        scan["pairs_stored"] = scan["scan_uuid"] in stored
    return sorted(scans, key=lambda scan: scan["created_at"], reverse=True)


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
    dataset, scan_key = samples._root_dataset, open_scan(samples, scan_key).key
    if new_scan_key not in (None, scan_key):
        with locks.keys_of(dataset._doc.id):
            require_free_key(samples, str(new_scan_key), "new_scan_key")
            unshared(dataset).rename_run(scan_key, new_scan_key)
        scan_key = str(new_scan_key)
    if title is not None:
        # a scan that a user named is kept
        update(dataset, scan_key, title=title, interim=False)
    show_runs(dataset)
    return open_scan(samples, scan_key).config


def update(samples: foc.SampleCollection, scan_key: str, **values: Any) -> None:
    """Sets fields of a scan's config, such as ``interim`` and ``replaces``.

    Raises:
        ScanError: if there is no such scan
    """
    own = unshared(samples._root_dataset)
    key = open_scan(samples, scan_key).key
    run_config = own.get_run_info(key).config
    vars(run_config).update(values)
    own.update_run_config(key, run_config)
    show_runs(samples._root_dataset)


def delete(samples: foc.SampleCollection, scan_key: str) -> None:
    """Deletes a scan, and its pairs unless another dataset's run names them.

    Of two scans under one key, which earlier versions stored for two processes at
    once, both are deleted: FiftyOne itself reaches only one of them.

    Raises:
        ScanError: if there is no such scan
    """
    dataset, runs = samples._root_dataset, foo.get_db_conn()["runs"]
    if open_scan(samples, scan_key).key != scan_key:
        return  # it was deleted when another scan replaced it
    with locks.keys_of(dataset._doc.id):
        found = [run["config"]["scan_uuid"] for run in scan_runs(dataset, key=scan_key)]
        own = unshared(dataset)
        if scan_key in own.list_runs():
            own.delete_run(scan_key)
        runs.delete_many(
            {"_dataset_id": dataset._doc.id, "key": scan_key, "config.method": METHOD}
        )
    show_runs(dataset)
    for uuid in found:
        memory.forget(uuid)
        if runs.find_one({"config.scan_uuid": uuid}, {"_id": True}) is None:
            store.collection("blocks").delete_many({"scan_uuid": uuid})
