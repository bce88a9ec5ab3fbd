"""Who may undo, what is refused, what becomes of the schedule, and what a killed or a second undo does."""

from datetime import UTC, datetime, time

import pytest

from scene import YEAR, Scene, child
from undo_scene import approve, content, rows, undo, wrong_run
from yellowbus.errors import NeedsAdmin
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Change, Run, State, Undoing
from yellowbus.runs.undoing.order import order_undo
from yellowbus.setup import schedules
from yellowbus.setup.models import AuditEvent
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor

MANY = 2_000
NOW = datetime(2026, 9, 1, 18, tzinfo=UTC)


def code_of(scene: Scene, run: Run, **what: object) -> str:
    """The code with which an undo is refused."""
    with scene.scope(), pytest.raises(NeedsAdmin) as error:
        order_undo(scene.actor, run, **what)  # type: ignore[arg-type]
    return error.value.code


# --- the schedule ---


def scheduled(scene: Scene) -> None:
    with scene.scope():
        schedules.set_schedule(
            scene.actor, scene.connection, "students", at=time(2), year=YEAR, enabled=True, now=NOW
        )


def test_the_schedule_waits_until_a_person_resumes_it(scene: Scene) -> None:
    from yellowbus.runs.due import start_due

    wrong = wrong_run(scene)
    scheduled(scene)
    plan = undo(scene, wrong, yes=False)
    with scene.scope():
        assert schedules.find(scene.connection, "students").suspended == ""
    approve(scene, plan)
    with scene.scope():
        paused = schedules.find(scene.connection, "students")
        assert (paused.suspended, schedules.next_instant(paused)) == ("undo", None)
        assert "would bring its changes again" in schedules.in_words(paused, NOW)
    late = datetime(2026, 9, 3, 18, tzinfo=UTC)
    assert start_due(late) == 0
    with scene.scope():
        resumed = schedules.resume(scene.actor, scene.connection, "students", now=NOW)
        assert (resumed.suspended, schedules.next_instant(resumed)) == (
            "",
            datetime(2026, 9, 2, 9, tzinfo=UTC),
        )
        with pytest.raises(NeedsAdmin) as error:
            schedules.resume(scene.actor, scene.connection, "students", now=NOW)
    assert error.value.code == "schedule-not-paused"


@pytest.mark.parametrize("what", [{"key": "000001"}, {"field": "students.fname"}])
def test_a_single_student_or_field_suspends_nothing(scene: Scene, what: dict[str, str]) -> None:
    wrong = wrong_run(scene)
    scheduled(scene)
    undo(scene, wrong, **what)  # type: ignore[arg-type]
    with scene.scope():
        assert schedules.find(scene.connection, "students").suspended == ""


# --- what is refused, and who may ---


def test_what_cannot_be_undone_says_why(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    first = scene.run()
    scene.write_students([child(1, grade="5"), child(2)])
    waiting = scene.run(yes=False)
    assert code_of(scene, waiting) == "undo-not-ended"
    with scene.scope():
        order.cancel(scene.actor, waiting.pk)
        waiting.refresh_from_db()
    assert code_of(scene, waiting) == "undo-nothing"
    scene.write_students([child(1), child(2)])
    assert code_of(scene, scene.run()) == "undo-nothing"
    assert code_of(scene, first, student=0) == "undo-nothing"
    assert code_of(scene, first, field="students.shoe_size") == "field-unknown"
    with scene.scope():
        Run.objects.filter(pk=waiting.pk).update(kind="export")
        waiting.refresh_from_db()
    assert code_of(scene, waiting) == "undo-export"


def test_a_run_whose_rows_were_dropped_is_refused(scene: Scene) -> None:
    wrong = wrong_run(scene)
    with scene.scope():
        Change.objects.filter(run=wrong).delete()
    assert code_of(scene, wrong) == "undo-not-kept"


def test_a_run_of_which_only_what_is_due_was_kept_is_refused(scene: Scene) -> None:
    wrong = wrong_run(scene)
    with scene.scope():
        Run.objects.filter(pk=wrong.pk).update(values_deleted_at=NOW)
        wrong.refresh_from_db()
    assert code_of(scene, wrong) == "undo-not-kept"


def test_rows_dropped_after_the_order_stop_the_undo(scene: Scene) -> None:
    wrong = wrong_run(scene)
    with scene.scope():
        ordered = order_undo(scene.actor, wrong, yes=True)
        Change.objects.filter(run=wrong).delete()
        drive.drive(str(ordered.pk))
        ordered.refresh_from_db()
    assert (ordered.state, ordered.error_code) == (State.FAILED, "undo-not-kept")


def test_a_cancelled_run_is_undone_as_far_as_it_came(scene: Scene) -> None:
    wrong = wrong_run(scene)
    with scene.scope():
        Run.objects.filter(pk=wrong.pk).update(state=State.CANCELLED, applied_through=2)
        wrong.refresh_from_db()
    assert list(rows(scene, undo(scene, wrong))) == ["000000", "000001"]


def test_only_full_access_may_undo_and_it_is_noted(scene: Scene) -> None:
    wrong = wrong_run(scene)
    clerk = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    with scene.scope(), pytest.raises(NeedsAdmin, match=r"run\.undo"):
        order_undo(clerk, wrong)
    plan = undo(scene, wrong, yes=False)
    with scene.scope():
        for verb in (order.approve, order.cancel):
            with pytest.raises(NeedsAdmin, match=r"run\.undo"):
                verb(clerk, plan.pk)
        event = AuditEvent.objects.get(verb="run.undo")
    assert (event.actor, event.subject, event.facts) == (
        "operator", str(wrong.pk), {"by": str(plan.pk), "student": "all", "field": "all"},
    )  # fmt: skip


def test_an_undo_of_another_district_is_not_there(
    scene: Scene, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from yellowbus.runs import log

    wrong = wrong_run(scene)
    undone = undo(scene, wrong)
    other = Scene(tmp_path_factory.mktemp("other"), name="Elsewhere Unified (invented)")
    with other.scope():
        with pytest.raises(NeedsAdmin):
            log.find(str(wrong.pk))
        assert not Undoing.objects.filter(run=undone).exists()


# --- two at once, and one that is killed ---


def test_of_two_undos_at_once_one_is_refused(scene: Scene) -> None:
    wrong = wrong_run(scene)
    with scene.scope():
        order_undo(scene.actor, wrong, yes=True)
    assert code_of(scene, wrong) == "run-under-way"


def test_a_second_undo_finds_everything_put_back_already(scene: Scene) -> None:
    wrong = wrong_run(scene)
    undo(scene, wrong)
    before = content(scene)
    second = undo(scene, wrong)
    assert {row[:2] for row in rows(scene, second).values()} == {("skipped", "undo-field-changed")}
    assert content(scene) == before


def test_one_plan_of_an_undo_waits_at_a_time(scene: Scene) -> None:
    wrong = wrong_run(scene)
    older = undo(scene, wrong, yes=False)
    undo(scene, wrong, yes=False)
    older.refresh_from_db()
    assert older.state == State.REPLACED


def test_an_undo_killed_between_two_pages_goes_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from yellowbus.enroll import bulk
    from yellowbus.runs.undoing import apply as step

    scene.write_students([child(n) for n in range(6)])
    first = scene.run()
    monkeypatch.setattr("django.conf.settings.YELLOWBUS_PAGE_ROWS", 2)
    pages: list[int] = []
    removed = step._removed

    def dies_on_the_second(run: Run, after: int, through: int) -> list[int]:
        pages.append(after)
        found = removed(run, after, through)
        if len(pages) == 2:
            raise SystemExit
        return found

    with monkeypatch.context() as patched:
        patched.setattr(step, "_removed", dies_on_the_second)
        with pytest.raises(SystemExit):
            undo(scene, first)
    assert bulk.ids_by_key("students", scene.instance.pk, ["000000", "000001", "000002"]).keys() == {"000002"}
    with scene.scope():
        halfway = Run.objects.get(trigger="undo")
        assert (halfway.state, halfway.applied_through) == (State.APPLYING, 2)
        Run.objects.filter(pk=halfway.pk).update(claim=None)  # its worker has been silent long enough
        drive.drive(str(halfway.pk))
        halfway.refresh_from_db()
    assert (halfway.state, scene.students()) == (State.DONE, {})
