"""A worker as a process of its own, for a test that kills it. With "tick" it only does what each minute does, faster."""

import logging
import sys
import time
from contextlib import suppress

SILENT_AFTER = 2.0
TICK_SECONDS = 2.0


def work() -> None:
    from yellowbus.jobs.port import run_worker

    run_worker(concurrency=2, silent_after=SILENT_AFTER)


def tick() -> None:
    from django.db import Error, close_old_connections
    from procrastinate.exceptions import ConnectorException

    from yellowbus.runs.tick import defer_orphans

    while True:
        close_old_connections()
        with suppress(Error, ConnectorException):
            defer_orphans()
        time.sleep(TICK_SECONDS)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # what a killed database makes the queue say would fill the report
    from yellowbus.config.start import start

    start(migrated=False)
    {"work": work, "tick": tick}[sys.argv[1]]()
