"""The second fence: inside an organization PostgreSQL itself shows and takes only that organization's rows.

The first fence is `Scoped`, in Python. Behind it stands row-level security: inside `within` the session works as an
ordinary role, whose policies follow the same path from each table to its organization, whatever SQL is sent. So a query
that forgot its scope, a raw statement or a COPY still meets nothing of another district.

Work for the whole installation (who is due, whose run lost its worker) stands outside, under `beyond`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import Error, connection, models, transaction
from django.db.backends.signals import connection_created
from django_scopes import scope, scopes_disabled
from psycopg.pq import TransactionStatus

from yellowbus.enroll.scoping import Scoped
from yellowbus.errors import NeedsAdmin

ROLE = "yellowbus_inside"
_ORGANIZATION = "yellowbus.organization"
_inside: ContextVar[str] = ContextVar("inside", default="")


@contextmanager
def within(organization: Any) -> Iterator[None]:
    """Inside one organization: its rows are all there is, in Python and in the database."""
    with scope(organization=organization), _working(str(organization.pk)):
        yield


@contextmanager
def beyond() -> Iterator[None]:
    """Outside all of them, for work on the whole installation."""
    with scopes_disabled(), _working(""):
        yield


@contextmanager
def _working(organization: str) -> Iterator[None]:
    before = _inside.get()
    token = _inside.set(organization)
    try:
        if organization != before:
            _tell()
        yield
    finally:
        _inside.reset(token)
        if organization != before:
            _tell_again()


def _tell() -> None:
    """Put the open session where the program is. A session that is yet to be opened is told when it is."""
    if connection.connection is None:
        return
    inside = _inside.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, false), set_config(%s, %s, false)",
            [ROLE if inside else "none", _ORGANIZATION, inside],
        )


def _tell_again() -> None:
    """A broken transaction takes the session back to where it began; a session that cannot be told is not used again."""
    opened = connection.connection
    if opened is None or opened.info.transaction_status == TransactionStatus.INERROR:
        return
    try:
        _tell()
    except Error:
        with suppress(Error):
            connection.close()


def _session_opened(**_: Any) -> None:
    if _inside.get():
        _tell()


connection_created.connect(_session_opened, dispatch_uid="yellowbus.fence")


# --- building it ---


def build() -> None:
    """Make the role and the policy of every table, anew: called after each migration. Raises as `make_role` does."""
    make_role()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        for table, rule in policies().items():
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS inside ON {table}")
            cursor.execute(f"CREATE POLICY inside ON {table} TO {ROLE} USING ({rule}) WITH CHECK ({rule})")


def stands() -> bool:
    """Whether every table has its policy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'inside'")
        return {name for (name,) in cursor.fetchall()} >= policies().keys()


def policies() -> dict[str, str]:
    """For each table that belongs to an organization, which of its rows are inside. Follows the path of its manager.

    A row is inside if the row that it belongs to is, which that table's own policy says.
    """
    owner = apps.get_model("enroll", "Organization")
    ours = f"(SELECT nullif(current_setting('{_ORGANIZATION}', true), '')::bigint)"
    rules = {owner._meta.db_table: f"id = {ours}"}  # noqa: SLF001 (the only way to a model's table)
    for model in apps.get_models():
        manager = getattr(model, "objects", None)
        if isinstance(manager, Scoped):
            rules[model._meta.db_table] = _rule(model, manager.path, ours)  # noqa: SLF001 (as above)
    return rules


def _rule(model: type[models.Model], path: str, ours: str) -> str:
    field: Any = model._meta.get_field(path.split("__", maxsplit=1)[0])  # noqa: SLF001 (as above)
    if "__" not in path:
        return f"{field.column} = {ours}"
    above = field.related_model._meta  # noqa: SLF001 (as above)
    return f"{field.column} IN (SELECT {above.pk.column} FROM {above.db_table})"  # noqa: S608 (names of our own tables)


def make_role() -> None:
    """Make the role if the server lacks it. It is the server's, so another database of it may be making it just now.

    Raises NeedsAdmin where we may not: its statement is for the database's administrator.
    """
    for last in (False, True):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _make_role(cursor)
        except Error as error:
            if last or not _MADE_MEANWHILE.search(str(error)):
                raise NeedsAdmin("database-role-missing", role=ROLE) from None
        else:
            return


_MADE_MEANWHILE = re.compile("already exists|concurrently updated|duplicate key")


def _make_role(cursor: Any) -> None:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [ROLE])
    if not cursor.fetchone()[0]:
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
    cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [ROLE])
    if not cursor.fetchone()[0]:
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
