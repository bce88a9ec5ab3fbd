"""A simulated OneRoster provider as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulated_side import STUDENTS, SimulatedSide, invented

from yellowbus.simulators.oneroster import Fault, FaultKind, OneRoster, serve_app

LISTS = "/ims/oneroster/*/students"


def start(_folder: Path) -> "OneRosterSide":
    app = OneRoster(invented())
    client = app.sis.rostering.clients.add("Yellowbus")
    return OneRosterSide(app, serve_app(app), client=client)


@dataclass(kw_only=True)
class OneRosterSide(SimulatedSide):
    client: Any

    system = "oneroster"
    key = "identifier"
    school_code = "code"
    first_name = "givenName"
    students = LISTS
    most_requests = STUDENTS // 10

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.client.secret, *self.app.sis.rostering.tokens._known)

    def settings(self) -> dict[str, str]:
        return {
            "server_url": self.running.url,
            "client_id": self.client.id,
            "client_secret": self.client.secret,
        }

    def refuse_login(self) -> None:
        self.client.enabled = False
        self.app.sis.rostering.tokens.revoke_all()

    def take_right_away(self) -> None:
        self.client.scopes = frozenset(scope for scope in self.client.scopes if "demographics" not in scope)

    def faults(self) -> dict[str, Fault]:
        return {
            "slow": Fault(FaultKind.SLOW, path="/ims/*", seconds=0.05, times=8),
            "too-many": Fault(FaultKind.TOO_MANY, path=LISTS, times=2, seconds=0.1),
            "expired-token": Fault(FaultKind.EXPIRED_TOKEN, path=LISTS, skip=1),
        }

    def own_troubles(self) -> dict[str, Callable[[], None]]:
        return {"oneroster-right": self.without_rights}
