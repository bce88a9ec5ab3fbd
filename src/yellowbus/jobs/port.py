"""The thin port to the queue: defer, sweep, work. It knows nothing of schools."""

import asyncio
import signal
import threading
from contextlib import suppress

import psycopg
import structlog
from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from yellowbus.jobs import tasks
from yellowbus.jobs.handlers import STOPPING

log = structlog.get_logger()

QUEUES = ["work", "tick"]
# The last one is the answer to a worker whose own row is gone: it signs on again, too.
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ForeignKeyViolation, OSError)


def defer(handler: str, of: str) -> None:
    """Ask for a job, in the caller's transaction. Asking twice while one waits is asking once; one at a time runs."""
    lock = f"{handler}:{of}"
    with (
        suppress(exceptions.AlreadyEnqueued),
        transaction.atomic(),
    ):  # a savepoint: a refusal spoils nothing else
        tasks.work.configure(lock=lock, queueing_lock=lock).defer(handler=handler, of=of)


def is_live(handler: str, of: str, *, silent_after: float) -> bool:
    """Whether a job waits or is being done by a worker heard of within `silent_after` seconds."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, {"lock": f"{handler}:{of}", "seconds": silent_after})
        return cursor.fetchone() is not None


def worker_alive(*, within: float = 30) -> bool:
    """Whether any worker has been heard of lately."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKER, {"seconds": within})
        return cursor.fetchone() is not None


async def _sweep(manager: JobManager, seconds: float) -> None:
    """Take back the jobs of silent workers, for as long as the worker lives, whatever the database does."""
    while True:
        with suppress(exceptions.ConnectorException):
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
                await _take_back(manager, job)
        await asyncio.sleep(min(tasks.SWEEP_EVERY_SECONDS, seconds))


async def _take_back(manager: JobManager, job: Job) -> None:
    try:
        await manager.retry_job(job)
    except exceptions.UniqueViolation:
        # Another job for the same waits already, and would wait for ever behind the lock that this one holds.
        await manager.finish_job(job, status=Status.FAILED, delete_job=True)
    except exceptions.ConnectorException:
        return  # two sweepers met on one job; the later one finds it gone


async def _work(*, concurrency: int, silent_after: float, once: bool) -> None:
    """Work turn after turn: a turn ends early when the database goes away, and the next one signs on afresh."""
    stop = asyncio.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while not stop.is_set():
        try:
            await _turn(stop, concurrency=concurrency, silent_after=silent_after, once=once)
        except (exceptions.ConnectorException, *_AWAY) as error:
            cause = error.__cause__ or error
            if once or not isinstance(cause, _AWAY):
                raise
            log.warning("worker.signs-on-again", kind=type(cause).__name__)
        if once:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=1)


async def _turn(stop: asyncio.Event, *, concurrency: int, silent_after: float, once: bool) -> None:
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        sweeper = asyncio.create_task(_sweep(worker_app.job_manager, silent_after))
        stopped = asyncio.create_task(stop.wait())
        working = asyncio.create_task(
            worker_app.run_worker_async(
                queues=QUEUES,
                concurrency=concurrency,
                wait=not once,
                fetch_job_polling_interval=1,
                update_heartbeat_interval=min(5.0, silent_after / 3),
                stalled_worker_timeout=silent_after,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
                install_signal_handlers=False,  # those end a turn; ours end the worker
            )
        )
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            STOPPING.set()
            working.cancel()
        sweeper.cancel()
        stopped.cancel()
        with suppress(asyncio.CancelledError):
            await working


def run_worker(*, concurrency: int = 4, silent_after: float = 30, once: bool = False) -> None:
    """Work until told to stop (SIGTERM, SIGINT), or with `once` until no job waits.

    Told to stop, a run is left at its next page and handed on.
    """
    STOPPING.clear()
    asyncio.run(_work(concurrency=concurrency, silent_after=silent_after, once=once))


_LIVE = """
SELECT 1 FROM procrastinate_jobs job
LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.lock = %(lock)s AND (job.status = 'todo' OR (job.status = 'doing'
  AND worker.last_heartbeat > now() - make_interval(secs => %(seconds)s)))
LIMIT 1
"""
_WORKER = """
SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %(seconds)s) LIMIT 1
"""
