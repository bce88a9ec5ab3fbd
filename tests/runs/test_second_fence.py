"""Behind the scope of Python stands row-level security: an outsider is given nothing even where the scope is dropped."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django_scopes import scopes_disabled

from scene import Scene, child
from yellowbus.enroll import fence
from yellowbus.enroll.models import Organization, Student
from yellowbus.enroll.scoping import Scoped
from yellowbus.runs import staging
from yellowbus.runs.models import Run

TABLES = sorted(fence.policies())


def counted(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


@pytest.fixture
def ours(db: None, tmp_path: Path) -> Scene:
    (tmp_path / "ours").mkdir()
    return imported(Scene(tmp_path / "ours").ready(), 1)


@pytest.fixture
def theirs(db: None, tmp_path: Path) -> Scene:
    (tmp_path / "theirs").mkdir()
    return imported(Scene(tmp_path / "theirs").ready(), 3)


def imported(scene: Scene, students: int) -> Scene:
    scene.write_students([child(n) for n in range(1, students + 1)])
    scene.run()
    return scene


def test_every_table_of_an_organization_has_its_policy(db: None) -> None:
    scoped = {model._meta.db_table for model in apps.get_models() if isinstance(model.objects, Scoped)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'inside'")
        fenced = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'")
        secured = {name for (name,) in cursor.fetchall()}
    assert fenced == secured == scoped | {"enroll_organization"}
    assert fence.stands()


# What belongs to the installation: people (of several districts), sessions, the queue, Django's own.
OF_ALL = {
    "account_emailaddress", "account_emailconfirmation", "auth_group", "auth_group_permissions", "auth_permission",
    "django_content_type", "django_migrations", "django_session", "mfa_authenticator", "procrastinate_events",
    "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers", "setup_user",
}  # fmt: skip


def test_a_new_table_is_fenced_or_named_as_everybodys(db: None) -> None:
    assert set(connection.introspection.table_names()) - set(TABLES) == OF_ALL


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_meets_nothing_of_another_organization(ours: Scene, theirs: Scene, table: str) -> None:
    """What is seen inside either of them adds up to what there is; no row is in both, and none of them is hidden."""
    count = f"SELECT count(*) FROM {table}"
    every = counted(count)
    seen = []
    for scene in (ours, theirs):
        with fence.within(scene.organization):
            seen.append(counted(count))
    assert sum(seen) == every


def test_a_query_that_lost_its_scope_meets_only_its_own(ours: Scene, theirs: Scene) -> None:
    with fence.within(ours.organization), scopes_disabled():
        assert [student.district_id for student in Student.objects.all()] == ["000001"]
        assert list(Organization.objects.values_list("pk", flat=True)) == [ours.organization.pk]
        assert not Student.objects.filter(instance=theirs.instance).exists()


def test_copy_out_gives_only_ones_own(ours: Scene, theirs: Scene) -> None:
    with fence.within(ours.organization), connection.cursor() as cursor:
        with cursor.copy("COPY (SELECT district_id FROM enroll_student) TO STDOUT") as out:
            assert b"".join(bytes(piece) for piece in out) == b"000001\n"
        with cursor.copy("COPY enroll_student (instance_id) TO STDOUT") as out:
            assert b"".join(bytes(piece) for piece in out) == f"{ours.instance.pk}\n".encode()


@pytest.fixture
def stranger(ours: Scene) -> Iterator[None]:
    with fence.within(ours.organization), scopes_disabled():
        yield


def test_anothers_rows_are_neither_changed_nor_deleted(theirs: Scene, stranger: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enroll_student SET match_key = 'taken' WHERE district_id = '000003'")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM enroll_student WHERE district_id = '000003'")
        assert cursor.rowcount == 0


def test_no_row_is_put_into_another_organization(theirs: Scene, stranger: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Student.objects.create(instance=theirs.instance, district_id="000009")


def test_no_row_is_moved_into_another_organization(ours: Scene, theirs: Scene, stranger: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Student.objects.filter(instance=ours.instance).update(instance=theirs.instance)


def test_a_plan_is_not_staged_into_anothers_run(theirs: Scene, stranger: None) -> None:
    with fence.beyond():
        run = Run.objects.filter(connection=theirs.connection).latest("created_at")
    values: dict[str, Any] = {
        "run_id": run.pk, "seq": 900, "key": "x", "outcome": "created", "reason": "", "basis": "", "school_code": "",
        "partial": False, "left_out": "", "changes": "{}", "problems": "[]",
    }  # fmt: skip
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        staging.stage([tuple(values.get(name) for name in staging.COLUMNS)])


def test_the_session_is_outside_again_afterwards(ours: Scene, theirs: Scene) -> None:
    before = counted("SELECT count(*) FROM enroll_student")
    with fence.within(ours.organization):
        with fence.beyond():
            assert counted("SELECT count(*) FROM enroll_student") == before
        assert counted("SELECT count(*) FROM enroll_student") == 1
        with fence.within(theirs.organization):
            assert counted("SELECT count(*) FROM enroll_student") == 3
        assert counted("SELECT count(*) FROM enroll_student") == 1
    assert counted("SELECT count(*) FROM enroll_student") == before


def test_a_broken_transaction_leaves_no_session_inside(ours: Scene, theirs: Scene) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), fence.within(ours.organization):
        counted("SELECT count(*) FROM no_such_table")
    assert counted("SELECT count(*) FROM enroll_student") == 4


def test_a_transaction_that_breaks_inside_stays_inside(ours: Scene, theirs: Scene) -> None:
    with fence.within(ours.organization):
        with pytest.raises(ProgrammingError), transaction.atomic():
            counted("SELECT count(*) FROM no_such_table")
        assert counted("SELECT count(*) FROM enroll_student") == 1


def test_a_session_opened_anew_is_inside_at_once(committed: Scene) -> None:
    with fence.within(committed.organization):
        connection.close()
        assert counted("SELECT count(*) FROM enroll_organization") == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0] == fence.ROLE


def test_outside_of_any_organization_the_role_sees_nothing(ours: Scene) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {fence.ROLE}")
        assert [counted(f"SELECT count(*) FROM {table}") for table in TABLES] == [0] * len(TABLES)
        cursor.execute("RESET ROLE")


def test_what_is_audited_cannot_be_changed_from_inside(ours: Scene, stranger: None) -> None:
    with (
        pytest.raises(Exception, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE setup_auditevent SET actor = 'nobody'")
