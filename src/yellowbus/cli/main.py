"""The command `yellowbus`."""

from typing import Annotated

import typer

from yellowbus import __version__
from yellowbus.cli import demo, serving, simulating

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


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
    """Carry student records between an enrollment platform and a Student Information System."""


for part in (serving, simulating, demo):
    part.register(app)


def main() -> None:
    app()
