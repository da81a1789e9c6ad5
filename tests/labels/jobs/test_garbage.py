"""Searches for garbage, which are rare while requests are under way."""

import gc

import pytest

from duplicates.labels.jobs.garbage import OBJECTS, rare_searches


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_searches_are_as_before_after_the_last_request():
    with rare_searches:
        with rare_searches:
            assert gc.get_threshold()[0] == OBJECTS
        assert gc.get_threshold()[0] == OBJECTS
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (100_000, 20, 20)])
def test_a_program_that_searches_less_often_is_left_alone(own):
    gc.set_threshold(*own)
    with rare_searches:
        assert gc.get_threshold() == own
    assert gc.get_threshold() == own


def test_thresholds_that_a_program_sets_meanwhile_stay():
    with rare_searches:
        gc.set_threshold(900, 10, 10)
    assert gc.get_threshold() == (900, 10, 10)


def test_requests_that_follow_each_other_leave_bounded_garbage():
    class Circle:
        alive = 0

        def __init__(self):
            self.me = self
            Circle.alive += 1

        def __del__(self):
            Circle.alive -= 1

    most = 0
    for _ in range(3000):
        with rare_searches:
            for _ in range(100):
                Circle()
        most = max(most, Circle.alive)
    assert most <= 2 * OBJECTS
