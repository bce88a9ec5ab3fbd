"""Registrations as another enrollment platform sends them: read, all that is wrong with them said, then kept whole.

A document is one registration::

    {"id": "R-1001", "school": "310", "grade": "4", "year": 2026, "type": "new", "status": "approved",
     "student": "200003", "entry_date": "2026-08-17", "answers": {"students.fname": "Rosa"}}

`student` (a district id) and `entry_date` may be left out; `answers` has catalog names.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from yellowbus.catalog import Catalog, ValueRefused, checker, code_set, resolve
from yellowbus.enroll import bulk, schools
from yellowbus.enroll.models import ACTIVE_REGISTRATIONS, Registration, RegistrationStatus
from yellowbus.enroll.registrations import APPROVED, WITHDRAWN
from yellowbus.enroll.students import catalog_of
from yellowbus.errors import NeedsAdmin

TYPES = {"new": False, "returning": True}
_NEEDED = ("id", "school", "grade", "year", "type", "status")
_KNOWN = (*_NEEDED, "student", "entry_date", "answers")
_WHO = ("students.fname", "students.lname", "students.dob")
_GRADES = frozenset(code.value for code in code_set("grade"))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one part of one document. `code` is a message code; no value is quoted."""

    line: int
    field: str
    code: str
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was kept. With `faults` nothing was."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Around:
    """What Enroll has that documents may name."""

    catalog: Catalog
    schools: Mapping[str, int]
    students: Mapping[str, int]


@dataclass(slots=True)
class _Read:
    line: int
    external_id: str
    columns: dict[str, Any]


@transaction.atomic
def take_in(instance: int, documents: Sequence[tuple[int, object]]) -> Taken:
    """Keep every document, each with its line, or none where any has a fault. One known by its id is replaced."""
    around = _around(instance, documents)
    read: list[_Read] = []
    faults: list[Fault] = []
    for line, document in documents:
        wrong, columns = _read(document, around)
        faults += [Fault(line, name, code, facts) for name, code, facts in wrong]
        if columns is not None and not wrong:
            read.append(_Read(line, columns["external_id"], columns))
    faults += _twice(instance, read)
    if faults:
        return Taken(faults=tuple(sorted(faults, key=lambda fault: (fault.line, fault.field))))
    return _keep(instance, read)


def _around(instance: int, documents: Sequence[tuple[int, object]]) -> _Around:
    students = {
        document["student"]
        for _, document in documents
        if isinstance(document, dict) and isinstance(document.get("student"), str)
    }
    return _Around(
        catalog=catalog_of("students", instance),
        schools=schools.ids(instance, schools.codes(instance)),
        students=bulk.ids_by_key("students", instance, students),
    )


_Wrong = list[tuple[str, str, Mapping[str, object]]]


def _read(document: object, around: _Around) -> tuple[_Wrong, dict[str, Any] | None]:
    """All that is wrong, and the columns of the row."""
    if not isinstance(document, dict):
        return [("", "registration-not-object", {})], None
    wrong: _Wrong = [
        (str(name), "registration-key-unknown", {"name": name, "known": ", ".join(_KNOWN)})
        for name in document
        if name not in _KNOWN
    ]
    wrong += [(name, "registration-lacks", {"name": name}) for name in _NEEDED if not document.get(name)]
    wrong += _wrong_words(document, around)
    answers, wrong_answers = _answers(document.get("answers", {}), around.catalog)
    wrong += wrong_answers
    if document.get("status") == APPROVED and isinstance(document.get("answers", {}), dict):
        lacking = [name for name in _WHO if not answers.get(name)]
        wrong += [(f"answers.{name}", "registration-lacks", {"name": name}) for name in lacking]
    if wrong:
        return wrong, None
    return [], {
        "external_id": document["id"],
        "school_id": around.schools[document["school"]],
        "grade": document["grade"],
        "year": document["year"],
        "returning": TYPES[document["type"]],
        "status": document["status"],
        "student_id": around.students.get(document.get("student") or ""),
        "entry_date": _day(document.get("entry_date")),
        "answers": answers,
    }


def _wrong_words(
    document: Mapping[str, Any], around: _Around
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Each word that is given and not known."""
    known: dict[str, Collection[object]] = {
        "grade": _GRADES,
        "type": TYPES,
        "status": RegistrationStatus.values,
        "school": around.schools,
    }
    for name, words in known.items():
        given = document.get(name)
        if given and (not isinstance(given, str) or given not in words):
            yield name, "registration-word-unknown", {"name": name, "known": _told(name, words)}
    student = document.get("student")
    if student and not (isinstance(student, str) and student in around.students):
        yield "student", "registration-student-unknown", {}
    identity = document.get("id")
    if identity and not (isinstance(identity, str) and len(identity) <= 64):
        yield "id", "registration-id", {}
    year = document.get("year")
    if year and not (type(year) is int and 1990 <= year <= 2100):
        yield "year", "registration-year", {}
    try:
        _day(document.get("entry_date"))
    except ValueError:
        yield "entry_date", "value-not-a-date", {"field": "entry_date"}


def _told(name: str, words: Collection[object]) -> str:
    return "the School Codes of this instance" if name == "school" else ", ".join(sorted(map(str, words)))


def _day(given: object) -> date | None:
    if not given:
        return None
    if not isinstance(given, str):
        raise ValueError  # noqa: TRY004 (wrong as a date, whatever its type)
    return date.fromisoformat(given)


def _answers(given: object, catalog: Catalog) -> tuple[dict[str, str], _Wrong]:
    """The answers by canonical name, blanks left out, and what is wrong with them."""
    if not isinstance(given, dict):
        return {}, [("answers", "registration-answers", {})]
    found: dict[str, str] = {}
    wrong: _Wrong = []
    for name, value in given.items():
        try:
            canonical = resolve(name, catalog)
            if value not in (None, ""):
                found[canonical] = _checked(value, canonical, catalog)
        except NeedsAdmin as unknown:
            wrong.append((f"answers.{name}", unknown.code, unknown.facts))
        except ValueRefused as refused:
            wrong.append((f"answers.{name}", refused.code, refused.facts))
    return found, wrong


def _checked(value: object, name: str, catalog: Catalog) -> str:
    if not isinstance(value, str):
        raise ValueRefused("value-not-text", {"field": catalog.fields[name].label})
    return checker(catalog.fields[name])(value)


def _twice(instance: int, read: Sequence[_Read]) -> Iterator[Fault]:
    """One id in two lines, and a second active registration of one student for one year."""
    lines: dict[str, int] = {}
    for each in read:
        if each.external_id in lines:
            yield Fault(each.line, "id", "registration-repeated", {"line": lines[each.external_id]})
        lines.setdefault(each.external_id, each.line)
    active = {
        (student, year): external
        for student, year, external in Registration.objects.filter(
            instance_id=instance,
            student__in={each.columns["student_id"] for each in read if each.columns["student_id"]},
            status__in=ACTIVE_REGISTRATIONS,
        ).values_list("student_id", "year", "external_id")
        if external not in lines
    }
    for each in read:
        key = (each.columns["student_id"], each.columns["year"])
        if each.columns["status"] not in ACTIVE_REGISTRATIONS or key[0] is None:
            continue
        if active.setdefault(key, each.external_id) != each.external_id:
            yield Fault(each.line, "student", "registration-second-active", {"year": key[1]})


def _keep(instance: int, read: Sequence[_Read]) -> Taken:
    ids = [each.external_id for each in read]
    known = {
        row.external_id: row
        for row in Registration.objects.select_for_update().filter(instance_id=instance, external_id__in=ids)
    }
    changed = [each for each in read if each.external_id in known and _differs(known[each.external_id], each)]
    # A registration that ends makes room for another of the same student before that one becomes active.
    for each in sorted(changed, key=lambda each: each.columns["status"] in ACTIVE_REGISTRATIONS):
        _update(known[each.external_id], each.columns)
    new = [each for each in read if each.external_id not in known]
    Registration.objects.bulk_create(
        Registration(
            instance_id=instance,
            approved_at=Now() if each.columns["status"] == APPROVED else None,
            **each.columns,
        )
        for each in new
    )
    return Taken(len(new), len(changed), len(read) - len(new) - len(changed))


def _differs(row: Registration, read: _Read) -> bool:
    return any(getattr(row, name) != value for name, value in read.columns.items())


def _update(row: Registration, columns: Mapping[str, Any]) -> None:
    more: dict[str, Any] = {"version": F("version") + 1, "changed_at": Now()}
    if columns["status"] == APPROVED and row.status != APPROVED:
        more["approved_at"] = Now()
    if columns["status"] == WITHDRAWN and row.sis_id:
        more["sync_reason"] = "withdrawn-after-sync"
    Registration.objects.filter(pk=row.pk).update(**columns, **more)
