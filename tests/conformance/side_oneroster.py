"""A simulated OneRoster provider as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from yellowbus.connectors.base import Connector
from yellowbus.connectors.registry import open_connector
from yellowbus.protocols.net import Door
from yellowbus.simulators.district import District
from yellowbus.simulators.oneroster import Fault, FaultKind, OneRoster, serve_app
from yellowbus.simulators.serving import Running

STUDENTS = 450
YEAR = 2026
ODD = 'Zoë "Ny" Núñez-Ł, 🐝\u2019 & <b>\\'
CANARY = "Canaryname"
LISTS = "/ims/oneroster/*/students"


def start(_folder: Path) -> "OneRosterSide":
    app = OneRoster(District(students=STUDENTS, seed=7, school_year=YEAR))
    client = app.sis.rostering.clients.add("Yellowbus")
    return OneRosterSide(app, client, serve_app(app))


@dataclass
class OneRosterSide:
    app: OneRoster
    client: object
    running: Running
    doors: list[Door] = field(default_factory=list)
    key: str = "identifier"
    school_code: str = "code"
    personal: tuple[str, ...] = (CANARY,)
    most_requests: int = STUDENTS // 10

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.client.secret, *self.app.sis.rostering.tokens._known)

    def connector(self) -> Connector:
        self.doors.append(Door(in_flight=4, per_second=1e6, allow_private=True))
        settings = {
            "server_url": self.running.url,
            "client_id": self.client.id,
            "client_secret": self.client.secret,
        }
        return open_connector("oneroster", settings, self.doors[-1])

    def refuse_login(self) -> None:
        self.client.enabled = False
        self.app.sis.rostering.tokens.revoke_all()

    def take_right_away(self) -> None:
        self.client.scopes = frozenset(scope for scope in self.client.scopes if "demographics" not in scope)

    def strike(self, fault: str) -> None:
        faults = {
            "slow": Fault(FaultKind.SLOW, path="/ims/*", seconds=0.05, times=8),
            "too-many": Fault(FaultKind.TOO_MANY, path=LISTS, times=2, seconds=0.1),
            "expired-token": Fault(FaultKind.EXPIRED_TOKEN, path=LISTS, skip=1),
        }
        self.app.sis.faults.add(faults[fault])

    def empty(self) -> None:
        self.app.sis.district.students.clear()
        self.app.sis.district.version += 1

    def odd(self) -> tuple[str, str, str]:
        student = self.app.sis.district.students[0]
        student.first = ODD
        self.app.sis.district.touched(student)
        return student.number, "givenName", ODD

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
            "oneroster-right": self._without_rights,
            "credentials-refused": self.refuse_login,
        }

    def requests(self) -> int:
        return self.app.sis.log.counts.total()

    def close(self) -> None:
        for door in self.doors:
            door.close()
        self.running.stop()

    def _only(self, kind: FaultKind) -> None:
        self.app.sis.faults.clear()
        self.app.sis.faults.add(Fault(kind, path=LISTS, times=None))

    def _without_rights(self) -> None:
        self.app.sis.faults.clear()
        self.take_right_away()
