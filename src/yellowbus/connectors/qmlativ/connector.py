"""Skyward Qmlativ through its Custom API."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from typing import Final

from yellowbus.connectors.base import Check, Code, Page, ReadFilter, School, SourceField
from yellowbus.connectors.qmlativ import codes, doctor, fields, layers, schools, students
from yellowbus.connectors.qmlativ.address import offered
from yellowbus.connectors.qmlativ.context import Context, context_of
from yellowbus.connectors.qmlativ.fields import Catalogues
from yellowbus.connectors.qmlativ.loading import Loader
from yellowbus.connectors.qmlativ.profile import Profile, resized
from yellowbus.connectors.qmlativ.server import Server
from yellowbus.connectors.qmlativ.spool import Spool
from yellowbus.connectors.qmlativ.token import Login, Token
from yellowbus.connectors.qmlativ.wanted import Wanted, wanted, with_columns
from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.protocols.net import Door
from yellowbus.records import Record

_ALWAYS: Final[Mapping[str, frozenset[str]]] = {
    "students": frozenset(
        ("Student.StudentNumber", "Name.FirstName", "Name.LastName", "Enrollment.StartDate")
    ),
    "schools": schools.LISTED,
}
_LARGEST_PAGE: Final = 10_000


def open(settings: Mapping[str, str], door: Door) -> "Qmlativ":  # noqa: A001 - the name of the contract
    """`settings` are the credentials of manifest.toml; `profile` and `permission_file` are texts, not paths."""
    profile = layers.load(settings.get("profile", ""), settings.get("permission_file", ""))
    if size := settings.get("page_size", "").strip():
        profile = resized(profile, _whole(size, "Page size", 1, _LARGEST_PAGE))
    base = offered(settings["api_url"])
    login = Login(settings["key"], settings["secret"], settings.get("vendor_value", ""))
    year = settings.get("school_year", "").strip()
    return Qmlativ(
        Server(door, base, Token(door, base, profile.token, login), profile),
        entity=str(_whole(settings.get("entity_id", "").strip() or "1", "Entity ID", 1, 10**18)),
        year=_whole(year, "School year", 1900, 2999) if year else 0,
        expires=settings.get("expires", ""),
    )


class Qmlativ:
    """The methods of `connectors.base.Connector`, and `diagnose`."""

    def __init__(self, server: Server, *, entity: str, year: int, expires: str) -> None:
        self._server = server
        self._entity = entity
        self._year = year
        self._expires = expires
        self._catalogues: dict[str, Catalogues] = {}

    def check(self) -> Iterator[Check]:
        return doctor.checks(self._server, self._entity, self._year, expires=self._expires)

    def diagnose(self) -> "doctor.Diagnosis":
        """The whole check, and the override that would make a read pass."""
        return doctor.diagnose(self._server, self._entity, self._year, expires=self._expires)

    def schools(self) -> list[School]:
        context = self._context(0)
        with closing(Spool()) as spool:
            loader = self._loader("schools", schools.LISTED, context, spool)
            loader.load()
            return schools.listed(loader, context)

    def fields(self, kind: str) -> list[SourceField]:
        return list(fields.known(self._server.profile, kind, self._told(kind)))

    def codes(self) -> Iterator[Code]:
        return codes.all_codes(self._server, self._context(0))

    def find(self, key: str, fields: frozenset[str] = frozenset()) -> Record | None:
        """Asks some objects for the rows of one student. RecordError where two students have the number."""
        if not key.strip():
            return None
        with closing(Spool()) as spool:
            loader = self._loader("students", fields, self._context(0), spool)
            rows = students.pick(loader, key)
            if len(rows) > 1:
                raise RecordError("id-repeated", column="Student.StudentNumber")
            return students.decode(students.records(loader, rows)[0]) if rows else None

    def read(self, kind: str, after: str, wanted: ReadFilter) -> Iterator[Page]:
        """Reads every list that is needed, then puts pages together; after a restart the lists are read again."""
        context = self._context(wanted.school_year)
        with closing(Spool()) as spool:
            loader = self._loader(kind, wanted.fields, context, spool)
            loader.load()
            if kind == "schools":
                yield from schools.pages(loader)
            else:
                yield from students.pages(loader, after, self._server.profile.lists.page_size)

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def _context(self, year: int) -> Context:
        return context_of(self._server, self._entity, year or self._year)

    def _told(self, kind: str) -> Catalogues:
        return fields.catalogues(self._server, self._entity, kind)

    def _loader(self, kind: str, names: frozenset[str], context: Context, spool: Spool) -> Loader:
        return Loader(self._server, context, self._wanted(kind, names), spool)

    def _wanted(self, kind: str, names: Iterable[str]) -> Wanted:
        """Without names all fields that the instance gives, and those that nothing can be read without."""
        profile, asked = self._server.profile, set(names)
        if not asked or self._own(profile, kind, asked):
            told = self._told(kind)
            asked = asked or {field.name for field in fields.known(profile, kind, told)} | _ALWAYS[kind]
            for table, own in fields.own_fields(profile, kind, told).items():
                profile = with_columns(profile, table, own)
        return wanted(profile, kind, asked)

    def _own(self, profile: Profile, kind: str, asked: set[str]) -> bool:
        """Whether a field may be the district's own, which only the server can tell."""
        aliases = {node.alias: profile.tables[node.table].columns for node in profile.trees[kind]}
        named = [name.partition(".") for name in asked]
        return any(alias in aliases and field not in aliases[alias] for alias, _, field in named)


def _whole(told: str, box: str, least: int, most: int) -> int:
    if not told.isdigit() or not least <= int(told) <= most:
        raise NeedsAdmin("qmlativ-number", box=box, least=least, most=most)
    return int(told)
