"""Schools and their Years & Terms (powerschool dossier 8, 13.4, 13.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from yellowbus.connectors.base import Page, School, text
from yellowbus.connectors.powerschool import wire
from yellowbus.connectors.powerschool.errors import SYSTEM
from yellowbus.connectors.powerschool.server import Server
from yellowbus.errors import RecordError
from yellowbus.records import Record, Value

_JULY: Final = 7
LACKS_TERMS: Final = (
    "No Years & Terms for {year}-{next}. Start Page > School Setup > Years and Terms > Term Setup: under"
    " Portions, set “1/2” for semester, “1/3” for trimesters, and “1/4” for quarters."
)


@dataclass(frozen=True, slots=True)
class SchoolTerms:
    """A school as sent, with its terms of one school year."""

    raw: bytes
    terms: list[wire.Json]

    @property
    def school(self) -> wire.Json:
        return wire.block(wire.value_of(self.raw))


def school_year_of(day: date) -> int:
    """The starting year of the school year that `day` is in; one begins in July."""
    return day.year if day.month >= _JULY else day.year - 1


def with_terms(server: Server, year: int) -> Iterator[SchoolTerms]:
    """Every school, in the order of the server. One request per school, several in flight."""
    raws = server.schools()
    ids = [text(wire.block(wire.value_of(raw)).get("id")) or "" for raw in raws]
    for raw, terms in zip(raws, server.terms(ids, year), strict=True):
        yield SchoolTerms(raw, terms)


def listed(server: Server, year: int) -> list[School]:
    schools = [_school(found, year) for found in with_terms(server, year)]
    return sorted(schools, key=lambda school: (not school.code.isdigit(), school.code.zfill(10)))


def _school(found: SchoolTerms, year: int) -> School:
    school = found.school
    note = "" if found.terms else LACKS_TERMS.format(year=year, next=year + 1)
    return School(
        code=text(school.get("school_number")) or "",
        name=text(school.get("name")) or "",
        ready=not note,
        note=note,
    )


def pages(server: Server, year: int) -> Iterator[Page]:
    """All schools in one page: a district has few."""
    records = [
        b'{"school":' + found.raw + b',"terms":' + msgspec.json.encode(found.terms) + b"}"
        for found in with_terms(server, year)
    ]
    yield Page(records, decode, "read", last=True, total=len(records))


def decode(raw: bytes) -> Record:
    parts = wire.block(wire.value_of(raw))
    school = wire.block(parts.get("school"))
    if text(school.get("school_number")) is None:
        raise RecordError("record-without-id", system=SYSTEM)
    return Record(wire.flat(school) | _summary(wire.blocks(parts, "terms")))


def _summary(terms: list[wire.Json]) -> dict[str, Value]:
    """First and last day by the year term (portion 1), else by all terms together."""
    years = [term for term in terms if text(term.get("portion")) == "1"] or terms
    starts = [day for term in years if (day := text(term.get("start_date")))]
    ends = [day for term in years if (day := text(term.get("end_date")))]
    portions = sorted({text(term.get("portion")) or "" for term in terms} - {""}, key=int)
    return {
        "terms.first_day": min(starts, default=None),
        "terms.last_day": max(ends, default=None),
        "terms.portions": ",".join(portions) or None,
    }
