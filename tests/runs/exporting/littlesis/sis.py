"""What the little SIS holds, and how it goes wrong: answers lost before or after it committed, fields dropped, locks."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yellowbus.errors import NotUnderstood, OutcomeUnknown, TryLater

FIELDS = ("first_name", "last_name", "birth_date", "grade", "gender", "email", "street", "city", "bus")
PERSON = ("Contacts.FirstName", "Contacts.LastName", "Contacts.Emails1", "Contacts.Phones1")
TIE = ("Contacts.Relationship",)
ADDRESS = ("street", "city")


class Killed(BaseException):
    """The process is gone. Nothing that catches errors catches it."""


def die() -> None:
    os._exit(137)


def killed() -> None:
    raise Killed


def unknown() -> None:
    raise OutcomeUnknown("answer-lost", host="sis.example.org")


def garbled() -> None:
    raise NotUnderstood("reply-not-understood", host="sis.example.org", expected="a receipt")


def later() -> None:
    raise TryLater("too-many-requests", after=7, host="sis.example.org")


@dataclass(slots=True)
class Fault:
    """Once, when `operation` comes for the (`skip` + 1)th time, `strike`: before the SIS does it, or after."""

    operation: str
    strike: Callable[[], None]
    after: bool = False
    skip: int = 0
    times: int = 1


@dataclass
class LittleSis:
    """Everything stands in one file, so that a process may die in the middle.

    A moment is before or after any operation; at `last_moment` the process comes to its `end`.
    """

    file: Path
    calls: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    moments: int = 0
    last_moment: int = -1
    end: Callable[[], None] = killed

    def read(self) -> dict[str, Any]:
        return json.loads(self.file.read_text())

    def save(self, state: dict[str, Any]) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(state))
        fresh.replace(self.file)

    def strike(self, operation: str, *, after: bool) -> None:
        self.moments += 1
        if self.moments == self.last_moment:
            self.end()
        for fault in list(self.faults):
            if (fault.operation, fault.after) != (operation, after):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
            fault.strike()

    # what a test sets up or looks at

    @classmethod
    def new(cls, file: Path) -> "LittleSis":
        sis = cls(file)
        places = {
            code: {"name": name, "ready": True, "first": "2026-08-17", "last": "2027-06-04", "grades": []}
            for code, name in (("310", "Cedar Ridge"), ("320", "Oak Hill"))
        }
        sis.save(
            {
                "students": {},
                "contacts": {},
                "places": places,
                "next": 1,
                "drops": [],
                "warns": [],
                "locked": [],
                "refused": [],
            }
        )
        return sis

    def change(self, **values: Any) -> None:
        self.save(self.read() | values)

    def set_place(self, school: str, **values: Any) -> None:
        state = self.read()
        state["places"][school] |= values
        self.save(state)

    def enroll(self, key: str, *, standing: str = "active", school: str = "310", **values: str) -> str:
        """A student who is there already."""
        state = self.read()
        remote = _next(state)
        state["students"][remote] = {"key": key, "standing": standing, "school": school, "values": values}
        self.save(state)
        return remote

    def edit(self, remote: str, **values: str) -> None:
        """Somebody changes a student in the SIS itself."""
        state = self.read()
        state["students"][remote]["values"] |= values
        self.save(state)

    def add_contact(self, *students: str, **values: str) -> str:
        """A contact of these students; keys are the last parts of the names."""
        state = self.read()
        remote, named = _next(state), {f"Contacts.{name}": value for name, value in values.items()}
        state["contacts"][remote] = {
            "values": {name: value for name, value in named.items() if name in PERSON},
            "ties": {
                student: {name: value for name, value in named.items() if name in TIE} for student in students
            },
        }
        self.save(state)
        return remote

    @property
    def students(self) -> dict[str, dict[str, Any]]:
        return self.read()["students"]

    @property
    def contacts(self) -> dict[str, dict[str, Any]]:
        return self.read()["contacts"]

    def named(self) -> list[str]:
        """The students' names, in order."""
        return sorted(
            f"{each['values'].get('first_name')} {each['values'].get('last_name')}"
            for each in self.students.values()
        )


def _next(state: dict[str, Any]) -> str:
    state["next"] += 1
    return str(state["next"])


OPEN: dict[str, LittleSis] = {}
"""By file, the one of this process: a test's faults and counts are those of the connector that a run opens."""
