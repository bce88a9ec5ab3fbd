"""Schools of the target year. They are new rows each year, with the same codes (qmlativ dossier 8.1)."""

from collections.abc import Iterator
from typing import Final

import msgspec

from yellowbus.connectors.base import Page, School
from yellowbus.connectors.qmlativ.context import Context
from yellowbus.connectors.qmlativ.errors import SYSTEM
from yellowbus.connectors.qmlativ.joins import joined, values_of
from yellowbus.connectors.qmlativ.loading import Loader
from yellowbus.errors import RecordError
from yellowbus.records import Record, Value

LISTED: Final = frozenset(("School.Code", "School.Name", "Calendar.CalendarID"))
LACKS_CALENDAR: Final = (
    "No calendar for {years}. The school needs one of that year before it can enroll students."
)
_VALUES: Final = msgspec.json.Decoder(dict[str, str])


def pages(loader: Loader) -> Iterator[Page]:
    """All schools in one page: a district has few."""
    records = [msgspec.json.encode(values) for values in _values(loader)]
    yield Page(records, decode, "end", last=True, total=len(records))


def listed(loader: Loader, context: Context) -> list[School]:
    schools = [_school(values, context) for values in _values(loader)]
    return sorted(schools, key=lambda school: school.code)


def decode(raw: bytes) -> Record:
    values = _VALUES.decode(raw)
    if "School.Code" not in values:
        raise RecordError("record-without-id", system=SYSTEM)
    return Record(dict[str, Value](values))


def _values(loader: Loader) -> Iterator[dict[str, Value]]:
    wanted = loader.wanted
    rows = loader.spool.after(wanted.root, "", loader.spool.count(wanted.root.name))
    held = joined(loader.spool, wanted.nodes, ({wanted.root_alias: row} for row in rows))
    for each in held:
        yield dict(values_of(each, wanted.shown, wanted.profile.phone_uses, ()))


def _school(values: dict[str, Value], context: Context) -> School:
    ready = "Calendar.CalendarID" in values
    note = "" if ready else LACKS_CALENDAR.format(years=context.years)
    return School(values.get("School.Code") or "", values.get("School.Name") or "", ready=ready, note=note)
