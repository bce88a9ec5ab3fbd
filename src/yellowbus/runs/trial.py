"""Send Record: one student goes the whole way, previewed first, logged as a test (enroll-sync 9)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from yellowbus.connectors.base import Connector, Page
from yellowbus.enroll import bulk
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.compile import FieldTrace
from yellowbus.records import ABSENT, Outcome, Record, Value, WriteRule
from yellowbus.runs import detail, staging
from yellowbus.runs.importing.terms import Terms, terms_of
from yellowbus.runs.models import Change, Run, State
from yellowbus.runs.packed import unpack
from yellowbus.runs.told import Told, told


def one_record(connector: Connector, run: Run, fields: frozenset[str]) -> Iterator[Page]:
    """The student of a Send Record as a page of one. Raises NeedsAdmin if the SIS has no such student."""
    (key,) = run.only or ("",)
    record = connector.find(key, fields)
    if record is None:
        raise NeedsAdmin("student-not-in-sis", key=key)
    yield Page([msgspec.json.encode(record, order="sorted")], _decode, bookmark="", last=True, total=1)


def _decode(raw: bytes) -> Record:
    return msgspec.json.decode(raw, type=Record)


@dataclass(frozen=True, slots=True)
class Same:
    """A mapped field that the record leaves as Enroll has it, and why. `mapped` is its Mapped Value."""

    label: str
    now: Value = field(repr=False)
    mapped: Value = field(repr=False)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the Send Record would do to its student, or did. `row` is None for one who is only skipped.

    `row.lines` are the fields that differ, `rest` the others; `rest` is empty once something was written.
    """

    outcome: Outcome
    basis: str
    problems: Sequence[Told]
    row: detail.Row | None
    rest: Sequence[Same]


WRITES = (Outcome.CREATED, Outcome.UPDATED, Outcome.HELD)
_BASIS = {
    "district id": "Enroll has a student with this Student District ID.",
    "decision": "A person decided that this record is that student.",
    "likeness": "Enroll has a student without an id of the SIS who is beyond doubt the same child.",
    "new": "Enroll has no student with this Student District ID, and none of this name and birth date.",
}


def previewed(run: Run) -> Preview | None:
    """What a planned Send Record comes to; None before it is planned. For people who may see the student."""
    if run.planned_at is None:
        return None
    change = Change.objects.filter(run=run).first()
    if change is None:
        reasons = [told(code, {}) for code in staging.reasons(run.pk)]
        return Preview(Outcome.SKIPPED, "", reasons, None, ())
    row, outcome = detail.record(run, change.seq, source=True), Outcome(change.outcome)
    as_planned = run.state == State.WAITING or outcome not in WRITES
    rest = list(_rest(run, change)) if as_planned else ()
    return Preview(outcome, _BASIS.get(change.basis, ""), row.problems, row, rest)


def _rest(run: Run, change: Change) -> Iterator[Same]:
    """Every mapped field that does not change, in the order of the mapping."""
    terms, packed = terms_of(run), unpack(bytes(change.source))
    assert packed is not None  # what the connector found can be read
    known = [change.student_id] if change.student_id and change.outcome != Outcome.CREATED.value else []
    held = bulk.held_by_id(run.kind, terms.instance, known, year=terms.year).get(change.student_id or 0)
    told_already = detail.changed_names(change)
    said = {each["field"]: told(each["code"], each["facts"]).sentence for each in change.problems or ()}
    now: Mapping[str, str] = held.values if held else {}
    for trace in terms.compiled.trace(packed.record, packed.kept):
        if trace.field not in told_already:
            mapped = None if trace.result is ABSENT else trace.result
            label, before = terms.catalog.fields[trace.field].label, now.get(trace.field)
            yield Same(label, before, mapped, said.get(trace.field) or _why(trace, before, terms))


_RULES = {
    WriteRule.IF_BLANK: "Kept: this field is written only if it is blank.",
    WriteRule.ON_CREATE: "Kept: this field is written only when a student is created.",
    WriteRule.NEVER: "Kept: this field is never written.",
}


def _why(trace: FieldTrace, now: Value, terms: Terms) -> str:
    if trace.problems:
        return told(trace.problems[0].code, trace.problems[0].facts).sentence
    if trace.result is ABSENT or (trace.result is None and now is None):
        return "The SIS has no value." if trace.source else "There is no value."
    if trace.result == now:
        return "The same."
    rule = terms.compiled.write_rules.get(trace.field, WriteRule.ALWAYS)
    return _RULES.get(rule, "") if now is not None or rule is not WriteRule.IF_BLANK else ""
