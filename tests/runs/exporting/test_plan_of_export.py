"""A plan is a promise: what is shown is written, what changed since is left out, what looks like an accident waits."""

import pytest
from export_scene import ROSA, ExportScene

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.enrolling import EnrollAs
from yellowbus.planning.guard import Thresholds
from yellowbus.runs import detail, log, outstanding
from yellowbus.runs.exporting.order import approve_trial, order_export
from yellowbus.runs.importing import order
from yellowbus.runs.models import Hold, State
from yellowbus.setup.export_options import ExportOptions, SisSite, set_export_options
from yellowbus.setup.options import Options, set_options
from yellowbus.setup.permissions import Actor, Permission

HELD = {"first_name": "Rose", "last_name": "Núñez", "birth_date": "2015-03-04", "gender": "F", "grade": "4"}


def returning(scene: ExportScene, number: int = 1, **held: str) -> str:
    key = f"70{number}"
    remote = scene.sis.enroll(key, **(HELD | held))
    scene.student(key)
    scene.register(f"R-{number}", ROSA, student=key, type="returning")
    return remote


def test_the_first_export_waits_for_a_person_and_writes_nothing(scene: ExportScene) -> None:
    scene.register("R-1")
    run = scene.export(yes=False)
    assert (run.state, run.waits_because, scene.sis.students) == (State.WAITING, "export-first-run", {})
    assert detail.sentence(run, []) == "This export creates 1 student."
    (line,) = log.plan_lines(run)
    assert (line.district_id, line.name, line.changes["first_name"]) == ("R-1", "Rosa Núñez", (None, "Rosa"))
    assert scene.approve(run).counts == {"310": {"created": 1}}
    scene.register("R-2", ROSA | {"students.fname": "Ida", "students.dob": "2012-02-02"})
    assert scene.export(yes=False).waits_because == "asked-to-plan"


def test_a_registration_changed_since_is_left_out_and_stays_due(scene: ExportScene) -> None:
    scene.register("R-1")
    run = scene.export(yes=False)
    scene.register("R-1", ROSA | {"students.gender": "X"})
    run = scene.approve(run)
    assert (run.counts, scene.change(run, "R-1").left_out, scene.sis.students) == (
        {"310": {"skipped": 1}},
        "export-changed-since",
        {},
    )
    again = scene.go_on(outstanding.retry(scene.actor, run))
    assert again.counts == {"310": {"created": 1}}


def test_a_student_changed_in_the_sis_since_is_left_out(scene: ExportScene) -> None:
    remote = returning(scene)
    run = scene.export(yes=False)
    scene.sis.edit(remote, first_name="Rosie")
    run = scene.approve(run)
    assert (run.counts, scene.sis.students[remote]["values"]["first_name"]) == (
        {"310": {"skipped": 1}},
        "Rosie",
    )


def test_a_child_that_came_into_the_sis_since_is_not_made_again(scene: ExportScene) -> None:
    scene.register("R-1")
    run = scene.export(yes=False)
    scene.sis.enroll("77", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04")
    run = scene.approve(run)
    assert (run.counts, len(scene.sis.students)) == ({"310": {"skipped": 1}}, 1)


def test_a_newer_plan_replaces_the_older_one(scene: ExportScene) -> None:
    scene.register("R-1")
    older = scene.export(yes=False)
    scene.export(yes=False)
    older.refresh_from_db()
    assert older.state == State.REPLACED


@pytest.fixture
def careful(scene: ExportScene) -> ExportScene:
    """Two changes of one field are many."""
    set_options(scene.actor, scene.connection, Options(thresholds=Thresholds(at_least=2)))
    for number in (1, 2, 3):
        returning(scene, number, **({} if number < 3 else {"first_name": "Rosa"}))
    return scene


def test_a_field_that_changes_for_many_waits_and_the_rest_flows(careful: ExportScene) -> None:
    careful.register("R-1", ROSA | {"students.email": "rosa@school.example"}, student="701", type="returning")
    run = careful.export()
    (hold,) = Hold.objects.all()
    assert (hold.field, hold.count, hold.population) == ("first_name", 2, 3)
    assert run.counts == {"310": {"held": 2, "unchanged": 1}}
    values = [each["values"] for each in careful.sis.students.values()]
    assert [(each["first_name"], each.get("email")) for each in values] == [
        ("Rose", "rosa@school.example"), ("Rose", None), ("Rosa", None),
    ]  # fmt: skip
    assert careful.sync("R-1")[0] == "partial"


def test_held_values_go_once_a_person_releases_them(careful: ExportScene) -> None:
    run = careful.export(yes=False)
    outstanding.release_holds(careful.actor, run)
    run = careful.approve(run)
    assert run.counts == {"310": {"updated": 2, "unchanged": 1}}
    assert {each["values"]["first_name"] for each in careful.sis.students.values()} == {"Rosa"}


def test_held_values_of_a_finished_export_go_by_a_run_of_their_own(careful: ExportScene) -> None:
    run = careful.export()
    again = careful.go_on(outstanding.release_holds(careful.actor, run))
    assert (again.counts, careful.sync("R-2")) == ({"310": {"updated": 2}}, ("succeeded", ""))


# --- Send Record ---


def test_towards_production_a_send_record_asks_for_the_name(scene: ExportScene) -> None:
    scene.register("R-1")
    run = scene.export(yes=False, trial="R-1")
    assert (run.trigger, run.state, scene.change(run, "R-1").outcome) == ("test", State.WAITING, "created")
    with pytest.raises(NeedsAdmin, match="name"):
        order.approve(scene.actor, run.pk)
    with pytest.raises(NeedsAdmin, match="name"):
        approve_trial(scene.actor, run.pk, name="Rosa Nunez", expected="Rosa Núñez")
    approve_trial(scene.actor, run.pk, name=" rosa  núñez ", expected="Rosa Núñez")
    assert (scene.go_on(run).state, scene.sis.named()) == (State.DONE, ["Rosa Núñez"])


def test_towards_a_test_server_it_does_not(scene: ExportScene) -> None:
    scene.allow(sis=SisSite.TEST)
    scene.register("R-1")
    run = scene.export(yes=False, trial="R-1")
    assert scene.approve(run).state == State.DONE


def test_one_that_has_nothing_to_write_asks_nobody(scene: ExportScene) -> None:
    scene.register("R-1", status="submitted")
    run = scene.export(yes=False, trial="R-1")
    assert (run.state, scene.change(run, "R-1").reason) == (State.DONE, "export-not-approved")


# --- who may, and from where ---


@pytest.mark.parametrize(
    "permissions",
    [(), (Permission.VIEW_REGISTRATIONS,), (Permission.EDIT_REGISTRATIONS,), (Permission.RUN_IMPORTS,)],
)
def test_to_see_registrations_is_not_enough_to_export_them(
    scene: ExportScene, permissions: tuple[Permission, ...]
) -> None:
    scene.register("R-1")
    waiting = scene.export(yes=False)
    actor = Actor("Robin", scene.organization.pk, frozenset(permissions))
    for act in (
        lambda: order_export(actor, scene.connection, year=2026),
        lambda: order.approve(actor, waiting.pk),
        lambda: order.cancel(actor, waiting.pk),
        lambda: order.resume(actor, waiting.pk),
    ):
        with pytest.raises(NeedsAdmin, match="registration"):
            act()
    assert scene.sis.students == {}


def test_who_sees_and_edits_registrations_exports_them(scene: ExportScene) -> None:
    scene.register("R-1")
    both = frozenset({Permission.VIEW_REGISTRATIONS, Permission.EDIT_REGISTRATIONS})
    scene.actor = Actor("Robin", scene.organization.pk, both)
    assert scene.approve(scene.export(yes=False)).state == State.DONE
    with pytest.raises(NeedsAdmin, match="mapping"):
        set_export_options(scene.actor, scene.connection, ExportOptions(status=EnrollAs.ACTIVE))


def test_only_who_manages_connections_lets_a_sandbox_into_production(scene: ExportScene) -> None:
    mapper = Actor("Robin", scene.organization.pk, frozenset({Permission.MANAGE_MAPPINGS}))
    set_export_options(mapper, scene.connection, ExportOptions(accept_exact=True))
    with pytest.raises(NeedsAdmin, match=r"connection\.manage"):
        set_export_options(mapper, scene.connection, ExportOptions(allow_sandbox=True))
    with pytest.raises(NeedsAdmin, match=r"connection\.manage"):
        set_export_options(mapper, scene.connection, ExportOptions(sis=SisSite.TEST))


def test_a_sandbox_does_not_write_into_production_unless_its_owner_said_so(
    kinds: None, db: None, tmp_path
) -> None:
    made = ExportScene(tmp_path, environment="sandbox")
    with made.scope():
        made.register("R-1")
        with pytest.raises(NeedsAdmin, match="Sandbox"):
            made.export()
        made.allow(allow_sandbox=True)
        assert made.export().state == State.DONE
        made.allow(sis=SisSite.TEST)
        made.register("R-2", ROSA | {"students.fname": "Ida", "students.dob": "2012-02-02"})
        assert made.export().counts["310"]["created"] == 1


def test_a_sandbox_that_is_closed_after_the_order_writes_nothing(kinds: None, db: None, tmp_path) -> None:
    made = ExportScene(tmp_path, environment="sandbox")
    with made.scope():
        made.allow(allow_sandbox=True)
        made.register("R-1")
        run = made.export(yes=False)
        made.allow()
        run = made.approve(run)
        assert (run.state, run.error_code, made.sis.students) == (
            State.FAILED,
            "export-sandbox-to-production",
            {},
        )


def test_a_kind_of_sis_that_only_reads_is_not_exported_to(scene: ExportScene) -> None:
    scene.connection.system = "flatfile"
    with pytest.raises(NeedsAdmin, match="cannot write into"):
        order_export(scene.actor, scene.connection, year=2026)


def test_one_export_at_a_time(scene: ExportScene) -> None:
    order_export(scene.actor, scene.connection, year=2026)
    with pytest.raises(NeedsAdmin, match="under way"):
        order_export(scene.actor, scene.connection, year=2026)


def test_the_schedule_exports_once_it_is_turned_on(scene: ExportScene) -> None:
    from datetime import UTC, datetime, time, timedelta

    from yellowbus.runs import due
    from yellowbus.runs.models import Run
    from yellowbus.setup import schedules

    scene.register("R-1")
    scene.export()
    scene.register("R-1", ROSA | {"students.gender": "X"})
    now = datetime(2026, 9, 1, 12, tzinfo=UTC)
    schedules.set_schedule(
        scene.actor, scene.connection, "export", at=time(2), year=2026, enabled=True, now=now
    )
    assert due.start_due(now + timedelta(days=1)) == 1
    run = scene.go_on(Run.objects.get(trigger="schedule"))
    assert (run.kind, run.counts) == ("export", {"310": {"updated": 1}})
