"""A simulated Skyward Qmlativ as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yellowbus.connectors.base import Connector
from yellowbus.connectors.registry import open_connector
from yellowbus.protocols.net import Door
from yellowbus.simulators.district import District
from yellowbus.simulators.qmlativ import BASE, Access, Fault, FaultKind, Qmlativ, serve_app
from yellowbus.simulators.serving import Running

STUDENTS = 450
YEAR = 2026
ODD = 'Zoë "Ny" Núñez-Ł, 🐝\u2019 & <b>\\'
CANARY = "Canaryname"
PAGES = "*/Student/Student/*"


def start(_folder: Path) -> "QmlativSide":
    app = Qmlativ(District(students=STUDENTS, seed=7, school_year=YEAR))
    access = app.sis.accesses.add(Access(0, "Yellowbus", "yellow:bus/key", effective=date(2020, 1, 1)))
    secret = app.sis.accesses.generate_secret(access.id)
    return QmlativSide(app, access, serve_app(app), secret)


@dataclass
class QmlativSide:
    app: Qmlativ
    access: Access
    running: Running
    secret: str
    doors: list[Door] = field(default_factory=list)
    key: str = "Student.StudentNumber"
    school_code: str = "School.Code"
    personal: tuple[str, ...] = (CANARY,)
    most_requests: int = STUDENTS // 2

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,)

    def connector(self) -> Connector:
        self.doors.append(Door(in_flight=2, per_second=1e6, allow_private=True))
        settings = {
            "api_url": self.running.url,
            "key": self.access.key,
            "secret": self.secret,
            "school_year": str(YEAR),
            "page_size": "100",
        }
        return open_connector("qmlativ", settings, self.doors[-1])

    def refuse_login(self) -> None:
        self.app.sis.accesses.generate_secret(self.access.id)
        self.app.sis.tokens.revoke_all()

    def take_right_away(self) -> None:
        integration = self.app.sis.integration
        integration.permissions = integration.permissions.without("Demographics/Name", "FirstName")

    def strike(self, fault: str) -> None:
        faults = {
            "slow": Fault(FaultKind.SLOW, path=f"{BASE}/*", seconds=0.05, times=8),
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
        return student.number, "Name.FirstName", ODD

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
            "qmlativ-fields": self._without_rights,
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
