import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.planning import (
    NEW,
    Basis,
    Candidate,
    Decision,
    Existing,
    Known,
    Review,
    match,
    match_key,
    normalise,
)

ROSA = {
    "students.student_district_id": "100",
    "students.fname": "Rosa",
    "students.lname": "Núñez-Invented",
    "students.dob": "2015-03-04",
}


def known(number=7, district_id="100", lname="Nunez Invented", dob="2015-03-04", **more):
    return Known(number, district_id, "ROSA", lname, dob, **more)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("  Rosa  ", "rosa"),
        ("O'Brien", "obrien"),
        ("O\u2019Brien", "obrien"),
        ("García-López", "garcia lopez"),
        ("García\u2013López", "garcia lopez"),
        ("Jean\tLuc", "jean luc"),
        ("St. John, Jr.", "st john jr"),
        ("Łukasz Strauß", "lukasz strauss"),
        ("-", ""),
        ("", ""),
    ],
)
def test_a_name_loses_case_accents_and_punctuation(written, plain):
    assert normalise(written) == plain


@given(st.text(max_size=60))
def test_a_normalised_name_is_plain_and_stays_as_it_is(name):
    plain = normalise(name)
    assert normalise(plain) == plain
    assert set(plain) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert plain == " ".join(plain.split(" "))
    assert "  " not in plain
    assert plain == plain.strip()


def test_namesakes_born_on_one_day_share_a_key():
    other = {"students.fname": "ROSA", "students.lname": "Nunez Invented", "students.dob": "2015-03-04"}
    assert match_key(ROSA) == match_key(other) == "rosa|nunez invented|2015-03-04"


@pytest.mark.parametrize("field", ["students.fname", "students.lname", "students.dob"])
@pytest.mark.parametrize("blank", [None, "", "absent"])
def test_without_names_and_birth_date_there_is_no_key(field, blank):
    values = {name: value for name, value in ROSA.items() if name != field}
    if blank != "absent":
        values[field] = blank
    assert match_key(values) is None


def test_a_name_of_punctuation_alone_makes_no_key():
    assert match_key(ROSA | {"students.fname": "--"}) is None


def test_the_district_id_decides():
    assert match(ROSA, known()) == Existing(7, Basis.DISTRICT_ID)


def test_the_district_id_decides_though_others_have_the_same_name_and_birth_date():
    assert match(ROSA, known(), same_key=[known(), known(8, "200")]) == Existing(7, Basis.DISTRICT_ID)


@pytest.mark.parametrize(
    "corrected",
    [
        known(dob="2015-04-03"),
        known(lname="Other"),
        known(dob=None, lname="Other"),
        known(dob="2015-04-03", lname=None),
        known(archived=True),
    ],
)
def test_a_birth_date_or_a_last_name_alone_may_differ_under_one_id(corrected):
    assert match(ROSA, corrected) == Existing(7, Basis.DISTRICT_ID)


def test_an_incoming_blank_says_nothing_against_the_id():
    assert match(ROSA | {"students.dob": None}, known(dob="2001-01-01", lname="Other")) == Existing(
        7, Basis.DISTRICT_ID
    )


def test_an_id_whose_birth_date_and_last_name_both_differ_is_for_a_person():
    other = known(dob="2001-01-01", lname="Other")
    assert match(ROSA, other) == Review((Candidate(7, "review-id-of-another"),))


def test_the_namesakes_of_a_doubtful_id_are_shown_once_each():
    other = known(dob="2001-01-01", lname="Other")
    assert match(ROSA, other, same_key=[known(8, "200"), other]) == Review(
        (Candidate(7, "review-id-of-another"), Candidate(8, "review-namesake-other-id"))
    )


def test_nobody_like_it_is_a_new_student():
    assert match(ROSA, None) == NEW


@pytest.mark.parametrize(
    ("namesake", "reason"),
    [
        (known(8, "200"), "review-namesake-other-id"),
        (known(8, None), "review-namesake-without-id"),
        (known(8, "200", archived=True), "review-namesake-archived"),
        (known(0, "200"), "review-namesake-in-run"),
    ],
)
def test_a_namesake_is_never_taken_nor_doubled_without_a_person(namesake, reason):
    assert match(ROSA, None, same_key=[namesake]) == Review((Candidate(namesake.id, reason),))


def test_a_record_without_an_id_says_so_of_its_namesake():
    anonymous = ROSA | {"students.student_district_id": None}
    assert match(anonymous, None, same_key=[known(8, "200")]) == Review(
        (Candidate(8, "review-namesake-without-id"),)
    )


def test_a_reason_explains_itself():
    assert Candidate(8, "review-namesake-other-id").sentence == (
        "Same first name, last name and birth date; district ids differ."
    )


def test_a_decision_settles_a_review():
    namesakes = [known(8, "200"), known(9, "300")]
    assert match(ROSA, None, same_key=namesakes, decision=Decision(9)) == Existing(9, Basis.DECISION)
    assert match(ROSA, None, same_key=namesakes, decision=Decision(None)) == NEW


def test_a_decision_for_the_doubtful_student_settles_it():
    other = known(dob="2001-01-01", lname="Other")
    assert match(ROSA, other, decision=Decision(7)) == Existing(7, Basis.DECISION)


def test_a_child_once_decided_to_be_nobody_known_is_matched_by_the_id_it_was_created_with():
    assert match(ROSA, known(), decision=Decision(None)) == Existing(7, Basis.DISTRICT_ID)


@pytest.mark.parametrize(
    ("by_id", "decision"),
    [
        (known(dob="2001-01-01", lname="Other"), Decision(None)),
        (known(dob="2001-01-01", lname="Other"), Decision(8)),
        (known(), Decision(8)),
    ],
)
def test_no_decision_gives_two_students_one_district_id(by_id, decision):
    assert match(ROSA, by_id, same_key=[known(8, "200")], decision=decision) == Review(
        (Candidate(7, "review-id-taken"),)
    )
