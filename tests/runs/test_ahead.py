"""One page ahead, in order, in one thread."""

import threading
from collections.abc import Generator

import pytest

from yellowbus.runs.importing.ahead import ahead


def test_items_come_in_their_order() -> None:
    assert list(ahead(number for number in range(1, 6))) == [1, 2, 3, 4, 5]


def test_what_fetching_raises_comes_after_the_items_before_it() -> None:
    def broken() -> Generator[int]:
        yield 1
        raise KeyError("gone")

    taken = ahead(broken())
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

    pages = ahead(noting())
    next(pages)
    pages.close()
    assert len(set(threads)) == 1
    assert threading.current_thread().name not in threads
    assert len(threads) == 3  # the item taken, the one fetched ahead, the close
