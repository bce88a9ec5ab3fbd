"""How a child comes into a school: day of entry, status, and what becomes of one who comes back (enroll-sync 13.5).

The entry date is right the first time or staff mend it by hand (enroll-sync 5.1.7), so what does not fit is refused here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final


class EnrollAs(Enum):
    """The status of a new student. Dynamic: pre-registered until the year of the entry date has begun."""

    DYNAMIC = "dynamic"
    PRE_REGISTERED = "pre-registered"
    ACTIVE = "active"


class Returning(Enum):
    """What to do with a student whom the SIS has, but not as one who attends. Asked unless someone said it."""

    ASK = "ask"
    UPDATE = "update"
    RE_ENROLL = "re-enroll"


ATTENDING: Final = frozenset({"active", "pre-registered"})


@dataclass(frozen=True, slots=True)
class Entry:
    """`exit_day` is the day after the last day of class; `standing` a word of enroll status."""

    day: date
    exit_day: date
    standing: str


class EntryRefused(Exception):
    """The chosen day is outside of the school's year."""


def entry(
    *,
    today: date,
    first_day: date,
    last_day: date,
    chosen: date | None = None,
    status: EnrollAs = EnrollAs.DYNAMIC,
) -> Entry:
    """The first day of school, or today once that is past, unless a person chose a day. Raises EntryRefused.

    >>> fall, summer = date(2026, 8, 17), date(2027, 6, 4)
    >>> entry(today=date(2026, 7, 1), first_day=fall, last_day=summer).standing
    'pre-registered'
    >>> entry(today=date(2026, 9, 1), first_day=fall, last_day=summer).day.isoformat()
    '2026-09-01'
    """
    day = chosen or max(first_day, today)
    if not first_day <= day <= last_day:
        raise EntryRefused
    standing = status.value
    if status is EnrollAs.DYNAMIC:
        standing = (EnrollAs.ACTIVE if first_day <= today else EnrollAs.PRE_REGISTERED).value
    return Entry(day, last_day + timedelta(days=1), standing)
