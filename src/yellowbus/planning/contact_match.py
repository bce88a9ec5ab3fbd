"""Which contact of the SIS is the one that a family named? (enroll-sync 13.4)

The tie kept from before decides, then the contact's id, then exact names with an e-mail or a phone in common. A shared
e-mail or phone alone, or a name alone, is shown to a person. Never the place in a list.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from yellowbus.planning.match import normalise
from yellowbus.planning.recognise import are_alike
from yellowbus.records import Value

Values: TypeAlias = Mapping[str, Value]

_NOT_DIGITS = re.compile(r"\D")
_PHONE_DIGITS = 10


class Held(Protocol):
    """A contact as the SIS holds it."""

    @property
    def remote(self) -> str: ...
    @property
    def values(self) -> Values: ...


@dataclass(frozen=True, slots=True)
class Roles:
    """Which target names are the names, e-mails and phones of a contact."""

    first: str
    last: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]

    def names(self, values: Values) -> tuple[str, str]:
        return normalise(values.get(self.first) or ""), normalise(values.get(self.last) or "")

    def reaches(self, values: Values) -> frozenset[str]:
        """The e-mails and phones by which a person is reached, each in one form."""
        emails = {(values.get(name) or "").strip().casefold() for name in self.emails}
        phones = {_digits(values.get(name)) for name in self.phones}
        return frozenset((emails | phones) - {""})

    def could_be(self, values: Values, held: Values) -> bool:
        """Whether the first names do not speak against it."""
        first, other = self.names(values)[0], self.names(held)[0]
        return not first or not other or are_alike(first, other)

    def identities(self, values: Values) -> frozenset[tuple[str, ...]]:
        """Two contacts with one of these in common are one person."""
        names = self.names(values)
        return frozenset((*names, reach) for reach in self.reaches(values)) if any(names) else frozenset()


def _digits(phone: Value) -> str:
    digits = _NOT_DIGITS.sub("", phone or "")
    return digits[-_PHONE_DIGITS:]


class Place(Enum):
    """Where the contact was found: with this student already, or with other students only."""

    OWN = "own"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Known:
    """The SIS has this contact."""

    remote: str
    place: Place


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody in the SIS is like it."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A person decides. `reason` is a message code, `remotes` the contacts that it may be."""

    reason: str
    remotes: tuple[str, ...]


ContactMatch: TypeAlias = Known | Unknown | Unsure
UNKNOWN = Unknown()


def match_contact(
    values: Values,
    own: Sequence[Held],
    elsewhere: Sequence[Held],
    roles: Roles,
    *,
    ids: Sequence[str] = (),
    taken: Collection[str] = (),
) -> ContactMatch:
    """`own` are the student's contacts, `elsewhere` those of anyone that look alike.

    `ids` are what is known from before: they count only where the first name has not become another one, since families
    put another person into a place. `taken` are the contacts that other places of the form are: parents share a phone.
    """
    remotes = {each.remote: each for each in own}
    for known in ids:
        if known in remotes and roles.could_be(values, remotes[known].values):
            return Known(known, Place.OWN)
    wanted = roles.identities(values)
    for place, contacts in ((Place.OWN, own), (Place.ELSEWHERE, elsewhere)):
        found = list(
            dict.fromkeys(each.remote for each in contacts if wanted & roles.identities(each.values))
        )
        if len(found) == 1:
            return Known(found[0], place if found[0] not in remotes else Place.OWN)
        if found:
            return Unsure("export-contact-several", tuple(found))
    return _unsure(values, own, [each for each in (*own, *elsewhere) if each.remote not in taken], roles)


def _unsure(values: Values, own: Sequence[Held], loose: Sequence[Held], roles: Roles) -> ContactMatch:
    names, reaches = roles.names(values), roles.reaches(values)
    sharing = [each.remote for each in loose if reaches & roles.reaches(each.values)]
    if sharing:
        return Unsure("export-contact-shares", tuple(dict.fromkeys(sharing)))
    alone = [each.remote for each in own if all(names) and names == roles.names(each.values)]
    return Unsure("export-contact-name", tuple(alone)) if alone else UNKNOWN
