"""Concurrent pieces of work, and what Python searches for garbage meanwhile."""

import threading

import pytest
from bson import ObjectId

from duplicates.labels.jobs import concurrently

A, B, C = (ObjectId() for _ in range(3))


class Piece:
    def __init__(self, name, changes, work=lambda: None):
        self.name = name
        self.changes = changes
        self.carry_out = work


def test_two_pieces_are_under_way_at_a_time_and_end_in_their_order():
    both, ended = threading.Barrier(2, timeout=10), []
    pieces = [Piece(name, [ObjectId()], both.wait) for name in "ab"]

    concurrently.carry_out(pieces, 2, ended.append)
    assert [piece.name for piece in ended] == ["a", "b"]


def test_one_piece_is_under_way_where_no_more_may_be():
    never_both = threading.Barrier(2, timeout=0.1)
    pieces = [Piece(name, [ObjectId()], never_both.wait) for name in "ab"]

    with pytest.raises(threading.BrokenBarrierError):
        concurrently.carry_out(pieces, 1, lambda piece: None)


def test_a_piece_waits_for_the_one_that_changes_a_sample_of_its_own():
    first_ended, order = threading.Event(), []

    def first():
        assert not first_ended.wait(0.2)
        order.append("first")

    def second():
        order.append("second")
        first_ended.set()

    concurrently.carry_out(
        [Piece("first", [A, B], first), Piece("second", [B, C], second)],
        2,
        lambda piece: None,
    )
    assert order == ["first", "second"]


def test_after_an_error_the_piece_beside_ends_and_no_other_begins():
    failed, done, ended = threading.Event(), [], []

    def fails():
        failed.set()
        raise ValueError("it failed")

    def beside_it():
        assert failed.wait(10)
        done.append("beside it")

    pieces = [Piece("a", [A], fails), Piece("b", [B], beside_it)]
    pieces.append(Piece("c", [C], lambda: done.append("after it")))

    with pytest.raises(ValueError, match="it failed"):
        concurrently.carry_out(pieces, 2, ended.append)
    assert done == ["beside it"]
    assert [piece.name for piece in ended] == ["a", "b"]


def test_nothing_is_carried_out_without_pieces():
    concurrently.carry_out([], 2, pytest.fail)
