"""Reading what providers send where the standard wants something else (oneroster dossier 1.4, 1.6).

Nulls and blanks for values left out, references with relative addresses or without an id, booleans as text, grades
as words. Nothing here raises for odd data.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from yellowbus.records import Value

Json = dict[str, Any]

_ANY: Final = msgspec.json.Decoder(float_hook=str)
_BOOLEANS: Final = {"true": "true", "false": "false", "1": "true", "0": "false", "yes": "true", "no": "false"}
_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?")
_ORDINALS: Final = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh"),
    *("eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth"),
)
# CEDS grade levels, and the words that were seen for them.
_GRADES: Final = {
    **{str(number): f"{number:02}" for number in range(1, 14)},
    **{f"{number:02}": f"{number:02}" for number in range(1, 14)},
    **{f"{word} grade": f"{number:02}" for number, word in enumerate(_ORDINALS, 1)},
    **{f"grade {number}": f"{number:02}" for number in range(1, 14)},
    "k": "KG",
    "kg": "KG",
    "kindergarten": "KG",
    "tk": "TK",
    "transitional kindergarten": "TK",
    "pk": "PK",
    "prekindergarten": "PK",
    "preschool": "PK",
    "preschool/prekindergarten": "PK",
    "pr": "PR",
    "it": "IT",
    "infant/toddler": "IT",
    "ps": "PS",
    "postsecondary": "PS",
    "ug": "UG",
    "ungraded": "UG",
    "other": "Other",
}


def parsed(raw: bytes) -> Json | None:
    """The object in `raw`, or None where it is damaged or no object."""
    try:
        value = _ANY.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


def word(value: object) -> Value:
    """A plain value as text, blank as None.

    >>> word("  "), word(None), word(9), word(True), word({"a": 1})
    (None, None, '9', 'true', None)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    return str(value) if isinstance(value, int) else None


def boolean(value: object) -> Value:
    """True or false, however written; anything else as it is.

    >>> boolean("TRUE"), boolean(False), boolean("1"), boolean("perhaps"), boolean("")
    ('true', 'false', 'true', 'perhaps', None)
    """
    told = word(value)
    return None if told is None else _BOOLEANS.get(told.strip().lower(), told)


def day(value: object) -> Value:
    """A date without a time of day.

    >>> day("2015-03-09T00:00:00.000Z"), day("2015-03-09"), day("09.03.2015")
    ('2015-03-09', '2015-03-09', '09.03.2015')
    """
    told = word(value)
    found = _DAY.fullmatch(told) if told else None
    return found[1] if found else told


def words(value: object) -> list[str]:
    """A list of plain values; one value, or several in one text with commas, is a list too.

    >>> words(["09", None]), words("09,10"), words(None)
    (['09'], ['09', '10'], [])
    """
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list):
        return [told for item in value if (told := word(item)) is not None]
    return [told] if (told := word(value)) is not None else []


def grade(value: str) -> str:
    """The CEDS code of a grade; a word nobody knows as it is.

    >>> grade("First grade"), grade("9"), grade("K"), grade("Blue group")
    ('01', '09', 'KG', 'Blue group')
    """
    return _GRADES.get(" ".join(value.lower().split()), value)


def references(value: object) -> Iterator[str]:
    """The sourcedIds that one reference or a list of them names.

    An address is never followed: where the id is missing it is the last part of the address.

    >>> list(references([{"href": "~/ims/oneroster/v1p1/orgs/210", "sourcedId": "210"}, {"href": "/orgs/7"}, "9"]))
    ['210', '7', '9']
    """
    for item in value if isinstance(value, list) else [value]:
        found = _reference(item)
        if found is not None:
            yield found


def _reference(item: object) -> Value:
    if not isinstance(item, dict):
        return word(item)
    named = word(item.get("sourcedId"))
    if named is not None:
        return named
    address = word(item.get("href"))
    return address.rstrip("/").rpartition("/")[2] or None if address else None


def agents(user: Json) -> Iterator[str]:
    """The people a user is tied to, under each of the names that were seen for the list (oneroster dossier 1.6).

    >>> list(agents({"agents": None, "agentSourceIds": "501,502"}))
    ['501', '502']
    """
    for name in ("agents", "agentSourcedIds", "agentSourceIds"):
        told = user.get(name)
        yield from references(words(told) if isinstance(told, str) else told)


def user_ids(value: object) -> Iterator[tuple[str, str]]:
    """Type and identifier of each of `userIds`; text in the form of the CSV binding is read too.

    >>> list(user_ids([{"type": "SIS", "identifier": "7"}, None])), list(user_ids("{SIS:7},{LDAP:a}"))
    ([('SIS', '7')], [('SIS', '7'), ('LDAP', 'a')])
    """
    if isinstance(value, str):
        for pair in re.findall(r"\{([^{}:]*):([^{}]*)\}", value):
            yield pair[0].strip(), pair[1].strip()
        return
    for item in value if isinstance(value, list) else []:
        identifier = word(item.get("identifier")) if isinstance(item, dict) else None
        if identifier is not None:
            yield word(item.get("type")) or "", identifier
