"""Any OneRoster 1.1 or 1.2 provider, read only."""

from collections.abc import Iterator, Mapping

import msgspec

from yellowbus.connectors.base import Check, Code, Page, ReadFilter, School, SourceField
from yellowbus.connectors.oneroster import check, fields
from yellowbus.connectors.oneroster.people import People, loaded
from yellowbus.connectors.oneroster.provider import Provider, Settings
from yellowbus.connectors.oneroster.record import SYSTEM, Shape
from yellowbus.errors import NotUnderstood, RecordError
from yellowbus.protocols.net import Door
from yellowbus.protocols.oneroster import Query, equals, reading
from yellowbus.protocols.oneroster.reading import Json, word
from yellowbus.records import Record, Value

_LIKELY = 100  # users that one number may have


def open(settings: Mapping[str, str], door: Door) -> "OneRoster":  # noqa: A001 - the name of the contract
    """`settings` are the credentials of manifest.toml."""
    return OneRoster(Provider(Settings.of(settings), door))


class OneRoster:
    """The methods of `connectors.base.Connector`."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def check(self) -> Iterator[Check]:
        return check.checks(self._provider)

    def schools(self) -> list[School]:
        found = [self._school(org) for org in self._provider.schools.values()]
        return sorted(found, key=lambda school: school.code)

    def fields(self, kind: str) -> list[SourceField]:
        if kind == "schools":
            return list(fields.known("schools"))
        return [*fields.known("students"), *fields.known("contacts")]

    def codes(self) -> Iterator[Code]:
        yield from fields.FIXED
        for code, name in {school.code: school.name for school in self.schools()}.items():
            yield Code("school", code, name or code)

    def find(self, key: str, fields: frozenset[str] = frozenset()) -> Record | None:
        """The student with this identifier, else with this sourcedId. RecordError where two people have it."""
        users = self._users_of(key.strip())
        if not users:
            return None
        shape = Shape.of(fields)
        people = People(self._provider.client, shape, self._provider.orgs)
        people.add_students(iter([users]))
        if shape.needs_demographics:
            people.add_demographics(iter([self._each("demographics", _ids(users))]))
        if shape.needs_contacts:
            people.add_guardians(iter([self._each("users", _agents(users))]))
        found = people.everyone()
        people.close()
        if len(found) > 1:
            raise RecordError("id-repeated", column="identifier")
        return shape.decode(found[0])

    def read(self, kind: str, after: str, wanted: ReadFilter) -> Iterator[Page]:
        """Providers filter by what they like, so all are read; the caller leaves out whom it does not want."""
        if kind == "schools":
            yield self._schools_page()
            return
        with loaded(self._provider.client, Shape.of(wanted.fields), self._provider.orgs) as people:
            yield from people.pages(after)

    def close(self) -> None:
        pass

    def _users_of(self, key: str) -> list[bytes]:
        client = self._provider.client
        if not key:
            return []
        try:
            likely = client.some("students", Query(equals("identifier", key)), limit=_LIKELY)
        except NotUnderstood as error:
            if error.code != "oneroster-refused":  # a provider may not filter by identifier
                raise
            likely = []
        users = [raw for raw in likely if word((reading.parsed(raw) or {}).get("identifier")) == key]
        if users:
            return users
        one = client.one("students", key)
        return [one] if one is not None and word((reading.parsed(one) or {}).get("sourcedId")) == key else []

    def _each(self, resource: str, ids: list[str]) -> list[bytes]:
        """Single records; only for one student, never for a run."""
        found = (self._provider.client.one(resource, id_) for id_ in ids)
        return [raw for raw in found if raw is not None]

    def _school(self, org: Json) -> School:
        return School(self._provider.code_of(org), word(org.get("name")) or "")

    def _schools_page(self) -> Page:
        parents = self._districts()
        records = [
            msgspec.json.encode(
                {"org": org, "code": self._provider.code_of(org), "parent": _parent_name(org, parents)},
                order="deterministic",
            )
            for org in self._provider.schools.values()
        ]
        return Page(records, _school_record, "read", last=True, total=len(records))

    def _districts(self) -> dict[str, str]:
        """The names of the orgs that schools belong to."""
        told = (reading.parsed(raw) or {} for page in self._provider.client.lists("orgs") for raw in page)
        return {word(org.get("sourcedId")) or "": word(org.get("name")) or "" for org in told}


def _parent_name(org: Json, names: Mapping[str, str]) -> str:
    return next((names[id_] for id_ in reading.references(org.get("parent")) if id_ in names), "")


def _school_record(raw: bytes) -> Record:
    parts = reading.parsed(raw)
    if parts is None or not parts.get("code"):
        raise RecordError("record-without-id", system=SYSTEM)
    org = parts["org"]
    plain: dict[str, Value] = {
        name: word(org.get(name)) for name in ("sourcedId", "identifier", "name", "type")
    }
    status = (word(org.get("status")) or "active").lower()
    return Record(
        plain | {"code": word(parts["code"]), "status": status, "parent.name": word(parts["parent"])}
    )


def _ids(users: list[bytes]) -> list[str]:
    told = (word((reading.parsed(raw) or {}).get("sourcedId")) for raw in users)
    return [id_ for id_ in told if id_ is not None]


def _agents(users: list[bytes]) -> list[str]:
    named = (id_ for raw in users for id_ in reading.agents(reading.parsed(raw) or {}))
    return list(dict.fromkeys(named))
