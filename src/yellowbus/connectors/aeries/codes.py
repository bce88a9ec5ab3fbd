"""The code sets of Aeries, for Field Codes and Match Codes (aeries dossier 6.6)."""

from collections.abc import Iterator
from typing import Final

from yellowbus.connectors.aeries import endpoints, record, wire
from yellowbus.connectors.aeries.server import Server
from yellowbus.connectors.base import Code, School, text
from yellowbus.errors import NeedsAdmin

_STATUS_LABELS: Final = {
    record.ACTIVE: "Active",
    record.PRE_ENROLLED: "Pre-enrolled",
    record.INACTIVE: "Inactive",
}
FIXED: Final = tuple(Code("status", value, label) for value, label in _STATUS_LABELS.items())


def all_codes(server: Server, schools: list[School]) -> Iterator[Code]:
    yield from FIXED
    yield from (Code("school", school.code, school.name or school.code) for school in schools)
    for name, (table, field) in endpoints.CODE_SETS.items():
        yield from _codes(server, name, endpoints.CODES.format(table=table, field=field))


def _codes(server: Server, name: str, path: str) -> Iterator[Code]:
    """The values of one set, each once; a district need not have every set."""
    seen: set[str] = set()
    for raw in _rows(server, path):
        told = wire.parsed(raw) or {}
        value = _value(name, told)
        if value and value not in seen:
            seen.add(value)
            yield Code(name, value, text(told.get("Description")) or value)


def _rows(server: Server, path: str) -> list[bytes]:
    try:
        return server.rows(path)
    except NeedsAdmin as error:
        if error.code != "aeries-address":
            raise
        return []


def _value(name: str, told: wire.Json) -> str:
    """Students have the grade as the number that Aeries keeps behind a code such as K (dossier 6.6)."""
    behind = text(told.get("AeriesCode")) if name == "grade" else None
    return behind or (text(told.get("Code")) or "").strip()
