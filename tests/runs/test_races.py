"""Two at one moment: each case has one outcome, and the other one is told."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time

from django.db import connection

from scene import STUDENT_RULES, YEAR, Scene, child, document
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.due import start_due
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Run
from yellowbus.setup import mappings, schedules

EVENING, NIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC), datetime(2026, 11, 25, 10, tzinfo=UTC)
WITHOUT_PHONE = document("students", [rule for rule in STUDENT_RULES if rule["field"] != "students.phone"])


def at_once(acts: Iterable[Callable[[], object]]) -> list[object]:
    """What each gives, or the code that refuses it; all of them begin at one moment."""
    gave: list[object] = []
    acts = list(acts)
    start = threading.Barrier(len(acts))

    def one(act: Callable[[], object]) -> None:
        start.wait(10)
        try:
            gave.append(act())
        except NeedsAdmin as error:
            gave.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[act]) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return gave


def test_two_workers_start_a_night_once(committed: Scene) -> None:
    with committed.scope():
        schedules.set_schedule(
            committed.actor,
            committed.connection,
            "students",
            at=time(2),
            year=YEAR,
            enabled=True,
            now=EVENING,
        )
    started = at_once([lambda: start_due(NIGHT)] * 2)
    with committed.scope():
        nights = list(Run.objects.filter(trigger="schedule").values_list("local_date", flat=True))
    assert (sorted(map(str, started)), nights) == (["0", "1"], [date(2026, 11, 25)])


def test_of_two_who_save_at_once_one_saves_and_the_other_is_told(committed: Scene) -> None:
    def save() -> int:
        with committed.scope():
            kept = mappings.save(committed.actor, committed.connection, WITHOUT_PHONE, seen=1)
            return int(kept.number)

    assert sorted(map(str, at_once([save] * 2))) == ["2", "mapping-changed-meanwhile"]


def test_a_run_keeps_the_version_it_was_ordered_with(scene: Scene) -> None:
    scene.write_students([child(1)])
    with scene.scope():
        run = order.order(scene.actor, scene.connection, "students", year=YEAR, yes=True)
        mappings.save(scene.actor, scene.connection, WITHOUT_PHONE)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    assert (run.mapping.number, scene.students()["000001"]["students.phone"]) == (1, "(480) 555-0101")
    assert scene.run().mapping.number == 2
