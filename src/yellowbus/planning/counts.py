"""Counts that add up: a record counts once, and SIS and Enroll differ only by what has a name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yellowbus.records import Outcome


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of a school, or of a whole run; `read` is counted on its own."""

    read: int = 0
    failed: int = 0
    review: int = 0
    held: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    @classmethod
    def of(cls, read: int, outcomes: Mapping[Outcome, int]) -> "Counts":
        return cls(read, **{outcome.value: count for outcome, count in outcomes.items()})

    def __getitem__(self, outcome: Outcome) -> int:
        count: int = getattr(self, outcome.value)
        return count

    def __add__(self, other: "Counts") -> "Counts":
        outcomes = {outcome: self[outcome] + other[outcome] for outcome in Outcome}
        return Counts.of(self.read + other.read, outcomes)

    @property
    def unaccounted(self) -> int:
        """Records read that have no outcome, negative if there are more outcomes than records. 0 is right."""
        return self.read - sum(self[outcome] for outcome in Outcome)


def total(by_school: Mapping[str, Counts]) -> Counts:
    return sum(by_school.values(), Counts())


def does_not_add_up(whole: Counts, by_school: Mapping[str, Counts]) -> dict[str, int]:
    """Where counts differ, and by how many; empty if all add up.

    The keys say where: `run`, `school <code>` (records read against their outcomes), `read` and the names of
    outcomes (the run against the sum of its schools).
    """
    schools = {f"school {code}": counts.unaccounted for code, counts in by_school.items()}
    summed = total(by_school)
    outcomes = {outcome.value: whole[outcome] - summed[outcome] for outcome in Outcome}
    found = {"run": whole.unaccounted, **schools, "read": whole.read - summed.read, **outcomes}
    return {name: difference for name, difference in found.items() if difference != 0}


def gravest(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome under which a record counts: the first in the order of Outcome, or UNCHANGED."""
    found = set(outcomes)
    return next((outcome for outcome in Outcome if outcome in found), Outcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One school after a run: what the SIS holds, what Enroll holds, and the differences by name.

    A difference is what the SIS has more than Enroll (failed creates, skipped, held moves ...), negative
    where Enroll has more (missing from the read, made in Enroll ...).
    """

    school: str
    sis: int
    enroll: int
    differences: Mapping[str, int] = field(default_factory=dict)

    @property
    def unexplained(self) -> int:
        return self.sis - self.enroll - sum(self.differences.values())
