"""What is asked of the suggestions, and what they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yellowbus.catalog import Catalog
from yellowbus.mapping.model import ContactSlot, FieldRule
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.records import Record


@dataclass(frozen=True, slots=True)
class Source:
    """A field of the SIS, or a column of a file. `codes` names a code set of the SIS."""

    name: str
    label: str
    group: str = ""
    type: str = "text"
    codes: str = ""
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a system: for a field the first rule counts whose source fields are all there.

    `system` is its name in a sentence, `mappings` in the order of preference. `named` are sources that the connection
    itself names, with what it names them.
    """

    system: str = ""
    mappings: tuple[FieldMapping, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> frozenset[str]:
        """Every source field that some rule reads."""
        return frozenset(name for mapping in self.mappings for name in _all_reads(mapping))


@dataclass(frozen=True, slots=True)
class Asked:
    """All that suggestions are made from.

    `samples` are a few records, `codes` the values of the SIS's code sets with their labels. Fields that `mapping`
    fills are left alone, and sources that it reads go to no other field by their heading.
    """

    catalog: Catalog
    sources: Sequence[Source]
    mapping: FieldMapping
    samples: Sequence[Record] = ()
    codes: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    known: Known = field(default_factory=Known)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule for an Enroll field that has none. `field` is the whole name.

    For a field of a contact slot of the mapping, `slot` says how the slot chooses its contact, and the rule's own
    field is the last part of the name. `confidence` is at most 1; `reason` a sentence.
    """

    field: str
    rule: FieldRule
    confidence: float
    reason: str
    slot: ContactSlot | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.rule.reads()))


def _all_reads(mapping: FieldMapping) -> Iterator[str]:
    for rule in mapping.rules:
        yield from rule.reads()
    for slot in mapping.contact_slots:
        yield from slot.reads()
        for rule in slot.rules:
            yield from rule.reads()
