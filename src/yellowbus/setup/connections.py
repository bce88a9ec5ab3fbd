"""Connections: made after a real check, opened for use, archived and never deleted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from yellowbus.connectors.base import Check, Connector
from yellowbus.connectors.registry import SYSTEMS, Manifest, manifest, open_connector
from yellowbus.errors import NeedsAdmin
from yellowbus.protocols.net import Door
from yellowbus.setup import audit, glimpses, secrets
from yellowbus.setup.models import Assignment, Connection, Schedule
from yellowbus.setup.permissions import Actor, Permission

# What a person agrees to before a connection is made (enroll-sync 17.25).
TERMS = (
    "This connection will carry records of students between the SIS and Enroll, as its mapping says,"
    " whenever a person or its schedule starts it."
)


@transaction.atomic
def add(actor: Actor, instance: Any, *, name: str, system: str, credentials: Mapping[str, str]) -> Connection:
    """Keep a new connection. The caller has checked the credentials (`try_out`); the Agree is the actor's."""
    actor.require(Permission.MANAGE_CONNECTIONS)
    described = manifest(system)
    filled = _filled(described, credentials)
    if Connection.objects.filter(organization_id=actor.organization_id, name=name, archived_at=None).exists():
        raise NeedsAdmin("connection-name-taken", name=name)
    connection = Connection.objects.create(
        organization_id=actor.organization_id,
        instance_id=instance,
        name=name,
        system=system,
        settings={key: value for key, value in filled.items() if key not in described.secrets},
        agreed_by=actor.name,
    )
    secrets.keep(connection, {key: value for key, value in filled.items() if key in described.secrets})
    audit.note(actor, "connection.add", name, system=system)
    return connection


@transaction.atomic
def rotate(actor: Actor, connection: Connection, credentials: Mapping[str, str]) -> None:
    """Replace some credentials; the mapping and everything else stays."""
    actor.require(Permission.MANAGE_CREDENTIALS)
    described = manifest(connection.system)
    known = {box.name for box in described.credentials}
    if unknown := sorted(credentials.keys() - known):
        raise NeedsAdmin("credential-unknown", names=", ".join(unknown), system=described.label)
    open_ones = {key: value for key, value in credentials.items() if key not in described.secrets}
    connection.settings |= open_ones
    connection.save(update_fields=["settings"])
    secrets.keep(connection, {key: credentials[key] for key in credentials if key in described.secrets})
    glimpses.forget(connection)
    audit.note(actor, "credential.rotate", connection.name, names=sorted(credentials))


@transaction.atomic
def archive(actor: Actor, connection: Connection) -> None:
    """Put a connection away. Refused while a school or a schedule uses it; its logs stay."""
    actor.require(Permission.MANAGE_CONNECTIONS)
    used = Assignment.objects.filter(connection=connection).count()
    if used or Schedule.objects.filter(connection=connection, enabled=True).exists():
        raise NeedsAdmin("connection-in-use", name=connection.name, schools=used)
    connection.archived_at = Now()
    connection.save(update_fields=["archived_at"])
    glimpses.forget(connection)
    audit.note(actor, "connection.archive", connection.name)


def find(name: str) -> Connection:
    """The connection of this name in the organization at hand. Raises NeedsAdmin if there is none."""
    found = (
        Connection.objects.select_related("organization", "instance")
        .filter(name=name, archived_at=None)
        .first()
    )
    if found is None:
        known = Connection.objects.filter(archived_at=None).order_by("name").values_list("name", flat=True)
        raise NeedsAdmin("connection-unknown", name=name, known=", ".join(known) or "none yet")
    return found


def every() -> list[Connection]:
    """The connections of the organization at hand that are not archived, by name."""
    rows = Connection.objects.select_related("organization", "instance").filter(archived_at=None)
    return list(rows.order_by("name"))


def credentials(connection: Connection) -> dict[str, str]:
    """Everything that a connection is opened with. For trying out a change of some of it; never to be shown."""
    return {**connection.settings, **secrets.reveal(connection)}


def try_out(system: str, credentials: Mapping[str, str]) -> Iterator[Check]:
    """Really connect with credentials that are not stored yet, and tell each check as it ends."""
    described = manifest(system)
    with _opened(described, _filled(described, credentials)) as (connector, _):
        yield from connector.check()


def offered_in_browser() -> list[Manifest]:
    """The kinds of SIS that a page may connect: those that read files of the server only where a folder is named."""
    every_kind = [manifest(system) for system in SYSTEMS]
    folder = bool(settings.YELLOWBUS_FILES)
    return [each for each in every_kind if folder or not any(box.path for box in each.credentials)]


def inside_folder(system: str, credentials: Mapping[str, str]) -> dict[str, str]:
    """The credentials with every path made whole, links followed. For pages: who asks is not who runs the server.

    Raises NeedsAdmin for a path outside YELLOWBUS_FILES, or for any where no folder is named.
    """
    whole = dict(credentials)
    for box in manifest(system).credentials:
        if box.path and whole.get(box.name):
            whole[box.name] = str(_inside(whole[box.name], label=box.label))
    return whole


def _inside(text: str, *, label: str) -> Path:
    if not settings.YELLOWBUS_FILES:
        raise NeedsAdmin("files-folder-missing", label=label)
    try:
        folder = Path(settings.YELLOWBUS_FILES).resolve()
        path = (folder / text).resolve()
        path.exists()  # says of a name that is too long what opening it would say
    except (OSError, RuntimeError, ValueError):  # a ring of links, a name too long
        raise NeedsAdmin("path-outside", label=label) from None
    if not path.is_relative_to(folder):
        raise NeedsAdmin("path-outside", label=label)
    return path


def examine(actor: Actor, connection: Connection) -> Any:
    """What the connector's doctor finds: `checks`, `report()` in plain words, and a suggested `override`.

    Raises NeedsAdmin for a system that has no doctor.
    """
    actor.require(Permission.MANAGE_CONNECTIONS)
    described = manifest(connection.system)
    if "doctor" not in described.capabilities:
        raise NeedsAdmin("doctor-missing", connection=connection.name, system=described.label)
    with opened(connection) as (connector, _):
        return connector.diagnose()  # type: ignore[attr-defined]


@contextmanager
def opened(connection: Connection) -> Iterator[tuple[Connector, Door]]:
    """The connector of a stored connection and its door; both closed at the end."""
    with _opened(manifest(connection.system), credentials(connection)) as pair:
        yield pair


@contextmanager
def _opened(described: Manifest, credentials: Mapping[str, str]) -> Iterator[tuple[Connector, Door]]:
    door = Door(
        in_flight=described.in_flight,
        per_second=described.per_second,
        allow_private=settings.YELLOWBUS_ALLOW_PRIVATE_ADDRESSES,
    )
    try:
        connector = open_connector(described.key, credentials, door)
        try:
            yield connector, door
        finally:
            connector.close()
    finally:
        door.close()


def _filled(described: Manifest, given: Mapping[str, str]) -> dict[str, str]:
    """The credentials with their defaults. Raises NeedsAdmin naming what lacks and what is not asked for."""
    boxes = {box.name: box for box in described.credentials}
    if unknown := sorted(given.keys() - boxes.keys()):
        raise NeedsAdmin("credential-unknown", names=", ".join(unknown), system=described.label)
    filled = {name: given.get(name) or box.default for name, box in boxes.items()}
    lacking = [boxes[name].label for name, value in filled.items() if boxes[name].required and not value]
    if lacking:
        raise NeedsAdmin("credential-lacking", names=", ".join(lacking), system=described.label)
    return filled
