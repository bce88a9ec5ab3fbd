"""Whether a value may stand in a field, and its canonical form.

`checker(field)` is compiled once per field and mapping; what it returns runs for every field of every
record, so it does nothing twice and allocates nothing on the way that is usual.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from yellowbus.catalog.codes import code_set, code_sets
from yellowbus.catalog.model import Field, FieldType

Check: TypeAlias = Callable[[str], str]
_Facts: TypeAlias = Mapping[str, object]

_BOOLEANS = dict.fromkeys(("true", "1", "yes", "y", "t"), "true") | dict.fromkeys(
    ("false", "0", "no", "n", "f"), "false"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"(19|20|21)[0-9]{2}")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>.]+(\.[^\s@,;<>.]+)+")
# Any national form with its punctuation, 7 digits or more, and an extension: the transformation Phone Number
# passes such values through (enroll-sync 7.12), so the field takes them.
_PHONE = re.compile(r"\+?\(?([0-9][().\-/\s]*){7,15}(\s*(x|ext\.?|#)\s*[0-9]{1,8})?", re.IGNORECASE)


class ValueRefused(Exception):
    """The value may not stand in the field: a code of `messages.MESSAGES` and the facts of its sentence."""

    def __init__(self, code: str, facts: _Facts) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def checker(field: Field, codes: Iterable[str] = ()) -> Check:
    """A function from a value, never blank, to its canonical form; it raises ValueRefused for a wrong one.

    `codes` are values that an instance has in the field's code set beside those of the catalog. A set that
    neither knows is a KeyError.
    """
    facts = MappingProxyType({"field": field.label, "limit": field.max_length, "codes": field.codes})
    if field.type is FieldType.CODE:
        return _code(field, tuple(codes), facts=facts)
    return _MAKERS[field.type](field, facts)


def _text(field: Field, facts: _Facts) -> Check:
    limit = field.max_length

    def check(value: str) -> str:
        if len(value) > limit:
            raise ValueRefused("value-too-long", facts)
        if "\0" in value or not (value.isascii() or _storable(value)):
            raise ValueRefused("value-not-text", facts)
        return value

    return check


def _storable(value: str) -> bool:
    """JSON can carry half a surrogate pair; no database takes it, and it would fail the whole page."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1 << 16)
def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _date(_: Field, facts: _Facts) -> Check:
    def check(value: str) -> str:
        if not _is_date(value):
            raise ValueRefused("value-not-a-date", facts)
        return value

    return check


def _boolean(_: Field, facts: _Facts) -> Check:
    return _lookup(_BOOLEANS, "value-not-a-boolean", facts)


def _code(field: Field, extra: tuple[str, ...], *, facts: _Facts) -> Check:
    """Codes differ by more than case, so that the case of a code does not count."""
    known = () if extra and field.codes not in code_sets() else code_set(field.codes)
    values = (*(code.value for code in known), *extra)
    return _lookup({value.casefold(): value for value in values}, "value-not-a-code", facts)


def _lookup(canonical: Mapping[str, str], code: str, facts: _Facts) -> Check:
    def check(value: str) -> str:
        found = canonical.get(value) or canonical.get(value.casefold())
        if found is None:
            raise ValueRefused(code, facts)
        return found

    return check


def _integer(_: Field, facts: _Facts) -> Check:
    def check(value: str) -> str:
        if not _INTEGER.fullmatch(value):
            raise ValueRefused("value-not-an-integer", facts)
        return str(int(value))

    return check


def _matching(pattern: re.Pattern[str], code: str) -> Callable[[Field, _Facts], Check]:
    def make(field: Field, facts: _Facts) -> Check:
        as_text = _text(field, facts)

        def check(value: str) -> str:
            if not pattern.fullmatch(value):
                raise ValueRefused(code, facts)
            return as_text(value)

        return check

    return make


_MAKERS: dict[FieldType, Callable[[Field, _Facts], Check]] = {
    FieldType.TEXT: _text,
    FieldType.DATE: _date,
    FieldType.YEAR: _matching(_YEAR, "value-not-a-year"),
    FieldType.BOOLEAN: _boolean,
    FieldType.INTEGER: _integer,
    FieldType.EMAIL: _matching(_EMAIL, "value-not-an-email"),
    FieldType.PHONE: _matching(_PHONE, "value-not-a-phone"),
}
