"""The district that exports, with a person of every kind, for its pages."""

from pathlib import Path
from typing import Any

from export_scene import ExportScene

from people import ROLES, District, signed_in
from yellowbus.setup import groups
from yellowbus.setup.models import Membership


class ExportDistrict(ExportScene):
    """The scene of the exports with a person for each of ROLES."""

    def __init__(self, folder: Path, *, environment: str = "production") -> None:
        super().__init__(folder, environment=environment)
        with self.scope():
            groups.save(self.actor, "Registrar", ["registrations.view"])
            groups.save(self.actor, "Registrar in chief", ["registrations.view", "registrations.edit"])
            self.people = {role: self.person(group) for role, group in ROLES.items()}

    def person(self, group: str) -> Membership:
        return District.person(self, group)  # type: ignore[arg-type]

    def client(self, role: str) -> Any:
        return signed_in(self.people[role])

    def key(self, identity: str) -> int:
        """The id of a registration in its address."""
        return self.form(identity).id
