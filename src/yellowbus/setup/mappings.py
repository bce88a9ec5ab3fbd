"""Mappings of a connection, kept as versions: each save is a new one, and nothing is ever changed."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.document import from_document, to_document
from yellowbus.mapping.model import EXPORT, Mapping
from yellowbus.setup import audit
from yellowbus.setup.models import Connection, MappingVersion
from yellowbus.setup.permissions import Actor, Permission

KINDS = ("schools", "students", EXPORT)


@transaction.atomic
def save(
    actor: Actor, connection: Connection, document: dict[str, Any], *, note: str = "", seen: int | None = None
) -> MappingVersion:
    """Keep a mapping document as the next version. A document equal to the current version is not saved again.

    `seen` is the version the person started from: raises NeedsAdmin("mapping-changed-meanwhile") if another came since.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    Connection.objects.select_for_update().get(pk=connection.pk)
    mapping = from_document(document)
    before = newest(connection, mapping.kind)
    if seen is not None and before is not None and before.number != seen:
        raise NeedsAdmin("mapping-changed-meanwhile", seen=seen, newest=before.number, author=before.author)
    plain = to_document(mapping)
    if before is not None and before.document == plain:
        return before
    kept = MappingVersion.objects.create(
        connection=connection,
        kind=mapping.kind,
        number=before.number + 1 if before else 1,
        document=plain,
        author=actor.name,
        note=note,
    )
    audit.note(actor, "mapping.save", f"{connection} {mapping.kind}", version=kept.number)
    return kept


def current(connection: Connection, kind: str) -> MappingVersion:
    """The newest version. Raises NeedsAdmin if there is none yet."""
    found = newest(connection, kind)
    if found is None:
        raise NeedsAdmin("mapping-missing", kind=kind, connection=connection.name)
    return found


def newest(connection: Connection, kind: str) -> MappingVersion | None:
    """The newest version; None if there is none yet."""
    return MappingVersion.objects.filter(connection=connection, kind=kind).order_by("-number").first()


def version(connection: Connection, kind: str, number: int) -> MappingVersion:
    found = MappingVersion.objects.filter(connection=connection, kind=kind, number=number).first()
    if found is None:
        newest = MappingVersion.objects.filter(connection=connection, kind=kind).aggregate(
            newest=Max("number")
        )
        raise NeedsAdmin("mapping-version-unknown", number=number, newest=newest["newest"] or 0)
    return found


def history(connection: Connection, kind: str) -> list[MappingVersion]:
    """Every version, the newest first."""
    return list(MappingVersion.objects.filter(connection=connection, kind=kind).order_by("-number"))


def mapping_of(kept: MappingVersion) -> Mapping:
    return from_document(kept.document)
