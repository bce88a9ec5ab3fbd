"""What the other sides that are simulators have in common: an invented district over real HTTP, and how it is upset."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yellowbus.connectors.base import Connector
from yellowbus.connectors.registry import open_connector
from yellowbus.protocols.net import Door
from yellowbus.simulators.district import District
from yellowbus.simulators.faults import Fault, FaultKind
from yellowbus.simulators.serving import Running

STUDENTS = 450
YEAR = 2026
ODD = 'Zoë "Ny" Núñez-Ł, 🐝\u2019 & <b>\\'
CANARY = "Canaryname"


def invented() -> District:
    return District(students=STUDENTS, seed=7, school_year=YEAR)


@dataclass
class SimulatedSide:
    """`app` is the simulator. Each system adds its names, its settings, and how a right or the login is taken away."""

    app: Any
    running: Running
    doors: list[Door] = field(default_factory=list)
    personal: tuple[str, ...] = (CANARY,)

    system = ""
    key = ""
    school_code = ""
    first_name = ""
    students = ""  # the pattern of the addresses where students are listed
    odd_name = ODD
    most_requests = STUDENTS // 2
    in_flight = 4

    def settings(self) -> dict[str, str]:
        raise NotImplementedError

    def faults(self) -> dict[str, Fault]:
        raise NotImplementedError

    def refuse_login(self) -> None:
        raise NotImplementedError

    def take_right_away(self) -> None:
        raise NotImplementedError

    def own_troubles(self) -> dict[str, Callable[[], None]]:
        """Those of this system alone. The login goes after them, and does not come back."""
        raise NotImplementedError

    def refuse_aloud(self) -> None:
        """Refuse the login with as much of it in the answer as this system may say."""
        self.refuse_login()

    def connector(self) -> Connector:
        self.doors.append(Door(in_flight=self.in_flight, per_second=1e6, allow_private=True))
        return open_connector(self.system, self.settings(), self.doors[-1])

    def strike(self, fault: str) -> None:
        self.app.sis.faults.add(self.faults()[fault])

    def empty(self) -> None:
        self.app.sis.district.students.clear()
        self.app.sis.district.version += 1

    def odd(self) -> tuple[str, str, str]:
        student = self.app.sis.district.students[0]
        student.first = self.odd_name
        self.app.sis.district.touched(student)
        return student.number, self.first_name, self.odd_name

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
            "record-without-id": lambda: self.only(FaultKind.NO_ID),
            "html-not-json": lambda: self.only(FaultKind.HTML),
            "reply-not-understood": lambda: self.only(FaultKind.CUT_JSON),
            **self.own_troubles(),
            "credentials-refused": self.refuse_aloud,
        }

    def requests(self) -> int:
        return self.app.sis.log.counts.total()

    def close(self) -> None:
        for door in self.doors:
            door.close()
        self.running.stop()

    def only(self, kind: FaultKind) -> None:
        self.app.sis.faults.clear()
        self.app.sis.faults.add(Fault(kind, path=self.students, times=None))

    def without_rights(self) -> None:
        self.app.sis.faults.clear()
        self.take_right_away()
