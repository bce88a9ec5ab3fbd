"""`yellowbus demo`: the whole way of one district's records, told step by step."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.request import Request, urlopen

import typer
from rich.rule import Rule
from rich.text import Text

from yellowbus.cli import serving, story, verbs
from yellowbus.cli.command import PROGRAM, Session, Status, bring_up, command, within
from yellowbus.cli.following import follow
from yellowbus.cli.simulating import Simulated, current_school_year, simulated
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.runs.models import Run
    from yellowbus.setup.models import Connection

DISTRICT = "Juniper Flats Unified (invented)"
SHOWN = 3
CHANGED_IN_A_DAY = 0.02
# The demo is a stage: nothing of a real installation may come near it.
_SET_ASIDE = ("DATABASE_URL", "YELLOWBUS_KEYS", "YELLOWBUS_ORGANIZATION")


def register(app: typer.Typer) -> None:
    command(app, "demo", example="yellowbus demo --once --students 500", product=False, panel=PROGRAM)(demo)


def demo(
    at: Session,
    *,
    once: Annotated[bool, typer.Option("--once", help="End when the story is told.")] = False,
    students: Annotated[int, typer.Option(min=1, help="How many students the invented district has.")] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed is another district.")] = 7,
    port: Annotated[int, typer.Option(help="Port of the pages afterwards.")] = 8000,
    sis_port: Annotated[int, typer.Option(help="Port of the simulated SIS; 0 takes a free one.")] = 0,
    picture: Annotated[Path | None, typer.Option(help="Draw what is told into this SVG file.")] = None,
) -> Status:
    """Show everything with an invented district: connect, map, plan, import, and import again.

    Uses a folder and a database of its own, made anew each time; nothing else is touched.
    """
    _set_the_stage()
    teller = Teller(at)
    at.out.record = picture is not None
    with simulated(students=students, seed=seed, port=sis_port) as simulator:
        teller.title(f"Yellowbus carries the records of {students:,} invented students.")
        runs = Demo(teller, simulator).play()
        if picture is not None:
            picture.write_text(_drawn(at), "utf-8")
        at.answer({"simulator": simulator.url, "runs": [verbs.log.row(run) for run in runs]})
        if not once:
            _stay(teller, simulator, port)
    return Status.DONE


def _drawn(at: Session) -> str:
    """What was told, as Rich draws a terminal, with the fonts of the reader's machine: a picture fetches nothing."""
    at.out.width = 130
    drawn = at.out.export_svg(title="make demo")
    return re.sub(r"@font-face\s*{.*?}\s*", "", drawn, flags=re.DOTALL)


@dataclass(slots=True)
class Teller:
    """Tells the story in numbered steps: on standard output, or beside the JSON on standard error."""

    at: Session
    step: int = 0

    def title(self, title: str) -> None:
        self._print(Rule(Text(title, style="bold"), align="left"))

    def begin(self, sentence: str) -> None:
        self.step += 1
        self._print(Text(f"\n{self.step}  {sentence}", style="bold"))

    def tell(self, *lines: str) -> None:
        for line in lines:
            self._print(Text(f"   {line}", overflow="fold"))

    def _print(self, part: object) -> None:
        (self.at.err if self.at.json else self.at.out).print(part)


@dataclass(slots=True)
class Demo:
    """The story. Each method is one step of it."""

    teller: Teller
    simulator: Simulated
    year: int = field(default_factory=current_school_year)

    def play(self) -> "list[Run]":
        credentials = self.install_plugin()
        organization = verbs.settings.add(DISTRICT, time_zone="America/Phoenix")
        self.teller.at.organization = organization
        with within(organization):
            instance = verbs.organizations.instance(organization, "production")
            verbs.settings.enable_imports(self.teller.at.actor, instance, self.year)
            connection = self.connect(instance, credentials)
            self.import_schools(connection)
            self.lay_mapping(connection)
            first = self.plan(connection)
            self.apply(first)
            return [first, self.again(connection), self.next_day(connection)]

    def install_plugin(self) -> dict[str, str]:
        tell = self.teller
        tell.begin("A PowerSchool SIS is simulated")
        tell.tell(f"It answers at {self.simulator.url}; every child in it is invented.")
        tell.begin("Its administrator installs the Yellowbus plugin and enables it")
        installed = self._hook("plugins", _plugin())
        enabled = self._hook(f"plugins/{installed['id']}/enable", b"")
        tell.tell(
            f"“{enabled['name']}” may read {len(enabled['fields'])} fields; its v1 access is {enabled['v1_level']}.",
            f"Data Provider Configuration shows the Client ID {enabled['client_id'][:8]}… and a Client Secret.",
        )
        return {
            "server_url": self.simulator.url,
            "client_id": enabled["client_id"],
            "client_secret": enabled["client_secret"],
        }

    def _hook(self, path: str, body: bytes) -> Mapping[str, Any]:
        request = Request(f"{self.simulator.url}/simulator/{path}", data=body, method="POST")  # noqa: S310 (our own simulator)
        with urlopen(request) as reply:  # noqa: S310 (as above)
            answer: dict[str, Any] = json.load(reply)
        return answer

    def connect(self, instance: int, credentials: Mapping[str, str]) -> "Connection":
        tell = self.teller
        tell.begin("A connection is made and checked")
        for check in verbs.connections.try_out("powerschool", credentials):
            tell.tell(f"{story.check_sign(check)} {check.name}: {check.says}")
            if not check.ok and not check.warning:
                raise NeedsAdmin("check-failed", connection="PowerSchool", check=check.name)
        return verbs.connections.add(
            tell.at.actor, instance, name="PowerSchool", system="powerschool", credentials=credentials
        )

    def import_schools(self, connection: "Connection") -> None:
        tell = self.teller
        tell.begin("Schools are imported and assigned to the connection")
        verbs.mappings.save(tell.at.actor, connection, verbs.ready.document("powerschool", "schools"))
        run = self._finished(self._order(connection, "schools", yes=True))
        codes = sorted(verbs.schools.codes(connection.instance_id))
        verbs.assignments.assign(tell.at.actor, connection, codes)
        tell.tell(story.sentence(run, done=True), f"Assigned: {', '.join(codes)}.")

    def lay_mapping(self, connection: "Connection") -> None:
        tell = self.teller
        tell.begin("The ready mapping for students is laid")
        document = verbs.ready.document("powerschool", "students")
        kept = verbs.mappings.save(tell.at.actor, connection, document)
        tell.tell(
            f"Version {kept.number}: {len(document['rules'])} fields and {len(document['contact_slots'])} contact slots."
        )

    def plan(self, connection: "Connection") -> "Run":
        tell = self.teller
        tell.begin("The whole student import is planned; nothing is written yet")
        run = follow(tell.at, self._order(connection, "students", yes=False))
        tell.tell(*story.plan(run, SHOWN))
        return run

    def apply(self, run: "Run") -> None:
        tell = self.teller
        tell.begin("A person says yes, and exactly that plan is applied")
        verbs.order.approve(tell.at.actor, run.pk)
        self._finished(run)
        tell.tell(story.sentence(run, done=True), *story.schools(run))
        tell.begin("The Sync Log keeps every record")
        tell.tell(story.headline(run), *story.records(run, SHOWN), story.effort(run))

    def again(self, connection: "Connection") -> "Run":
        tell = self.teller
        tell.begin("The next night finds nothing new")
        run = self._finished(self._order(connection, "students", yes=True))
        tell.tell(story.sentence(run, done=True), story.effort(run))
        return run

    def next_day(self, connection: "Connection") -> "Run":
        tell = self.teller
        day = self._hook("change", json.dumps({"share": CHANGED_IN_A_DAY, "seed": 1}).encode())
        tell.begin(
            f"The school office changes {counted(len(day['changed']), 'student')}; the night writes only those"
        )
        run = self._finished(self._order(connection, "students", yes=True))
        tell.tell(story.sentence(run, done=True), *story.changes(run, SHOWN), story.effort(run))
        return run

    def _order(self, connection: "Connection", kind: str, *, yes: bool) -> "Run":
        return verbs.order.order(self.teller.at.actor, connection, kind, year=self.year, yes=yes)

    def _finished(self, run: "Run") -> "Run":
        follow(self.teller.at, run)
        if run.state != "done":
            raise NeedsAdmin("demo-interrupted", state=run.state)
        return run


def _plugin() -> bytes:
    from yellowbus.connectors.powerschool.plugin import plugin_xml  # noqa: PLC0415 (only the demo needs it)

    return plugin_xml(access_level=True).encode()


def _set_the_stage() -> None:
    """The demo's own data folder, with an empty database in it."""
    from yellowbus.config.environment import data_folder  # noqa: PLC0415 (quick help)
    from yellowbus.config.server import LocalServer  # noqa: PLC0415 (as above)

    folder = data_folder() / "demo"
    for name in _SET_ASIDE:
        os.environ.pop(name, None)
    os.environ |= {"YELLOWBUS_DATA": str(folder), "YELLOWBUS_PLAIN_HTTP": "1", "YELLOWBUS_SMTP": "console:"}
    os.environ["YELLOWBUS_ALLOW_PRIVATE_ADDRESSES"] = "1"  # the simulated SIS is on this machine
    server = LocalServer(folder)
    _empty(server.start())
    bring_up()
    server.release()


def _empty(url: str) -> None:
    """Drop the demo's database and make it again, so that the same story is told each time."""
    import psycopg  # noqa: PLC0415 (slow to read, and --help does not need it)

    with psycopg.connect(url.replace("/yellowbus?", "/postgres?"), autocommit=True) as maintenance:
        maintenance.execute("DROP DATABASE IF EXISTS yellowbus WITH (FORCE)")
        maintenance.execute("CREATE DATABASE yellowbus")


def _stay(teller: Teller, simulator: Simulated, port: int) -> None:
    parts = {"serve": ("serve", "--port", str(port))}
    with serving.stopped() as stop, serving.children(parts):
        link = verbs.people.first_link(teller.at.organization)
        teller.begin("Everything keeps running until Ctrl-C")
        teller.tell(
            f"Yellowbus           {serving.address('127.0.0.1', port)}",
            f"Sign in, once       {serving.address('127.0.0.1', port).rstrip('/')}{link}",
            f"The simulated SIS   {simulator.url}/admin",
        )
        stop.wait()
