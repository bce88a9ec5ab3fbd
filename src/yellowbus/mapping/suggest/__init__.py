"""Suggest mappings: which source field could fill an Enroll field that has no rule yet, and how.

What is known of a system counts first, then the heading of a field, held against sample values. A wrong suggestion
costs more than a missing one, so whatever leaves a choice is left to the person.
"""

from collections.abc import Iterator
from typing import Final

from yellowbus.mapping.model import FieldRule, Mapping, MappingType
from yellowbus.mapping.steps import Transform
from yellowbus.mapping.suggest.by_heading import by_heading
from yellowbus.mapping.suggest.by_knowledge import by_knowledge
from yellowbus.mapping.suggest.lay import lay
from yellowbus.mapping.suggest.model import Asked, Known, Source, Suggestion
from yellowbus.mapping.transforms import EnrollSchoolYear, Today

__all__ = ["Asked", "Known", "Source", "Suggestion", "lay", "suggest"]

# Where the SIS has no such field, the articles advise these (enroll-sync 6.1).
_WITHOUT: Final[dict[str, tuple[Transform, str]]] = {
    "students.sis_school_year": (
        EnrollSchoolYear(),
        "No field tells the school year, so the year set in Enroll is used.",
    ),
    "students_annual.sis_entrydate": (
        Today(),
        "No field tells an entry date, so the day of the import is used where Enroll has none.",
    ),
}
_ADVISED: Final = 0.8


def suggest(asked: Asked) -> list[Suggestion]:
    """At most one suggestion for each field that the mapping does not fill, in the order of the pages."""
    filled = {target for target, _ in asked.mapping.targets()}
    open_fields = frozenset(asked.catalog.fields.keys() - filled)
    known = {
        each.field: each for each in by_knowledge(asked, open_fields) if not _is_mixed(asked.mapping, each)
    }
    spoken_for = {*asked.known.sources, *(name for rule in asked.mapping.rules for name in rule.reads())}
    sources = [each for each in asked.sources if each.name not in spoken_for and not each.contact]
    chosen = {slot.slot for slot in asked.mapping.contact_slots} | {
        each.slot.slot for each in known.values() if each.slot
    }
    found = by_heading(asked, sources, _without_slots(open_fields - known.keys(), chosen))
    every = {
        each.field: each for each in (*found.suggestions, *_advised(asked, open_fields - found.considered))
    }
    every |= known
    return [every[name] for name in asked.catalog.fields if name in every]


def _is_mixed(mapping: Mapping, suggestion: Suggestion) -> bool:
    """Whether columns of the student fill the slot already, who may be another person than the contact chosen for it."""
    slot = suggestion.slot
    return slot is not None and any(rule.mapped and _is_of(rule.field, slot.slot) for rule in mapping.rules)


def _without_slots(fields: frozenset[str], slots: set[str]) -> frozenset[str]:
    """The fields without those of slots that choose a contact: a column of the student may tell of another one."""
    return frozenset(name for name in fields if not any(_is_of(name, slot) for slot in slots))


def _is_of(name: str, slot: str) -> bool:
    return name.startswith(f"students_annual.{slot}_")


def _advised(asked: Asked, left: frozenset[str]) -> Iterator[Suggestion]:
    for name, (step, reason) in _WITHOUT.items():
        if name in left:
            write_rule = asked.catalog.fields[name].write_rule
            rule = FieldRule(name, MappingType.TRANSFORMATION, steps=(step,), write_rule=write_rule)
            yield Suggestion(name, rule, _ADVISED, reason)
