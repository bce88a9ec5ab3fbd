"""The queue may lose a job at will: each minute every run that moves has one again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateJob

from scene import YEAR, Scene, child
from yellowbus.jobs import port
from yellowbus.runs.claim import claim
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Run, State
from yellowbus.runs.tick import defer_orphans


@pytest.fixture
def run(scene: Scene) -> Run:
    scene.write_students([child(1)])
    with scene.scope():
        run = order.order(scene.actor, scene.connection, "students", year=YEAR, yes=True)
    _empty_queue()
    return run


def _empty_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events CASCADE")


def jobs() -> list[dict[str, str]]:
    return list(ProcrastinateJob.objects.values_list("args", flat=True))


def test_a_run_whose_job_was_lost_gets_one_again(run: Run) -> None:
    assert defer_orphans() == 1
    assert jobs() == [{"handler": "run", "of": str(run.pk)}]


def test_a_run_whose_job_waits_gets_no_second_one(run: Run) -> None:
    defer_orphans()
    assert (defer_orphans(), len(jobs())) == (0, 1)


def test_a_run_with_a_worker_gets_none_until_the_worker_is_silent(run: Run, scene: Scene) -> None:
    claim(run.pk)
    assert defer_orphans() == 0
    with scene.scope():
        Run.objects.filter(pk=run.pk).update(claimed_at=Now() - Value(timedelta(seconds=31)))
    assert defer_orphans() == 1


def test_a_run_that_pauses_gets_one_when_its_pause_is_over(run: Run, scene: Scene) -> None:
    with scene.scope():
        Run.objects.filter(pk=run.pk).update(try_after=Now() + Value(timedelta(seconds=5)))
        assert defer_orphans() == 0
        Run.objects.filter(pk=run.pk).update(try_after=Now())
    assert defer_orphans() == 1


@pytest.mark.parametrize("state", [State.WAITING, State.DONE, State.FAILED, State.CANCELLED, State.REPLACED])
def test_a_run_that_does_not_move_gets_none(run: Run, scene: Scene, state: State) -> None:
    with scene.scope():
        Run.objects.filter(pk=run.pk).update(state=state)
    assert defer_orphans() == 0


def test_a_run_whose_job_a_dead_worker_holds_gets_one(run: Run) -> None:
    defer_orphans()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '31 s') RETURNING id"
        )
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", cursor.fetchone())
    assert not port.is_live("run", str(run.pk), silent_after=30)
    assert defer_orphans() == 1


def test_the_job_that_was_deferred_again_ends_the_run(run: Run, scene: Scene) -> None:
    defer_orphans()
    (job,) = jobs()
    drive.drive(job["of"])
    run.refresh_from_db()
    assert (run.state, defer_orphans()) == (State.DONE, 0)
