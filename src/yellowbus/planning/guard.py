"""What looks like an accident waits for a person (enroll-sync 13.9). Only the danger waits; the rest flows.

A blank that gets its first value is never dangerous, and where nobody was known before nothing can be lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum

from yellowbus.errors import UnsafePlan
from yellowbus.messages import MESSAGES

# The fields whose change moves a child; those of the next year are plans, not moves.
MOVE_FIELDS = ("students_annual.school_code", "students_annual.grade")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares in whole percent; each trips only above its share, and never for fewer than `at_least` students.

    `clears`, `moves` and `shrink` are those of enroll-sync 13.9. `updates` is ours: families move and
    numbers change, but a field that changes for more than one student in five in one night is a changed
    format, mapping or code table.
    """

    clears: int = 5
    moves: int = 10
    updates: int = 20
    shrink: int = 10
    at_least: int = 10

    def __post_init__(self) -> None:
        shares = [getattr(self, field.name) for field in fields(self) if field.name != "at_least"]
        if not all(0 <= share <= 100 for share in shares) or self.at_least < 1:
            raise ValueError(f"thresholds are percents, and at least one student: {self}")

    def passed(self, count: int, of: int, *, share: int) -> bool:
        """Whether `count` of `of` is more than `share` percent and enough students to matter."""
        return count >= self.at_least and count * 100 > share * of

    def waits_from(self, of: int, *, share: int) -> int | None:
        """The smallest number of `of` students that is too many; None where there is none.

        >>> Thresholds().waits_from(2_000, share=5), Thresholds().waits_from(40, share=5)
        (101, 10)
        """
        least = max(self.at_least, share * of // 100 + 1)
        return least if least <= of else None


@dataclass(frozen=True, slots=True)
class FieldTally:
    """What a plan does to one field of the students known before.

    `with_value` of them hold a value; of these, `clears` lose it and `updates` get another one. The three are
    counted at different moments, so people at work in Enroll can make `with_value` the smaller one; see `of`.
    """

    clears: int = 0
    updates: int = 0
    with_value: int = 0

    def __post_init__(self) -> None:
        if min(self.clears, self.updates, self.with_value) < 0:
            raise ValueError(f"a tally counts students: {self}")

    @property
    def of(self) -> int:
        """The students of whom the changes are a share: never fewer than change."""
        return max(self.with_value, self.clears + self.updates)


class HoldKind(Enum):
    CLEARS = "clears"
    MOVES = "moves"
    UPDATES = "updates"


@dataclass(frozen=True, slots=True)
class HoldRule:
    """The changes of `kind` to `field` wait: `count` of `of` students, above `threshold` percent."""

    kind: HoldKind
    field: str
    count: int
    of: int
    threshold: int

    @property
    def code(self) -> str:
        return f"hold-{self.kind.value}"

    @property
    def sentence(self) -> str:
        return MESSAGES[self.code].sentence.format(
            field=self.field, count=f"{self.count:,}", of=f"{self.of:,}", threshold=self.threshold
        )

    def holds(self, before: object, after: object) -> bool:
        """Whether one change of the field, from `before` to `after`, is of the kind that waits."""
        if before is None:
            return False
        return after is None if self.kind is HoldKind.CLEARS else after is not None


def holds(
    tallies: Mapping[str, FieldTally],
    *,
    known: int,
    moved: int,
    thresholds: Thresholds,
) -> tuple[HoldRule, ...]:
    """What of a plan waits for a person, in the order of `tallies`.

    `known` is the number of matched students; `moved` of them change a school or a grade that they have. A
    moved student counts once, and if too many move, both fields wait: half a move would leave a child in a
    grade that the school lacks.
    """
    too_many_move = thresholds.passed(moved, known, share=thresholds.moves)
    move_count = (moved, known) if too_many_move else None
    rules: list[HoldRule] = []
    for field, tally in tallies.items():
        rules += _clears(field, tally, thresholds)
        rules += (
            _moves(field, tally, thresholds, move_count)
            if field in MOVE_FIELDS
            else _updates(field, tally, thresholds)
        )
    return tuple(rules)


def _clears(field: str, tally: FieldTally, thresholds: Thresholds) -> list[HoldRule]:
    if not thresholds.passed(tally.clears, tally.of, share=thresholds.clears):
        return []
    return [HoldRule(HoldKind.CLEARS, field, tally.clears, tally.of, thresholds.clears)]


def _updates(field: str, tally: FieldTally, thresholds: Thresholds) -> list[HoldRule]:
    if not thresholds.passed(tally.updates, tally.of, share=thresholds.updates):
        return []
    return [HoldRule(HoldKind.UPDATES, field, tally.updates, tally.of, thresholds.updates)]


def _moves(
    field: str, tally: FieldTally, thresholds: Thresholds, move_count: tuple[int, int] | None
) -> list[HoldRule]:
    if move_count is None or tally.updates == 0:
        return []
    return [HoldRule(HoldKind.MOVES, field, *move_count, thresholds.moves)]


def check_read(now: int, last_good: int | None, thresholds: Thresholds) -> None:
    """Raise UnsafePlan("read-shrank") if the SIS returned far fewer records than at the last good run.

    A record that could not be read counts as read: it is in the SIS. Without a last good run nothing can be
    lost.
    """
    if last_good is None:
        return
    missing = last_good - now
    if thresholds.passed(missing, last_good, share=thresholds.shrink):
        raise UnsafePlan("read-shrank", now=f"{now:,}", before=f"{last_good:,}", threshold=thresholds.shrink)
