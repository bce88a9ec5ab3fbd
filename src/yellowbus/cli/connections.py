"""`yellowbus connection`: made after a real check, looked at, changed and put away."""

from collections.abc import Iterable
from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import secrets, story, verbs
from yellowbus.cli.arguments import ConnectionName, InstanceName, instance_of
from yellowbus.cli.command import SET_UP, Session, Status, command, table
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.connectors.base import Check
    from yellowbus.connectors.registry import Manifest
    from yellowbus.setup.models import Connection

_SET = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="An open credential, such as the server's address."),
]
_SECRETS_FILE = Annotated[
    str,
    typer.Option(
        "--secrets-file",
        metavar="FILE",
        help="A file of credentials, as JSON or as lines name=value; - is standard input."
        " They can also stand in the environment, as YELLOWBUS_CLIENT_SECRET.",
    ),
]
_SCHOOLS = Annotated[
    list[str] | None, typer.Argument(metavar="[SCHOOL_CODE]...", help="School Codes of Enroll.")
]
_ALL = Annotated[bool, typer.Option("--all", help="Every school of the instance.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    add_example = (
        "yellowbus connection add PowerSchool --system powerschool --instance production --agree"
        " --set server_url=https://sis.example.org --secrets-file secrets.json"
    )
    command(group, "add", example=add_example)(add)
    command(group, "check", example="yellowbus connection check PowerSchool")(check)
    command(group, "list", example="yellowbus connection list --json")(list_)
    rotate_example = "yellowbus connection rotate PowerSchool --secrets-file - < secrets.json"
    command(group, "rotate", example=rotate_example)(rotate)
    command(group, "archive", example="yellowbus connection archive PowerSchool")(archive)
    command(group, "assign", example="yellowbus connection assign PowerSchool 101 102")(assign)
    command(group, "unassign", example="yellowbus connection unassign PowerSchool 102")(unassign)
    app.add_typer(
        group,
        name="connection",
        help="Connections to a SIS: add, check, list, rotate, archive, assign, unassign, options.",
        rich_help_panel=SET_UP,
    )
    from yellowbus.cli import options  # noqa: PLC0415 (its command stands in the same group)

    options.register(group)


def add(
    at: Session,
    name: ConnectionName,
    *,
    system: Annotated[str, typer.Option(help="The kind of SIS, such as powerschool or flatfile.")],
    instance: InstanceName,
    given: _SET = None,
    secrets_file: _SECRETS_FILE = "",
    agree: Annotated[bool, typer.Option("--agree", help="Agree to the terms without being asked.")] = False,
) -> Status:
    """Connect a SIS: agree, try the credentials out, and keep them if every check passes.

    Secrets come from --secrets-file, from standard input or from the environment; an argument is refused.
    """
    described = described_system(system)
    credentials = secrets.gather(at, described, given or (), secrets_file)
    at.say(verbs.connections.TERMS)
    if not agree and not at.confirm("Do you agree?"):
        raise NeedsAdmin("not-agreed")
    told = _tell_checks(at, verbs.connections.try_out(system, credentials))
    if not all(map(passes, told)):
        return _failed(at, name, told)
    instance_id = instance_of(at.organization, instance)
    verbs.connections.add(at.actor, instance_id, name=name, system=system, credentials=credentials)
    at.answer(
        {"connection": name, "saved": True, "checks": _as_data(told)},
        f"{name} is connected to {described.label}.",
        f"Next: yellowbus mapping {_first_mapping(system)} {quote(name)} --kind schools,"
        f" then yellowbus import {quote(name)} --kind schools",
    )
    return Status.DONE


def _first_mapping(system: str) -> str:
    """The command that lays a first mapping: a ready one where the kind of SIS has it."""
    return "apply --ready" if verbs.ready.exists(system, "schools") else "suggest --all"


def described_system(system: str) -> "Manifest":
    """The manifest of a kind of SIS. Raises NeedsAdmin for a name that is none."""
    if system not in verbs.registry.SYSTEMS:
        raise NeedsAdmin("system-unknown", system=system, known=", ".join(verbs.registry.SYSTEMS))
    return verbs.registry.manifest(system)


def passes(line: "Check") -> bool:
    return line.ok or line.warning


def _tell_checks(at: Session, checks: "Iterable[Check]") -> "list[Check]":
    """Each line is shown as soon as it is known."""
    told = []
    for line in checks:
        at.say(f"{story.check_sign(line)} {line.name}: {line.says}")
        if line.code and (remedy := verbs.told.told(line.code, line.facts).remedy):
            at.say(f"  {remedy}")
        told.append(line)
    return told


def _as_data(checks: "Iterable[Check]") -> list[dict[str, Any]]:
    return [asdict(line) for line in checks]


def _failed(at: Session, name: str, told: "list[Check]") -> Status:
    first = next(line for line in told if not passes(line))
    error = NeedsAdmin("check-failed", connection=name, check=first.name)
    at.say(f"{error.sentence} {error.remedy}")
    at.answer({"connection": name, "saved": False, "checks": _as_data(told)})
    return Status.FAILED


def check(at: Session, name: ConnectionName) -> Status:
    """Check a stored connection: reached, signed in, rights, schools, years and terms."""
    with verbs.connections.opened(verbs.connections.find(name)) as (connector, _):
        told = _tell_checks(at, connector.check())
    at.answer({"connection": name, "ok": all(map(passes, told)), "checks": _as_data(told)})
    return Status.DONE if all(map(passes, told)) else Status.FAILED


def list_(at: Session) -> None:
    """List the connections that are not archived, with their schools and schedules."""
    rows = [_row(connection) for connection in verbs.connections.every()]
    headings = ("Name", "SIS", "Instance", "Schools", "Settings")
    at.answer(rows, table(headings, [_cells(row) for row in rows]))


def _row(connection: "Connection") -> dict[str, Any]:
    return {
        "name": connection.name,
        "system": connection.system,
        "instance": connection.instance.environment,
        "schools": sorted(verbs.assignments.codes(connection)),
        "settings": connection.settings,
        "agreed_by": connection.agreed_by,
        "agreed_at": connection.agreed_at,
    }


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    settings = ", ".join(f"{name}={value}" for name, value in row["settings"].items() if value)
    return row["name"], row["system"], row["instance"], len(row["schools"]), settings


def rotate(
    at: Session, name: ConnectionName, *, given: _SET = None, secrets_file: _SECRETS_FILE = ""
) -> Status:
    """Replace credentials. They are tried out first; mapping, schools and schedule stay."""
    connection = verbs.connections.find(name)
    described = described_system(connection.system)
    new = secrets.gather(at, described, given or (), secrets_file)
    told = _tell_checks(
        at, verbs.connections.try_out(connection.system, verbs.connections.credentials(connection) | new)
    )
    if not all(map(passes, told)):
        return _failed(at, name, told)
    verbs.connections.rotate(at.actor, connection, new)
    at.answer({"connection": name, "replaced": sorted(new)}, f"Replaced: {', '.join(sorted(new))}.")
    return Status.DONE


def archive(at: Session, name: ConnectionName) -> None:
    """Put a connection away that no school and no schedule uses; its logs stay."""
    verbs.archiving.archive(at.actor, verbs.connections.find(name))
    at.answer({"connection": name, "archived": True}, f"{name} is archived.")


def assign(at: Session, name: ConnectionName, codes: _SCHOOLS = None, *, every: _ALL = False) -> None:
    """Set the Sync Connection of schools."""
    connection = verbs.connections.find(name)
    wanted = sorted(verbs.schools.codes(connection.instance_id)) if every else _named(codes)
    count = verbs.assignments.assign(at.actor, connection, wanted)
    at.answer({"connection": name, "assigned": wanted}, f"{counted(count, 'school')} assigned to {name}.")


def unassign(at: Session, name: ConnectionName, codes: _SCHOOLS = None, *, every: _ALL = False) -> None:
    """Take schools from a connection; their students stay in Enroll."""
    connection = verbs.connections.find(name)
    wanted = sorted(verbs.assignments.codes(connection)) if every else _named(codes)
    count = verbs.assignments.unassign(at.actor, connection, wanted)
    at.answer({"connection": name, "unassigned": count}, f"{counted(count, 'school')} taken from {name}.")


def _named(codes: list[str] | None) -> list[str]:
    if not codes:
        raise typer.BadParameter("Name School Codes, or add --all.")
    return codes
