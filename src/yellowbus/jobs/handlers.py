"""What a job does and what each minute does, registered by the apps that know."""

from collections.abc import Callable
from threading import Event
from typing import TypeVar

Tick = TypeVar("Tick", bound=Callable[[], object])

HANDLERS: dict[str, Callable[[str], None]] = {}
TICKS: list[Callable[[], object]] = []
# Set when this process is told to stop: a handler then ends at the next place from which its work can go on.
STOPPING = Event()


def handles(name: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """Register the function that does the jobs called `name`; it gets the id that was deferred."""

    def register(function: Callable[[str], None]) -> Callable[[str], None]:
        HANDLERS[name] = function
        return function

    return register


def each_minute(function: Tick) -> Tick:
    """Register a function to be called once a minute by one worker."""
    TICKS.append(function)
    return function
