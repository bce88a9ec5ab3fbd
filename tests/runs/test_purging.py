"""What is too old goes at night, in bounded passes; what somebody still needs stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from scene import YEAR, Scene, child
from yellowbus.enroll.models import Student
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import purging
from yellowbus.runs.models import Change, Due, Hold, Page, Run
from yellowbus.runs.purging import Deleted
from yellowbus.runs.undoing.order import order_undo
from yellowbus.runs.why import why
from yellowbus.setup import policies
from yellowbus.setup.models import AuditEvent
from yellowbus.setup.policies import Kept

NOON = datetime(2026, 11, 24, 20, tzinfo=UTC)
NIGHT = timedelta(days=1)


def age(scene: Scene, run: Run, days: int) -> None:
    """Let a run have been made so many days before NOON."""
    with scene.scope():
        Run.objects.filter(pk=run.pk).update(created_at=NOON - timedelta(days=days))


def rows(scene: Scene, run: Run) -> list[str]:
    with scene.scope():
        return list(Change.objects.filter(run=run).order_by("seq").values_list("key", flat=True))


def purge(scene: Scene, now: datetime = NOON) -> Deleted:
    with scene.scope():
        return purging.purge(scene.actor, scene.organization, now)


@pytest.fixture
def imported(scene: Scene) -> Run:
    """A run of three new students, one of which fails for a wrong birth date."""
    scene.write_students([child(1), child(2), child(3, dob="nonsense")])
    return scene.run()


@pytest.mark.parametrize(("days", "left"), [(89, 3), (90, 3), (92, 1)])
def test_values_go_after_their_days_save_those_still_due(
    scene: Scene, imported: Run, days: int, left: int
) -> None:
    age(scene, imported, days)
    purge(scene)
    assert len(rows(scene, imported)) == left
    with scene.scope():
        assert Due.objects.get().key == "000003"
        assert len(scene.students()) == 2


def test_a_dismissed_record_needs_its_row_no_more(scene: Scene, imported: Run) -> None:
    with scene.scope():
        Due.objects.update(dismissed_by="someone")
    age(scene, imported, 100)
    assert (purge(scene), rows(scene, imported)) == (Deleted(rows=3, emptied=1), [])


def test_a_row_that_was_due_goes_once_it_is_settled(scene: Scene, imported: Run) -> None:
    age(scene, imported, 100)
    assert purge(scene) == Deleted(rows=2, emptied=1)
    with scene.scope():
        first = Run.objects.get(pk=imported.pk).values_deleted_at
        Due.objects.all().delete()
    assert (purge(scene), purge(scene)) == (Deleted(rows=1, emptied=1), Deleted())
    with scene.scope():
        assert (first is not None, Run.objects.get(pk=imported.pk).values_deleted_at) == (True, first)


def test_a_pass_is_bounded_and_the_next_one_goes_on(
    scene: Scene, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "ROWS_A_PASS", 1)
    age(scene, imported, 100)
    with scene.scope():
        Due.objects.all().delete()
    passes = [purging.purge_due(NOON - NIGHT)] + [purging.purge_due(NOON) for _ in range(5)]
    assert [each.rows for each in passes] == [0, 1, 1, 1, 0, 0]


def test_it_works_once_for_a_local_date(scene: Scene, imported: Run) -> None:
    age(scene, imported, 100)
    asked = (
        NOON,
        NOON,
        NOON + NIGHT,
        NOON + NIGHT,
    )  # the first day only looks, so that the dates can be seen
    assert [purging.purge_due(now).rows for now in asked] == [0, 0, 2, 0]
    with scene.scope():
        Due.objects.all().delete()
    assert purging.purge_due(NOON + NIGHT) == Deleted()
    assert purging.purge_due(NOON + 2 * NIGHT).rows == 1


def test_the_audit_says_how_many(scene: Scene, imported: Run) -> None:
    age(scene, imported, 100)
    purging.purge_due(NOON)
    purging.purge_due(NOON + NIGHT)
    with scene.scope():
        event = AuditEvent.objects.get(verb="purge")
    assert (event.actor, event.facts) == (
        "retention",
        {"rows": 2, "of_runs": 1, "runs": 0, "values_before": "2026-08-27", "runs_before": "2025-10-21"},
    )


def test_a_count_beforehand_deletes_nothing_and_is_right(scene: Scene, imported: Run) -> None:
    age(scene, imported, 100)
    with scene.scope():
        foreseen = purging.would_delete(scene.organization, NOON)
    assert (foreseen, len(rows(scene, imported))) == (Deleted(rows=2, emptied=1), 3)
    assert purge(scene) == foreseen


def test_a_whole_run_goes_once_nothing_rests_on_it(scene: Scene, imported: Run) -> None:
    for days in (500, 450):
        age(scene, imported, days)
        later = scene.run()
        with scene.scope():
            Due.objects.update(run=later)
    with scene.scope():
        old = set(Run.objects.filter(kind="students", created_at__lt=NOON - timedelta(days=401)))
        assert len(old) == 1
        assert purging.purge(scene.actor, scene.organization, NOON) == Deleted(rows=3, emptied=1, runs=1)
        assert not Run.objects.filter(pk__in=[run.pk for run in old])


def test_the_newest_good_run_stays_to_compare_with(scene: Scene, imported: Run) -> None:
    with scene.scope():
        Due.objects.all().delete()
    age(scene, imported, 900)
    assert purge(scene) == Deleted(rows=3, emptied=1)
    scene.write_students([child(1), child(2)])
    again = scene.run(yes=False)
    with scene.scope():
        assert again.waits_because == "asked-to-plan"  # and not "first-run"


def test_a_run_with_a_record_due_stays_however_old(scene: Scene, imported: Run) -> None:
    age(scene, imported, 900)
    scene.write_students([child(1), child(2)])
    scene.run()
    assert purge(scene).runs == 0


def test_a_plan_that_waits_is_kept(scene: Scene) -> None:
    scene.write_students([child(1)])
    run = scene.run(yes=False)
    age(scene, run, 900)
    assert (purge(scene), len(rows(scene, run))) == (Deleted(), 1)


def test_pages_and_holds_go_with_them(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(30)])
    scene.run()
    scene.write_students([child(n, phone="(480) 555-0999") for n in range(30)])
    held = scene.run()
    scene.write_students([child(n) for n in range(30)])
    scene.run()
    with scene.scope():
        Due.objects.all().delete()
        Run.objects.filter(pk=held.pk).update(created_at=NOON - timedelta(days=900))
        assert Hold.objects.filter(run=held).count() == 1
        purging.purge(scene.actor, scene.organization, NOON)
        assert (Hold.objects.filter(run=held).count(), Page.objects.filter(run=held).count()) == (0, 0)


def test_why_then_knows_of_no_run(scene: Scene, imported: Run) -> None:
    age(scene, imported, 100)
    purge(scene)
    with scene.scope():
        student = Student.objects.get(district_id="000001")
        told = why(scene.actor, scene.instance.pk, student.pk, "students.fname", year=YEAR)
    assert (told.value, told.note.code if told.note else "") == ("Given1", "why-no-run")


def test_an_undo_of_it_is_refused_also_where_a_row_is_left(scene: Scene, imported: Run) -> None:
    age(scene, imported, 100)
    purge(scene)
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        order_undo(scene.actor, Run.objects.get(pk=imported.pk))
    assert (refused.value.code, len(rows(scene, imported))) == ("undo-not-kept", 1)


def test_the_days_are_what_the_organization_says(scene: Scene, imported: Run) -> None:
    with scene.scope():
        policies.set_kept(scene.actor, Kept(values_days=10, runs_days=20))
    age(scene, imported, 12)
    assert purge(scene) == Deleted(rows=2, emptied=1)
    with scene.scope():
        limit = purging.tonight(scene.organization, NOON)
        assert (str(limit.values_since), str(limit.runs_since)) == ("2026-11-15", "2026-11-05")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Kept(6, 400), "keep-days-refused"),
        (Kept(90, 4000), "keep-days-refused"),
        (Kept(91, 90), "keep-days-order"),
    ],
)
def test_days_that_make_no_sense_are_refused(scene: Scene, wanted: Kept, code: str) -> None:
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        policies.set_kept(scene.actor, wanted)
    assert refused.value.code == code


def test_another_districts_rows_are_left_alone(scene: Scene, imported: Run, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    other = Scene(tmp_path_factory.mktemp("other"), name="Hillside (invented)").ready()
    other.write_students([child(1)])
    theirs = other.run()
    age(other, theirs, 100)
    age(scene, imported, 100)
    purge(scene)
    with other.scope():
        assert Change.objects.filter(run=theirs, seq__lte=F("run__applied_through")).count() == 1
