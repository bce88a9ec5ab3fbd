"""`yellowbus qmlativ`: what is particular to Skyward Qmlativ, the profile of an instance and its doctor."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName
from yellowbus.cli.command import SET_UP, Session, Status, command
from yellowbus.errors import NeedsAdmin

if TYPE_CHECKING:
    from yellowbus.connectors.qmlativ.doctor import Diagnosis

_OVERRIDE = Annotated[
    Path | None,
    typer.Argument(metavar="[OVERRIDE]", help="An override file (TOML), as the doctor suggests it."),
]
_PERMISSIONS = Annotated[
    Path | None, typer.Option("--permissions", help="The vendor's permission file, IntegrationAccess.xml.")
]


def register(app: typer.Typer) -> None:
    group, profile = typer.Typer(no_args_is_help=True), typer.Typer(no_args_is_help=True)
    command(profile, "show", example="yellowbus qmlativ profile show override.toml", product=False)(show)
    command(profile, "check", example="yellowbus qmlativ profile check override.toml", product=False)(check)
    command(profile, "diff", example="yellowbus qmlativ profile diff override.toml", product=False)(diff)
    command(group, "doctor", example="yellowbus qmlativ doctor Qmlativ --override override.toml")(doctor)
    group.add_typer(profile, name="profile", help="What is known of an instance, as data: show, check, diff.")
    app.add_typer(
        group,
        name="qmlativ",
        help="Skyward Qmlativ: its profile (show, check, diff) and the doctor.",
        rich_help_panel=SET_UP,
    )


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise NeedsAdmin("profile-not-read", file=file, reason=error.strerror) from None
    except ValueError:
        raise NeedsAdmin("profile-not-read", file=file, reason="it is not text in UTF-8") from None


def show(at: Session, override: _OVERRIDE = None, *, permissions: _PERMISSIONS = None) -> None:
    """Show the profile in force: the built-in one, with the files laid over it."""
    from yellowbus.connectors.qmlativ import layers  # noqa: PLC0415 (only these commands need it)

    told = layers.show(_text(override), _text(permissions))
    at.answer({"profile": told}, told.rstrip("\n"))


def check(at: Session, override: _OVERRIDE = None, *, permissions: _PERMISSIONS = None) -> Status:
    """Say what is wrong with an override or a permission file, each with its line."""
    from yellowbus.connectors.qmlativ import layers  # noqa: PLC0415 (as above)

    faults = layers.check(_text(override), _text(permissions))
    data = [{"layer": fault.layer, "line": fault.line, "says": fault.says} for fault in faults]
    at.answer(data, *(map(str, faults) if faults else ["The files can be used."]))
    return Status.FAILED if faults else Status.DONE


def diff(at: Session, override: _OVERRIDE = None, *, permissions: _PERMISSIONS = None) -> None:
    """Say what the files change of the built-in profile."""
    from yellowbus.connectors.qmlativ import layers  # noqa: PLC0415 (as above)

    lines = layers.diff(_text(override), _text(permissions))
    at.answer(lines, *(lines or ["The files change nothing."]))


def doctor(
    at: Session,
    name: ConnectionName,
    *,
    override: Annotated[
        Path | None, typer.Option("--override", help="Write the suggested override to this file.")
    ] = None,
) -> Status:
    """Examine an instance: sign-in, lists, school year, each object with its fields, and a way around differences."""
    found: Diagnosis = verbs.connections.examine(at.actor, verbs.connections.find(name))
    if override is not None and found.override:
        override.write_text(found.override, "utf-8")
    at.answer(
        {"connection": name, "checks": found.report().splitlines(), "override": found.override},
        found.report(),
        _advice(name, found, override),
    )
    return Status.DONE if all(line.ok or line.warning for line in found.checks) else Status.FAILED


def _advice(name: str, found: "Diagnosis", file: Path | None) -> str:
    if not found.override:
        return "No override file is needed."
    if file is None:
        return (
            "Write the suggested override to a file with --override FILE, and look at it before it is used."
        )
    return (
        f"The suggested override is in {file}. Look at it, then put it in force:\n"
        f'yellowbus connection rotate {name} --set "profile=$(cat {file})"'
    )
