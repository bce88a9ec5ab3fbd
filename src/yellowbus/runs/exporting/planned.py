"""What a plan keeps of one registration beside its changes, and what became of it once written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

import msgspec

from yellowbus.connectors.writing import Enrollment, Standing
from yellowbus.enroll.registrations import Form
from yellowbus.planning.diff import Changes
from yellowbus.records import Outcome, Problem
from yellowbus.runs.models import stored


class Act(Enum):
    """What is done to one contact. `KEEP`: the SIS has it as it should be."""

    CREATE = "create"
    TIE = "tie"
    UPDATE = "update"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """`contact` and `link` are those of the SIS. `like` is the (registration, place) of the same person in this plan that
    makes the contact which this one shares.
    """

    slot: int
    act: Act
    contact: str = ""
    link: str = ""
    like: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Entering:
    """How a child that is to be enrolled comes into its school."""

    day: date
    exit_day: date
    standing: str


@dataclass(frozen=True, slots=True)
class Planned:
    """`remote` and `key` are the student's in the SIS, blank for one to be created. `seen` are the students that were
    looked at, `holding` the fields that hold a value now.
    """

    remote: str = ""
    key: str = ""
    entering: Entering | None = None
    contacts: tuple[PlannedContact, ...] = ()
    seen: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()

    def as_row(self) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def of_row(cls, row: Mapping[str, Any] | None) -> "Planned":
        return msgspec.convert(row or {}, cls)

    def enrollment(self, school: str, year: int) -> Enrollment | None:
        if self.entering is None:
            return None
        return Enrollment(
            school, year, self.entering.day, self.entering.exit_day, Standing(self.entering.standing)
        )


@dataclass(slots=True)
class Verdict:
    """What would become of a registration."""

    form: Form
    outcome: Outcome
    reason: str = ""
    basis: str = ""
    changes: Changes = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    planned: Planned = field(default_factory=Planned)
    mark: bytes | None = None

    @property
    def partial(self) -> bool:
        return lost(self.problems)


def lost(problems: Sequence[Problem]) -> bool:
    """Whether something was lost to a problem, so that the record is not whole."""
    return any(not problem.note for problem in problems)


def plain(problem: Problem) -> dict[str, Any]:
    """A problem as a row keeps it."""
    return {
        "code": problem.code, "field": problem.field, "facts": stored(problem.facts), "value": problem.value,
        "warning": problem.warning, "note": problem.note,
    }  # fmt: skip
