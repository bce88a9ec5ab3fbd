"""POST /ws/v1/student (powerschool dossier 9): each record has its own outcome, and the answer is 200."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from yellowbus.simulators.district import Student
from yellowbus.simulators.exchange import Reply
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.powerschool import v1
from yellowbus.simulators.powerschool.journal import INSERT, STUDENT, Write
from yellowbus.simulators.powerschool.plugin_xml import Access
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.student_checks import flaw, flaws_of_insert, flaws_of_update, read
from yellowbus.simulators.powerschool.student_fields import (
    BY_PATH,
    EXTENSION_FIELDS,
    FIELDS,
    UNKNOWN_YET,
    Put,
    leaf,
)
from yellowbus.simulators.powerschool.v1_students import RACES
from yellowbus.simulators.powerschool.write_codes import Flaw

UPDATE = "UPDATE"
ETHNICITY = "ethnicity_race/"
SSN = "demographics/ssn"
FEES_WARNING = {
    "field": "student/fees",
    "warning_code": "FEES_ASSIGN_FEES_FAILED",
    "warning_description": "The fees could not be assessed",
}


@dataclass(slots=True)
class Record:
    """One record of the request on its way: what it says, what is wrong with it, whom it is about."""

    call: Call
    document: dict[str, Any]
    flaws: list[Flaw] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    student: Student | None = None
    stored: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        return leaf(self.document, name, null_clears=False) or ""

    @property
    def action(self) -> str:
        return self.text("action")

    @property
    def names(self) -> tuple[str, ...]:
        """By which a fault may mean this record."""
        return tuple(filter(None, (self.text("id"), self.text("local_id"), self.text("client_uid"))))


def post(call: Call) -> Reply:
    """Insert and update students; some may fail while the others are written."""
    seen: set[str] = set()
    done = [_written(call, document, seen) for document in _documents(call)]
    counts = {
        f"{action.lower()}_count": sum(
            result["action"] == action and result["status"] != "ERROR" for result in done
        )
        for action in (INSERT, UPDATE, "DELETE")
    }
    return v1.answer(call, "results", counts | {"result": done})


def _documents(call: Call) -> list[dict[str, Any]]:
    """The records of the body: one object or an array of them (9.1)."""
    if not call.request.headers.get("content-type", "").lower().startswith("application/json"):
        raise v1.error(call.options.wrong_content_status, "The content must be application/json")
    try:
        body = call.request.json()
    except msgspec.DecodeError as problem:
        raise v1.error(400, "The body is not JSON") from problem
    students = body.get("students") if isinstance(body, dict) else None
    found = students.get("student") if isinstance(students, dict) else None
    records: list[Any] = found if isinstance(found, list) else [found]
    if not all(isinstance(record, dict) for record in records):
        raise v1.error(400, "The body must be students with one or more student")
    if 0 < call.options.largest_batch < len(records):
        raise v1.error(400, f"At most {call.options.largest_batch} students fit one request")
    return records


def _written(call: Call, document: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    """Carry out one record and tell its result; the journal has it either way."""
    record = Record(call, document)
    record.flaws.extend(_flaws_of_envelope(record, seen))
    if not record.flaws:
        _examine(record)
    if not record.flaws:
        _store(record)
    result = _result(record)
    student = record.student
    call.sis.journal.note(
        call.request,
        Write(
            resource=STUDENT,
            action=record.action,
            outcome=result["status"],
            id=student.dcid if student else None,
            client_uid=record.text("client_uid"),
            codes=tuple(flaw.code for flaw in record.flaws),
            fields=tuple(record.stored),
        ),
    )
    return result


def _flaws_of_envelope(record: Record, seen: set[str]) -> Iterator[Flaw]:
    uid, action = record.text("client_uid"), record.action
    if not uid:
        yield flaw("client_uid", "REQUIRED", "The element is required")
    if uid and uid in seen:
        yield flaw("client_uid", "DUPLICATE_CLIENT_UID", "Another record of the request has this client_uid")
    seen.add(uid)
    if action not in {INSERT, UPDATE}:
        code = "INVALID_ACTION" if action else "REQUIRED"
        yield flaw("action", code, "The action is INSERT or UPDATE")
    elif action in record.call.options.refused_actions:
        yield flaw("action", "ACTION_NOT_PERMITTED", "This plugin may not do this")
    if action == UPDATE:
        yield from _find(record)


def _find(record: Record) -> Iterator[Flaw]:
    wanted = record.text("id")
    record.student = record.call.sis.district.student_by_dcid(int(wanted)) if wanted.isdigit() else None
    if record.student is None:
        says = "No student has this id" if wanted else "The element is required"
        yield flaw("id", "INVALID_ID" if wanted else "REQUIRED", says)


# --- what is sent ---


def _examine(record: Record) -> None:
    call = record.call
    if call.sis.faults.strike(FaultKind.LOCKED, *record.names):
        record.flaws.append(flaw("id", "RECORD_LOCKED", "Another user has this record open"))
        return
    for found in FIELDS:
        text = leaf(record.document, found.path, null_clears=call.options.null_clears)
        if text is None or _no_use(record, found.path):
            continue
        value = read(found, text, call.options)
        record.values[found.path] = value.text
        record.flaws.extend(value.flaws)
    further = (
        flaws_of_insert(call, record.values)
        if record.student is None
        else flaws_of_update(call, record.values, record.student)
    )
    unreadable = {known.field for known in record.flaws}
    record.flaws.extend([found for found in further if found.field not in unreadable])
    record.flaws.extend(
        flaw(f"{ETHNICITY}races", "INVALID_RACE", "The value is not in the district's list")
        for code in _races(record) or ()
        if code not in RACES
    )


def _no_use(record: Record, path: str) -> bool:
    """Is this a key that the action has no use for? It is ignored without a word (1.7, 1.8)."""
    if path.startswith(ETHNICITY) and not record.call.options.ethnicity_writable:
        return True
    return record.action == UPDATE and BY_PATH[path].insert_only


def _races(record: Record) -> tuple[str, ...] | None:
    """The race codes sent; None where none were, or where their form is not the one of reading (8)."""
    block = record.document.get("ethnicity_race")
    sent = block.get("races") if isinstance(block, dict) else None
    items: list[Any] = sent if isinstance(sent, list) else [sent]
    if not record.call.options.ethnicity_writable or not all(isinstance(item, dict) for item in items):
        return None
    return tuple(str(item.get("district_race_code", "")) for item in items)


def _extensions(record: Record) -> Iterator[tuple[str, str, Put]]:
    """(name, value, where it goes) of the extension fields that this request can write (9.1, 9.3)."""
    options, block = record.call.options, record.document.get("_extension_data")
    if record.action == INSERT and not options.extensions_on_insert:
        return
    tables = block.get("_table_extension") if isinstance(block, dict) else None
    for table in tables if isinstance(tables, list) else [tables]:
        if not isinstance(table, dict):
            continue
        name = str(table.get("name", "")).lower()
        if name in v1.extensions(record.call) or not options.extensions_needed:
            yield from _extension_fields(name, table.get("_field"))


def _extension_fields(table: str, sent: Any) -> Iterator[tuple[str, str, Put]]:
    for item in sent if isinstance(sent, list) else [sent]:
        key = (table, str(item.get("name", "")).lower()) if isinstance(item, dict) else ("", "")
        put = EXTENSION_FIELDS.get(key)
        value = leaf(item, "value", null_clears=True) if put else None
        if put and value is not None:
            yield ".".join(key), value, put


# --- what is stored ---


def _store(record: Record) -> None:
    district, new = record.call.sis.district, record.student is None
    if record.student is None:
        school = next(s for s in district.schools if str(s.number) == _school_number(record.values))
        record.student = district.blank_student(school)
        record.student.more.update(UNKNOWN_YET)
    student = record.student
    for path, text in record.values.items():
        if (text or not new) and _may(record, path):
            BY_PATH[path].put(district, student, text)
            record.stored.append(path)
    races = _races(record)
    if races is not None and _may(record, f"{ETHNICITY}races"):
        student.races = races
        record.stored.append(f"{ETHNICITY}races")
    for name, text, put in _extensions(record):
        if not record.call.sis.faults.strike(FaultKind.IGNORED_FIELD, name):
            put(district, student, text)
            record.stored.append(name)
    if new:
        _admit(record, student)
    else:
        district.touched(student)


def _school_number(values: Mapping[str, str]) -> str:
    return str(int(values["school_enrollment/school_number"]))


def _admit(record: Record, student: Student) -> None:
    district, options = record.call.sis.district, record.call.options
    if not student.number:
        # 9.1: without local_id the server gives the number.
        student.number = district.free_number()
    elif options.numeric_student_numbers:
        student.number = str(int(student.number))
    district.admit(student)


def _may(record: Record, path: str) -> bool:
    """Is the value kept? access_request gates SSN alone (1.2) unless a switch says otherwise: then what it grants
    for reading alone is dropped without a word, and what it does not speak of is kept.
    """
    if record.call.sis.faults.strike(FaultKind.IGNORED_FIELD, path, f"student/{path}"):
        return False
    column = BY_PATH[path].column if path in BY_PATH else ""
    granted = record.call.plugin.granted.get(("students", column.lower()))
    if path == SSN:
        return granted is Access.FULL_ACCESS
    return granted is not Access.VIEW_ONLY or not record.call.options.grants_gate_v1


# --- what is answered ---


def _result(record: Record) -> dict[str, Any]:
    head = {"client_uid": record.text("client_uid"), "status": "SUCCESS", "action": record.action}
    if record.flaws:
        errors = [flaw.document() for flaw in record.flaws]
        return head | {"status": "ERROR", "error_message": {"error": errors}}
    assert record.student is not None
    where = f"{record.call.request.base_url}/ws/v1/student/{record.student.dcid}"
    done = head | {"success_message": {"id": record.student.dcid, "ref": where}}
    if record.action == INSERT and record.call.options.fees_warning:
        return done | {"status": "WARNING", "warning_message": {"warning": FEES_WARNING}}
    return done
