"""What would become of one record. Pure: what Enroll holds and what people decided are handed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from yellowbus.enroll.bulk import Held
from yellowbus.errors import RecordError
from yellowbus.mapping.compile import Mapped
from yellowbus.planning.diff import Changes, diff
from yellowbus.planning.match import Decision, Existing, Known, Review, match, match_key
from yellowbus.records import Outcome, Problem, Record, Value
from yellowbus.runs import stay_put
from yellowbus.runs.importing.alike import Alike
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.packed import pack

_ID = "students.student_district_id"
_SCHOOL = "students_annual.school_code"
_NAMES = frozenset({"students.fname", "students.lname", "students.dob"})
_SLOT_ID = "_sis_contact_id"
_NOBODY = Alike()
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Incoming:
    """One record that no mark explains, as it goes through the steps. `kept` is the contact id of each slot."""

    raw: bytes
    mark: bytes
    record: Record | None = None
    key: str = ""
    match_key: str | None = None
    error: RecordError | None = None
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> bytes:
        """What the plan keeps of the record."""
        return self.raw if self.record is None else pack(self.record, self.kept)


@dataclass(frozen=True, slots=True)
class InEnroll:
    """What Enroll holds that the records of one page may be, and what people decided of them and put back."""

    by_key: Mapping[str, Held]
    by_id: Mapping[int, Held]
    namesakes: Mapping[str, Sequence[Held]]
    decisions: Mapping[str, Decision]
    alike: Mapping[str, Alike]
    put_back: Mapping[int, stay_put.Notes] = field(default_factory=dict)


@dataclass(slots=True)
class Verdict:
    """What would become of a record; `changes` tell what was before. `lifted` are the fields put back that flow again."""

    outcome: Outcome
    key: str
    reason: str = ""
    basis: str = ""
    school: str = ""
    held: Held | None = None
    changes: Changes = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    match_key: str | None = None
    lifted: Sequence[str] = ()

    @property
    def staged(self) -> bool:
        """Whether the record needs a row of its own. One that is only skipped is counted with its page."""
        return self.outcome is not Outcome.SKIPPED


def kept_contacts(held: Held | None) -> dict[str, str]:
    """The SIS contact id in each contact slot of a student, so that a contact keeps its slot."""
    if held is None:
        return {}
    return {
        name.partition(".")[2].removesuffix(_SLOT_ID): value
        for name, value in held.values.items()
        if name.endswith(_SLOT_ID)
    }


def decode(raw: bytes, mark: bytes, terms: Terms, read: Callable[[bytes], Record]) -> Incoming:
    """The record and its key; a record that cannot be read keeps its error."""
    incoming = Incoming(raw, mark)
    try:
        incoming.record = read(raw)
        incoming.key = terms.compiled.district_id(incoming.record) or ""
    except RecordError as error:
        incoming.error = error
    return incoming


def unreadable(incoming: Incoming) -> Verdict:
    assert incoming.error is not None
    problem = Problem(incoming.error.code, "", incoming.error.facts)
    return Verdict(Outcome.FAILED, "", incoming.error.code, problems=(problem,))


def classify_school(incoming: Incoming, mapped: Mapped, known: Held | None, terms: Terms) -> Verdict:
    if mapped.failed:
        return _failed(incoming, mapped, known)
    changes = diff(mapped.values, known.values if known else None, terms.compiled.write_rules)
    return _written(incoming, mapped, known, changes, school=incoming.key)


def classify_student(incoming: Incoming, mapped: Mapped, known: InEnroll, terms: Terms) -> Verdict:
    by_key = known.by_key.get(incoming.key)
    if mapped.failed:
        return _failed(incoming, mapped, by_key)
    values = mapped.values
    same_name, alike = incoming.match_key, known.alike.get(incoming.key, _NOBODY)
    found = match(
        values,
        _as_known(by_key),
        same_key=[_as_known(held) for held in known.namesakes.get(same_name or "", ())],  # type: ignore[misc]
        decision=known.decisions.get(incoming.key),
        alike=alike.candidates,
        link=alike.link.id if alike.link else None,
    )
    school = values.get(_SCHOOL) or ""
    held = known.by_id[found.student] if isinstance(found, Existing) else None
    refused = _refused_school(incoming, school, held or by_key, terms)
    if refused is not None:
        return refused
    if isinstance(found, Review):
        return _review(incoming, found, by_key, school=school)
    if held is None and (why := terms.admission.refuses(values, terms.today)):
        return Verdict(Outcome.SKIPPED, incoming.key, why, school=school)
    changes = diff(values, held.values if held else None, terms.compiled.write_rules)
    noted = known.put_back.get(held.id) if held else None
    if noted:
        notes = stay_put.kept_back(changes, noted, terms.labels)
        mapped = Mapped(values, (*mapped.problems, *notes))
    verdict = _written(incoming, mapped, held, changes, school=school or _school_of(held))
    verdict.lifted = stay_put.moved_on(values, noted) if noted else ()
    verdict.basis = found.basis.value if isinstance(found, Existing) else "new"
    if held is None and _NAMES.isdisjoint(terms.compiled.write_rules):
        verdict.match_key = same_name
    elif not _NAMES.isdisjoint(changes):
        verdict.match_key = _match_key_after(held, changes)
    return verdict


def would_be_added(values: Mapping[str, Value], terms: Terms) -> bool:
    """Whether a record that nobody of Enroll is would become a student."""
    return values.get(_SCHOOL) in terms.assigned and not terms.admission.refuses(values, terms.today)


def _review(incoming: Incoming, found: Review, by_key: Held | None, *, school: str) -> Verdict:
    problems = tuple(
        Problem(candidate.reason, _ID, {"student": candidate.student, "weight": candidate.weight})
        for candidate in found.candidates
    )
    reason = found.candidates[0].reason
    return Verdict(Outcome.REVIEW, incoming.key, reason, school=school, held=by_key, problems=problems)


def _match_key_after(held: Held | None, changes: Changes) -> str | None:
    """Of the student as it will be stored: what a write rule keeps out is no part of it."""
    after = dict(held.values) if held else {}
    return match_key(after | {name: value for name, (_, value) in changes.items()})


def _refused_school(incoming: Incoming, school: str, held: Held | None, terms: Terms) -> Verdict | None:
    """A student goes where the connection serves: to one of its schools, or away from one of them."""
    if school and school not in terms.known:
        problem = Problem("school-unknown", _SCHOOL, {"school": school})
        return Verdict(
            Outcome.FAILED, incoming.key, "school-unknown", school=school, held=held, problems=(problem,)
        )
    if school and school not in terms.assigned and _school_of(held) not in terms.assigned:
        return Verdict(Outcome.SKIPPED, incoming.key, "school-not-assigned", school=school)
    return None


def _school_of(held: Held | None) -> str:
    return held.values.get(_SCHOOL, "") if held else ""


def _failed(incoming: Incoming, mapped: Mapped, held: Held | None) -> Verdict:
    first = next(problem for problem in mapped.problems if not problem.warning)
    school = mapped.values.get(_SCHOOL) or ""
    return Verdict(
        Outcome.FAILED, incoming.key, first.code, school=school, held=held, problems=mapped.problems,
        match_key=incoming.match_key,
    )  # fmt: skip


def _written(
    incoming: Incoming, mapped: Mapped, held: Held | None, changes: Changes, *, school: str
) -> Verdict:
    outcome = Outcome.UPDATED if changes else Outcome.UNCHANGED
    if held is None:
        outcome = Outcome.CREATED
    reason = mapped.problems[0].code if mapped.problems else ""
    return Verdict(
        outcome, incoming.key, reason, school=school, held=held, changes=changes, problems=mapped.problems
    )


def _as_known(held: Held | None) -> Known | None:
    if held is None:
        return None
    get = held.values.get
    return Known(
        held.id, held.key or None, get("students.fname"), get("students.lname"), get("students.dob"),
        held.version, held.archived,
    )  # fmt: skip


def row(
    incoming: Incoming, verdict: Verdict, terms: Terms, *, seq: int, student: int | None
) -> tuple[Any, ...]:
    """The verdict as a row in the order of `staging.COLUMNS`."""
    writes = verdict.outcome in (Outcome.CREATED, Outcome.UPDATED)
    documents = _documents(verdict.changes, terms) if writes else (None, None, None)
    updated = verdict.outcome is Outcome.UPDATED
    partial = any(not problem.note for problem in verdict.problems)
    ours = terms.kind != "students" or not verdict.school or verdict.school in terms.assigned
    marked = not partial and ours
    return (
        terms.run_text, seq, verdict.key, student, verdict.outcome.value, verdict.reason, verdict.basis,
        verdict.held.version if verdict.held else None, verdict.school, *documents,
        _encode(verdict.changes).decode() if updated else None,
        _encode([_problem(problem) for problem in verdict.problems]).decode() if verdict.problems else None,
        partial, verdict.match_key, incoming.mark if marked else None, incoming.source, "",
    )  # fmt: skip


def _documents(changes: Changes, terms: Terms) -> tuple[str | None, str | None, str | None]:
    """The values after, as JSON text for each table's column."""
    tables: dict[str, dict[str, Value]] = {"lasting": {}, "annual": {}, "custom": {}}
    where = terms.tables
    for name, (_, after) in changes.items():
        column, short = where[name]
        tables[column][short] = after
    lasting, annual, custom = (_encode(values).decode() if values else None for values in tables.values())
    return lasting, annual, custom


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code, "field": problem.field, "facts": dict(problem.facts), "value": problem.value,
        "warning": problem.warning, "note": problem.note,
    }  # fmt: skip
