"""Random mappings, records and contacts for the property tests."""

from typing import Any

from hypothesis import strategies as st

from yellowbus.catalog import FieldType, catalog
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.transforms import (
    Date,
    Direct,
    EnrollSchoolYear,
    Extension,
    IfThenElse,
    Join,
    Lower,
    MatchCodes,
    OnBlank,
    OnOddNumber,
    OnUnmatched,
    PhoneFormat,
    PhoneNumber,
    Pick,
    Split,
    Substitute,
    Today,
    Transliterate,
    Upper,
    ValueInput,
    YearFormat,
)
from yellowbus.mapping.transforms.conditions import Condition, Group, Operator
from yellowbus.mapping.transforms.operands import Constant, FromField, LeaveUnmapped, Nested, SoFar
from yellowbus.records import Record, WriteRule

STUDENTS = catalog("students")
SOURCES = ("A", "B", "C")
FLAGS = ("legal", "emergency")

texts = st.text(max_size=6)
values = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        (
            *(
                "",
                " ",
                "0",
                "01",
                "09/01/2007",
                "2007-09-01",
                "9/1/07",
                "39326",
                "true",
                "(555) 555-0100",
                "K",
            ),
            *("5;1", "555-0100 x12", "José", "a@example.org", "1.23E+05", "0000-00-00"),
            *("\ud800", "\0", "\u0661\u0662", "\u00b2"),
        )
    ),
)
fields = st.builds(FromField, st.sampled_from(SOURCES))
plain_operands = st.one_of(fields, st.builds(Constant, texts), st.builds(SoFar))
formats = st.sampled_from(
    ["YYYY-MM-DD", "MM/DD/YYYY", "M/D/YY", "MMM D, YYYY", "ISO timestamp", "Excel serial"]
)
targets = st.sampled_from(["YYYY-MM-DD", "M/D/YY", "MMMM D, YYYY"])
tables = st.dictionaries(st.sampled_from(["0", "5", "K", "true", "José"]), texts, min_size=1, max_size=4).map(
    lambda table: tuple(table.items())
)

leaves = st.one_of(
    st.builds(
        Date,
        st.lists(formats, min_size=1, max_size=3).map(tuple),
        targets,
        drop_time=st.booleans(),
        pivot=st.integers(0, 99),
    ),
    st.builds(Today, targets),
    st.builds(Lower),
    st.builds(Upper),
    st.builds(Direct),
    st.builds(ValueInput, texts),
    st.builds(
        Split,
        st.sampled_from([" ", ",", ";", "x"]),
        st.sampled_from([1, 2, -1]),
        st.integers(0, 2),
        st.booleans(),
    ),
    st.builds(
        Substitute,
        st.lists(st.tuples(st.text(min_size=1, max_size=2), texts), min_size=1, max_size=3).map(tuple),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(
        PhoneNumber, st.sampled_from(PhoneFormat), st.sampled_from(Extension), st.sampled_from(OnOddNumber)
    ),
    st.builds(EnrollSchoolYear, st.sampled_from(YearFormat)),
    st.builds(
        MatchCodes,
        tables,
        st.sampled_from(OnUnmatched),
        st.sampled_from(OnBlank),
        st.just("UG"),
        st.just(value=False),
        st.sampled_from(["", ";"]),
    ),
    st.builds(Transliterate, st.booleans()),
)


def _combined(steps: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    nested = st.builds(
        Nested,
        st.one_of(st.none(), st.sampled_from(SOURCES)),
        st.lists(steps, min_size=1, max_size=2).map(tuple),
    )
    operands = st.one_of(plain_operands, nested)
    branches = st.one_of(operands, st.builds(LeaveUnmapped))
    conditions = st.builds(
        Condition, operands, st.sampled_from(Operator), operands, st.just(("K", "0")), st.booleans()
    )
    tests = st.one_of(
        conditions, st.builds(Group, st.booleans(), st.lists(conditions, min_size=1, max_size=2).map(tuple))
    )
    several = st.lists(operands, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Join, several, st.sampled_from(["", " ", ", "]), st.booleans()),
        st.builds(Pick, several),
        st.builds(IfThenElse, tests, branches, branches),
    )


transforms = st.recursive(leaves, _combined, max_leaves=4)


@st.composite
def rules(draw: st.DrawFn, names: st.SearchStrategy[str], *, identity: bool = False) -> FieldRule:
    kind = draw(st.sampled_from(MappingType))
    steps: tuple[Any, ...] = ()
    if kind is MappingType.TRANSFORMATION:
        steps = tuple(draw(st.lists(transforms, min_size=1, max_size=3)))
    if kind is MappingType.MATCH_CODES:
        steps = (draw(st.builds(MatchCodes, tables)),)
    return FieldRule(
        draw(names),
        kind,
        draw(st.sampled_from(SOURCES)),
        steps,
        overwrite=not identity and draw(st.booleans()),
        write_rule=draw(st.sampled_from(WriteRule)),
    )


_types: dict[FieldType, list[str]] = {}
for _name, _field in STUDENTS.fields.items():
    if not _field.identity and "guardian" not in _name and "emergency" not in _name:
        _types.setdefault(_field.type, []).append(_name)
ordinary = st.sampled_from([name for names in _types.values() for name in names])
identities = st.sampled_from([name for name, field in STUDENTS.fields.items() if field.identity])


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    some = draw(st.lists(rules(ordinary), max_size=6, unique_by=lambda rule: rule.field))
    some += draw(st.lists(rules(identities, identity=True), max_size=2, unique_by=lambda rule: rule.field))
    slots = draw(st.lists(_slots(), max_size=3, unique_by=lambda slot: slot.slot))
    return Mapping("students", tuple(some), tuple(slots))


@st.composite
def _slots(draw: st.DrawFn) -> ContactSlot:
    parts = draw(
        st.lists(
            rules(st.sampled_from(["fname", "lname", "pickup"])),
            max_size=3,
            unique_by=lambda rule: rule.field,
        )
    )
    return ContactSlot(
        draw(st.sampled_from(["guardian1", "guardian2", "emergency1"])),
        tuple(parts),
        flags=tuple(draw(st.lists(st.sampled_from(FLAGS), max_size=2, unique=True))),
        sort=("B",),
        id_field="A",
    )


source_values = st.dictionaries(st.sampled_from(SOURCES), values)
contacts = st.lists(st.dictionaries(st.sampled_from((*SOURCES, *FLAGS)), values), max_size=4)
records = st.builds(Record, source_values, contacts)
kept = st.dictionaries(
    st.sampled_from(["guardian1", "guardian2", "emergency1"]), st.sampled_from(["", "0", "K"])
)
