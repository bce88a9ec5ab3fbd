"""`yellowbus simulate`: a SIS that behaves as documented, full of invented children."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yellowbus.cli import consoles
from yellowbus.cli.command import PROGRAM, Session, command
from yellowbus.cli.serving import stopped

_JULY = 7
_WALKED = {
    "aeries": "Simulate an Aeries SIS, standard API and OneRoster service, until Ctrl-C.",
    "oneroster": "Simulate a OneRoster provider, 1.1 and 1.2, until Ctrl-C.",
    "qmlativ": "Simulate a Skyward Qmlativ instance until Ctrl-C."
    " Its pages of Integration Access are walked as the real ones.",
}
_Students = Annotated[int, typer.Option(min=1, help="How many students the invented district has.")]
_Seed = Annotated[int, typer.Option(help="Another seed is another district.")]
_Host = Annotated[str, typer.Option(help="The address to listen on.")]
_Port = Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")]
_Tls = Annotated[bool, typer.Option("--tls", help="Speak TLS, with a certificate that nobody vouches for.")]


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulator at work. `certificate` is PEM text where it speaks TLS."""

    url: str
    certificate: str = ""


def current_school_year() -> int:
    """The starting year of the school year that today is in; one begins in July."""
    today = date.today()  # noqa: DTZ011 (the district on show is where this machine is)
    return today.year if today.month >= _JULY else today.year - 1


@contextmanager
def simulated(
    *, students: int, seed: int, port: int = 0, host: str = "127.0.0.1", tls: bool = False
) -> Iterator[Simulated]:
    """A simulated PowerSchool for as long as it is used."""
    from yellowbus.simulators.district import District  # noqa: PLC0415 (--help must not wait for it)
    from yellowbus.simulators.powerschool import serve  # noqa: PLC0415 (as above)

    district = District(students=students, seed=seed, school_year=current_school_year())
    running = serve(district, host=host, port=port, tls=tls)
    try:
        yield Simulated(running.url, running.certificate)
    finally:
        running.stop()


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    example = "yellowbus simulate powerschool --students 50000 --seed 7 --port 8800"
    command(group, "powerschool", example=example, product=False)(powerschool)
    for system in _WALKED:
        shown = f"yellowbus simulate {system} --students 500"
        command(group, system, example=shown, product=False)(_walked(system))
    app.add_typer(
        group,
        name="simulate",
        help="Serve a simulated SIS full of invented children: powerschool, aeries, oneroster, qmlativ.",
        rich_help_panel=PROGRAM,
    )
    command(
        app, "plugin", example="yellowbus plugin --access read -o ps_plugin.xml", product=False, panel=PROGRAM
    )(plugin)


def powerschool(
    at: Session,
    *,
    students: _Students = 2000,
    seed: _Seed = 7,
    host: _Host = "127.0.0.1",
    port: _Port = 0,
    tls: _Tls = False,
) -> None:
    """Simulate a PowerSchool SIS until Ctrl-C. Its console is walked as the real one."""
    with stopped() as stop, simulated(students=students, seed=seed, host=host, port=port, tls=tls) as running:
        hooks = f"{running.url}/simulator/"
        data = {
            "url": running.url,
            "console": f"{running.url}/admin",
            "hooks": hooks,
            "certificate": running.certificate,
        }
        told = [f"Simulated PowerSchool  {running.url}", f"Its console            {running.url}/admin"]
        told += [
            f"Hooks for tests        {hooks}students, change, faults, journal, log, options, plugins, terms, tokens"
        ]
        at.answer(data, *told, *filter(None, [running.certificate]))
        stop.wait()


def _walked(system: str) -> Callable[..., None]:
    """The command that simulates a system whose console is walked before it is told how to connect."""

    def simulate(
        at: Session,
        *,
        students: _Students = 2000,
        seed: _Seed = 7,
        host: _Host = "127.0.0.1",
        port: _Port = 0,
        tls: _Tls = False,
    ) -> None:
        _stay(at, consoles.vendor(system), District(students, seed), Place(host, port, tls))

    simulate.__name__, simulate.__doc__ = system, _WALKED[system]
    return simulate


@dataclass(frozen=True, slots=True)
class District:
    """Which invented district is wanted."""

    students: int
    seed: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a simulator listens."""

    host: str
    port: int
    tls: bool


def _stay(at: Session, vendor: consoles.Vendor, wanted: District, place: Place) -> None:
    """Serve, walk the console, say how to connect, and stay until told to stop."""
    from yellowbus.connectors.registry import manifest  # noqa: PLC0415 (--help must not wait for it)
    from yellowbus.simulators import district  # noqa: PLC0415 (as above)

    invented = district.District(
        students=wanted.students, seed=wanted.seed, school_year=current_school_year()
    )
    app = vendor.app(invented)
    with stopped() as stop:
        running = vendor.serve(app, host=place.host, port=place.port, tls=place.tls)
        try:
            credentials = vendor.connects(consoles.Hooks(app.respond, running.url))
            hooks = f"{running.url}/simulator/"
            data = {"url": running.url, "hooks": hooks, "credentials": credentials}
            pasted = consoles.add_command(
                vendor.system, vendor.label, credentials, manifest(vendor.system).secrets
            )
            told = [f"Simulated {vendor.label}  {running.url}", f"Hooks  {hooks}{', '.join(vendor.hooks)}"]
            told += ["Connect it:", pasted, *filter(None, [running.certificate])]
            at.answer(data | {"certificate": running.certificate}, *told)
            at.out.file.flush()  # through a pipe, too, a person reads it now
            stop.wait()
        finally:
            running.stop()


class Access(StrEnum):
    """What the plugin asks of PowerSchool."""

    FULL = "full"
    READ = "read"
    NONE = "none"


def plugin(
    at: Session,
    *,
    access: Annotated[
        Access,
        typer.Option(
            help="full or read for PowerSchool 25.2 and later; none for older servers, which refuse it."
        ),
    ] = Access.FULL,
    output: Annotated[
        str, typer.Option("--output", "-o", help="The file to write; - prints it.")
    ] = "ps_plugin.xml",
) -> None:
    """Write the plugin that a PowerSchool administrator installs (ps_plugin.xml)."""
    from yellowbus.connectors.powerschool.plugin import plugin_xml  # noqa: PLC0415 (only this command needs it)

    xml = plugin_xml(access_level=access is not Access.NONE, writes=access is not Access.READ)
    if output == "-":
        at.answer({"plugin": xml}, xml)
        return
    Path(output).write_text(xml, "utf-8")
    at.answer({"file": output, "access": access.value}, f"Written: {output}")
