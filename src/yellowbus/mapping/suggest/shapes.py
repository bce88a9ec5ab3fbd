"""Whether values look like what a heading names. A heading may lie; values seldom do."""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, TypeAlias

from yellowbus.mapping.suggest.codes import folded, writings


class Verdict(Enum):
    """What values say of a heading's meaning. NOTHING is for blank ones."""

    FITS = "fits"
    NOTHING = "nothing"
    WRONG = "wrong"


_Looks: TypeAlias = Callable[[str], bool]

_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().\-/]{5,18}[0-9]( ?(x|ext\.?) ?[0-9]+)?", re.IGNORECASE)
_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?|[0-9]{4}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]*")
_SUFFIX = re.compile(r"(jr|sr|i{2,3}|iv|vi{0,2}|1st|2nd|3rd|4th)\.?", re.IGNORECASE)
_SCHOOL_YEAR = re.compile(r"(20[0-9]{2}) ?[-–/] ?(20)?[0-9]{2}")  # noqa: RUF001 (a dash of spreadsheets)
_WHOLE_ADDRESS = re.compile(r".*,.*\b[0-9]{5}(-[0-9]{4})?\s*")
# A district has codes of its own beside the usual ones; half of the values must be known.
_MAY_LACK: Final = frozenset(("race", "language", "relationship", "grade", "gender"))
_BOOLEANS: Final = frozenset(["y", "n", "yes", "no", "true", "false", "t", "f", "1", "0"])


def judge(shape: str, values: Sequence[str]) -> Verdict:
    """What the values, blanks left out, say of a shape of lexicon.toml. "date" is judged elsewhere."""
    filled = [value.strip() for value in values if value and value.strip()]
    if not filled or shape not in _SHAPES:
        return Verdict.NOTHING
    looking = sum(map(_SHAPES[shape], filled))
    if looking < len(filled) and (shape not in _MAY_LACK or looking * 2 < len(filled)):
        return Verdict.WRONG
    if shape == "id" and len(set(filled)) < len(filled):
        return Verdict.WRONG
    return Verdict.FITS


def _coded(name: str) -> _Looks:
    return lambda value: folded(value) in writings(name)


def _name(value: str) -> bool:
    return not re.search(r"[0-9@,;/]", value) and len(value) <= 40


def _school_code(value: str) -> bool:
    """A code, and not the name of the school: no spaces, and not a word of letters alone."""
    return _ID.fullmatch(value) is not None and (len(value) <= 4 or not value.isalpha())


def _street(value: str) -> bool:
    says = any(map(str.isdigit, value)) or value.casefold().startswith(("po box", "p.o."))
    return says and "@" not in value and not _WHOLE_ADDRESS.fullmatch(value)


def _room(value: str) -> bool:
    return len(value) <= 12 and "," not in value


def _city(value: str) -> bool:
    return _name(value) and len(value) > 1


def _last_first(value: str) -> bool:
    """Whether it is "Last, First" with one word after the comma: another could be a middle name."""
    last, comma, first = value.partition(",")
    return bool(comma and last.strip()) and _name(last) and len(first.split()) == 1 and _name(first)


_SHAPES: dict[str, _Looks] = {
    "name": _name,
    "id": lambda value: _ID.fullmatch(value) is not None,
    "email": lambda value: _EMAIL.fullmatch(value) is not None,
    "phone": lambda value: _PHONE.fullmatch(value) is not None,
    "zip": lambda value: _ZIP.fullmatch(value.upper()) is not None,
    "suffix": lambda value: _SUFFIX.fullmatch(value) is not None,
    "boolean": lambda value: value.casefold() in _BOOLEANS,
    "school-year": lambda value: _SCHOOL_YEAR.fullmatch(value) is not None,
    "school-code": _school_code,
    "street": _street,
    "unit": lambda value: len(value) <= 12 and "@" not in value,
    "city": _city,
    "room": _room,
    "last-first": _last_first,
    **{name: _coded(name) for name in ("grade", "gender", "race", "ethnicity", "relationship")},
    **{name: _coded(name) for name in ("enroll_status", "language", "state")},
}
