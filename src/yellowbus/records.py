"""The values that every part passes on.

A source value is text or None (the SIS holds nothing). A mapped value has a third state, ABSENT: the mapping does not
speak of the field, so Enroll's value stays as it is. In a dict of mapped values an absent field is simply not there;
ABSENT itself is what one step of a transformation returns to say so.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias


class _Absent(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent.ABSENT
Absent: TypeAlias = Literal[_Absent.ABSENT]
Value: TypeAlias = str | None


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the SIS holds it: flat fields by their SIS name, and the contacts joined to it, each flat too."""

    values: Mapping[str, Value]
    contacts: Sequence[Mapping[str, Value]] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one record.

    `code` is a code of `messages.MESSAGES`, `facts` what its sentence names. `value` is the offending input: personal,
    shown to people who may see the student, never logged, so it is not part of the repr. A `warning` does not stop the
    record; a `note` is a warning by which nothing was lost, so that it is said once and the record is not due again.
    """

    code: str
    field: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    value: Value = dataclasses.field(default=None, repr=False)
    warning: bool = False
    note: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record: what Enroll holds now and what it will hold. None is blank."""

    field: str
    before: Value = dataclasses.field(repr=False)
    after: Value = dataclasses.field(repr=False)


class WriteRule(Enum):
    """When a mapped value may replace what the target holds."""

    ALWAYS = "always"
    IF_BLANK = "if-blank"
    ON_CREATE = "on-create"
    NEVER = "never"


class Outcome(Enum):
    """What became of one record, the gravest first. Every record of a run counts once, under one of these."""

    FAILED = "failed"
    REVIEW = "review"
    HELD = "held"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
