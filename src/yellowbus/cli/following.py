"""Follow a run until it ends or waits: in a worker if one is alive, else working on it here."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING
from uuid import UUID

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yellowbus.cli import verbs
from yellowbus.cli.command import Session, within

if TYPE_CHECKING:
    from yellowbus.runs.models import Run

_PAUSE = 0.25
_WORDS = {
    "queued": "Waiting for a worker",
    "reading": "Reading",
    "planning": "Planning",
    "applying": "Applying",
}


def follow(at: Session, run: "Run") -> "Run":
    """The run as it is when it has ended, waits for a person, or is put off with nobody to take it up again."""
    with _progress(at, run):
        while _moves(run):
            if verbs.port.worker_alive():
                time.sleep(_PAUSE)
                continue
            before = (run.state, run.attempts)
            verbs.drive.drive(str(run.pk))
            run.refresh_from_db()
            if put_off(run):
                break
            if (run.state, run.attempts) == before:  # another process works on it
                time.sleep(_PAUSE)
    return run


def put_off(run: "Run") -> bool:
    """Whether the run is to be tried again later."""
    return run.try_after is not None and run.state in _WORDS and run.claim is None


def _moves(run: "Run") -> bool:
    run.refresh_from_db()
    return run.state in _WORDS


@contextmanager
def _progress(at: Session, run: "Run") -> Iterator[None]:
    """A bar on a terminal. A thread of its own looks at the run, which may be worked on in this one."""
    if at.json or not at.err.is_terminal or not sys.stderr.isatty():
        yield
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=at.err, transient=True) as bar:
        done = Event()
        watcher = Thread(target=_watch, args=(at, run.pk, bar, done), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def _watch(at: Session, run_id: UUID, bar: Progress, done: Event) -> None:
    from django.db import connection  # noqa: PLC0415 (Django is not set up when this module is first read)

    from yellowbus.runs.models import Run  # noqa: PLC0415 (as above)

    task = bar.add_task("Queued", total=None)
    with within(at.organization):
        while not done.wait(_PAUSE):
            run = Run.objects.get(pk=run_id)
            bar.update(task, description=_WORDS.get(run.state, ""), completed=run.read, total=run.total)
    connection.close()
