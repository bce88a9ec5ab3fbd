"""Schedules start their nights: each local date once, whatever the clock and the workers do."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from scene import YEAR, Scene, child
from yellowbus.runs.claim import claim
from yellowbus.runs.due import settle, start_due
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Run, State
from yellowbus.setup import schedules
from yellowbus.setup.models import Schedule

EVENING = datetime(
    2026, 11, 24, 20, tzinfo=UTC
)  # noon in Los Angeles; the night is 02:00 there, 10:00 in UTC
NIGHT = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.fixture
def schedule(scene: Scene) -> Schedule:
    scene.write_students([child(1)])
    with scene.scope():
        return schedules.set_schedule(
            scene.actor, scene.connection, "students", at=time(2), year=YEAR, enabled=True, now=EVENING
        )


def nights(scene: Scene) -> list[date | None]:
    with scene.scope():
        return list(
            Run.objects.filter(trigger="schedule").order_by("local_date").values_list("local_date", flat=True)
        )


def test_a_night_starts_when_it_is_due_and_only_once(scene: Scene, schedule: Schedule) -> None:
    assert start_due(NIGHT - timedelta(minutes=1)) == 0
    assert (start_due(NIGHT), start_due(NIGHT), start_due(NIGHT + timedelta(hours=3))) == (1, 0, 0)
    assert nights(scene) == [date(2026, 11, 25)]


def test_a_clock_set_back_an_hour_starts_no_night_twice(scene: Scene, schedule: Schedule) -> None:
    start_due(NIGHT + timedelta(minutes=5))
    back = NIGHT - timedelta(minutes=55)
    assert [start_due(back + timedelta(minutes=minute)) for minute in (0, 30, 60, 90)] == [0, 0, 0, 0]
    assert nights(scene) == [date(2026, 11, 25)]


def test_a_missed_night_runs_late_while_it_is_useful_and_else_the_next_one_runs(
    scene: Scene, schedule: Schedule
) -> None:
    assert (start_due(NIGHT + timedelta(hours=5)), nights(scene)) == (1, [date(2026, 11, 25)])
    with scene.scope():
        Run.objects.update(state=State.DONE)
    assert start_due(NIGHT + timedelta(days=1, hours=7)) == 1  # too late to be of use: noted, and not run
    assert nights(scene) == [date(2026, 11, 25)]
    assert (start_due(NIGHT + timedelta(days=2)), nights(scene)[-1]) == (1, date(2026, 11, 27))


def test_a_worker_heard_of_in_the_future_is_none(scene: Scene) -> None:
    """The database's clock was set back an hour while a worker died: its run does not wait for that hour."""
    scene.write_students([child(1)])
    with scene.scope():
        run = order.order(scene.actor, scene.connection, "students", year=YEAR, yes=True)
        assert claim(run.pk) is not None
        Run.objects.filter(pk=run.pk).update(claimed_at=Now() + timedelta(minutes=1))
    drive.drive(str(run.pk))
    with scene.scope():
        assert Run.objects.get(pk=run.pk).state == State.DONE


def test_a_school_year_that_is_over_pauses_the_schedule_until_a_person_confirms(
    scene: Scene, schedule: Schedule
) -> None:
    eve, first = datetime(2027, 6, 30, 9, tzinfo=UTC), datetime(2027, 7, 1, 9, tzinfo=UTC)
    with scene.scope():
        Schedule.objects.update(next_date=date(2027, 6, 30))
    start_due(eve)
    assert nights(scene) == [date(2027, 6, 30)]
    with scene.scope():
        Run.objects.update(state=State.DONE)
    start_due(first)
    start_due(first + timedelta(days=1))
    assert nights(scene) == [date(2027, 6, 30)]
    with scene.scope():
        paused = Schedule.objects.get()
        assert (paused.suspended, schedules.in_words(paused, first).startswith("Paused: its school year is over.")) == (
            "roll-over", True,
        )  # fmt: skip
        schedules.resume(scene.actor, scene.connection, "students", now=first + timedelta(days=1, hours=1))
    start_due(first + timedelta(days=2))
    assert nights(scene) == [date(2027, 6, 30), date(2027, 7, 3)]


def test_three_failures_in_a_row_pause_the_schedule(scene: Scene, schedule: Schedule) -> None:
    with scene.scope():
        for ended in (State.FAILED, State.FAILED, State.DONE, State.FAILED, State.FAILED):
            settle(Run(schedule=schedule, state=ended))
        assert Schedule.objects.get().suspended == ""
        settle(Run(schedule=schedule, state=State.FAILED))
        assert (Schedule.objects.get().suspended, Schedule.objects.get().failures) == ("failures", 3)
    assert start_due(NIGHT) == 0


def test_a_full_disk_stops_the_run_in_words_and_nothing_is_lost(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(1, 6)])
    with scene.scope():
        run = order.order(scene.actor, scene.connection, "students", year=YEAR, yes=True)
    with connection.cursor() as cursor:
        cursor.execute(_FULL)
    drive.drive(str(run.pk))
    with scene.scope():
        full = Run.objects.get(pk=run.pk)
        assert (full.state, full.error_code, scene.students()) == (State.FAILED, "database-full", {})
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER full_disk ON enroll_student")
    with scene.scope():
        order.resume(scene.actor, run.pk)
    drive.drive(str(run.pk))
    with scene.scope():
        assert Run.objects.get(pk=run.pk).counts == {"310": {"created": 3}, "320": {"created": 2}}
    assert sorted(scene.students()) == [f"{n:06}" for n in range(1, 6)]


# What PostgreSQL says where it cannot write, at the moment when the students are written.
_FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON enroll_student FOR EACH ROW EXECUTE FUNCTION full_disk();
"""
