"""Take the next page from the SIS while the database works on this one."""

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 5.0  # seconds; well below the time after which a silent worker is taken for dead


def ahead(items: Generator[T], meanwhile: Callable[[], None], *, every: float = PATIENCE) -> Generator[T]:
    """The items in their order, one fetched ahead; what fetching raises is raised in its turn.

    While one is waited for, `meanwhile` is called each `every` seconds; what it raises ends the wait. One thread runs
    `items` from its first step to its close, since what it holds may belong to a thread.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as thread:
        try:
            coming = thread.submit(next, items, None)
            while (item := _awaited(coming, meanwhile, every)) is not None:
                coming = thread.submit(next, items, None)
                yield item
        finally:
            thread.submit(items.close).result()


def _awaited(coming: "Future[T | None]", meanwhile: Callable[[], None], every: float) -> T | None:
    while True:
        try:
            return coming.result(timeout=every)
        except TimeoutError:
            if coming.done():  # the time-out was raised by the fetching itself
                raise
            meanwhile()
