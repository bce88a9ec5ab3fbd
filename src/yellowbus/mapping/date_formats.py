"""Date formats in an administrator's words, read exactly and never guessed.

A format is made of YYYY, YY, MMMM (January), MMM (Jan), MM, M, DD, D, hh:mm:ss in any case, am, and any other
characters as themselves. A doubled letter asks for exactly two digits, a single one takes one or two. Two
formats are words: "ISO timestamp" and "Excel serial".
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

ISO_DATE = "YYYY-MM-DD"
ISO_TIMESTAMP = "ISO timestamp"
EXCEL_SERIAL = "Excel serial"

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_BY_NAME = {
    name[:length].lower(): number for number, name in enumerate(MONTHS, 1) for length in (3, len(name))
}

# A time stands for hours, minutes and seconds as a whole, since MM alone could be a month.
_TOKEN = re.compile(r"hh:mm:ss|h:mm:ss|hh:mm|h:mm|YYYY|YY|MMMM|MMM|MM|M|DD|D|am", re.IGNORECASE)
_NAMES = "|".join(sorted(_BY_NAME, key=len, reverse=True))
_TWO, _ONE_OR_TWO, _MINUTE = r"(?P<{}>[0-9]{{2}})", r"(?P<{}>[0-9]{{1,2}})", "[0-5][0-9]"
_PATTERNS = {
    "YYYY": r"(?P<year>[0-9]{4})",
    "YY": _TWO.format("short_year"),
    "MMMM": rf"(?P<name>{_NAMES})",
    "MMM": rf"(?P<name>{_NAMES})",
    "MM": _TWO.format("month"),
    "M": _ONE_OR_TWO.format("month"),
    "DD": _TWO.format("day"),
    "D": _ONE_OR_TWO.format("day"),
    "HH:MM:SS": f"([01][0-9]|2[0-3]):{_MINUTE}:{_MINUTE}",
    "H:MM:SS": f"([01]?[0-9]|2[0-3]):{_MINUTE}:{_MINUTE}",
    "HH:MM": f"([01][0-9]|2[0-3]):{_MINUTE}",
    "H:MM": f"([01]?[0-9]|2[0-3]):{_MINUTE}",
    "AM": "[AaPp][Mm]",
}
_PART = {
    "YYYY": "year",
    "YY": "year",
    "MMMM": "month",
    "MMM": "month",
    "MM": "month",
    "M": "month",
    "DD": "day",
    "D": "day",
}
_TIME = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
_TRAILING_TIME = re.compile(rf"[T ] ?{_TIME}( ?[AaPp][Mm])?( ?(Z|[+-][0-9]{{2}}:?[0-9]{{2}}))?")
_TIMESTAMP = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})[T ]{_TIME}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?")
_SERIAL = re.compile(r"([0-9]{1,7})(\.[0-9]+)?")
# The last day Excel can write, 9999-12-31.
_LAST_SERIAL = 2_958_465

Parse: TypeAlias = Callable[[str], date | None]
Render: TypeAlias = Callable[[date], str]


def is_format(text: str) -> bool:
    """Whether the format names a year, a month and a day, each once, so that a date can be read with it."""
    if text in (ISO_TIMESTAMP, EXCEL_SERIAL):
        return True
    parts = sorted(_PART[piece] for piece in _tokens(text) if piece in _PART)
    return parts == ["day", "month", "year"]


def can_render(text: str) -> bool:
    """Whether a date alone can be written with the format: it has no time, and is no word of its own."""
    return (
        is_format(text)
        and text not in (ISO_TIMESTAMP, EXCEL_SERIAL)
        and not any(piece.startswith("H") or piece == "AM" for piece in _tokens(text))
    )


def parser(text: str, pivot: int) -> Parse:
    """A function from text to date, or None where the text is not a possible date in this form.

    A two-digit year up to `pivot` is 20xx, a later one 19xx.
    """
    if text == ISO_TIMESTAMP:
        return _parse_timestamp
    if text == EXCEL_SERIAL:
        return _parse_serial
    pattern = re.compile("".join(_pattern(piece) for piece in _pieces(text)))

    def parse(value: str) -> date | None:
        match = pattern.fullmatch(value)
        return _date(match, pivot) if match else None

    return parse


@lru_cache(maxsize=256)
def renderer(text: str) -> Render:
    """A function that writes a date in this form."""
    pieces = tuple(
        _RENDER.get(piece.upper(), piece) if _TOKEN.fullmatch(piece) else piece for piece in _pieces(text)
    )

    def render(day: date) -> str:
        return "".join(piece if isinstance(piece, str) else piece(day) for piece in pieces)

    return render


def without_time(value: str) -> str:
    """The value without a time of day at its end."""
    for start in (value.find("T"), value.find(" ")):
        if start > 0 and _TRAILING_TIME.fullmatch(value, start):
            return value[:start]
    return value


def _pieces(text: str) -> Iterator[str]:
    """Tokens and what stands between them, in order."""
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield match.group()
        end = match.end()
    if end < len(text):
        yield text[end:]


def _tokens(text: str) -> list[str]:
    return [piece.upper() for piece in _TOKEN.findall(text)]


def _pattern(piece: str) -> str:
    token = _PATTERNS.get(piece.upper())
    if token is None:
        return re.escape(piece)
    return f"(?i:{token})" if piece.upper() in ("MMMM", "MMM") else token


def _date(match: re.Match[str], pivot: int) -> date | None:
    parts = match.groupdict()
    short = parts.get("short_year")
    year = int(parts["year"]) if short is None else int(short) + (2000 if int(short) <= pivot else 1900)
    month = _BY_NAME[parts["name"].lower()] if parts.get("name") else int(parts["month"])
    return _possible(year, month, int(parts["day"]))


def _possible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parse_timestamp(value: str) -> date | None:
    match = _TIMESTAMP.fullmatch(value)
    return _possible(int(match[1]), int(match[2]), int(match[3])) if match else None


def _parse_serial(value: str) -> date | None:
    """Excel counts 1900 as a leap year: its day 60 never was, and the days before it are one off."""
    match = _SERIAL.fullmatch(value)
    days = int(match[1]) if match else 0
    if not 1 <= days <= _LAST_SERIAL or days == 60:
        return None
    return date(1899, 12, 31 if days < 60 else 30) + timedelta(days)


_RENDER: dict[str, Render] = {
    "YYYY": lambda day: f"{day.year:04d}",
    "YY": lambda day: f"{day.year % 100:02d}",
    "MMMM": lambda day: MONTHS[day.month - 1],
    "MMM": lambda day: MONTHS[day.month - 1][:3],
    "MM": lambda day: f"{day.month:02d}",
    "M": lambda day: str(day.month),
    "DD": lambda day: f"{day.day:02d}",
    "D": lambda day: str(day.day),
}
