"""Pieces of work that are carried out concurrently, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Protocol, TypeVar

from bson import ObjectId


class Piece(Protocol):
    """A piece of work, which can be concurrent with others.

    Attributes:
        changes: the samples that it changes; a piece that changes one of them, too,
            waits for it
    """

    changes: Collection[ObjectId]

    def carry_out(self) -> None:
        """Does the work, in a thread."""


P = TypeVar("P", bound=Piece)


def carry_out(pieces: Iterable[P], most: int, ended: Callable[[P], None]) -> None:
    """Carries out pieces of work in threads: one waits while another one computes.

    Args:
        pieces: the pieces, which are made one by one as others end
        most: the number that are under way at a time
        ended: called with each piece in its turn, here; a piece that failed as well.
            The first error is raised then. Concurrent pieces end what they have begun,
            and no other piece begins
    """
    under_way: deque[tuple[P, Future[None]]] = deque()
    changed: deque[frozenset[ObjectId]] = deque()

    def finish() -> None:
        changed.popleft()
        piece, future = under_way.popleft()
        error = future.exception()
        ended(piece)
        if error is not None:
            raise error

    with ThreadPoolExecutor(most, "iou-duplicates-concurrently") as pool:
        try:
            for piece in pieces:
                while any(not of.isdisjoint(piece.changes) for of in changed):
                    finish()
                # the threads check for cancellation as this one does
                work = pool.submit(copy_context().run, piece.carry_out)
                under_way.append((piece, work))
                changed.append(frozenset(piece.changes))
                while len(under_way) >= most:
                    finish()
            while under_way:
                finish()
        finally:
            for piece, future in under_way:
                future.exception()
                ended(piece)
