"""A simulated PowerSchool as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from yellowbus.connectors.base import Connector
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.connectors.registry import open_connector
from yellowbus.protocols.net import Door
from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Fault, FaultKind, PowerSchool, serve_app
from yellowbus.simulators.powerschool.plugins import Plugin
from yellowbus.simulators.serving import Running

STUDENTS = 450
YEAR = 2026
ODD = 'Zoë "Ny" Núñez-Ł, 🐝\u2019 & <b>\\'
CANARY = "Canaryname"
PAGES = "/ws/v1/district/student"


def start(_folder: Path) -> "PowerSchoolSide":
    app = PowerSchool(District(students=STUDENTS, seed=7, school_year=YEAR))
    plugin = app.sis.plugins.install(plugin_xml(access_level=True).encode())
    app.sis.plugins.enable(plugin)
    return PowerSchoolSide(app, plugin, serve_app(app), (plugin.client_id, plugin.client_secret))


@dataclass
class PowerSchoolSide:
    app: PowerSchool
    plugin: Plugin
    running: Running
    login: tuple[str, str]
    doors: list[Door] = field(default_factory=list)
    key: str = "local_id"
    school_code: str = "school_number"
    personal: tuple[str, ...] = (CANARY,)
    most_requests: int = STUDENTS // 2

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.login[1], *self.app.sis.tokens._known)

    def connector(self) -> Connector:
        self.doors.append(Door(in_flight=4, per_second=1e6, allow_private=True))
        client_id, client_secret = self.login
        settings = {
            "server_url": self.running.url,
            "client_id": client_id,
            "client_secret": client_secret,
            "school_year": str(YEAR),
        }
        return open_connector("powerschool", settings, self.doors[-1])

    def refuse_login(self) -> None:
        self.app.sis.plugins.regenerate(self.plugin)
        self.app.sis.tokens.revoke_all()

    def take_right_away(self) -> None:
        del self.plugin.granted["person", "firstname"]

    def strike(self, fault: str) -> None:
        faults = {
            "slow": Fault(FaultKind.SLOW, path="/ws/*", seconds=0.05, times=8),
            "too-many": Fault(FaultKind.TOO_MANY, path=PAGES, skip=1, times=2, seconds=0.1),
            "expired-token": Fault(FaultKind.EXPIRED_TOKEN, path=PAGES, skip=2),
        }
        self.app.sis.faults.add(faults[fault])

    def empty(self) -> None:
        self.app.sis.district.students.clear()
        self.app.sis.district.version += 1

    def odd(self) -> tuple[str, str, str]:
        student = self.app.sis.district.students[0]
        student.first = ODD
        self.app.sis.district.touched(student)
        return student.number, "name.first_name", ODD

    def twins(self) -> str:
        one, other = self.app.sis.district.students[:2]
        other.number = one.number
        self.app.sis.district.touched(other)
        return one.number

    def troubles(self) -> dict[str, Callable[[], None]]:
        """What to do to the other side to get an error out of it, and what the error is then."""
        student = self.app.sis.district.students[0]
        student.first = student.last = CANARY
        self.app.sis.district.touched(student)
        return {
            "record-without-id": lambda: self._only(FaultKind.NO_ID),
            "html-not-json": lambda: self._only(FaultKind.HTML),
            "reply-not-understood": lambda: self._only(FaultKind.CUT_JSON),
            "maintenance": lambda: self._only(FaultKind.MAINTENANCE),
            "powerschool-grants": self._without_rights,
            "credentials-refused": self.refuse_login,
        }

    def _only(self, kind: FaultKind) -> None:
        self.app.sis.faults.clear()
        self.app.sis.faults.add(Fault(kind, path=PAGES, times=None))

    def _without_rights(self) -> None:
        self.app.sis.faults.clear()
        self.take_right_away()

    def requests(self) -> int:
        return self.app.sis.log.counts.total()

    def close(self) -> None:
        for door in self.doors:
            door.close()
        self.running.stop()
