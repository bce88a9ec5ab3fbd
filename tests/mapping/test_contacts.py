from datetime import date

import pytest

from yellowbus.catalog import catalog
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.compile import Compiled, Context, Mapped, compile_mapping
from yellowbus.mapping.contacts import Seating, seat
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.transforms import PhoneNumber, ValueInput
from yellowbus.records import Problem, Record

CONTEXT = Context(today=date(2025, 9, 1), school_year=2025)


def contact(
    key: str, priority: str = "", *, name: str = "", legal: str = "true", **more: str
) -> dict[str, str]:
    return {"id": key, "priority": priority, "first": name or f"Name{key}", "legal": legal, **more}


def slot(name: str, **more) -> ContactSlot:
    given = {"flags": ("legal",), "sort": ("priority",), "id_field": "id"} | more
    return ContactSlot(name, **given)


def first_name(*, overwrite: bool = False) -> FieldRule:
    return FieldRule("fname", MappingType.DIRECT, "first", overwrite=overwrite)


def compiled(*slots: ContactSlot) -> Compiled:
    return compile_mapping(Mapping("students", (), slots), catalog("students"), CONTEXT)


def seated(seating: Seating) -> dict[str, str]:
    return {name: taken["id"] for name, taken in seating.taken.items()}


TWO = (slot("guardian1"), slot("guardian2"))


def test_contacts_take_slots_in_the_order_of_the_sis() -> None:
    contacts = [contact("7", "10"), contact("8", "2"), contact("9", "1")]

    assert seat(TWO, contacts, {}) == Seating(
        {"guardian1": contacts[2], "guardian2": contacts[1]}, {"guardian": ("7",)}
    )


def test_equal_priorities_are_ordered_by_contact_id_as_a_number() -> None:
    assert seated(seat(TWO, [contact("10", "1"), contact("9", "1")], {})) == {
        "guardian1": "9",
        "guardian2": "10",
    }


def test_a_contact_without_priority_comes_last() -> None:
    assert seated(seat(TWO, [contact("1", ""), contact("2", "5")], {})) == {
        "guardian1": "2",
        "guardian2": "1",
    }


def test_only_contacts_with_the_flags_fit() -> None:
    contacts = [contact("1", legal="false"), contact("2", legal="Y"), contact("3", legal="")]

    assert seat(TWO, contacts, {}) == Seating({"guardian1": contacts[1]}, {})


def test_only_the_named_relationships_fit() -> None:
    mothers = slot("guardian1", flags=(), relationships=("Mother", "Stepmother"), relationship_field="tie")
    contacts = [contact("1", tie="Aunt"), contact("2", tie=" mother "), contact("3")]

    assert seated(seat((mothers,), contacts, {})) == {"guardian1": "2"}


def test_a_slot_keeps_its_contact_when_the_order_changes() -> None:
    contacts = [contact("1", "1"), contact("2", "2"), contact("3", "3")]

    assert seated(seat(TWO, contacts, {"guardian1": "3", "guardian2": "1"})) == {
        "guardian1": "3",
        "guardian2": "1",
    }


def test_a_kept_contact_is_not_taken_by_an_earlier_slot() -> None:
    contacts = [contact("1", "1"), contact("2", "2")]

    assert seated(seat(TWO, contacts, {"guardian2": "1"})) == {"guardian1": "2", "guardian2": "1"}


def test_a_kept_contact_that_no_longer_fits_makes_room() -> None:
    contacts = [contact("1", "1", legal="false"), contact("2", "2")]

    assert seated(seat(TWO, contacts, {"guardian1": "1"})) == {"guardian1": "2"}


def test_one_kept_contact_cannot_hold_two_slots_of_a_group() -> None:
    contacts = [contact("1", "1"), contact("2", "2")]

    assert seated(seat(TWO, contacts, {"guardian1": "1", "guardian2": "1"})) == {
        "guardian1": "1",
        "guardian2": "2",
    }


def test_a_guardian_may_be_an_emergency_contact_too() -> None:
    slots = (slot("guardian1"), slot("emergency1"))

    assert seated(seat(slots, [contact("1")], {})) == {"guardian1": "1", "emergency1": "1"}


def test_very_long_ids_are_ordered_and_not_refused() -> None:
    assert seated(seat(TWO, [contact("9" * 5000), contact("8")], {}))["guardian1"] == "8"


def test_a_slot_fills_its_fields_and_the_sis_contact_id() -> None:
    mapping = compiled(slot("guardian1", rules=(first_name(),)))

    assert mapping.apply(Record({}, [contact("7", name="Ana")])) == Mapped(
        {"students_annual.guardian1_fname": "Ana", "students_annual.guardian1_sis_contact_id": "7"}
    )


def test_left_over_contacts_are_named_by_id_and_never_by_name() -> None:
    mapping = compiled(slot("guardian1", rules=(first_name(),)))
    people = [contact("7", "1"), contact("8", "2", name="Bea"), contact("9", "3", name="Cleo")]

    mapped = mapping.apply(Record({}, people))

    facts = {"group": "guardian", "count": 2, "contacts": "8, 9"}
    assert mapped.problems == (Problem("contacts-left-over", "guardian", facts, warning=True, note=True),)
    assert not mapped.failed


def test_an_empty_slot_leaves_enroll_alone() -> None:
    constant = FieldRule("relationship", MappingType.TRANSFORMATION, None, (ValueInput("mother"),))
    mapping = compiled(slot("guardian1", rules=(first_name(), constant)))

    assert mapping.apply(Record({}, []), {"guardian1": "7"}) == Mapped({})


def test_an_empty_slot_clears_the_fields_that_have_overwrite_and_its_id() -> None:
    mapping = compiled(slot("guardian1", rules=(first_name(overwrite=True),)))

    assert mapping.apply(Record({}, [])) == Mapped(
        {"students_annual.guardian1_fname": None, "students_annual.guardian1_sis_contact_id": None}
    )


PHONE = FieldRule("phone_home", MappingType.TRANSFORMATION, "phone", (PhoneNumber(),))


def test_a_slot_that_passes_to_another_person_keeps_nothing_of_the_first() -> None:
    mapping = compiled(slot("guardian1", rules=(first_name(), PHONE)))

    assert mapping.apply(Record({}, [contact("8", name="Bea")]), {"guardian1": "7"}) == Mapped(
        {
            "students_annual.guardian1_fname": "Bea",
            "students_annual.guardian1_phone_home": None,
            "students_annual.guardian1_sis_contact_id": "8",
        }
    )


@pytest.mark.parametrize("kept", [{}, {"guardian1": ""}, {"guardian1": "8"}])
def test_a_blank_of_the_same_person_leaves_enroll_alone(kept: dict[str, str]) -> None:
    mapping = compiled(slot("guardian1", rules=(first_name(), PHONE)))

    assert mapping.apply(Record({}, [contact("8", name="Bea")]), kept) == Mapped(
        {"students_annual.guardian1_fname": "Bea", "students_annual.guardian1_sis_contact_id": "8"}
    )


def test_a_problem_of_a_contact_is_named_by_the_enroll_field() -> None:
    mapping = compiled(slot("guardian1", rules=(PHONE,)))

    mapped = mapping.apply(Record({}, [contact("8", phone="call me")]))

    assert [(problem.code, problem.field, problem.warning) for problem in mapped.problems] == [
        ("phone-not-ten-digits", "students_annual.guardian1_phone_home", True),
        ("value-not-a-phone", "students_annual.guardian1_phone_home", True),
    ]


def test_a_trace_of_a_slot_gives_what_apply_gives() -> None:
    mapping = compiled(slot("guardian1", rules=(first_name(), PHONE)))
    record = Record({}, [contact("8", name="Bea", phone="5555550100")])

    traces = {trace.field: trace.result for trace in mapping.trace(record, {"guardian1": "7"})}

    assert traces == mapping.apply(record, {"guardian1": "7"}).values


def test_the_fields_that_choose_a_contact_are_asked_for() -> None:
    whole = slot("guardian1", rules=(first_name(),), relationships=("Mother",), relationship_field="tie")

    assert compiled(whole).sources == {"first", "legal", "priority", "tie", "id"}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (slot("guardian1", id_field=""), "slot-without-id"),
        (slot("guardian1", relationships=("Mother",)), "slot-without-relationship"),
        (slot("guardian9", rules=(first_name(),)), "field-unknown"),
        (
            slot("guardian1", rules=(FieldRule("sis_contact_id", MappingType.DIRECT, "first"),)),
            "target-twice",
        ),
    ],
)
def test_a_slot_that_cannot_work_is_refused(bad: ContactSlot, code: str) -> None:
    with pytest.raises(NeedsAdmin) as refused:
        compiled(bad)

    assert refused.value.code == code


def test_the_sis_contact_id_may_be_mapped_by_hand_from_its_field() -> None:
    own = FieldRule("sis_contact_id", MappingType.DIRECT, "id")

    assert compiled(slot("guardian1", rules=(own,))).apply(Record({}, [contact("7")])) == Mapped(
        {"students_annual.guardian1_sis_contact_id": "7"}
    )


def test_a_contact_without_id_is_not_taken_for_a_kept_one() -> None:
    contacts = [contact("2", "1"), contact("", "2")]

    assert seated(seat((slot("guardian1"),), contacts, {"guardian1": ""})) == {"guardian1": "2"}
