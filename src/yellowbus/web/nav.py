"""The menu. It shows what exists and what the person may open; a new page adds its line to ENTRIES."""

from dataclasses import dataclass

from django.urls import reverse

from yellowbus.setup.permissions import Permission
from yellowbus.web.place import Place


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu, or of Settings where `inside` says so. Shown to who has one of `needs`."""

    label: str
    url: str
    icon: str
    needs: tuple[Permission, ...] = ()
    inside: str = ""


ENTRIES = (
    Entry("Connections", "connections", "plug", (Permission.VIEW_LOG,)),
    Entry("Students", "students", "users", (Permission.VIEW_STUDENTS,)),
    Entry("Registrations", "registrations", "clipboard-list", (Permission.VIEW_REGISTRATIONS,)),
    Entry("Schools", "schools", "school", (Permission.VIEW_SCHOOLS,)),
    Entry("Sync Logs", "logs", "scroll-text", (Permission.VIEW_LOG,)),
    Entry("What Waits", "waiting", "triangle-alert", (Permission.VIEW_LOG,)),
    Entry("Reconciliation", "reconciliation", "git-compare", (Permission.VIEW_STUDENTS,)),
    Entry(
        "Settings",
        "settings",
        "settings",
        (
            Permission.MANAGE_CONNECTIONS,
            Permission.MANAGE_SETTINGS,
            Permission.MANAGE_USERS,
            Permission.VIEW_AUDIT,
        ),
    ),
    Entry("Sync Service", "settings-sync", "plug", (Permission.VIEW_LOG,), inside="Settings"),
    Entry(
        "General", "settings-general", "sliders-horizontal", (Permission.MANAGE_SETTINGS,), inside="Settings"
    ),
    Entry("Notices", "notices", "mail", (Permission.VIEW_LOG,), inside="Settings"),
    Entry("Manage Users", "people", "shield-check", (Permission.MANAGE_USERS,), inside="Settings"),
    Entry("Audit Events", "audit", "history", (Permission.VIEW_AUDIT,), inside="Settings"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as the menu shows it."""

    label: str
    path: str
    icon: str
    current: bool
    inside: str


def menu(place: Place, path: str) -> list[Item]:
    """What the person may open. The current one is the entry whose address is the longest start of `path`."""
    shown = [
        (entry, reverse(entry.url))
        for entry in ENTRIES
        if not entry.needs or any(place.may(each) for each in entry.needs)
    ]
    here = max((address for _, address in shown if path.startswith(address)), key=len, default="")
    return [Item(entry.label, address, entry.icon, address == here, entry.inside) for entry, address in shown]
