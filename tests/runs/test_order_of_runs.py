"""What may run at all, and what a person may do with a run. What is refused is refused before anything is read."""

import threading
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from django.db import connection

from scene import STUDENT_RULES, YEAR, Scene, child
from yellowbus.catalog import catalog
from yellowbus.enroll import years
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import archiving
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Run, State
from yellowbus.setup import assignments
from yellowbus.setup.models import AuditEvent, Schedule
from yellowbus.setup.permissions import Actor, Permission


def imports_off(scene: Scene) -> None:
    with scene.scope():
        years.enable_imports(scene.instance.pk, YEAR, on=False)


def refused(scene: Scene, act: Callable[[], object]) -> NeedsAdmin:
    with scene.scope(), pytest.raises(NeedsAdmin) as caught:
        act()
    return caught.value


def ordered(scene: Scene, kind: str = "students", **more: object) -> Run:
    with scene.scope():
        return order.order(scene.actor, scene.connection, kind, year=YEAR, **more)


def night(scene: Scene) -> order.Night:
    with scene.scope():
        schedule = Schedule.objects.create(
            connection=scene.connection, kind="students", year=YEAR, at=time(2)
        )
    return order.Night(schedule, date(2026, 11, 24))


@pytest.mark.parametrize("kind", ["students", "schools"])
@pytest.mark.parametrize("way", ["asked", "yes", "retry", "schedule"])
def test_every_kind_of_import_is_refused_while_imports_are_off(scene: Scene, kind: str, way: str) -> None:
    ways = {
        "asked": {},
        "yes": {"yes": True},
        "retry": {"only": ["000001"]},
        "schedule": {"night": night(scene)},
    }
    imports_off(scene)
    with scene.scope():
        before = Run.objects.count()
    error = refused(scene, lambda: ordered(scene, kind, **ways[way]))
    assert error.code == "imports-off"
    assert error.sentence.startswith("Organization does not accept Imports at this time")
    assert "Enable Sync Import for Year 2026" in error.remedy
    with scene.scope():
        assert Run.objects.count() == before


def test_a_year_that_nobody_opened_is_refused(scene: Scene) -> None:
    assert refused(
        scene, lambda: order.order(scene.actor, scene.connection, "students", year=2030)
    ).facts == {"year": 2030}


def test_a_run_whose_year_was_closed_before_it_began_reads_nothing(scene: Scene) -> None:
    run = ordered(scene, yes=True)
    imports_off(scene)
    scene.students_file.unlink()  # reading it would be another error
    with scene.scope():
        drive.drive(str(run.pk))
        run.refresh_from_db()
    assert (run.state, run.error_code, run.read) == (State.FAILED, "imports-off", 0)


@pytest.mark.parametrize("verb", ["approve", "resume"])
def test_nobody_goes_on_with_a_run_while_imports_are_off(scene: Scene, verb: str) -> None:
    scene.write_students([child(1)])
    run = scene.run(yes=False)
    if verb == "resume":
        with scene.scope():
            Run.objects.filter(pk=run.pk).update(state=State.FAILED)
    imports_off(scene)
    assert refused(scene, lambda: getattr(order, verb)(scene.actor, run.pk)).code == "imports-off"
    assert scene.students() == {}


@pytest.mark.parametrize("missing", sorted(catalog("students").required))
def test_a_mapping_without_a_required_field_is_refused(scene: Scene, missing: str) -> None:
    with scene.scope():
        scene.map("students", [rule for rule in STUDENT_RULES if rule["field"] != missing])
    error = refused(scene, lambda: ordered(scene))
    assert (error.code, error.facts["number"]) == ("mapping-not-ready", 1)
    assert str(error.facts["first"]).endswith("is required and has no mapping.")


def test_a_connection_without_a_mapping_is_refused(db: None, tmp_path: Path) -> None:
    from yellowbus.setup.models import MappingVersion

    scene = Scene(tmp_path)
    with scene.scope():
        MappingVersion.objects.filter(kind="students").delete()
    assert refused(scene, lambda: ordered(scene)).code == "mapping-missing"


def test_a_second_import_of_the_same_kind_is_refused_while_one_moves(scene: Scene) -> None:
    first = ordered(scene)
    error = refused(scene, lambda: ordered(scene))
    assert (error.code, error.facts["run"]) == ("run-under-way", first.pk)
    assert ordered(scene, "schools").state == State.QUEUED


def archived(scene: Scene) -> None:
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["310", "320"])
        archiving.archive(scene.actor, scene.connection)


def test_an_archived_connection_is_refused(scene: Scene) -> None:
    archived(scene)  # the order still holds the connection as it was before
    assert refused(scene, lambda: ordered(scene)).code == "connection-archived"


def test_a_plan_that_waits_is_not_applied_through_an_archived_connection(scene: Scene) -> None:
    run = ordered(scene)
    with scene.scope():
        drive.drive(str(run.pk))
    archived(scene)
    assert refused(scene, lambda: order.approve(scene.actor, run.pk)).code == "connection-archived"


def test_a_connection_is_not_archived_while_a_run_moves(scene: Scene) -> None:
    ordered(scene)
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["310", "320"])
    error = refused(scene, lambda: archiving.archive(scene.actor, scene.connection))
    assert error.code == "connection-moving"


def test_an_order_and_an_archiving_at_one_moment_see_one_another(committed: Scene) -> None:
    """Whoever comes first wins, and the other is told; never are both done."""
    scene = committed
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["310", "320"])
    ended: dict[str, str] = {}
    start = threading.Barrier(2)

    def at_once(name: str, act: Callable[[], object]) -> None:
        start.wait(10)
        try:
            with scene.scope():
                act()
            ended[name] = "done"
        except NeedsAdmin as error:
            ended[name] = error.code
        finally:
            connection.close()

    acts: dict[str, Callable[[], object]] = {
        "order": lambda: ordered(scene),
        "archive": lambda: archiving.archive(scene.actor, scene.connection),
    }
    threads = [threading.Thread(target=at_once, args=each) for each in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended in (
        {"order": "done", "archive": "connection-moving"},
        {"order": "connection-archived", "archive": "done"},
    )


@pytest.mark.parametrize("verb", ["order", "approve", "cancel", "resume"])
def test_every_verb_asks_for_its_permission(scene: Scene, verb: str) -> None:
    stranger = Actor("stranger", scene.organization.pk, frozenset(Permission) - {Permission.RUN_IMPORTS})
    run = ordered(scene)
    acts: dict[str, Callable[[], object]] = {
        "order": lambda: order.order(stranger, scene.connection, "schools", year=YEAR),
        "approve": lambda: order.approve(stranger, run.pk),
        "cancel": lambda: order.cancel(stranger, run.pk),
        "resume": lambda: order.resume(stranger, run.pk),
    }
    assert refused(scene, acts[verb]).code == "not-permitted"


def test_no_night_of_a_schedule_runs_twice(scene: Scene) -> None:
    from django.db import IntegrityError, transaction

    tonight = night(scene)
    run = ordered(scene, night=tonight)
    with scene.scope():
        drive.drive(str(run.pk))
        with pytest.raises(IntegrityError), transaction.atomic():
            order.order(scene.actor, scene.connection, "students", year=YEAR, night=tonight)


def test_a_cancelled_run_writes_nothing_more(scene: Scene) -> None:
    scene.write_students([child(1)])
    run = scene.run(yes=False)
    with scene.scope():
        order.cancel(scene.actor, run.pk)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    assert (run.state, scene.students()) == (State.CANCELLED, {})
    assert refused(scene, lambda: order.cancel(scene.actor, run.pk)).code == "run-ended"
    assert refused(scene, lambda: order.approve(scene.actor, run.pk)).code == "run-not-waiting"
    assert scene.run().counts == {"310": {"created": 1}}


def test_a_failed_run_is_taken_up_where_it_stopped(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(4)])
    rows = scene.students_file.read_bytes()
    scene.students_file.unlink()
    run = scene.run()
    assert (run.state, run.error_code) == (State.FAILED, "file-missing")
    scene.students_file.write_bytes(rows)
    with scene.scope():
        order.resume(scene.actor, run.pk)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    assert (run.state, run.error_code, run.ended_at is not None) == (State.DONE, "", True)
    assert len(scene.students()) == 4


def test_a_run_that_did_not_fail_is_not_taken_up(scene: Scene) -> None:
    run = ordered(scene)
    assert refused(scene, lambda: order.resume(scene.actor, run.pk)).code == "run-not-failed"


@pytest.mark.parametrize("verb", [order.approve, order.resume])
def test_a_run_of_another_organization_is_unknown(
    scene: Scene, tmp_path: Path, verb: Callable[..., object]
) -> None:
    run = ordered(scene)
    (tmp_path / "other").mkdir()
    outsider = Scene(tmp_path / "other", name="Other Unified (invented)")
    assert refused(outsider, lambda: verb(outsider.actor, run.pk)).code == "run-unknown"


def test_who_ordered_and_approved_is_in_the_audit(scene: Scene) -> None:
    scene.write_students([child(1)])
    run = scene.run(yes=False)
    with scene.scope():
        order.approve(scene.actor, run.pk)
        events = list(AuditEvent.objects.filter(verb__in=["run.order", "run.approve"]).order_by("pk"))
    assert [(event.verb, event.actor) for event in events][-2:] == [
        ("run.order", "operator"),
        ("run.approve", "operator"),
    ]


def test_what_an_order_leaves_in_the_queue_names_the_run_alone(scene: Scene) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    run = ordered(scene)
    job = ProcrastinateJob.objects.latest("id")
    assert (job.args, job.lock) == ({"handler": "run", "of": str(run.pk)}, f"run:{run.pk}")


def test_two_people_ordering_at_once_get_one_run(committed: Scene) -> None:
    scene, start, codes = committed, threading.Barrier(2), []

    def person() -> None:

        start.wait()
        try:
            ordered(scene)
            codes.append("ordered")
        except NeedsAdmin as error:
            codes.append(error.code)
        finally:
            connection.close()

    people = [threading.Thread(target=person) for _ in range(2)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert sorted(codes) == ["ordered", "run-under-way"]
