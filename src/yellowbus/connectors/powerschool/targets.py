"""The fields that PowerSchool takes: those of targets.toml, and those of the extension tables of one server."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from yellowbus.connectors.powerschool.fields import extension_fields
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.writing import TargetField

EXTENSION: Final = "_extension."
# By the lists of a contact, the values without any of which an entry is nothing.
MAIN: Final = {
    "emails": ("address",),
    "phones": ("phoneNumber",),
    "addresses": ("street", "linetwo", "city", "postalcode"),
}
_NEVER_BLANK: Final = frozenset({"lastName", "detail.relationship"})  # dossier 10.3


@dataclass(frozen=True, slots=True)
class Target:
    """A target with what only this folder needs to know.

    `at` and `reads` are of a contact's: where its API keeps the value, and what the reading side calls it.
    """

    field: TargetField
    at: str = ""
    reads: str = ""


@cache
def students() -> Mapping[str, Target]:
    return {name: _student(name, told, group) for group, name, told in _listed("students")}


@cache
def contacts() -> Mapping[str, Target]:
    """By the names of Contact Mapping without their slot, such as Contacts.FirstName."""
    return {name: _contact(name, told, group) for group, name, told in _listed("contacts")}


def every(server: Server) -> list[TargetField]:
    """Student fields, those of extension tables among them, then those of contacts."""
    extensions = [TargetField(each.name, each.label, group=each.group) for each in extension_fields(server)]
    ours, theirs = ([target.field for target in kind().values()] for kind in (students, contacts))
    return [*ours, *extensions, *theirs]


def label_of(name: str) -> str:
    known = students().get(name) or contacts().get(name)
    return known.field.label if known else name.removeprefix(EXTENSION)


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """The names of each group that is sent all or none."""
    found: dict[str, tuple[str, ...]] = {}
    for name, target in students().items():
        if target.field.together:
            found[target.field.together] = (*found.get(target.field.together, ()), name)
    return found


def _listed(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    file = resources.files(__package__).joinpath("targets.toml")
    for group, fields in tomllib.loads(file.read_text("utf-8"))[kind].items():
        for name, told in fields.items():
            yield group, name, dict(told)


def _student(name: str, told: dict[str, Any], group: str) -> Target:
    on = told.pop("on", "IU")
    return Target(TargetField(name, group=group, on_create="I" in on, on_update="U" in on, **told))


def _contact(name: str, told: dict[str, Any], group: str) -> Target:
    at, reads = told.pop("at"), told.pop("reads")
    kept = _kept(*at.split(".")) if at.count(".") == 2 else {"clears": at not in _NEVER_BLANK}
    return Target(TargetField(name, name, group=group, contact=True, **told, **kept), at, f"contact.{reads}")


def _kept(kind: str, place: str, key: str) -> dict[str, Any]:
    """How an entry of a list is kept: beside its main values, and never without its type (dossier 10.2, 10.3)."""
    main = MAIN[kind]
    if key in main:
        return {"listed": kind if place.isdigit() and len(main) == 1 else ""}
    beside = tuple(
        name for name, at in _contact_places().items() if at in {f"{kind}.{place}.{each}" for each in main}
    )
    return {"beside": beside, "clears": not key.lower().endswith("type")}


@cache
def _contact_places() -> Mapping[str, str]:
    return {name: told["at"] for _, name, told in _listed("contacts")}
