"""Automatic links looked at over the whole read, once all pages are there.

A page knows Enroll and itself. That nobody else of the read comes into question for the student, and that no other new
child of that birth date lives there, is only known at the end; a link of which either is untrue waits for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from yellowbus.enroll import lookalikes
from yellowbus.planning.likeness import another_at_home, child_of
from yellowbus.planning.match import Basis
from yellowbus.records import Outcome, Value
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.models import Change, Run

_REASON = "review-alike"
_ROWS = 2_000


def settle_links(run: Run, terms: Terms) -> None:
    """Turn doubtful links into reviews. Called once, in the transaction of the plan."""
    if terms.kind != "students" or not terms.links_certain:
        return
    keys: defaultdict[int, set[str]] = defaultdict(set)
    for student, key in _linked(run).values_list("student_id", "key"):
        keys[student].add(key)
    if keys:
        twice = {student for student, records in keys.items() if len(records) > 1}
        linked = list(keys)
        beside = [
            _with_another_child(run, linked[at : at + _ROWS], terms) for at in range(0, len(linked), _ROWS)
        ]
        _ask(run, twice.union(_asked_elsewhere(run) & keys.keys(), *beside))


def _linked(run: Run) -> Any:
    return Change.objects.filter(run=run, basis=Basis.LIKENESS.value)


def _asked_elsewhere(run: Run) -> set[int]:
    """The students whom other records of the read may be."""
    rows = Change.objects.filter(run=run, outcome=Outcome.REVIEW.value).values_list("problems", flat=True)
    return {
        problem["facts"]["student"]
        for problems in rows.iterator(chunk_size=_ROWS)
        for problem in problems or ()
    }


def _with_another_child(run: Run, students: Iterable[int], terms: Terms) -> set[int]:
    """Those at whose home another child of their birth date is about to be added."""
    known = {
        student: child_of(held.values, student)
        for student, held in lookalikes.latest(terms.instance, students, year=terms.year).items()
    }
    born = defaultdict(list)
    for child in known.values():
        born[child.born].append(child)
    rows = Change.objects.filter(run=run, outcome=Outcome.CREATED.value, lasting__dob__in=list(born))
    found = set()
    for seq, lasting, annual in rows.values_list("seq", "lasting", "annual").iterator(chunk_size=_ROWS):
        new = child_of(_named(lasting, annual), -seq)
        found |= {child.id for child in born[new.born] if another_at_home(child, [new], homes=[child])}
    return found


def _named(lasting: Mapping[str, Value] | None, annual: Mapping[str, Value] | None) -> dict[str, Value]:
    """The values of a row by catalog name."""
    tables = {"students": lasting or {}, "students_annual": annual or {}}
    return {f"{table}.{name}": value for table, values in tables.items() for name, value in values.items()}


def _ask(run: Run, students: Iterable[int]) -> None:
    """Let a person say it. What the rows would have written stays undone."""
    for student in students:
        problem = {"code": _REASON, "field": "students.student_district_id", "value": None}
        facts = {"student": student, "weight": 0}
        told = [problem | {"facts": facts, "warning": False, "note": False}]
        _linked(run).filter(student_id=student).update(
            outcome=Outcome.REVIEW.value, reason=_REASON, basis="", problems=told, mark=None,
            lasting=None, annual=None, custom=None, changes=None,
        )  # fmt: skip
