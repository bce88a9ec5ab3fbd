"""Where a child lives and who answers for it, as one thing to compare.

Address, telephone and guardian of one household come and go together. Counted one by one they would outweigh the names
and make one child of two siblings, so they are one comparison with one weight.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product

from yellowbus.planning.match import normalise
from yellowbus.records import Value

_GUARDIANS = range(1, 5)
_PHONES = ("phone_home", "phone_mobile", "phone_work")
_NUMBER = 10  # digits of a number without its country code
_UNIT = re.compile(r"\b(?:apartment|apt|unit|suite|ste|#)\s*([a-z0-9]+)\b")
_DIRECTIONS = {"north": "n", "south": "s", "east": "e", "west": "w"}
_KINDS = frozenset(
    [
        "street",
        "st",
        "avenue",
        "ave",
        "av",
        "road",
        "rd",
        "drive",
        "dr",
        "lane",
        "ln",
        "court",
        "ct",
        "circle",
        "cir",
        "boulevard",
        "blvd",
        "way",
        "place",
        "pl",
        "terrace",
        "ter",
        "trail",
        "trl",
        "parkway",
        "pkwy",
        "highway",
        "hwy",
    ]
)


@dataclass(frozen=True, slots=True)
class Address:
    """`street` is its number and name without the kind of way; `unit` and `zip` are "" where unknown."""

    street: str
    unit: str
    zip: str


@dataclass(frozen=True, slots=True)
class Household:
    """What is known of a household, each part in one spelling."""

    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    addresses: frozenset[Address] = frozenset()
    guardians: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.phones or self.emails or self.addresses or self.guardians)


class Shared(Enum):
    """What two records have in common of a household, the surest first."""

    PHONE = "phone number"
    EMAIL = "e-mail address"
    ADDRESS = "address"
    STREET = "street and number, without a unit"
    GUARDIAN = "name of a guardian"


SURE = frozenset({Shared.PHONE, Shared.EMAIL, Shared.ADDRESS})


def household(values: Mapping[str, Value]) -> Household:
    """The household that mapped values tell of."""
    return Household(
        phones=frozenset(_phones(values)),
        emails=frozenset(_of_guardians(values, "email", str.casefold)),
        addresses=frozenset(_addresses(values)),
        guardians=frozenset(_guardians(values)),
    )


def _of_guardians(values: Mapping[str, Value], part: str, spelt: Callable[[str], str]) -> Iterator[str]:
    for slot in _GUARDIANS:
        if value := values.get(f"students_annual.guardian{slot}_{part}"):
            yield spelt(value.strip())


def _phones(values: Mapping[str, Value]) -> Iterator[str]:
    for part in _PHONES:
        for digits in _of_guardians(values, part, _digits):
            if len(digits) == _NUMBER:
                yield digits


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdecimal())[-_NUMBER:]


def _guardians(values: Mapping[str, Value]) -> Iterator[str]:
    for slot in _GUARDIANS:
        names = (values.get(f"students_annual.guardian{slot}_{part}") or "" for part in ("fname", "lname"))
        first, last = map(normalise, names)
        if first and last:
            yield f"{first} {last}"


def _addresses(values: Mapping[str, Value]) -> Iterator[Address]:
    for kind in ("address", "mailing"):
        street, unit, code = (
            (values.get(f"students_annual.{kind}_{part}") or "").casefold()
            for part in ("street", "unit", "zip")
        )
        if address := address_of(street, unit, code):
            yield address


def address_of(street: str, unit: str, code: str) -> Address | None:
    """One spelling of an address; None without a house number, for a street alone is no household.

    >>> address_of("12 North Oak Street, Apt. 4B", "", "90001-1234") == address_of("12 n. oak st", "# 4b", "90001")
    True
    """
    street = street.casefold().replace("#", " # ").replace(".", " ")
    within = _UNIT.search(street.replace("# ", "#"))
    if within:
        unit = unit or within.group(1)
        street = street.replace("# ", "#")[: within.start()]
    words = [_DIRECTIONS.get(word, word) for word in normalise(street).split() if word not in _KINDS]
    if len(words) < 2 or not words[0][0].isdecimal():
        return None
    plain = _UNIT.sub(r"\1", unit.casefold().replace(".", " ").replace("# ", "#"))
    return Address(" ".join(words), normalise(plain).replace(" ", ""), code.strip()[:5])


def shared(one: Household, other: Household) -> tuple[Shared, ...]:
    """What they have in common, the surest first."""
    found = []
    if not one.phones.isdisjoint(other.phones):
        found.append(Shared.PHONE)
    if not one.emails.isdisjoint(other.emails):
        found.append(Shared.EMAIL)
    if address := _shared_address(one, other):
        found.append(address)
    if not one.guardians.isdisjoint(other.guardians):
        found.append(Shared.GUARDIAN)
    return tuple(found)


def _shared_address(one: Household, other: Household) -> Shared | None:
    if not one.addresses.isdisjoint(other.addresses):
        return Shared.ADDRESS
    found = {_street(ours, theirs) for ours, theirs in product(one.addresses, other.addresses)}
    return next((each for each in (Shared.ADDRESS, Shared.STREET) if each in found), None)


def _street(one: Address, other: Address) -> Shared | None:
    """What two addresses of one street and number have in common, whatever of them is unknown."""
    if one.street != other.street or not _may_agree(one.zip, other.zip):
        return None
    if one.unit == other.unit:
        return Shared.ADDRESS
    return Shared.STREET if _may_agree(one.unit, other.unit) else None


def _may_agree(one: str, other: str) -> bool:
    return one == other or not one or not other
