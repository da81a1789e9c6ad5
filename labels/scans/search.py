"""The search for duplicates, and the scan that records it; writes no label."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import fiftyone.core.collections as foc
import numpy as np
from pymongo.errors import ConnectionFailure

from ...iou_core.arrays import Ints
from ...iou_core.errors import ParamsError
from ...iou_core.params import LIKELIHOOD, FindParams
from .. import store
from ..jobs import engines
from ..jobs.engines import LOCAL, Engine
from ..jobs.runs import Run
from ..jobs.shards import Sharded, describe, open_samples, read_shard
from ..reading.columns import Block
from ..reading.decoder import LabelDecoder
from ..reading.kinds.turned import with_units
from ..reading.places import name_places
from . import incremental, register, stored
from .blocks import block_store
from .blocks.block import StoredBlock, to_stored
from .blocks.compare import compare_collection, decide_part, decoder_for
from .config import scan_config, with_masks_decided
from .decisions.decider import Decider
from .decisions.measure import Fit
from .decisions.presence import require_present
from .decisions.recalibration import ANEW, model_of, recalibrated
from .decisions.verdicts import digest_of_verdicts, of_dataset
from .tally import Tally, ThresholdCounts, from_plain, to_plain

Witness = Callable[[StoredBlock, Ints, Decider], None]
"""A function that receives each block, its removed labels, and the decider."""

__all__ = ["ANEW", "Tally", "find_duplicates", "work_shard"]


def find_duplicates(
    samples: foc.SampleCollection,
    params: FindParams,
    scan_key: str | None = None,
    title: str | None = None,
    record: bool = True,
    run: Run | None = None,
    engine: Engine = LOCAL,
    since: str | None = None,
    witness: Witness | None = None,
    calibration: dict[str, Any] | None = None,
) -> Tally:
    """Finds the labels of objects that another label marks already.

    Args:
        samples: a dataset or a view; labels that it filters out take no part
        params: what is compared, and what counts as a duplicate
        scan_key (None): the key to record the scan under; made up by default
        title (None): a title for people
        record (True): whether to record the scan. Likelihoods are fitted to a
            recorded one
        run (None): gets the progress, and stops the work if it is canceled
        engine: where to compute; the result does not depend on it
        since (None): the key of an earlier scan of the same samples: only those
            that were edited since are computed again; the result is the same
        witness (None): is shown each block that is recorded, unless workers make them
        calibration (None): the calibration; by default, that of the earlier scan. With
            :data:`ANEW`, the likelihoods are recalibrated with the present verdicts

    Returns:
        the :class:`Tally`

    Raises:
        DuplicatesError: if a parameter or a field cannot be used, or
            the key is taken
        DatabaseError: if the connection is lost; nothing is recorded
        RunCancelled: if the run was asked to stop; nothing is recorded
    """
    if scan_key is not None:
        register.require_free_key(samples, scan_key)
    params = with_masks_decided(samples, params, record, since)
    if not record and (params.metric == LIKELIHOOD or calibration is ANEW):
        expected = "True: likelihoods need a stored scan"
        raise ParamsError(expected, "False", "record")
    decoder = decoder_for(samples, params)
    require_present(samples, params)
    search = _Search(samples, params, decoder, None)
    search.witness = witness
    if since is not None and calibration is None:
        calibration = stored.open_scan(samples, since).config.get("calibration")
    search.calibration = calibration
    again = _to_reuse(search, engine, since)
    with store.answering("find duplicates", "nothing is recorded: repeat this"):
        if record:
            block_store.ensure_indexes()
            search.recorder = block_store.Recorder()
        try:
            _carry_out(search, engine, again, run)
            name_places(samples, params.label_field, search.tally.skipped.labels)
            if record:
                _register(search, scan_key, title, run)
        except BaseException:
            if search.recorder is not None:
                # without a database they stay, and are purged as orphans later
                with suppress(ConnectionFailure):
                    search.recorder.discard()
            raise
        if record:
            for purge in (register.purge_blocks, store.purge):
                store.rarely(purge.__name__, store.PURGED_EVERY, purge)
    return search.tally


def _to_reuse(
    search: _Search, engine: Engine, since: str | None
) -> incremental.Rescan | None:
    if since is None:
        return None
    earlier = incremental.require_usable(search.samples, search.params, since)
    if not engine.is_local:
        expected = "local: a rescan with since is too small for workers"
        raise ParamsError(expected, repr(engine.name), "engine")
    if not earlier.config["samples"]:
        return None
    return incremental.Rescan(search.samples, search.params, search.decoder, earlier)


def _carry_out(
    search: _Search, engine: Engine, again: incremental.Rescan | None, run: Run | None
) -> None:
    if not engine.is_local:
        search.by_engine(engine, run)
    elif again is None or not search.reuse(again, run):
        search.go_through(run)


def _register(
    search: _Search, scan_key: str | None, title: str | None, run: Run | None
) -> None:
    """Makes what was recorded a scan of the dataset."""
    tally, counts, samples = search.tally, search.counts, search.samples
    by_class = counts.by_class(tally, search.decoder.kind.name, search.params)
    search.recorder.add_classes(by_class)
    if search.calibration is ANEW:
        blocks = block_store.blocks(search.recorder.uuid, by_class["names"])
        search.calibration = recalibrated(blocks, by_class, of_dataset(samples))
    if search.params.metric == LIKELIHOOD:
        search.decide_stored()
    turning = search.decoder.turning if tally.rotation_units else None
    tally.config = scan_config(
        samples,
        with_units(search.params, turning),
        tally,
        counts,
        title,
        search.recorder.uuid,
        search.decider,
        search.decoder.kind.name,
        search.verdicts_digest,
    ) | register.calibrated_by(search.calibration)
    tally.scan_key = register.register(samples, scan_key, tally.config)
    if run is not None:
        run.found(tally.scan_key)


class _Search:
    """The search of a collection, or of a part of it."""

    def __init__(
        self,
        samples: foc.SampleCollection,
        params: FindParams,
        decoder: LabelDecoder,
        recorder: block_store.Recorder | None,
    ) -> None:
        self.samples = samples
        self.params = params
        self.decoder = decoder
        self.recorder = recorder
        # before a verdict is read: one that is given during the scan makes the scan old
        self.verdicts_digest = digest_of_verdicts(samples)
        self.decider = Decider(samples, params, decoder.classes.names)
        self.tally = Tally()
        if decoder.turning is not None:
            # grows during the search
            self.tally.rotation_units = decoder.turning.units
        self.counts = ThresholdCounts.of(params.method)
        self.witness: Witness | None = None
        self.calibration: dict[str, Any] | None = None

    def go_through(
        self, run: Run | None = None, blocks: Iterable[Block] | None = None
    ) -> None:
        """Finds the duplicates of all samples, or of those of some blocks."""
        names = self.decoder.classes.names
        for part in compare_collection(
            self.samples,
            self.params,
            self.decoder,
            run,
            self.tally.skipped,
            min_iou=self.params.min_iou,
            blocks=blocks,
        ):
            if self.recorder is None and self.decider.is_plain:
                rows = decide_part(part, self.params).labels
                self.tally.see(
                    part.classes[part.rows(0)],
                    part.ids[rows],
                    part.image[rows],
                    part.classes[rows],
                    names,
                    part.block.fields[0].unmarked,
                )
            else:
                self._see(to_stored(part, names))

    def reuse(self, again: incremental.Rescan, run: Run | None) -> bool:
        """Finds the duplicates with the overlaps of an earlier scan.

        Returns:
            whether it did; a full scan may be less work
        """
        blocks = again.blocks(run)
        if blocks is None:
            return False
        self.decider = Decider(self.samples, self.params, again.names)
        self.tally.rotation_units |= again.rotation_units
        for block in blocks:
            self.tally.skipped.add(block.bad)
            self._see(block)
        return True

    def by_engine(self, engine: Engine, run: Run | None) -> None:
        """Has workers find the duplicates, and adds up what they found."""
        job = {
            "work": "find",
            "samples": describe(self.samples),
            "params": self.params.to_dict(),
            "scan_uuid": self.recorder.uuid if self.recorder is not None else None,
        }
        with engine.open() as workers:
            shards = Sharded(self.samples, workers.count, self.decoder.on_frames)
            tasks = list(shards.tasks())
            for plain in engines.carry_out(workers, job, tasks, shards.sizes, run):
                tally, counts = from_plain(plain)
                self.tally.merge(tally)
                self.counts.merge(counts)

    def decide_stored(self) -> None:
        """Finds the duplicates by likelihoods, which are fitted once all is stored."""
        counts, nothing = block_store.classes(self.recorder.uuid), np.zeros(0, np.int64)
        names, verdicts = list(counts["names"]), self.decider.verdicts
        fit = Fit(model_of(counts, self.calibration), names)
        self.decider = Decider(self.samples, self.params, names, verdicts, fit)
        for block in block_store.blocks(self.recorder.uuid, names):
            rows = self.decider.decide(block).decided.labels
            image, classes = block.image[rows], block.classes[rows]
            ids = block.label_ids[rows]
            self.tally.see(nothing, ids, image, classes, names, None)
            if self.witness is not None:
                self.witness(block, rows, self.decider)

    def _see(self, block: StoredBlock) -> None:
        is_later = self.params.metric == LIKELIHOOD
        rows = np.zeros(0, np.int64)
        if not is_later:
            rows = self.decider.decide(block).decided.labels
        self.tally.see(
            block.label_classes,
            block.label_ids[rows],
            block.image[rows],
            block.classes[rows],
            block.names,
            block.unmarked,
        )
        if self.recorder is not None:
            self.counts.see(block, self.decider)
            self.recorder.add(block)
            if self.witness is not None and not is_later:
                self.witness(block, rows, self.decider)


def work_shard(job: dict[str, Any], shard: dict[str, Any]) -> dict[str, Any]:
    """Searches one part of a collection, in a worker; repeating it does no harm."""
    samples = open_samples(job["samples"])
    params = FindParams.parse(job["params"])
    decoder = decoder_for(samples, params)
    recorder = None
    if job["scan_uuid"] is not None:
        recorder = block_store.Recorder(job["scan_uuid"], shard["part"])
    search = _Search(samples, params, decoder, recorder)
    search.go_through(blocks=read_shard(samples, decoder, shard))
    if recorder is not None:
        recorder.wait()
    return to_plain(search.tally, search.counts)
