"""Reading a row that was sent, and keeping it: what every kind of contact row has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from yellowbus.simulators.district import Contact
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.powerschool.contact_fields import Key, Shape, read
from yellowbus.simulators.powerschool.contact_rights import usable
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.tables import error
from yellowbus.simulators.powerschool.write_codes import Flaw


@dataclass(slots=True)
class Row:
    """A row as it would be stored, and what is wrong with it."""

    shape: Shape
    values: dict[Key, Any] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Any:
        return next(value for key, value in self.values.items() if key.name == name)

    def put(self, target: Any) -> None:
        for key, value in self.values.items():
            key.put(target, value)


def body_of(call: Call) -> Mapping[str, Any]:
    """The object that was sent; 400 or 415 where there is none (5.1)."""
    if not call.request.headers.get("content-type", "").lower().startswith("application/json"):
        raise error(call.options.wrong_content_status, "The content must be application/json")
    try:
        body = call.request.json()
    except msgspec.DecodeError as problem:
        raise error(400, "The body is not JSON") from problem
    if not isinstance(body, dict):
        raise error(400, "The body must be an object")
    return body


def read_row(call: Call, shape: Shape, sent: Any, before: Any = None) -> Row:
    """The row that was sent. `before` is what a PUT is about: a key that was not sent, or that may not be
    written, keeps its value there; a key left out falls back to its default unless the switch says otherwise.
    """
    document = sent if isinstance(sent, dict) else {}
    row = Row(shape)
    granted = usable(call, shape, document)
    for key in shape.keys:
        keeps = key.name not in document and call.options.contact_put_merges
        if before is not None and (key not in granted or keeps):
            continue
        value = document.get(key.name) if key in granted else None
        if value is not None and call.sis.faults.strike(FaultKind.IGNORED_FIELD, key.name):
            if before is not None:
                continue
            value = None
        _keep(call, row, key, value)
    return row


def _keep(call: Call, row: Row, key: Key, value: Any) -> None:
    found = read(row.shape, key, value, types_required=call.options.types_required)
    row.values[key] = found.value
    if found.flaw:
        row.flaws.append(found.flaw)
    elif value is not None:
        row.stored.append(key.name)


def today(call: Call) -> date:
    return datetime.fromtimestamp(call.sis.clock(), ZoneInfo(call.sis.district.timezone)).date()


def touch(call: Call, person: Contact) -> None:
    """Note that a contact changed, so that every way of reading shows it at once."""
    district = call.sis.district
    person.modified = today(call)
    person.version += 1
    ties = list(call.sis.people.ties(person))
    district.version += 1
    for student in filter(None, (district.student_by_dcid(tie.student_dcid) for tie in ties)):
        district.touched(student)
