"""The rows of the Match Codes panel: the SIS codes with their labels and numbers, and what each becomes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from yellowbus.connectors.base import SourceField
from yellowbus.enroll import codes as enroll_codes
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.match_codes import table_of
from yellowbus.mapping.model import EXPORT, FieldRule
from yellowbus.mapping.targets import rule_at
from yellowbus.mapping.transforms import MatchCodes
from yellowbus.runs import scanning, seen
from yellowbus.runs.exporting.targets import place_of
from yellowbus.runs.models import SCANNING, Scan
from yellowbus.runs.seen import Seen
from yellowbus.runs.told import Told, told
from yellowbus.setup import examples, writable
from yellowbus.setup.permissions import Permission
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_rows import context_of
from yellowbus.web.place import Request, actor_of

MOST_UNMATCHED = 200  # rows with boxes; more are worked on as a file
MOST_MATCHED = 300
MOST_CHOICES = 60  # a longer list is typed into, with suggestions
_GRADES = ("registrations.grade", "students_annual.grade")
MARK = "="  # before a value in a list, so that blank and “no match” differ


@dataclass(frozen=True, slots=True)
class Row:
    """One SIS code. `target` is None where nothing matches it; `gone` says that Enroll has no such value (any more)."""

    code: str
    label: str
    count: int | None
    target: str | None
    gone: bool = False

    @property
    def chosen(self) -> str:
        """The value of the list that is chosen."""
        return "" if self.target is None else f"{MARK}{self.target}"


@dataclass(frozen=True, slots=True)
class CodesSeen:
    """Everything the panel shows of one field.

    `choices` are the Enroll values with their labels; none where any text may be. `hidden` unmatched codes are not shown.
    """

    name: str
    label: str
    rule: FieldRule
    step: MatchCodes
    found: Seen | None
    choices: Sequence[tuple[str, str]]
    unmatched: Sequence[Row]
    matched: Sequence[Row]
    records: int = 0
    hidden: int = 0

    @property
    def targets(self) -> Collection[str]:
        return {value for value, _ in self.choices}

    @property
    def typed(self) -> bool:
        """Whether an Enroll value is typed; else it is chosen from a list."""
        return not 0 < len(self.choices) <= MOST_CHOICES

    @property
    def unmatched_number(self) -> int:
        return len(self.unmatched) + self.hidden

    @property
    def matched_shown(self) -> Sequence[Row]:
        return self.matched[:MOST_MATCHED]

    @property
    def hidden_matched(self) -> int:
        return max(0, len(self.matched) - MOST_MATCHED)

    @property
    def faults(self) -> list[Told]:
        """What is wrong with the table as it stands."""
        return [told(fault.code, {"field": self.label, **fault.facts}) for fault in self.step.faults()]

    @property
    def file_rows(self) -> Iterator[tuple[str, str | None, str, str]]:
        for row in (*self.matched, *self.unmatched):
            yield row.code, row.target, row.label, "" if row.count is None else str(row.count)

    def target_of(self, code: str, given: str, blank: Collection[str]) -> str | None:
        """What a box says that `code` becomes; None for no match."""
        if self.typed:
            return "" if code in blank else given.strip() or None
        return given.removeprefix(MARK) if given.startswith(MARK) else None


def seen_codes(
    request: Request,
    editing: Editing,
    name: str,
    *,
    fields: Iterable[SourceField] = (),
    most: int | None = MOST_UNMATCHED,
) -> CodesSeen:
    """The rows of a field. Raises NeedsAdmin where the mapping has no such field."""
    rule = rule_at(editing.mapping, name)
    if rule is None:
        raise NeedsAdmin("field-unknown", field=name, advice="Choose Match Codes as its Mapping Type first.")
    field = editing.catalog.fields.get(name)
    step, labels = table_of(rule) or MatchCodes(), dict[str, str]()
    if editing.kind == EXPORT:
        own = dict(_choices(editing, _codes_read(editing, rule)))
        found, labels = (
            _listed(own),
            {step.key(value): label for value, label in own.items() if label != value},
        )
        choices = _choices_of_sis(editing, name)
    else:
        found, labels = _found(request, editing, rule), dict(_labels(editing, rule, fields))
        choices = [] if field is None else _choices(editing, field.codes)
    known = {value for value, _ in choices}
    rows = [
        Row(
            line.value, labels.get(step.key(line.value), ""), line.count, line.target,
            gone=bool(known and line.target and line.target not in known),
        )
        for line in seen.lines(rule, found, context_of(editing))
    ]  # fmt: skip
    unmatched = [row for row in rows if row.target is None]
    return CodesSeen(
        name=name,
        label=field.label if field else name,
        rule=rule,
        step=step,
        found=found,
        choices=choices,
        unmatched=unmatched[:most],
        matched=[row for row in rows if row.target is not None],
        records=sum(row.count or 0 for row in unmatched),
        hidden=max(0, len(unmatched) - (most or len(unmatched))),
    )


def _found(request: Request, editing: Editing, rule: FieldRule) -> Seen | None:
    if not rule.source or not request.place.may(Permission.VIEW_STUDENTS):
        return None
    kept = seen.seen(actor_of(request), editing.connection, editing.kind, [rule.source])
    return kept.get(rule.source)


def _choices(editing: Editing, code_set: str) -> list[tuple[str, str]]:
    """The values of a set of Enroll, as they are and as they are called."""
    if not code_set:
        return []
    every = enroll_codes.every(editing.connection.instance_id)
    return [(code.value, code.label) for code in every if code.set == code_set]


def _codes_read(editing: Editing, rule: FieldRule) -> str:
    """The code set of the Enroll field that an export reads."""
    if rule.source in _GRADES:
        return "grade"
    field = students.catalog_of("students", editing.connection.instance_id).fields.get(rule.source or "")
    return field.codes if field else ""


def _listed(own: Mapping[str, str]) -> Seen | None:
    """Every value that Enroll allows, as if each had been seen; they are not counted."""
    return Seen(dict.fromkeys(own, 0), 0, 0, timezone.now()) if own else None


def _choices_of_sis(editing: Editing, name: str) -> list[tuple[str, str]]:
    """The codes that the SIS takes in a field, as last read of it."""
    now, bare = timezone.now(), place_of(name)[1]
    taking = writable.taking(editing.connection, now=now).fields
    wanted = next((each.codes for each in taking if each.name == bare), "")
    kept = examples.codes(editing.connection, now=now).codes if wanted else ()
    return [(code.value, code.label) for code in kept if code.set == wanted]


def _labels(editing: Editing, rule: FieldRule, fields: Iterable[SourceField]) -> Mapping[str, str]:
    """What the SIS calls its codes, by code as the table compares it."""
    wanted = next((field.codes for field in fields if field.name == rule.source), "")
    if not wanted:
        return {}
    key = (table_of(rule) or MatchCodes()).key
    kept = examples.codes(editing.connection, now=timezone.now()).codes
    return {key(code.value): code.label for code in kept if code.set == wanted and code.label != code.value}


@dataclass(frozen=True, slots=True)
class ScanShown:
    """The last scan in words."""

    scan: Scan
    moving: bool
    wrong: Told | None


def scan_of(editing: Editing) -> ScanShown | None:
    scan = scanning.latest(editing.connection, editing.kind)
    if scan is None:
        return None
    wrong = told(scan.error_code, scan.error_facts) if scan.error_code else None
    return ScanShown(scan, scan.state in SCANNING, wrong)
