"""Who may do what. Every verb of setup, runs and enroll that changes something asks here first."""

from dataclasses import dataclass
from enum import Enum

from yellowbus.errors import NeedsAdmin


class Permission(Enum):
    """Capabilities of enroll-sync 2.10."""

    MANAGE_CONNECTIONS = "connection.manage"
    MANAGE_CREDENTIALS = "credential.manage"
    MANAGE_MAPPINGS = "mapping.manage"
    RUN_IMPORTS = "import.run"
    MANAGE_SCHEDULES = "schedule.manage"
    RELEASE_HOLDS = "hold.release"
    UNDO_RUNS = "run.undo"
    VIEW_LOG = "log.view"
    VIEW_STUDENTS = "student.view"
    VIEW_SCHOOLS = "school.view"
    VIEW_REGISTRATIONS = "registration.view"
    EDIT_REGISTRATIONS = "registration.edit"
    MANAGE_SETTINGS = "settings.manage"
    MANAGE_USERS = "user.manage"
    VIEW_AUDIT = "audit.view"


FULL_ACCESS = frozenset(Permission)
EXPORTS = (Permission.VIEW_REGISTRATIONS, Permission.EDIT_REGISTRATIONS)
"""What it takes to send registrations to the SIS: to see them is not enough (enroll-sync 10.1.1)."""
LIMITED_ACCESS = frozenset(
    {Permission.RUN_IMPORTS, Permission.VIEW_LOG, Permission.VIEW_STUDENTS, Permission.VIEW_SCHOOLS}
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, within one organization."""

    name: str
    organization_id: int
    permissions: frozenset[Permission]

    def require(self, permission: Permission) -> None:
        """Raise NeedsAdmin if this actor may not."""
        if permission not in self.permissions:
            raise NeedsAdmin("not-permitted", permission=permission.value)


def operator(organization_id: int) -> Actor:
    """Who sits at the server's own command line: may do all, and is named so in the audit."""
    return Actor("operator", organization_id, FULL_ACCESS)


def scheduler(organization_id: int) -> Actor:
    """The schedule, acting for the administrator who turned it on."""
    return Actor("schedule", organization_id, frozenset({Permission.RUN_IMPORTS, *EXPORTS}))


def retention(organization_id: int) -> Actor:
    """The nightly purge, which deletes what the organization decided not to keep."""
    return Actor("retention", organization_id, frozenset())
