"""A simulated Aeries as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from yellowbus.connectors.base import Connector
from yellowbus.connectors.registry import open_connector
from yellowbus.protocols.net import Door
from yellowbus.simulators.aeries import Aeries, Fault, FaultKind, Product, Right, Type, serve_app
from yellowbus.simulators.district import District
from yellowbus.simulators.serving import Running

STUDENTS = 450
YEAR = 2026
ODD = "Zoë Ny Núñez-Ł, 🐝\u2019 & \\"  # Aeries takes out quotes and angle brackets (aeries dossier 3)
CANARY = "Canaryname"
AREAS = ("Student Data", "Contacts", "Student Programs")
LISTS = "/aeries/api/v5/schools/*/students"


def start(_folder: Path) -> "AeriesSide":
    app = Aeries(District(students=STUDENTS, seed=7, school_year=YEAR))
    product = app.sis.products.add("Yellowbus")
    for area in AREAS:
        product.grant(area, Right.READ)
    roster = app.sis.products.add("Yellowbus OneRoster", Type.ONEROSTER)
    roster.grant("Student Data", Right.READ)
    return AeriesSide(app, product, roster, serve_app(app))


@dataclass
class AeriesSide:
    app: Aeries
    product: Product
    roster: Product
    running: Running
    doors: list[Door] = field(default_factory=list)
    key: str = "StudentID"
    school_code: str = "SchoolCode"
    personal: tuple[str, ...] = (CANARY,)
    most_requests: int = STUDENTS // 5

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.product.certificate, self.roster.client.secret)

    def connector(self) -> Connector:
        self.doors.append(Door(in_flight=2, per_second=1e6, allow_private=True))
        settings = {
            "aeries_url": f"{self.running.url}/aeries",
            "certificate": self.product.certificate,
            "oneroster_url": f"{self.running.url}/aeries",
            "consumer_id": self.roster.client.id,
            "consumer_secret": self.roster.client.secret,
        }
        return open_connector("aeries", settings, self.doors[-1])

    def refuse_login(self) -> None:
        self.product.enabled = False

    def take_right_away(self) -> None:
        self.product.grant("Contacts")

    def strike(self, fault: str) -> None:
        faults = {
            "slow": Fault(FaultKind.SLOW, path="/aeries/api/*", seconds=0.05, times=8),
            "too-many": Fault(FaultKind.TOO_MANY, path=LISTS, skip=1, times=2, seconds=0.1),
        }
        self.app.sis.faults.add(faults[fault])

    def empty(self) -> None:
        self.app.sis.district.students.clear()
        self.app.sis.district.version += 1

    def odd(self) -> tuple[str, str, str]:
        student = self.app.sis.district.students[0]
        student.first = ODD
        self.app.sis.district.touched(student)
        return student.number, "FirstName", ODD

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
            "aeries-right": self._without_rights,
            "credentials-refused": self._refused_aloud,
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

    def _refused_aloud(self) -> None:
        """Aeries may repeat the certificate in the body of its refusal (aeries dossier 10)."""
        self.app.sis.faults.clear()
        self.refuse_login()
        self.app.sis.faults.add(Fault(FaultKind.ECHOED_SECRET, path="/aeries/api/*", times=None))
