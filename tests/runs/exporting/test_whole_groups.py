"""Fields that the SIS takes only together: what cannot go whole stays out, is named, and takes nothing else with it."""

from typing import Any

import pytest
from export_scene import ROSA, direct
from powerschool_walk import HOME, Walk

EMAIL = {"students.email": "rosa@school.example"}
PHYSICAL = ("street", "city", "state_province", "postal_code")
DOCTOR = (
    direct("contact.doctor_name", "students_annual.homeroom", overwrite=True),
    direct("contact.doctor_phone", "students.phone", overwrite=True),
)


def sent(walk: Walk, answers: dict[str, str], *codes: str) -> dict[str, Any]:
    """Export, and see that the rest arrived and these were said."""
    walk.register("R-1", ROSA | answers)
    run = walk.export()
    (rosa,) = walk.students("Núñez")
    state = ("partial", codes[0]) if codes else ("succeeded", "")
    assert (walk.codes(run, "R-1"), walk.sync("R-1")) == (list(codes), state)
    assert rosa.email == answers.get("students.email", rosa.email)
    return walk.changes(run, "R-1")


def test_a_new_student_without_a_rule_for_a_part_arrives_without_the_address(walk: Walk) -> None:
    walk.without_rules("addresses.physical.state_province")
    changes = sent(walk, HOME | EMAIL, "export-group-half")
    assert [name for name in changes if "physical" in name] == []
    assert walk.facts("R-1", "export-group-half") == {"group": "Address", "fields": "State"}


def test_a_part_without_a_rule_is_taken_from_what_the_sis_holds(walk: Walk) -> None:
    sent(walk, HOME)
    walk.without_rules("addresses.physical.state_province")
    changes = sent(walk, HOME | EMAIL | {"students_annual.address_street": "9 Oak Ave"})
    assert sorted(changes) == ["addresses.physical.street", "contact_info.email"]
    (rosa,) = walk.students("Núñez")
    assert (rosa.household.address.street, rosa.household.address.state) == ("9 Oak Ave", "AZ")


def test_a_part_that_is_blank_in_the_sis_too_leaves_the_address_out(walk: Walk) -> None:
    sent(walk, {})
    walk.without_rules("addresses.physical.state_province")
    sent(walk, HOME | EMAIL, "export-group-half")


@pytest.mark.parametrize("blank", [PHYSICAL, ("street",)], ids=["every part", "one part"])
def test_an_address_is_not_taken_away(walk: Walk, blank: tuple[str, ...]) -> None:
    sent(walk, HOME)
    rules = [(f"addresses.physical.{part}", name) for part, name in zip(PHYSICAL, HOME, strict=True)]
    walk.add_rules(*(direct(target, name, overwrite=True) for target, name in rules))
    left = {
        name: value for part, (name, value) in zip(PHYSICAL, HOME.items(), strict=True) if part not in blank
    }
    code = "export-group-stays" if blank == PHYSICAL else "export-group-half"
    assert sorted(sent(walk, left | EMAIL, code)) == ["contact_info.email"]
    (rosa,) = walk.students("Núñez")
    assert rosa.household.address.street == "12 Elm St"
    version = walk.app.sis.district.version
    walk.export()
    assert walk.app.sis.district.version == version


def test_a_doctor_is_taken_away_where_both_parts_are_blank(walk: Walk) -> None:
    walk.add_rules(*DOCTOR)
    sent(walk, {"students_annual.homeroom": "Dr. Lund", "students.phone": "480-555-0177"})
    walk.add_rules(DOCTOR[0])
    sent(walk, EMAIL, "export-group-half")  # the phone, which no rule names, would stay
    walk.add_rules(*DOCTOR)
    changes = sent(walk, EMAIL)
    assert changes == {
        "contact.doctor_name": ["Dr. Lund", None],
        "contact.doctor_phone": ["480-555-0177", None],
    }
    (rosa,) = walk.students("Núñez")
    assert (rosa.more["doctor_name"], rosa.more["doctor_phone"]) == ("", "")


def test_a_doctor_without_a_phone_is_taken_away_by_the_name_alone(walk: Walk) -> None:
    sent(walk, {})
    (rosa,) = walk.students("Núñez")
    rosa.more["doctor_name"] = "Dr. Lund"
    walk.add_rules(DOCTOR[0])
    assert list(sent(walk, EMAIL)) == ["contact_info.email", "contact.doctor_name"]
