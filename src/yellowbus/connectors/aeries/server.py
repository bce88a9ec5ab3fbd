"""Questions to one Aeries server, each with the answer it must have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from yellowbus.connectors.aeries import endpoints, wire
from yellowbus.connectors.aeries.errors import meaning, refused
from yellowbus.connectors.base import text
from yellowbus.errors import NeedsAdmin
from yellowbus.protocols.net import Door, Reply
from yellowbus.protocols.oneroster.paging import Listing, Slice, pages

PAGE_SIZE: Final = 500  # no ceiling is documented; what a client in the field uses (dossier 3)
_JSON: Final = {"Accept": "application/json"}
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class SystemInfo:
    version: str
    year: str
    years: tuple[str, ...]
    now: str


class Server:
    """`year` is the database year asked for with every request, "" for the one that is current in Aeries."""

    def __init__(self, door: Door, root: str, *, certificate: str, year: str = "") -> None:
        self.door = door
        self.root = root
        self.year = year
        self._certificate = certificate

    @property
    def host(self) -> str:
        return self.root.partition("://")[2].partition("/")[0]

    def of_year(self, year: str) -> "Server":
        return Server(self.door, self.root, certificate=self._certificate, year=year)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """The reply to a signed request, whatever its status."""
        headers = _JSON | {"AERIES-CERT": self._certificate}
        return self.door.get(self.root + endpoints.API + path, params=self._params(params), headers=headers)

    def info(self) -> SystemInfo:
        """What Aeries says of itself and of the year it opened. The vendor says that it asks for no certificate
        (dossier 5); a server that does gets it all the same.
        """
        reply = self.get(endpoints.SYSTEM_INFO)
        if reply.status in {401, 403}:
            raise refused()
        _raise(meaning(reply))
        told = wire.parsed(reply.body)
        if told is None or not isinstance(told.get("DatabaseYear"), str):
            raise reply.not_understood("the system information of Aeries")
        listed = told.get("AvailableDatabaseYears")
        years = tuple(str(year) for year in listed) if isinstance(listed, list) else ()
        version, now = text(told.get("AeriesVersion")) or "", text(told.get("CurrentDateTime")) or ""
        return SystemInfo(version, str(told["DatabaseYear"]), years, now)

    def require_year(self) -> SystemInfo:
        """Raise NeedsAdmin where Aeries opens another year than asked for, which it does silently (dossier 3)."""
        info = self.info()
        if self.year and not info.year.startswith(self.year):
            available = ", ".join(info.years) or info.year
            raise NeedsAdmin("aeries-year", asked=self.year, opened=info.year, available=available)
        return info

    def schools(self) -> list[bytes]:
        """Every school but the district itself; one object is a list of one (dossier 12.1)."""
        found = self.rows(endpoints.SCHOOLS)
        return [raw for raw in found if wire.school_code(raw) not in {None, endpoints.DISTRICT}]

    def codes(self) -> list[str]:
        """The School Codes, as they are written in addresses."""
        return [code for raw in self.schools() if (code := wire.school_code(raw)) is not None]

    def rows(self, path: str, *, area: str = "", params: Mapping[str, str] | None = None) -> list[bytes]:
        """The records that `path` answers with, as sent. `area` is the permission it needs, "" for none."""
        reply = self.get(path, params)
        if reply.status in {401, 403}:
            raise self._not_permitted(area)
        _raise(meaning(reply))
        return _listed(reply)

    def rows_of_one(self, path: str, *, area: str) -> list[bytes]:
        """The records of one student, of whom 404 says that there is none."""
        try:
            return self.rows(path, area=area)
        except NeedsAdmin as error:
            if error.code != "aeries-address":
                raise
            return []

    def paged(self, path: str, *, area: str, what: str) -> Iterator[list[bytes]]:
        """All records of a list that has pages, by the number of its first and last record (dossier 3)."""
        fetch = partial(self._slice, path, area)
        return pages(Listing(fetch, self.host, what, PAGE_SIZE))

    def _slice(self, path: str, area: str, offset: int, limit: int) -> Slice:
        asked = {"StartingRecord": str(offset + 1), "EndingRecord": str(offset + limit)}
        found = self.rows(path, area=area, params=asked)
        return Slice(found, [wire.row_key(raw) for raw in found])

    def _not_permitted(self, area: str) -> NeedsAdmin:
        """Nobody knows which of 401 and 403 is what; the schools need a certificate and no area (dossier 12.1)."""
        if not area or self.get(endpoints.SCHOOLS).status in {401, 403}:
            return refused()
        return NeedsAdmin("aeries-right", area=area, right="Read")

    def _params(self, params: Mapping[str, str] | None) -> dict[str, str]:
        return dict(params or {}) | ({"DatabaseYear": self.year} if self.year else {})


def _raise(error: Exception | None) -> None:
    if error is not None:
        raise error


def _listed(reply: Reply) -> list[bytes]:
    if reply.body.lstrip()[:1] == b"{":
        return [reply.body]
    if reply.body.strip() in {b"", b"null"}:
        return []
    try:
        return [bytes(raw) for raw in _LIST.decode(reply.body)]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise reply.not_understood("a list") from None
