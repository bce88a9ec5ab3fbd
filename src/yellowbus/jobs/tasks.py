"""The two tasks of the queue. Arguments are a handler's name and an id: no personal value, nothing that ages."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from yellowbus.jobs.handlers import HANDLERS, TICKS

SWEEP_EVERY_SECONDS = 5


@app.task(name="work", queue="work")
def work(handler: str, of: str) -> None:
    """Do one job. What it does must be safe to repeat: the queue may lose, repeat or delay it."""
    _end_if_idle_in_transaction()
    HANDLERS[handler](of)


def _end_if_idle_in_transaction() -> None:
    """A process frozen in the middle of a transaction holds its rows, so that nobody could relieve it: the server then
    ends its session. Nothing here waits for the network with a transaction open.
    """
    with connection.cursor() as cursor:
        milliseconds = str(int(settings.YELLOWBUS_CLAIM_SECONDS * 1000))
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [milliseconds])


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
