"""One page ahead, in order, in one thread."""

import threading
from collections.abc import Generator

import pytest

from yellowbus.runs.claim import LostClaimError
from yellowbus.runs.importing.ahead import ahead


def nothing() -> None:
    """What is done meanwhile, where the test does not ask."""


def test_items_come_in_their_order() -> None:
    assert list(ahead((number for number in range(1, 6)), nothing)) == [1, 2, 3, 4, 5]


def test_what_fetching_raises_comes_after_the_items_before_it() -> None:
    def broken() -> Generator[int]:
        yield 1
        raise KeyError("gone")

    taken = ahead(broken(), nothing)
    assert next(taken) == 1
    with pytest.raises(KeyError):
        next(taken)


def test_one_thread_runs_all_and_closes() -> None:
    threads: list[str] = []

    def noting() -> Generator[int]:
        try:
            while True:
                threads.append(threading.current_thread().name)
                yield 1
        finally:
            threads.append(threading.current_thread().name)

    pages = ahead(noting(), nothing)
    next(pages)
    pages.close()
    assert len(set(threads)) == 1
    assert threading.current_thread().name not in threads
    assert len(threads) == 3  # the item taken, the one fetched ahead, the close


def slow(gate: threading.Event) -> Generator[int]:
    yield 1
    gate.wait(10)
    yield 2


def test_a_long_wait_says_that_we_are_alive() -> None:
    gate, said = threading.Event(), []

    def alive() -> None:
        said.append("alive")
        if len(said) == 3:
            gate.set()

    assert list(ahead(slow(gate), alive, every=0.01)) == [1, 2]
    assert len(said) >= 3


def test_a_wait_ends_when_the_run_is_ours_no_more() -> None:
    gate = threading.Event()

    def lost() -> None:
        gate.set()
        raise LostClaimError

    taken = ahead(slow(gate), lost, every=0.01)
    assert next(taken) == 1
    with pytest.raises(LostClaimError):
        next(taken)


def test_a_time_out_of_the_fetching_is_not_taken_for_patience() -> None:
    def timed_out() -> Generator[int]:
        raise TimeoutError
        yield 1

    with pytest.raises(TimeoutError):
        next(ahead(timed_out(), nothing))
