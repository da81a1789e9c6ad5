"""Documents as MongoDB sends them: bytes, many at once, and no object for each.

``find_raw_batches`` of pymongo makes an object of every document on its way to the
bytes, which takes as long as all else that it does. Here the replies of ``find``,
``aggregate`` and ``getMore`` are kept as they are, and where the documents begin in
them is noted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bson.int64 import Int64
from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ServerSelectionTimeoutError,
)

from .buffer import ARRAY, BINARY, DOCUMENT, INT64, STRING, Raw, document_starts
from .walk import fixed_size

BATCH_SAMPLES = 2000
"""The largest number of documents in a batch; MongoDB ends a batch at 16 MB."""

FIRST_BATCH = 500
"""The size of the first batch, which is small so that work begins early."""

_BESIDE_LENGTH = {DOCUMENT: 0, ARRAY: 0, STRING: 4, BINARY: 5}

_int32 = struct.Struct("<i").unpack_from
_int64 = struct.Struct("<q").unpack_from


@dataclass(frozen=True)
class Batch:
    """Some documents.

    Attributes:
        data: bytes that hold them
        starts: where each begins
    """

    data: bytes
    starts: Sequence[int]

    def documents(self) -> Iterator[bytes]:
        """Yields the bytes of one document after the other."""
        for at in self.starts:
            yield self.data[at : at + _int32(self.data, at)[0]]


def find(
    collection: Collection[Any],
    query: Mapping[str, Any],
    projection: Mapping[str, Any],
    sort: Mapping[str, int] | None = None,
) -> Iterator[Batch]:
    """Yields the documents of a collection that a query finds.

    Args:
        collection: the collection
        query: what to find; ``{}`` for all, in their natural order
        projection: what to read of each
        sort (None): the order

    Yields:
        :class:`Batch` instances; nothing for no documents

    Raises:
        ConnectionFailure: if the connection is lost
    """
    if not _answers_itself(collection):
        found = collection.find_raw_batches(
            query,
            projection,
            sort=list(sort.items()) if sort is not None else None,
            batch_size=BATCH_SAMPLES,
        )
        return _split(found)
    command = {"find": collection.name, "filter": query, "projection": projection}
    if sort is not None:
        command["sort"] = sort
    return _batches(collection, {**command, "batchSize": FIRST_BATCH})


def aggregate(
    collection: Collection[Any], pipeline: Sequence[Mapping[str, Any]]
) -> Iterator[Batch]:
    """Yields the documents that a pipeline makes; see :func:`find`."""
    if not _answers_itself(collection):
        found = collection.aggregate_raw_batches(
            pipeline, batchSize=BATCH_SAMPLES, allowDiskUse=True
        )
        return _split(found)
    command = {
        "aggregate": collection.name,
        "pipeline": pipeline,
        "cursor": {"batchSize": FIRST_BATCH},
        "allowDiskUse": True,
    }
    return _batches(collection, command)


def _answers_itself(collection: Collection[Any]) -> bool:
    """Returns whether all commands of a cursor reach the server that holds it.

    Behind several routers, or a load balancer, only pymongo's own cursors do.
    """
    # what it talks to is known once it has talked
    client = collection.database.client
    kind = client.topology_description.topology_type_name
    if kind == "Unknown":
        client.admin.command("ping")
        kind = client.topology_description.topology_type_name
    return kind == "Single" or kind.startswith("ReplicaSet")


def _split(batches: Any) -> Iterator[Batch]:
    with batches:
        for data in batches:
            yield Batch(data, document_starts(Raw(data)))


def _batches(collection: Collection[Any], command: dict[str, Any]) -> Iterator[Batch]:
    more = {"collection": collection.name, "batchSize": BATCH_SAMPLES}
    cursor_id = 0
    with collection.database.client.start_session(causal_consistency=False) as session:
        try:
            try:
                reply = _answer(collection, command, session)
            except AutoReconnect as error:
                if isinstance(error, ServerSelectionTimeoutError):
                    raise
                # the connection may have been lost long ago: once more, as pymongo does
                reply = _answer(collection, command, session)
            while True:
                batch, cursor_id = _read(reply)
                if batch.starts:
                    yield batch
                if not cursor_id:
                    return
                get_more = {"getMore": Int64(cursor_id), **more}
                reply = _answer(collection, get_more, session)
        finally:
            if cursor_id:
                with suppress(ConnectionFailure):
                    kill = {"killCursors": collection.name, "cursors": [cursor_id]}
                    collection.database.command(kill, session=session)


def _answer(
    collection: Collection[Any], command: dict[str, Any], session: ClientSession
) -> bytes:
    reply: RawBSONDocument = collection.database.command(
        command, session=session, codec_options=DEFAULT_RAW_BSON_OPTIONS
    )
    return reply.raw


def _read(reply: bytes) -> tuple[Batch, int]:
    """Returns the documents of a reply, and the id of the cursor; 0 at its end."""
    cursor = next(at for kind, key, at in _elements(reply, 0) if key == b"cursor")
    starts: Sequence[int] = ()
    cursor_id = 0
    for kind, key, at in _elements(reply, cursor):
        if key in (b"firstBatch", b"nextBatch"):
            starts = _array_starts(reply, at)
        elif key == b"id":
            cursor_id = (_int64 if kind == INT64 else _int32)(reply, at)[0]
    return Batch(reply, starts), cursor_id


def _elements(data: bytes, at: int) -> Iterator[tuple[int, bytes, int]]:
    """Yields type, key and offset of the values of a document."""
    at += 4
    while kind := data[at]:
        end = data.index(0, at)
        key, at = data[at + 1 : end], end + 1
        yield kind, key, at
        size = fixed_size(kind)
        if size is None:
            size = _int32(data, at)[0] + _BESIDE_LENGTH[kind]
        at += size


def _array_starts(data: bytes, at: int) -> list[int]:
    """Returns where the documents of an array begin."""
    starts: list[int] = []
    found, length = starts.append, _int32
    end = at + length(data, at)[0] - 1
    at += 4
    digits, longer_at = 1, 10
    for k in range(end):
        if at >= end:
            break
        if k == longer_at:
            digits, longer_at = digits + 1, longer_at * 10
        at += 2 + digits
        found(at)
        at += length(data, at)[0]
    return starts
