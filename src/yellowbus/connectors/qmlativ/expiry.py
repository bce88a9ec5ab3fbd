"""The day on which the Integration Access ends, which the API never tells (qmlativ dossier 3.1, 10.10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from yellowbus.errors import NeedsAdmin

DAYS_AHEAD: Final = (30, 7, 1)


@dataclass(frozen=True, slots=True)
class Ending:
    """`days` until the last day; below 0 when it has passed. `stage` is the warning due, one of DAYS_AHEAD or 0."""

    day: date
    days: int
    stage: int


def ending(expires: str, today: date) -> Ending | None:
    """What to say today of an access that ends on `expires` (YYYY-MM-DD); None while it is far or has no end.

    >>> ending("2026-12-01", date(2026, 11, 24))
    Ending(day=datetime.date(2026, 12, 1), days=7, stage=7)
    """
    if not expires.strip():
        return None
    try:
        day = date.fromisoformat(expires.strip())
    except ValueError:
        raise NeedsAdmin("qmlativ-expiry-date") from None
    days = (day - today).days
    due = [ahead for ahead in DAYS_AHEAD if days <= ahead]
    return Ending(day, days, due[-1] if days >= 0 else 0) if due else None


def of(settings: Mapping[str, str], today: date) -> Ending | None:
    """The same, of a connection."""
    return ending(settings.get("expires", ""), today)
