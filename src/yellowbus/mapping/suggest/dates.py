"""Which date format a column has, read from its values. What two formats could mean is not chosen between."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from yellowbus.mapping import date_formats
from yellowbus.mapping.date_formats import EXCEL_SERIAL, ISO_DATE, Parse

PIVOT = 30
_MONTH_FIRST = tuple(f"M{mark}D{mark}{year}" for mark in "/-." for year in ("YYYY", "YY"))
_DAY_FIRST = tuple(f"D{mark}M{mark}{year}" for mark in "/-." for year in ("YYYY", "YY"))
_PLAIN = (
    ISO_DATE,
    "YYYY/M/D",
    "YYYYMMDD",
    "MMM D, YYYY",
    "MMMM D, YYYY",
    "D MMM YYYY",
    "D MMMM YYYY",
    "D-MMM-YYYY",
    "D-MMM-YY",
    EXCEL_SERIAL,
)
_FORMATS = (*_PLAIN, *_MONTH_FIRST, *_DAY_FIRST)
# Children and their school years: days outside are numbers that only look like dates.
_EARLIEST, _LATEST = 1980, 2060


@dataclass(frozen=True, slots=True)
class Reading:
    """`format` reads every value; "" where none or more than one does, then `ambiguous` says which of the two."""

    format: str
    drop_time: bool = False
    ambiguous: bool = False


def read_dates(values: Sequence[str], order: str = "") -> Reading:
    """The format of a column with these values. `order` is "M" or "D" where another column shows what comes first.

    >>> read_dates(["3/14/2012", "11/5/2013"]).format, read_dates(["3/4/2012"]).ambiguous
    ('M/D/YYYY', True)
    """
    bare = [date_formats.without_time(value.strip()) for value in values]
    drop_time = any(cut != value.strip() for cut, value in zip(bare, values, strict=True))
    fits = [each for each in _FORMATS if _reads(each, bare)]
    if len(fits) > 1 and order:
        fits = [each for each in fits if each in _PLAIN or each.startswith(order)]
    if len({tuple(map(_parse(each), bare)) for each in fits}) != 1:
        return Reading("", drop_time=drop_time, ambiguous=bool(fits))
    return Reading(_strict(fits[0], bare), drop_time=drop_time)


def order_of(columns: Iterable[Sequence[str]]) -> str:
    """Month first, "M", or day first, "D", where the columns that leave no choice all agree, else ""."""
    orders = {each for values in columns if values for each in _orders(values)}
    return orders.pop() if len(orders) == 1 else ""


def _orders(values: Sequence[str]) -> Iterator[str]:
    bare = [date_formats.without_time(value.strip()) for value in values]
    if not all(value[:1].isdigit() and len(value) <= 10 for value in bare):
        return
    for month_first, day_first in zip(_MONTH_FIRST, _DAY_FIRST, strict=True):
        found = [each[0] for each in (month_first, day_first) if _reads(each, bare)]
        if len(found) == 1:
            yield found[0]


def _reads(text: str, values: Sequence[str]) -> bool:
    days = [_parse(text)(value) for value in values]
    return bool(days) and all(day is not None and _EARLIEST <= day.year <= _LATEST for day in days)


@cache
def _parse(text: str) -> Parse:
    parse = date_formats.parser(text, PIVOT)

    def read(value: str) -> date | None:
        return parse(value)

    return read


def _strict(text: str, values: Sequence[str]) -> str:
    """MM/DD/YYYY where a zero before a digit shows that both always have two."""
    padded = "MM/DD" if text.startswith("M") else "DD/MM"
    if text not in (*_MONTH_FIRST, *_DAY_FIRST):
        return text
    mark = text[1]
    strict = f"{padded.replace('/', mark)}{text[3:]}"
    zero = any(value.startswith("0") or f"{mark}0" in value[:4] for value in values)
    return strict if zero and _reads(strict, values) else text
