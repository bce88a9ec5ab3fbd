"""What a SIS takes and which of its schools are ready to take it: asked once and kept a while, as `examples` does.

A page only looks; `read` and `read_places` ask the SIS. What could not be read is kept for some minutes with its reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction

from yellowbus.connectors.base import Connector
from yellowbus.connectors.registry import manifest
from yellowbus.connectors.writing import Place, TargetField, Writer
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.messages import MESSAGES
from yellowbus.setup import assignments, connections, glimpses
from yellowbus.setup.examples import LISTS_LAST, TROUBLE_LASTS, Trouble
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

WRITE = "write"  # what a manifest names among its capabilities


@dataclass(frozen=True, slots=True)
class Taking:
    """The fields that the SIS takes; none where `trouble` says why, or before it was asked (`read_at` is None)."""

    fields: tuple[TargetField, ...] = ()
    trouble: Trouble | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """The schools of the SIS as places to write to in one school year."""

    places: tuple[Place, ...] = ()
    trouble: Trouble | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotReady:
    """A school of the connection that cannot take registrations for the year, with the remedy of its SIS."""

    school: str
    name: str
    sentence: str
    remedy: str


def can_write(connection: Connection) -> bool:
    return WRITE in manifest(connection.system).capabilities


def require_write(connection: Connection) -> None:
    """Raises NeedsAdmin for a kind of SIS that cannot be written into."""
    if not can_write(connection):
        raise NeedsAdmin("export-not-offered", system=manifest(connection.system).label)


def writer_of(connector: Connector, connection: Connection) -> Writer:
    """The writing half of a connector. Raises as `require_write` does."""
    require_write(connection)
    return cast("Writer", connector)


def taking(connection: Connection, *, now: datetime) -> Taking:
    """The fields as last read. Nothing is asked."""
    seen = glimpses.recall(connection, "targets", Taking, now=now)
    return Taking(seen.value.fields, seen.value.trouble, seen.read_at) if seen else Taking()


def places(connection: Connection, year: int, *, now: datetime) -> Places:
    """The schools as last read for that year. Nothing is asked."""
    seen = glimpses.recall(connection, f"places/{year}", Places, now=now)
    return Places(seen.value.places, seen.value.trouble, seen.read_at) if seen else Places()


def read(actor: Actor, connection: Connection, year: int, *, now: datetime) -> None:
    """Ask the SIS for its fields and its schools, and keep both. What fails is kept with its reason, and not raised."""
    actor.require(Permission.MANAGE_MAPPINGS)
    try:
        require_write(connection)
        with connections.opened(connection) as (connector, _):
            writer = writer_of(connector, connection)
            found = Taking(tuple(writer.targets()))
            schools = Places(tuple(writer.places(year)))
    except YellowbusError as error:
        trouble = Trouble(error.code, error.sentence, error.remedy)
        found, schools = Taking(trouble=trouble), Places(trouble=trouble)
    with transaction.atomic():
        _keep(connection, "targets", found, now=now)
        _keep(connection, f"places/{year}", schools, now=now)


def read_places(actor: Actor, connection: Connection, year: int, *, now: datetime) -> Places:
    """Ask the SIS for its schools alone, and keep them. What fails is kept with its reason, and not raised."""
    actor.require(Permission.VIEW_LOG)
    try:
        require_write(connection)
        with connections.opened(connection) as (connector, _):
            found = Places(tuple(writer_of(connector, connection).places(year)))
    except YellowbusError as error:
        found = Places(trouble=Trouble(error.code, error.sentence, error.remedy))
    _keep(connection, f"places/{year}", found, now=now)
    return Places(found.places, found.trouble, now)


def not_ready(connection: Connection, found: Places, *, only: Iterable[str] | None = None) -> list[NotReady]:
    """The connection's schools, or those of `only`, that are not ready; one that the SIS does not have is among them."""
    known = {place.school: place for place in found.places}
    asked = sorted(assignments.codes(connection) if only is None else only)
    return [_told(code, known.get(code)) for code in asked if code not in known or not known[code].ready]


def _told(code: str, place: Place | None) -> NotReady:
    name, facts = (place.code, place.facts) if place else ("export-school-unknown", {"school": code})
    message = MESSAGES[name]
    return NotReady(
        code, place.name if place else code, message.sentence.format(**facts), message.remedy.format(**facts)
    )


def _keep(connection: Connection, name: str, found: Taking | Places, *, now: datetime) -> None:
    glimpses.keep(connection, name, found, now=now, lasts=TROUBLE_LASTS if found.trouble else LISTS_LAST)
