"""A simulated SIS whose console was walked, and the arguments with which the command line connects it."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from yellowbus.cli import consoles
from yellowbus.connectors.registry import manifest
from yellowbus.simulators.district import District

YEAR = 2026


@dataclass
class Side:
    """`app` is the simulator; `credentials` those that its console gave out, by name."""

    system: str
    app: Any
    hooks: consoles.Hooks
    credentials: dict[str, str]
    call: Callable[..., Any]
    name: str = "SIS"

    def __call__(self, *arguments: object, status: int = 0) -> Any:
        """Call the program with the secrets in its environment; it must end with `status`."""
        ended = self.call(*arguments, env=self.secrets)
        told = ended.err if ended.status != status else ""
        assert (arguments, ended.status, told) == (arguments, status, ""), ended.out
        return ended

    @property
    def district(self) -> District:
        return self.app.sis.district

    @property
    def secrets(self) -> dict[str, str]:
        secret = manifest(self.system).secrets
        return {
            f"YELLOWBUS_{name.upper()}": value for name, value in self.credentials.items() if name in secret
        }

    def add(self, *more: str, status: int = 0) -> Any:
        """`connection add` with everything that the console gave out."""
        secret = manifest(self.system).secrets
        pairs = [f"{name}={value}" for name, value in self.credentials.items() if name not in secret]
        given = [part for pair in (*pairs, *more) for part in ("--set", pair)]
        terms = ("--system", self.system, "--instance", "production", "--agree")
        return self("connection", "add", self.name, *terms, *given, "--json", status=status)

    def add_refused(self) -> str:
        """Everything that is said when the credentials are not taken."""
        self("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
        ended = self.add(status=1)
        said: str = ended.out + ended.err
        return said

    def exported(self) -> dict[str, dict[str, str]]:
        """What Enroll exports, by student number."""
        lines = self("enroll", "students", "export", "--year", YEAR).out.splitlines()
        found = (json.loads(line) for line in lines)
        return {each["students.student_district_id"]: each for each in found}

    def schools(self) -> list[dict[str, str]]:
        lines = self("enroll", "schools", "export").out.splitlines()
        return [json.loads(line) for line in lines]

    def requests(self) -> int:
        total: int = self.app.sis.log.counts.total()
        return total

    def prepared(self) -> "Side":
        """Connected, schools imported and assigned, both ready mappings laid."""
        self("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
        self("enroll", "years", "enable", YEAR)
        self.add()
        self("mapping", "apply", self.name, "--ready", "--kind", "schools")
        self("import", self.name, "--kind", "schools", "--yes")
        self("connection", "assign", self.name, "--all")
        self("mapping", "apply", self.name, "--ready")
        return self


@contextmanager
def walked(
    system: str, call: Callable[..., Any], *, students: int = 150, seed: int = 11, options: Any = None
) -> Iterator[Side]:
    """Serve a simulator over HTTP and walk its console through the hooks."""
    vendor = consoles.vendor(system)
    district = District(students=students, seed=seed, school_year=YEAR)
    app = vendor.app(district) if options is None else vendor.app(district, options)
    running = vendor.serve(app)
    hooks = consoles.Hooks(app.respond, running.url)
    try:
        yield Side(system, app, hooks, vendor.connects(hooks), call)
    finally:
        running.stop()


def size(ordinary: int) -> int:
    """How many students a district of these tests has."""
    return int(os.environ.get("YELLOWBUS_DISTRICT", ordinary))
