"""The two tasks of the queue. Arguments are a handler's name and an id: no personal value, nothing that ages."""

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
    for function in TICKS:
        function()
