"""The command `yellowbus`."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from yellowbus import __version__
from yellowbus.cli import (
    attention,
    backups,
    codes,
    connections,
    demo,
    differing,
    enroll,
    exports,
    imports,
    looking_after,
    mappings,
    organizations,
    qmlativ,
    registrations,
    runs,
    schedules,
    serving,
    simulating,
    undoing,
    why,
)

PARTS = (
    organizations,
    connections,
    mappings,
    codes,
    qmlativ,
    schedules,
    imports,
    exports,
    runs,
    attention,
    differing,
    registrations,
    undoing,
    why,
    enroll,
    demo,
    simulating,
    serving,
    backups,
    looking_after,
)
_ORDER = (
    *("org", "connection", "mapping", "field-codes", "qmlativ", "schedule", "plan", "send-record", "import"),
    *("export", "export-decide", "export-options", "registrations"),
    *("runs", "notices", "due", "unknown-codes", "reconcile"),
    *("reviews", "decide", "undo", "why", "timeline", "enroll"),
    *("demo", "simulate", "plugin", "serve", "web", "worker", "backup", "restore", "doctor", "rotate-keys"),
    "purge",
)


class InOrder(TyperGroup):
    """Lists the commands in the order in which a person meets them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=_ORDER.index)


app = typer.Typer(cls=InOrder, no_args_is_help=True, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:  # noqa: FBT001 (the option's value, as Typer hands it over)
    if wanted:
        typer.echo(f"yellowbus {__version__}")
        raise typer.Exit


@app.callback()
def yellowbus(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Carry student records between an enrollment platform and a Student Information System.

    Exit status: 0 done, 1 failed, 2 wrong use, 3 waits for a person. Each command has its own --help, with an example.
    """


for part in PARTS:
    part.register(app)


def main() -> None:
    app()
