"""A simulated PowerSchool as the other side, over real HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulated_side import YEAR, SimulatedSide, invented

from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.simulators.powerschool import Fault, FaultKind, PowerSchool, serve_app
from yellowbus.simulators.powerschool.plugins import Plugin

PAGES = "/ws/v1/district/student"


def start(_folder: Path) -> "PowerSchoolSide":
    app = PowerSchool(invented())
    plugin = app.sis.plugins.install(plugin_xml(access_level=True).encode())
    app.sis.plugins.enable(plugin)
    login = (plugin.client_id, plugin.client_secret)
    return PowerSchoolSide(app, serve_app(app), plugin=plugin, login=login)


@dataclass(kw_only=True)
class PowerSchoolSide(SimulatedSide):
    plugin: Plugin
    login: tuple[str, str]

    system = "powerschool"
    key = "local_id"
    school_code = "school_number"
    first_name = "name.first_name"
    students = PAGES

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.login[1], *self.app.sis.tokens._known)

    def settings(self) -> dict[str, str]:
        client_id, client_secret = self.login
        return {
            "server_url": self.running.url,
            "client_id": client_id,
            "client_secret": client_secret,
            "school_year": str(YEAR),
        }

    def refuse_login(self) -> None:
        self.app.sis.plugins.regenerate(self.plugin)
        self.app.sis.tokens.revoke_all()

    def take_right_away(self) -> None:
        del self.plugin.granted["person", "firstname"]

    def faults(self) -> dict[str, Fault]:
        return {
            "slow": Fault(FaultKind.SLOW, path="/ws/*", seconds=0.05, times=8),
            "too-many": Fault(FaultKind.TOO_MANY, path=PAGES, skip=1, times=2, seconds=0.1),
            "expired-token": Fault(FaultKind.EXPIRED_TOKEN, path=PAGES, skip=2),
        }

    def own_troubles(self) -> dict[str, Callable[[], None]]:
        return {
            "maintenance": lambda: self.only(FaultKind.MAINTENANCE),
            "powerschool-grants": self.without_rights,
        }
