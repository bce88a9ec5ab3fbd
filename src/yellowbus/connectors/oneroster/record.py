"""From what a provider sent of one person to a Record, and back into bytes that are equal for an equal person.

One person may be several users, one a school (oneroster dossier 1.6); they are joined before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from yellowbus.connectors.oneroster import fields
from yellowbus.errors import RecordError
from yellowbus.protocols.oneroster import reading
from yellowbus.protocols.oneroster.reading import Json, word
from yellowbus.records import Record, Value

SYSTEM: Final = "the OneRoster provider"
GUARDIAN_ROLES: Final = frozenset({"parent", "guardian", "relative"})
_PLAIN: Final = (
    *("identifier", "sourcedId", "userMasterIdentifier", "username", "givenName", "middleName", "familyName"),
    *("preferredFirstName", "preferredMiddleName", "preferredLastName", "pronouns", "email", "phone", "sms"),
)
_OF_CONTACT: Final = (
    *("sourcedId", "identifier", "givenName", "middleName", "familyName", "email", "phone", "sms"),
)
_FLAGS: Final = (*fields.RACES, "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity")
_PLAIN_DEMOGRAPHICS: Final = (
    *("sex", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus"),
)


@dataclass(frozen=True, slots=True)
class Org:
    """A school as Enroll knows it: by its School Code."""

    code: str
    name: str


def role_of(user: Json) -> str:
    """The role of a user: `role` in 1.1, the primary one of `roles` in 1.2."""
    told = word(user.get("role"))
    if told is None:
        told = next((word(role.get("role")) for role in _roles(user)), None)
    return (told or "").lower()


def roles_of(user: Json) -> frozenset[str]:
    return frozenset({role_of(user), *((word(role.get("role")) or "").lower() for role in _roles(user))})


def _roles(user: Json) -> list[Json]:
    """The roles, the primary one first and otherwise as sent."""
    told = user.get("roles")
    found = [role for role in told if isinstance(role, dict)] if isinstance(told, list) else []
    return sorted(found, key=lambda role: role.get("roleType") != "primary")


def _student_roles(user: Json) -> list[Json]:
    return [role for role in _roles(user) if (word(role.get("role")) or "").lower() in {"student", ""}]


def org_ids(user: Json) -> list[str]:
    """The sourcedIds of a student's orgs, the primary one first."""
    named = [
        *reading.references(user.get("primaryOrg")),
        *(org for role in _student_roles(user) for org in reading.references(role.get("org"))),
        *reading.references(user.get("orgs")),
    ]
    return list(dict.fromkeys(named))


def person_key(user: Json) -> str:
    """What the users of one person have in common; never two people, even where they share a number by mistake."""
    ids = sorted(identifier for _, identifier in reading.user_ids(user.get("userIds")))
    number = word(user.get("identifier")) or next(iter(ids), None)
    if number is None:
        return f"user {word(user.get('sourcedId')) or ''}"
    name = (word(user.get(part)) or "" for part in ("givenName", "familyName"))
    return " ".join((number, *name)).casefold()


def joined(
    users: Sequence[bytes], demographics: bytes, contacts: Sequence[bytes], schools: Sequence[Org]
) -> bytes:
    """One person as bytes: everything as sent, and the schools as they are coded here."""
    coded = msgspec.json.encode([(org.code, org.name) for org in schools])
    parts = (
        b'{"users":[' + b",".join(users) + b"]",
        b'"demographics":' + (demographics or b"null"),
        b'"contacts":[' + b",".join(contacts) + b"]",
        b'"schools":' + coded + b"}",
    )
    return b",".join(parts)


def in_order(users: Sequence[bytes]) -> list[bytes]:
    """The users of one person, the one that counts first: an active record before a deleted one."""
    return sorted(users, key=_weight)


def _weight(raw: bytes) -> tuple[bool, str]:
    user = reading.parsed(raw) or {}
    return (word(user.get("status")) or "active") != "active", word(user.get("sourcedId")) or ""


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields wanted, blank; `decode` fills in what one person has."""

    blank: Mapping[str, Value]
    blank_contact: Mapping[str, Value]

    @classmethod
    def of(cls, asked: frozenset[str]) -> "Shape":
        contact = fields.names("contacts")
        wanted = asked or fields.names("students") | contact
        return cls(dict.fromkeys(sorted(wanted - contact)), dict.fromkeys(sorted(wanted & contact)))

    @property
    def needs_demographics(self) -> bool:
        return any(name.startswith("demographics.") for name in self.blank)

    @property
    def needs_contacts(self) -> bool:
        return bool(self.blank_contact)

    def decode(self, raw: bytes) -> Record:
        """Raises RecordError for what is no student; nothing of it is told, since all of it is personal."""
        parts: Any = reading.parsed(raw)
        users = parts.get("users") if parts else None
        if not users or not isinstance(users[0], dict):
            raise RecordError("record-unreadable", system=SYSTEM)
        if word(users[0].get("sourcedId")) is None:
            raise RecordError("record-without-id", system=SYSTEM)
        found = dict(_student(users[0])) | dict(_schools(parts["schools"]))
        if isinstance(parts["demographics"], dict):
            found |= dict(_demographics(parts["demographics"]))
        contacts = [self._contact(user) for user in parts["contacts"]] if self.blank_contact else []
        return Record({name: found.get(name) for name in self.blank}, contacts)

    def _contact(self, user: Json) -> dict[str, Value]:
        found = {f"contact.{name}": word(user.get(name)) for name in _OF_CONTACT}
        found["contact.role"] = _guardian_role(user)
        return {name: found.get(name) for name in self.blank_contact}


def _guardian_role(user: Json) -> Value:
    """Of several roles the one that makes a guardian of the person."""
    first = role_of(user)
    return (
        first
        if first in GUARDIAN_ROLES
        else next(iter(sorted(roles_of(user) & GUARDIAN_ROLES)), first or None)
    )


def _student(user: Json) -> Iterator[tuple[str, Value]]:
    for name in _PLAIN:
        yield name, word(user.get(name))
    ids = (f"{kind}:{identifier}" for kind, identifier in reading.user_ids(user.get("userIds")))
    yield "userIds", ",".join(ids) or None
    yield "status", (word(user.get("status")) or "active").lower()
    yield "enabledUser", reading.boolean(user.get("enabledUser"))
    grades = reading.words(user.get("grades"))
    yield "grades", ",".join(grades) or None
    yield "grade", reading.grade(grades[0]) if grades else None
    for role in _student_roles(user)[:1]:
        yield "role.beginDate", reading.day(role.get("beginDate"))
        yield "role.endDate", reading.day(role.get("endDate"))


def _schools(coded: list[list[str]]) -> Iterator[tuple[str, Value]]:
    if coded:
        yield "school.code", coded[0][0] or None
        yield "school.name", coded[0][1] or None
        yield "school.others", ",".join(code for code, _ in coded[1:]) or None


def _demographics(told: Json) -> Iterator[tuple[str, Value]]:
    """Flags that are all false say nothing of a child (oneroster dossier 1.6), so race and ethnicity are blank then."""
    # Some spell the key in lower case (oneroster dossier 2).
    yield "demographics.birthDate", reading.day(told.get("birthDate", told.get("birthdate")))
    for name in _PLAIN_DEMOGRAPHICS:
        value = word(told.get(name))
        yield f"demographics.{name}", value.lower() if value and name == "sex" else value
    flags = {name: reading.boolean(told.get(name)) for name in _FLAGS}
    for name, flag in flags.items():
        yield f"demographics.{name}", flag
    races = [name for name in fields.RACES if flags[name] == "true"]
    if len(races) > 1 or flags["demographicRaceTwoOrMoreRaces"] == "true":
        races = ["two-or-more"]
    yield "demographics.race", races[0] if races else None
    if "true" in flags.values():
        yield "demographics.ethnicity", flags["hispanicOrLatinoEthnicity"]
