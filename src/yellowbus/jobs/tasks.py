"""The two tasks of the queue. Arguments are a handler's name and an id: no personal value, nothing that ages."""

from collections.abc import Callable

from procrastinate.contrib.django import app

from yellowbus.jobs.handlers import HANDLERS, TICKS

SWEEP_EVERY_SECONDS = 5


@app.task(name="work", queue="work")
def work(handler: str, of: str) -> None:
    """Do one job. What it does must be safe to repeat: the queue may lose, repeat or delay it."""
    HANDLERS[handler](of)


@app.periodic(cron="* * * * *")
@app.task(name="tick", queue="tick", queueing_lock="tick", lock="tick")
def tick(timestamp: int) -> None:  # noqa: ARG001 (the queue passes it)
    """Call every function, whatever befalls the others; then fail with the first error, if there was one."""
    errors = [error for function in TICKS if (error := _tried(function))]
    if errors:
        raise errors[0]


def _tried(function: Callable[[], object]) -> Exception | None:
    try:
        function()
    except Exception as error:  # noqa: BLE001 (raised by the tick itself at its end)
        return error
    return None
