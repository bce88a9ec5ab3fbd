"""When a nightly import is due: once per local date, also on the two days a year when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

USEFUL = timedelta(hours=6)
_MINUTE = timedelta(minutes=1)


ROLL_OVER_MONTH = 7  # a school year is over at the first of July


def rolls_over(year: int) -> date:
    """The day on which the school year that starts in `year` is over.

    >>> rolls_over(2025)
    datetime.date(2026, 7, 1)
    """
    return date(year + 1, ROLL_OVER_MONTH, 1)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment of a local date and time, in UTC.

    A time that comes twice is the first of the two; one that the clocks skip is the first moment after the gap.

    >>> instant(date(2026, 3, 8), time(2, 30), ZoneInfo("America/New_York")).isoformat()
    '2026-03-08T07:00:00+00:00'
    >>> instant(date(2026, 11, 1), time(1, 30), ZoneInfo("America/New_York")).isoformat()
    '2026-11-01T05:30:00+00:00'
    """
    wanted = datetime.combine(day, at)
    moment = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wanted:
        return moment
    moment = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while moment.astimezone(zone).replace(tzinfo=None) < wanted:
        moment += _MINUTE
    return moment


def first_date(now: datetime, at: time, zone: ZoneInfo) -> date:
    """The local date of the next run of a schedule that is turned on now: today if its time is yet to come."""
    today = now.astimezone(zone).date()
    return today if now <= instant(today, at, zone) else today + timedelta(days=1)


def is_useful(now: datetime, due: datetime) -> bool:
    """Whether a run that is late may still start, rather than wait for the next night."""
    return now - due <= USEFUL
