"""What a plan or a result of an export says of one registration besides its fields: contacts, entry, ids, what stays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import msgspec

from yellowbus.catalog import Catalog, Field, Section
from yellowbus.mapping import live
from yellowbus.mapping.compile import Context
from yellowbus.mapping.document import from_document
from yellowbus.planning.recognise import Ground
from yellowbus.records import ABSENT, Outcome, Record, Value, WriteRule
from yellowbus.runs import detail, log
from yellowbus.runs.exporting.contacts import kept_contacts
from yellowbus.runs.exporting.planned import Act, Planned, PlannedContact
from yellowbus.runs.exporting.targets import by_place, place_of
from yellowbus.runs.models import EXPORT, Change, Run
from yellowbus.runs.told import Told
from yellowbus.runs.trial import Preview, Same

_ACTS = {
    Act.CREATE: ("Create", "a new contact"),
    Act.TIE: ("Share", "a contact that the SIS has already, tied to this student"),
    Act.UPDATE: ("Update", "the student's contact in the SIS"),
    Act.KEEP: ("Unchanged", "the student's contact in the SIS"),
}
BASIS: Mapping[str, str] = {
    "new": "The SIS has no student with these ids, nor one with the same names and birth date.",
    Ground.ID.value: "The SIS has the student with the id that is known of this registration.",
    Ground.NAMES.value: "The SIS has one student with the same names and birth date.",
    Ground.PERSON.value: "A person said who this is.",
    Ground.ANSWER.value: "An earlier write without an answer had made this student.",
}
"""Why a registration is that student of the SIS."""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One numbered place of the Contact Mapping. `mark` is a kind of mark."""

    slot: int
    mark: str
    act: str
    says: str
    contact: str
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """`remote` and `key` are the student's ids in the SIS, as far as the plan knew them."""

    contacts: Sequence[ContactRow]
    entry: date | None
    standing: str
    remote: str
    key: str
    basis: str


def shown(run: Run, seq: int) -> Shown | None:
    """None where the run has no such record."""
    change = Change.objects.filter(run=run, seq=seq).defer("source").first()
    if change is None:
        return None
    planned = Planned.of_row(change.plan)
    entering = planned.entering
    return Shown(
        contacts=list(_contacts(run, change, planned)),
        entry=entering.day if entering else None,
        standing=entering.standing if entering else "",
        remote=planned.remote,
        key=planned.key,
        basis=BASIS.get(change.basis, ""),
    )


_MARKS = {Act.CREATE: "created", Act.TIE: "created", Act.UPDATE: "updated", Act.KEEP: "unchanged"}


def _contacts(run: Run, change: Change, planned: Planned) -> Iterator[ContactRow]:
    after = by_place({name: pair[1] for name, pair in (change.changes or {}).items()})
    kept = kept_contacts(run.connection_id, planned.remote)
    for contact in planned.contacts:
        act, says = _ACTS[contact.act]
        if contact.like is not None:
            act, says = "Share", "the contact that a brother's or sister's registration of this export makes"
        yield ContactRow(
            contact.slot, _MARKS[contact.act], act, says, contact.contact or kept.get(contact.slot, ""),
            _name(contact, after),
        )  # fmt: skip


def _name(contact: PlannedContact, after: Mapping[int, Mapping[str, Value]]) -> str:
    """As far as its names are written; of one that stays there is nothing to say."""
    values = after.get(contact.slot, {})
    told = (value for part in _PARTS for name, value in values.items() if part in name.casefold())
    return " ".join(filter(None, told))


_PARTS = ("firstname", "first_name", "lastname", "last_name")


# --- Send Record ---


def previewed(run: Run) -> Preview | None:
    """What a planned Send Record would do in the SIS, or did; None before it is planned."""
    if run.planned_at is None:
        return None
    change = Change.objects.filter(run=run).first()
    if change is None:
        return Preview(Outcome.SKIPPED, "", (), None, ())
    row, outcome = detail.record(run, change.seq, source=True), Outcome(change.outcome)
    as_planned = run.state == "waiting" or outcome not in (Outcome.CREATED, Outcome.UPDATED, Outcome.HELD)
    rest = list(_rest(run, change)) if as_planned else ()
    return Preview(outcome, BASIS.get(change.basis, ""), row.problems, row, rest)


def _rest(run: Run, change: Change) -> Iterator[Same]:
    """Every mapped field that does not change, in the order of the mapping."""
    mapping, planned = from_document(run.mapping.document), Planned.of_row(change.plan)
    values = msgspec.json.decode(bytes(change.source))["values"]
    traces = live.traces(mapping, _taken(run), Context(run.today, run.school_year), Record(values), kept={})
    rules = {rule.field: rule.write_rule for rule in mapping.rules}
    told, holding = detail.changed_names(change), frozenset(planned.holding)
    used = {0, *(contact.slot for contact in planned.contacts)}
    for name, trace in traces.items():
        mapped = None if trace.result is ABSENT else trace.result
        if name in told or (mapped is None and place_of(name)[0] not in used):
            continue
        held = name in holding
        why = _why(mapped, held=held, creates=not planned.remote, rule=rules[name])
        now = mapped if held and why == _SAME else ("(has a value)" if held else None)
        yield Same(run.labels.get(name, name), now, mapped, why)


def _taken(run: Run) -> Catalog:
    """The fields of the SIS by their labels alone: what is wrong with a value, the plan has said."""
    known = {
        name: Field(name, label, Section.STUDENT, max_length=_LONGEST) for name, label in run.labels.items()
    }
    return Catalog(EXPORT, MappingProxyType(known))


_SAME, _LONGEST = "The same.", 4000
_RULES = {
    WriteRule.IF_BLANK: "Kept: this field is written only if the SIS is blank.",
    WriteRule.ON_CREATE: "Kept: this field is written only when a student is created.",
    WriteRule.NEVER: "Kept: this field is never written.",
}


def _why(mapped: Value, *, held: bool, creates: bool, rule: WriteRule) -> str:
    if rule is WriteRule.NEVER or (rule is WriteRule.ON_CREATE and not creates):
        return _RULES[rule]
    if rule is WriteRule.IF_BLANK and held:
        return _RULES[rule]
    if mapped is None:
        return "The registration has no value, and a blank leaves the SIS alone."
    return _SAME if held else "The SIS takes no value here now."


def read_back(run: Run, problems: Sequence[Told]) -> str:
    """What reading back found, in a sentence; "" before anything was written."""
    if log.status(run) not in (log.SUCCEEDED, log.PARTIAL):
        return ""
    lost = sum(each.code in _NOT_KEPT for each in problems)
    if lost:
        return f"Read back from the SIS: {lost} value{'' if lost == 1 else 's'} did not stay as sent."
    return "Read back from the SIS: every value that was sent stands."


_NOT_KEPT = frozenset(
    {"export-value-dropped", "export-value-not-kept", "export-value-altered", "export-not-found-again"}
)
