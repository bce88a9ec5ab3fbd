"""A simulated Aeries as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulated_side import STUDENTS, SimulatedSide, invented

from yellowbus.simulators.aeries import Aeries, Fault, FaultKind, Product, Right, Type, serve_app

AREAS = ("Student Data", "Contacts", "Student Programs")
LISTS = "/aeries/api/v5/schools/*/students"


def start(_folder: Path) -> "AeriesSide":
    app = Aeries(invented())
    product = app.sis.products.add("Yellowbus")
    for area in AREAS:
        product.grant(area, Right.READ)
    roster = app.sis.products.add("Yellowbus OneRoster", Type.ONEROSTER)
    roster.grant("Student Data", Right.READ)
    return AeriesSide(app, serve_app(app), product=product, roster=roster)


@dataclass(kw_only=True)
class AeriesSide(SimulatedSide):
    product: Product
    roster: Product

    system = "aeries"
    key = "StudentID"
    school_code = "SchoolCode"
    first_name = "FirstName"
    students = LISTS
    odd_name = (
        "Zoë Ny Núñez-Ł, 🐝\u2019 & \\"  # Aeries takes out quotes and angle brackets (aeries dossier 3)
    )
    most_requests = STUDENTS // 5
    in_flight = 2

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.product.certificate, self.roster.client.secret)

    def settings(self) -> dict[str, str]:
        return {
            "aeries_url": f"{self.running.url}/aeries",
            "certificate": self.product.certificate,
            "oneroster_url": f"{self.running.url}/aeries",
            "consumer_id": self.roster.client.id,
            "consumer_secret": self.roster.client.secret,
        }

    def refuse_login(self) -> None:
        self.product.enabled = False

    def take_right_away(self) -> None:
        self.product.grant("Contacts")

    def faults(self) -> dict[str, Fault]:
        return {
            "slow": Fault(FaultKind.SLOW, path="/aeries/api/*", seconds=0.05, times=8),
            "too-many": Fault(FaultKind.TOO_MANY, path=LISTS, skip=1, times=2, seconds=0.1),
        }

    def own_troubles(self) -> dict[str, Callable[[], None]]:
        return {"aeries-right": self.without_rights}

    def refuse_aloud(self) -> None:
        """Aeries may repeat the certificate in the body of its refusal (aeries dossier 10)."""
        self.app.sis.faults.clear()
        self.refuse_login()
        self.app.sis.faults.add(Fault(FaultKind.ECHOED_SECRET, path="/aeries/api/*", times=None))
