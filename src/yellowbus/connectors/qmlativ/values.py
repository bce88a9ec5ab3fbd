"""A value of Qmlativ as source text (qmlativ dossier 6.4)."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from yellowbus.connectors.base import text
from yellowbus.records import Value

Read = Callable[[object], Value]
_TRUE: Final = frozenset(("true", "1", "yes", "y"))


class NotAValue(Exception):
    """An object or a list with something in it, where a plain value belongs."""


def reader(kind: str, day_formats: tuple[str, ...]) -> Read:
    """How a value of a profile's type is read. A day in none of the formats stays as it was sent."""
    if kind == "bool":
        return _flag
    return _days(day_formats) if kind in {"date", "datetime"} else plain


def plain(value: object) -> Value:
    """null, "" and [] are all blank (dossier 6.4).

    >>> plain([]), plain(7), plain("")
    (None, '7', None)
    """
    if isinstance(value, dict | list):
        if value:
            raise NotAValue
        return None
    return text(value)


def _flag(value: object) -> Value:
    told = plain(value)
    return None if told is None else str(told.lower() in _TRUE).lower()


@lru_cache(maxsize=8)
def _days(formats: tuple[str, ...]) -> Read:
    @lru_cache(maxsize=50_000)
    def day(told: str) -> str:
        for form in formats:
            found = parsed(told, form)
            if found is not None:
                return found.isoformat()
        return told

    def read(value: object) -> Value:
        told = plain(value)
        return None if told is None else day(told)

    return read


def parsed(told: str, form: str) -> date | None:
    try:
        return datetime.strptime(told, form).date()  # noqa: DTZ007 - a school day has no time zone
    except ValueError:
        return None
