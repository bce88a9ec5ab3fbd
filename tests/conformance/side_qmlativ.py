"""A simulated Skyward Qmlativ as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from simulated_side import YEAR, SimulatedSide, invented

from yellowbus.simulators.qmlativ import BASE, Access, Fault, FaultKind, Qmlativ, serve_app

PAGES = "*/Student/Student/*"


def start(_folder: Path) -> "QmlativSide":
    app = Qmlativ(invented())
    access = app.sis.accesses.add(Access(0, "Yellowbus", "yellow:bus/key", effective=date(2020, 1, 1)))
    secret = app.sis.accesses.generate_secret(access.id)
    return QmlativSide(app, serve_app(app), access=access, secret=secret)


@dataclass(kw_only=True)
class QmlativSide(SimulatedSide):
    access: Access
    secret: str

    system = "qmlativ"
    key = "Student.StudentNumber"
    school_code = "School.Code"
    first_name = "Name.FirstName"
    students = PAGES
    in_flight = 2

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,)

    def settings(self) -> dict[str, str]:
        return {
            "api_url": self.running.url,
            "key": self.access.key,
            "secret": self.secret,
            "school_year": str(YEAR),
            "page_size": "100",
        }

    def refuse_login(self) -> None:
        self.app.sis.accesses.generate_secret(self.access.id)
        self.app.sis.tokens.revoke_all()

    def take_right_away(self) -> None:
        integration = self.app.sis.integration
        integration.permissions = integration.permissions.without("Demographics/Name", "FirstName")

    def faults(self) -> dict[str, Fault]:
        return {
            "slow": Fault(FaultKind.SLOW, path=f"{BASE}/*", seconds=0.05, times=8),
            "too-many": Fault(FaultKind.TOO_MANY, path=PAGES, skip=1, times=2, seconds=0.1),
            "expired-token": Fault(FaultKind.EXPIRED_TOKEN, path=PAGES, skip=2),
        }

    def own_troubles(self) -> dict[str, Callable[[], None]]:
        return {"qmlativ-fields": self.without_rights}
