"""Schools and their terms (aeries dossier 6.2)."""

from collections.abc import Iterator
from typing import Final

from yellowbus.connectors.aeries import fields, wire
from yellowbus.connectors.aeries.errors import SYSTEM
from yellowbus.connectors.aeries.server import Server
from yellowbus.connectors.base import Page, School, text
from yellowbus.errors import RecordError
from yellowbus.records import Record, Value

CLOSED: Final = "Closed in Aeries."


def listed(server: Server) -> list[School]:
    return sorted(
        (_school(wire.parsed(raw) or {}) for raw in server.schools()), key=lambda school: school.code
    )


def _school(told: wire.Json) -> School:
    closed = wire.cell("InactiveStatusCode", told.get("InactiveStatusCode")) is not None
    return School(
        code=text(told.get("SchoolCode")) or "",
        name=text(told.get("Name")) or "",
        ready=not closed,
        note=CLOSED if closed else "",
    )


def pages(server: Server) -> Iterator[Page]:
    """All schools in one page: a district has few."""
    records = server.schools()
    yield Page(records, decode, "read", last=True, total=len(records))


def decode(raw: bytes) -> Record:
    told = wire.parsed(raw)
    if told is None or text(told.get("SchoolCode")) is None:
        raise RecordError("record-without-id", system=SYSTEM)
    plain = ((name, name) for name in sorted(fields.names("schools")) if "." not in name)
    return Record(wire.cells(told, plain) | _days(told.get("Terms")))


def _days(terms: object) -> dict[str, Value]:
    told = [term for term in terms if isinstance(term, dict)] if isinstance(terms, list) else []
    starts = [day for term in told if (day := wire.cell("StartDate", term.get("StartDate")))]
    ends = [day for term in told if (day := wire.cell("EndDate", term.get("EndDate")))]
    return {"Terms.FirstDay": min(starts, default=None), "Terms.LastDay": max(ends, default=None)}
