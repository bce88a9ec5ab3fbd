"""The rows of the Field Mapping tab: each Enroll field with its rule, what it makes of the example, and what is wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from yellowbus.catalog import Catalog, Section
from yellowbus.catalog import Field as EnrollField
from yellowbus.connectors.registry import manifest
from yellowbus.enroll import bulk
from yellowbus.mapping import live
from yellowbus.mapping.check import Finding, check_mapping
from yellowbus.mapping.compile import Context, FieldTrace
from yellowbus.mapping.model import EXPORT, FieldRule, MappingType
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.mapping.steps import Transform
from yellowbus.messages import MESSAGES
from yellowbus.records import ABSENT, Problem, Record
from yellowbus.runs.exporting.targets import place_of
from yellowbus.runs.importing.classify import kept_contacts
from yellowbus.setup import drafts, writable
from yellowbus.setup.examples import Example
from yellowbus.web.mapping_editing import Editing, path
from yellowbus.web.mapping_panels import PANELS
from yellowbus.web.mapping_sight import Sight

REQUIRED_LEFT = "required-unmapped"
KEY = {"students": "students.student_district_id"}
NAMES = {"students": ("students.fname", "students.lname"), "schools": ("schools.name",)}
_SHORT = 40
_UNKNOWN = "Fields that the SIS was not found to take"
_ORDER = {section: place for place, section in enumerate(Section)}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to settle, as the row says it."""

    sentence: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`slot` names the contact slot that fills the field, `group` how the SIS groups one of its own.
    `state` says what `value` is: "value", "left", "clears", "".
    """

    name: str
    label: str
    section: Section
    rule: FieldRule
    group: str = ""
    required: bool = False
    locked: bool = False
    slot: str = ""
    changed: bool = False
    value: str = ""
    state: str = ""
    problems: tuple[Said, ...] = ()

    @property
    def mapped(self) -> bool:
        return self.rule.mapped

    @property
    def heading(self) -> tuple[str, str]:
        """Key and title of the accordion that it stands in."""
        if self.group:
            return slugify(self.group), self.group
        return self.section.name.lower(), self.section.value

    @property
    def left(self) -> bool:
        """Whether a required field has no mapping yet."""
        return self.required and not self.mapped

    @property
    def configured(self) -> str:
        """What is configured, in a few words; "" where nothing is."""
        return " → ".join(summary(step) for step in self.rule.steps)

    @property
    def panel(self) -> str:
        """Which panel Configure opens."""
        if self.slot:
            return f"contacts/{self.slot}"
        kind = "match-codes" if self.rule.type is MappingType.MATCH_CODES else "transformation"
        return f"{kind}/{self.name}"

    def fits(self, show: str, text: str) -> bool:
        """Whether the filter tab `show` and the search for `text` let the row be seen."""
        if text and text not in f"{self.label} {self.name} {self.rule.source or ''}".casefold():
            return False
        return FILTERS.get(show, FILTERS["all"])(self)


FILTERS: Mapping[str, Callable[[Row], bool]] = {
    "all": lambda _row: True,
    "required": lambda row: row.required,
    "unmapped": lambda row: not row.mapped,
    "changed": lambda row: row.changed,
    "problems": lambda row: bool(row.problems),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One accordion: its rows, and how many of all its fields are mapped."""

    key: str
    title: str
    rows: Sequence[Row]
    mapped: int
    of: int


@dataclass(frozen=True, slots=True)
class Table:
    """Everything the tab shows of the draft."""

    rows: Sequence[Row]
    traces: Mapping[str, FieldTrace] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()

    def row(self, name: str) -> Row | None:
        return next((row for row in self.rows if row.name == name), None)

    def count(self, show: str) -> int:
        return sum(map(FILTERS[show], self.rows))

    @property
    def left(self) -> int:
        return sum(row.left for row in self.rows)

    @property
    def mapped(self) -> int:
        return sum(row.mapped for row in self.rows)

    def parts(self, show: str = "all", text: str = "") -> Iterator[Part]:
        """The accordions in the order of the catalog; those of which the filter leaves nothing are left out."""
        asked, inside = text.strip().casefold(), dict[tuple[str, str], list[Row]]()
        for row in sorted(self.rows, key=lambda row: _ORDER[row.section]):
            inside.setdefault(row.heading, []).append(row)
        for (key, title), rows in inside.items():
            seen = [row for row in rows if row.fits(show, asked)]
            if seen:
                yield Part(key, title, seen, sum(row.mapped for row in rows), len(rows))


def table(editing: Editing, sight: Sight) -> Table:
    """The rows of a draft, in the order of the catalog, with what they make of the chosen example."""
    traces = _traces(editing, sight)
    unknown = editing.kind == EXPORT and not editing.catalog.fields  # the SIS was not asked yet what it takes
    found = [] if unknown else check_mapping(editing.mapping, editing.catalog, sight.names)
    wrong = _findings(found)
    changed = drafts.changed(editing.draft) if editing.draft.pk else frozenset()
    made = _Maker(traces, wrong, changed, by_target=_by_target(editing), first_of=_first_of(editing))
    groups = export_groups(editing) if editing.kind == EXPORT else {}
    other = _UNKNOWN if editing.kind == EXPORT else ""
    return Table([made.row(each, groups.get(each.name, other)) for each in _fields(editing)], traces, changed)


def context(editing: Editing, sight: Sight, shown: Table) -> dict[str, Any]:
    """What the templates of the tab need, whole or in parts."""
    return {
        "editing": editing,
        "sight": sight,
        "table": shown,
        "system": (system := manifest(editing.connection.system).label),
        "export": editing.kind == EXPORT,
        "from_side": "Enroll" if editing.kind == EXPORT else system,
        "to_side": system if editing.kind == EXPORT else "Enroll",
        "unsaved": len(shown.changed),
        "who": _who(editing, sight),
        "has_contacts": "contacts" in PANELS and editing.kind != EXPORT,
        "has_custom": any(row.section is Section.CUSTOM for row in shown.rows),
        "configure": path("mapping-configure", editing.connection, editing.kind),
        "suggest": path("mapping-suggestions", editing.connection, editing.kind)
        if editing.kind == "students"
        else "",
    }


def _who(editing: Editing, sight: Sight) -> list[tuple[Example, str]]:
    """The examples with what they are called by the draft."""
    if editing.kind == EXPORT:
        return [(each, named(each)) for each in sight.examples.found]
    context, names = context_of(editing), NAMES[editing.kind]
    rules = tuple(rule for rule in editing.mapping.rules if rule.field in names)
    only = replace(editing.mapping, rules=rules, contact_slots=())
    return [
        (
            each,
            name_of(editing, live.traces(only, editing.catalog, context, each.record, kept={}))
            if each.record
            else "",
        )
        for each in sight.examples.found
    ]


def named(example: Example) -> str:
    """What a registration is called by its own form."""
    values = example.record.values if example.record else {}
    return " ".join(filter(None, (values.get(name) for name in NAMES["students"])))


def context_of(editing: Editing) -> Context:
    """Today in the organization's zone, and the school year that the page stands in."""
    return Context(timezone.now().astimezone(editing.place.zone).date(), editing.place.year)


def name_of(editing: Editing, traces: Mapping[str, FieldTrace]) -> str:
    """What the example is called by the mapping itself; "" where it does not say."""
    found = (traces.get(name) for name in NAMES[editing.kind])
    return " ".join(trace.result for trace in found if trace and isinstance(trace.result, str))


def _traces(editing: Editing, sight: Sight) -> dict[str, FieldTrace]:
    if sight.record is None:
        return {}
    kept = kept_now(editing, sight.record) if editing.mapping.contact_slots else {}
    return live.traces(editing.mapping, editing.catalog, context_of(editing), sight.record, kept=kept)


def kept_now(editing: Editing, record: Record) -> dict[str, str]:
    """Which contact of this student holds which slot in Enroll now, so that they are seated as an import would."""
    return _kept(
        editing, live.traces(_only_key(editing), editing.catalog, context_of(editing), record, kept={})
    )


def _only_key(editing: Editing) -> FieldMapping:
    rules = tuple(rule for rule in editing.mapping.rules if rule.field == KEY.get(editing.kind))
    return replace(editing.mapping, rules=rules, contact_slots=())


def _kept(editing: Editing, traces: Mapping[str, FieldTrace]) -> dict[str, str]:
    trace = traces.get(KEY.get(editing.kind, ""))
    if trace is None or not isinstance(trace.result, str):
        return {}
    instance, student = editing.connection.instance_id, trace.result
    held = bulk.held_by_key(editing.kind, instance, [student], year=editing.place.year)
    return kept_contacts(held.get(student))


def _findings(found: Sequence[Finding]) -> dict[str, list[Finding]]:
    wrong: dict[str, list[Finding]] = {}
    for each in found:
        wrong.setdefault(each.field, []).append(each)
    return wrong


def _by_target(editing: Editing) -> dict[str, tuple[FieldRule, str]]:
    """The rule of each Enroll field, and the contact slot it belongs to ("" for none)."""
    rules = {rule.field: (rule, "") for rule in editing.mapping.rules}
    slots = {
        slot.target(rule.field): (rule, slot.slot)
        for slot in editing.mapping.contact_slots
        for rule in slot.filled()
    }
    return {**slots, **rules}


def _first_of(editing: Editing) -> dict[str, str]:
    """The first field of each contact slot, where what is wrong with the slot is said."""
    slots = editing.mapping.contact_slots
    return {slot.target(next(slot.filled()).field): slot.slot for slot in slots if any(slot.filled())}


def _fields(editing: Editing) -> Iterator[EnrollField]:
    """Every field of the catalog, and those that the mapping names although Enroll does not have them (any more)."""
    used = max((place_of(name)[0] for name, _ in editing.mapping.targets()), default=0)
    for each in editing.catalog.fields.values():
        if (
            editing.kind != EXPORT or place_of(each.name)[0] <= used + 1
        ):  # of an export one place more than are filled
            yield each
    for rule in editing.mapping.rules:
        if rule.field not in editing.catalog.fields:
            yield EnrollField(rule.field, rule.field, _last(editing.catalog))


def export_groups(editing: Editing) -> dict[str, str]:
    """How the SIS groups each field that it takes; those of contacts by their place."""
    taking = writable.taking(editing.connection, now=timezone.now()).fields
    own = {each.name: each.group or "Student" for each in taking if not each.contact}
    return {name: own.get(name) or f"Contact {place_of(name)[0]}" for name in editing.catalog.fields}


def _last(catalog: Catalog) -> Section:
    return Section.CUSTOM if catalog.kind == "students" else Section.SCHOOL


@dataclass(frozen=True, slots=True)
class _Maker:
    traces: Mapping[str, FieldTrace]
    wrong: Mapping[str, list[Finding]]
    changed: frozenset[str]
    by_target: Mapping[str, tuple[FieldRule, str]]
    first_of: Mapping[str, str]

    def row(self, each: EnrollField, group: str = "") -> Row:
        rule, slot = self.by_target.get(each.name) or (FieldRule(each.name, write_rule=each.write_rule), "")
        value, state = self._value(each.name, rule)
        return Row(
            name=each.name,
            label=each.label,
            section=each.section,
            rule=rule,
            group=group,
            required=each.required,
            locked=each.identity,
            slot=slot,
            changed=each.name in self.changed or slot in self.changed,
            value=value,
            state=state,
            problems=tuple(self._problems(each.name, self.first_of.get(each.name, ""))),
        )

    def _value(self, name: str, rule: FieldRule) -> tuple[str, str]:
        trace = self.traces.get(name)
        if trace is None or not rule.mapped:
            return "", ""
        if trace.result is ABSENT:
            return "", "left"
        return (trace.result, "value") if trace.result is not None else ("", "clears")

    def _problems(self, name: str, slot: str) -> Iterator[Said]:
        for finding in (*self.wrong.get(slot, ()), *self.wrong.get(name, ())):
            if finding.code != REQUIRED_LEFT:
                yield Said(finding.sentence, finding.remedy)
        trace = self.traces.get(name)
        yield from map(said, trace.problems if trace else ())


def said(problem: Problem) -> Said:
    """A problem of a value, in its words."""
    message = MESSAGES[problem.code]
    return Said(message.sentence.format(**problem.facts), message.remedy.format(**problem.facts))


def summary(step: Transform) -> str:
    """A step in a few words: its title, and the first of its arguments that says something."""
    table = getattr(step, "table", None)
    if table is not None:
        return f"{len(table):,} code{'' if len(table) == 1 else 's'}"
    told = (_told(getattr(step, each.name)) for each in fields(step))
    first = next((text for text in told if text), "")
    text = f"{step.title}: {first}" if first else step.title
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _told(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, tuple):
        return ", ".join(_told(each) for each in value)
    named = getattr(value, "source_field", None) or getattr(value, "text", None)
    return named or ""
