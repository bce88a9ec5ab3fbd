from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.targets import rule_at, with_rule_at

GRADE = FieldRule("students_annual.grade", MappingType.DIRECT, "Grade")
FIRST = FieldRule("fname", MappingType.DIRECT, "First")
MAPPING = Mapping(
    "students", (GRADE,), (ContactSlot("guardian1", (FIRST,)), ContactSlot("guardian2", (FIRST,)))
)


def test_a_rule_is_found_among_the_rules_and_in_its_slot() -> None:
    assert rule_at(MAPPING, "students_annual.grade") == GRADE
    assert rule_at(MAPPING, "students_annual.guardian2_fname") == FIRST
    assert rule_at(MAPPING, "students_annual.guardian3_fname") is None


def test_a_rule_is_changed_where_it_stands_and_nowhere_else() -> None:
    other = FieldRule("fname", MappingType.DIRECT, "Given")
    changed = with_rule_at(MAPPING, "students_annual.guardian2_fname", other)

    assert [slot.rules for slot in changed.contact_slots] == [(FIRST,), (other,)]
    assert changed.rules == MAPPING.rules


def test_where_there_is_no_rule_nothing_changes() -> None:
    assert with_rule_at(MAPPING, "students.email", GRADE) == MAPPING
