"""The thin port to the queue: defer, sweep, work. It knows nothing of schools."""

import asyncio
from contextlib import suppress

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from yellowbus.jobs import tasks

QUEUES = ("work", "tick")


def defer(handler: str, of: str) -> None:
    """Ask for a job, in the caller's transaction. Asking twice while one waits is asking once; one at a time runs."""
    lock = f"{handler}:{of}"
    with (
        suppress(exceptions.AlreadyEnqueued),
        transaction.atomic(),
    ):  # a savepoint: the refusal spoils nothing else
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


def waiting() -> int:
    """How many jobs wait to be done."""
    return ProcrastinateJob.objects.filter(status="todo", queue_name="work").count()


def workers() -> int:
    return ProcrastinateWorker.objects.count()


async def _sweep(manager: "app.job_manager.__class__", seconds: float) -> None:  # type: ignore[name-defined]
    while True:
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
            # Two sweepers may meet on one job; the later finds it gone.
            with suppress(exceptions.ConnectorException, exceptions.ProcrastinateException):
                await manager.retry_job(job)
        await asyncio.sleep(tasks.SWEEP_EVERY_SECONDS)


async def _work(*, concurrency: int, silent_after: float, once: bool) -> None:
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        sweeper = asyncio.create_task(_sweep(worker_app.job_manager, silent_after))
        try:
            await worker_app.run_worker_async(
                queues=QUEUES,
                concurrency=concurrency,
                wait=not once,
                fetch_job_polling_interval=1,
                update_heartbeat_interval=min(5.0, silent_after / 3),
                stalled_worker_timeout=silent_after,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
                install_signal_handlers=True,
            )
        finally:
            sweeper.cancel()


def run_worker(*, concurrency: int = 4, silent_after: float = 30, once: bool = False) -> None:
    """Work until told to stop (SIGTERM, SIGINT), or with `once` until no job waits."""
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
