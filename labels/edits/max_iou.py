"""The largest IoU of each label with another label of its sample, stored."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

import fiftyone as fo
import fiftyone.core.collections as foc
import numpy as np
from bson import ObjectId

from ...iou_core.geometry import unmarked
from ...iou_core.params import ComputeParams
from .. import store
from ..fields import LabelField
from ..jobs import engines
from ..jobs.engines import LOCAL, Engine
from ..jobs.runs import Run
from ..jobs.shards import Sharded, describe, open_samples, read_shard
from ..reading.columns import Block
from ..reading.places import name_places
from ..reading.raw.ids import to_object_ids, to_strings
from ..reading.read import at_stored_positions
from ..scans.blocks.compare import ComparedBlock, compare_collection, decoder_for
from ..scans.decisions.presence import require_present
from .computed import own_attributes
from .computed.counts import MaxIous
from .computed.overwrite import Computed, overwrite_values
from .writing import updates
from .writing import writer as write

ROUNDS = 5
"""The number of times that samples which are edited in between are computed again."""

_UNDER_WAY = 4  # blocks whose writes are waited for

CHANGED = "kept being edited during the run"


def compute_max_ious(
    samples: foc.SampleCollection,
    params: ComputeParams,
    iou_attr: str = "max_iou",
    id_attr: str | None = None,
    run: Run | None = None,
    engine: Engine = LOCAL,
    overwrite: bool = False,
) -> MaxIous:
    """Stores the largest IoU of each label, and the label it has it with.

    A label gets None where it has nothing to be compared with, and 0 where
    nothing overlaps it (its partner is then None). Labels that a view filters
    out take no part and are not changed. Samples that are edited in between are
    computed again.

    Args:
        samples: a dataset or a view
        params: what is compared with what. With two fields both get values
        iou_attr ("max_iou"): the attribute for the IoU
        id_attr (None): an attribute for the id of the other label, the first
            of those with this IoU
        run (None): receives the progress, and can cancel
        engine: where the work runs; the values are the same
        overwrite (False): whether to replace values that the plugin did not store,
            too. Then all is journaled and stored in this process, and each field has
            a key that undoes it; FiftyOne's schema of these values is left alone

    Returns:
        a :class:`MaxIous`

    Raises:
        DuplicatesError: if a parameter or a field cannot be used
        DatabaseError: if the connection is lost; values stored so far are kept
        RunCancelled: if the run is canceled; values stored so far are kept
    """
    names = decoder_for(samples, params).fields
    fields = own_attributes.require_attributes(
        samples, names, iou_attr, id_attr, overwrite
    )
    require_present(samples, params)
    computation = _Computation(samples, params, fields, iou_attr, id_attr)
    with store.answering("max IoU", "values stored so far are kept: repeat this"):
        try:
            if computation.others:
                computation.overwrite(run)
            elif engine.is_local:
                computation.go_through(run)
            else:
                computation.by_engine(engine, run)
        finally:
            write.reload_held(samples, computation.decoder.on_frames, None)
    name_places(samples, params.label_field, computation.done.skipped.labels)
    return computation.done


def work_shard(job: dict[str, Any], shard: dict[str, Any]) -> dict[str, Any]:
    """Stores the values of a part of a collection, in a worker; may be repeated."""
    samples = open_samples(job["samples"])
    params = ComputeParams.parse(job["params"])
    attrs = job["iou_attr"], job["id_attr"]
    fields = own_attributes.require_attributes(
        samples, decoder_for(samples, params).fields, *attrs
    )
    work = _Computation(samples, params, fields, *attrs)
    work.go_through(blocks=read_shard(samples, work.decoder, shard))
    return work.done.to_plain()


class _Computation:
    """Stores blocks while the next ones are computed."""

    def __init__(
        self,
        samples: foc.SampleCollection,
        params: ComputeParams,
        fields: Sequence[LabelField],
        iou_attr: str,
        id_attr: str | None,
    ) -> None:
        self.samples = samples
        self.params = params
        self.decoder = decoder_for(samples, params)
        self.fields = fields
        self.iou_attr = iou_attr
        self.id_attr = id_attr
        self.done = MaxIous()
        if self.decoder.turning is not None:
            # grows while the labels are read
            self.done.rotation_units = self.decoder.turning.units
        self.declared = False
        self.n_left = 0
        self.attrs: dict[str, type[fo.Field]] = {iou_attr: fo.FloatField}
        if id_attr is not None:
            self.attrs[id_attr] = fo.StringField
        self.others = [
            f"{one.full_path}.{attr}"
            for one in fields
            for attr in self.attrs
            if own_attributes.other_origin(samples, one, attr) is not None
        ]
        """The paths of values that the plugin did not store."""

    def go_through(
        self, run: Run | None = None, blocks: Iterable[Block] | None = None
    ) -> None:
        """Stores the values of all samples, or of those of some blocks."""
        todo: Sequence[ObjectId] | None = None
        for _ in range(ROUNDS):
            what = self.samples, self.params, self.decoder
            todo = self.store(compare_collection(*what, run, None, todo, blocks=blocks))
            if not todo:
                break
            blocks = None
            # positions may be wrong where a list holds what is no label
            self.decoder = self.decoder.with_whole_lists()
        self.done.skipped.count(CHANGED, self.n_left)

    def by_engine(self, engine: Engine, run: Run | None) -> None:
        """Has workers store the values, each those of some parts."""
        with engine.open() as workers:
            on_frames = self.decoder.on_frames
            shards = Sharded(self.samples, workers.count, on_frames)
            # before a worker loads the dataset, so that it finds the attributes
            self._declare()
            job = {
                "work": "max_iou",
                "samples": describe(self.samples),
                "params": self.params.to_dict(),
                "iou_attr": self.iou_attr,
                "id_attr": self.id_attr,
            }
            tasks = list(shards.tasks())
            for plain in engines.carry_out(workers, job, tasks, shards.sizes, run):
                self.done.merge(plain)

    def overwrite(self, run: Run | None) -> None:
        """Stores the values of all samples; each field is an action of the journal."""
        self._declare()
        params = {**self.params.to_dict(), "attributes": list(self.attrs)}
        for k, label_field in enumerate(self.fields):
            overwrite_values(
                self.samples,
                label_field,
                params,
                lambda ids, k=k: self._computed(k, ids),
                self.done,
                run,
            )

    def _computed(self, k: int, ids: Sequence[ObjectId]) -> Iterator[Computed]:
        """Yields the values of one field in some samples, as they are now."""
        names = self.decoder.classes.names
        for part in compare_collection(
            self.samples, self.params, self.decoder, document_ids=ids
        ):
            columns, rows = part.block.fields[k], part.rows(k)
            values = self._values(part, part.block)[k].values
            each = zip(*values.values())
            yield Computed(
                part.block,
                columns,
                [dict(zip(values, row)) for row in each],
                np.where(part.compared, part.overlaps.max_iou, np.nan)[rows],
                [names[number] for number in columns.classes.tolist()],
                [bad for bad in part.bad if bad.field == self.fields[k].name],
            )

    def store(self, parts: Iterator[ComparedBlock]) -> list[ObjectId]:
        """Stores all parts; returns the samples that were edited in between."""
        again: list[ObjectId] = []
        self.n_left = 0
        under_way: deque[tuple[ComparedBlock, list[Future[write.Unwritten]]]] = deque()
        with write.Writer(self.samples, self.decoder.on_frames) as writer:
            for part in parts:
                self._declare()
                block = at_stored_positions(self.samples, self.decoder, part.block)
                values = self._values(part, block)
                sent = writer.submit(updates.attribute_updates(block, values))
                under_way.append((part, sent))
                while len(under_way) > _UNDER_WAY:
                    again += self._settle(*under_way.popleft())
            while under_way:
                again += self._settle(*under_way.popleft())
        return again

    def _declare(self) -> None:
        if self.declared:
            return
        self.declared = True
        for label_field in self.fields:
            for attr, ftype in self.attrs.items():
                path = f"{label_field.full_path}.{attr}"
                if path not in self.others:
                    changed = own_attributes.declare(self.samples, path, ftype)
                    self.done.schema_changed |= changed

    def _values(self, part: ComparedBlock, block: Block) -> list[updates.FieldValues]:
        max_iou = part.overlaps.max_iou.astype(object)
        ious = np.where(part.compared, max_iou, None).tolist()
        ids = _partner_ids(part) if self.id_attr is not None else []
        fields = []
        for k, label_field in enumerate(self.fields):
            rows = part.rows(k)
            values = {self.iou_attr: ious[rows]}
            if self.id_attr is not None:
                values[self.id_attr] = ids[rows]
            fields.append(updates.FieldValues(label_field, block.fields[k], values))
        return fields

    def _settle(
        self, part: ComparedBlock, futures: list[Future[write.Unwritten]]
    ) -> list[ObjectId]:
        """Counts what a part stored, once it is known.

        Returns:
            the samples that were edited in between
        """
        unwritten: write.Unwritten = {}
        for future in futures:
            unwritten |= future.result()
        unmatched = [_id for _id, reason in unwritten.items() if reason is None]
        block, image = part.block, part.image
        stored = np.ones(len(block), dtype=np.bool_)
        failed = set(map(str, unmatched))
        if unwritten:
            row = {_id: k for k, _id in enumerate(to_object_ids(block.document_ids))}
            labels = np.bincount(image, minlength=len(block)).tolist()
            for document_id, reason in unwritten.items():
                stored[row[document_id]] = False
                if reason is None:
                    self.n_left += labels[row[document_id]]
                else:
                    self.done.skipped.count(reason, labels[row[document_id]])

        self.done.skipped.add([b for b in part.bad if b.document_id not in failed])
        for columns in block.fields:
            if columns.unmarked is not None:
                codes = columns.unmarked[stored[columns.image]]
                self.done.unmarked.update(unmarked.count(codes))
        counted = part.compared & stored[image]
        self.done.see(part.overlaps.max_iou[counted])
        self.done.samples += len(np.unique(image[counted]))
        names = self.decoder.classes.names
        for number, n in enumerate(np.bincount(part.classes[counted]).tolist()):
            if n:
                self.done.by_class[names[number]] += n
        return unmatched


def _partner_ids(part: ComparedBlock) -> list[str | None]:
    ids = to_strings(part.ids)
    return [ids[p] if p >= 0 else None for p in part.overlaps.partner.tolist()]
