"""Which schools a connection serves. A school has one connection at most."""

from collections.abc import Collection, Sequence

from django.db import transaction

from yellowbus.enroll import schools
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit
from yellowbus.setup.models import Assignment, Connection
from yellowbus.setup.permissions import Actor, Permission


@transaction.atomic
def assign(actor: Actor, connection: Connection, codes: Sequence[str]) -> int:
    """Set Sync Connection of these schools. Raises NeedsAdmin if one is unknown; then none is changed."""
    actor.require(Permission.MANAGE_CONNECTIONS)
    found = schools.ids(connection.instance_id, codes)
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise NeedsAdmin("schools-unknown", codes=", ".join(unknown))
    for school in found.values():
        Assignment.objects.update_or_create(school_id=school, defaults={"connection": connection})
    audit.note(actor, "school.assign", connection.name, schools=len(found))
    return len(found)


@transaction.atomic
def unassign(actor: Actor, connection: Connection, codes: Sequence[str]) -> int:
    actor.require(Permission.MANAGE_CONNECTIONS)
    removed, _ = Assignment.objects.filter(
        connection=connection, school__in=schools.ids(connection.instance_id, codes).values()
    ).delete()
    audit.note(actor, "school.unassign", connection.name, schools=removed)
    return removed


@transaction.atomic
def release(actor: Actor, instance: int, codes: Sequence[str]) -> int:
    """Take these schools from whatever connection serves them."""
    actor.require(Permission.MANAGE_CONNECTIONS)
    rows = Assignment.objects.filter(school__in=schools.ids(instance, codes).values())
    removed, _ = rows.delete()
    audit.note(actor, "school.release", ", ".join(sorted(codes))[:200], schools=removed)
    return removed


def serving(school_ids: Sequence[int]) -> dict[int, Connection]:
    """The connection of each of these schools that has one, by School ID."""
    rows = Assignment.objects.filter(school_id__in=school_ids).select_related("connection")
    return {row.school_id: row.connection for row in rows}


def serving_codes(instance: int, codes: Collection[str]) -> dict[str, Connection]:
    """The connection of each of these schools that has one, by School Code."""
    rows = Assignment.objects.filter(school__instance=instance, school__school_code__in=codes)
    found = rows.select_related("connection__organization", "connection__instance", "school")
    return {row.school.school_code: row.connection for row in found}


def codes(connection: Connection) -> frozenset[str]:
    """The School Codes of the connection's schools."""
    rows = Assignment.objects.filter(connection=connection).values_list("school__school_code", flat=True)
    return frozenset(code for code in rows if code)
