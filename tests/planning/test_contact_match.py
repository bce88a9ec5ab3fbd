"""Which contact of the SIS is the one that a family named."""

from dataclasses import dataclass, field

import pytest

from yellowbus.planning.contact_match import UNKNOWN, Known, Place, Roles, Unsure, match_contact

ROLES = Roles("first", "last", ("email",), ("home", "mobile"))
MARIA = {"first": "María", "last": "Núñez", "email": "Maria@family.example", "mobile": "(480) 555-0101"}


@dataclass(frozen=True, slots=True)
class Held:
    remote: str
    values: dict[str, str | None] = field(default_factory=dict)


def held(remote: str, **other: str) -> Held:
    return Held(remote, MARIA | other)


def test_where_the_sis_has_nobody_like_it_it_is_unknown() -> None:
    assert match_contact(MARIA, [], [], ROLES) == UNKNOWN
    other = Held("1", {"first": "Luis", "last": "Vega", "mobile": "(602) 555-0000"})
    assert match_contact(MARIA, [other], [], ROLES) == UNKNOWN


@pytest.mark.parametrize(
    "other",
    [
        {"email": "maria@FAMILY.example", "mobile": ""},
        {"email": "", "mobile": "480.555.0101"},
        {"email": "", "mobile": "", "home": "+1 480 555 0101"},
        {"first": "MARIA", "last": "nunez"},
    ],
)
def test_exact_names_with_an_email_or_a_phone_in_common_are_the_person(other: dict[str, str]) -> None:
    assert match_contact(MARIA, [held("1", **other)], [], ROLES) == Known("1", Place.OWN)
    assert match_contact(MARIA, [], [held("1", **other)], ROLES) == Known("1", Place.ELSEWHERE)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"first": "Carmen"}, "export-contact-shares"),
        ({"last": "Vega", "email": ""}, "export-contact-shares"),
        ({"email": "", "mobile": ""}, "export-contact-name"),
    ],
)
def test_a_phone_alone_or_a_name_alone_is_a_persons(other: dict[str, str], reason: str) -> None:
    assert match_contact(MARIA, [held("1", **other)], [], ROLES) == Unsure(reason, ("1",))


def test_a_name_alone_among_other_students_contacts_says_nothing() -> None:
    assert match_contact(MARIA, [], [held("1", email="", mobile="")], ROLES) == UNKNOWN


def test_a_phone_shared_with_another_place_of_the_form_says_nothing() -> None:
    father = held("1", first="Luis", email="")
    assert match_contact(MARIA, [father], [], ROLES, taken={"1"}) == UNKNOWN


def test_the_student_own_contact_goes_before_others() -> None:
    assert match_contact(MARIA, [held("2")], [held("1"), held("2")], ROLES) == Known("2", Place.OWN)


def test_two_like_it_are_a_persons() -> None:
    assert match_contact(MARIA, [held("1"), held("2")], [], ROLES) == Unsure(
        "export-contact-several", ("1", "2")
    )


def test_what_is_known_from_before_decides_whatever_changed() -> None:
    moved = Held("1", {"first": "Maria", "last": "Old", "mobile": "1"})
    assert match_contact(MARIA, [moved], [], ROLES, ids=["1"]) == Known("1", Place.OWN)
    assert (
        match_contact(MARIA, [], [moved], ROLES, ids=["1"]) == UNKNOWN
    )  # no longer a contact of this student


def test_another_first_name_in_the_same_place_is_another_person() -> None:
    before = Held("1", {"first": "Luis", "last": "Núñez", "mobile": "(602) 555-0000"})
    assert match_contact(MARIA, [before], [], ROLES, ids=["1"]) == UNKNOWN


def test_without_a_name_nobody_is_anybody() -> None:
    assert match_contact({"email": "x@y.example"}, [Held("1", {"mobile": "1"})], [], ROLES) == UNKNOWN
