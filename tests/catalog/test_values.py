from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.catalog import Field, FieldType, Section, ValueRefused, catalog, checker
from yellowbus.messages import MESSAGES


def field(kind, codes="", max_length=255):
    return Field("custom.f", "Field", Section.CUSTOM, type=kind, codes=codes, max_length=max_length)


def refusal(kind, value, **more):
    with pytest.raises(ValueRefused) as refused:
        checker(field(kind, **more))(value)
    return refused.value.code


@given(st.dates())
def test_every_real_date_is_its_own_canonical_form(day):
    assert checker(field(FieldType.DATE))(day.isoformat()) == day.isoformat()


@pytest.mark.parametrize(
    "value",
    [
        "02/03/2016", "2016-2-3", "20160203", "2016-02-30", "0000-00-00", "2016-W05-3", "2016-02-03T00:00:00",
        " 2016-02-03", "2016-02-03\n", "\uff12016-02-03", "0",
    ],
)  # fmt: skip
def test_a_date_in_another_form_or_that_never_was_is_refused(value):
    assert refusal(FieldType.DATE, value) == "value-not-a-date"


def test_a_date_refused_once_is_refused_again():
    assert [refusal(FieldType.DATE, "2023-02-29") for _ in range(2)] == ["value-not-a-date"] * 2


@pytest.mark.parametrize(
    ("written", "canonical"),
    [(word, "true") for word in ("true", "TRUE", "True", "1", "yes", "YES", "y", "Y", "t", "T")]
    + [(word, "false") for word in ("false", "FALSE", "0", "no", "No", "n", "N", "f", "F")],
)
def test_yes_and_no_have_many_spellings(written, canonical):
    assert checker(field(FieldType.BOOLEAN))(written) == canonical


@pytest.mark.parametrize("value", ["2", "maybe", " yes", "-1"])
def test_what_is_neither_yes_nor_no_is_refused(value):
    assert refusal(FieldType.BOOLEAN, value) == "value-not-a-boolean"


@given(st.integers(min_value=-(10**18) + 1, max_value=10**18 - 1))
def test_a_whole_number_loses_only_leading_zeros(number):
    sign = "-" if number < 0 else ""
    check = checker(field(FieldType.INTEGER))
    assert check(str(number)) == str(number)
    assert check(f"{sign}{abs(number):018d}") == str(number)


@pytest.mark.parametrize("value", ["1.0", "1,000", "1e3", "--1", "+1", "٣", "1" * 19])
def test_what_is_no_whole_number_is_refused(value):
    assert refusal(FieldType.INTEGER, value) == "value-not-an-integer"


def test_a_year_has_four_digits():
    assert checker(field(FieldType.YEAR))("2025") == "2025"
    for value in ("25", "2025-2026", "20255", "3025", "0205"):
        assert refusal(FieldType.YEAR, value) == "value-not-a-year"


@pytest.mark.parametrize("value", ["a@example.org", "Ana.Nuñez+school@mail.example.org"])
def test_an_email_address_stays_as_written(value):
    assert checker(field(FieldType.EMAIL))(value) == value


@pytest.mark.parametrize(
    "value", ["none", "a@b", "a b@example.org", "a@example.org; b@example.org", "a@@example.org", "a@.org"]
)
def test_what_is_not_one_email_address_is_refused(value):
    assert refusal(FieldType.EMAIL, value) == "value-not-an-email"


@pytest.mark.parametrize(
    "value",
    ["(555) 010-1234", "5550101234", "+1 555 010 1234", "555.010.1234 x12", "555-0101 ext. 7", "010-1234"],
)
def test_a_phone_number_stays_as_written(value):
    assert checker(field(FieldType.PHONE))(value) == value


@pytest.mark.parametrize(
    "value", ["unlisted", "12345", "call 5550101234", "5550101234 mom", "1" * 16, "555 0101, 555 0102"]
)
def test_what_is_not_one_phone_number_is_refused(value):
    assert refusal(FieldType.PHONE, value) == "value-not-a-phone"


def test_a_code_is_taken_in_any_case_and_a_label_is_not():
    check = checker(field(FieldType.CODE, codes="grade"))
    assert [check(value) for value in ("PK", "pk", "k", "10")] == ["PK", "PK", "K", "10"]
    for value in ("Kindergarten", "01", "13", "-1"):
        assert refusal(FieldType.CODE, value, codes="grade") == "value-not-a-code"


def test_codes_of_an_instance_stand_beside_those_of_the_catalog():
    check = checker(field(FieldType.CODE, codes="grade"), ["PK3", "Adult"])
    assert [check(value) for value in ("pk3", "ADULT", "k")] == ["PK3", "Adult", "K"]


def test_a_set_of_the_instance_alone_is_enough_and_an_empty_one_is_a_mistake():
    house = field(FieldType.CODE, codes="house")
    assert checker(house, ["Red"])("red") == "Red"
    with pytest.raises(KeyError):
        checker(house)


def test_text_ends_at_its_length():
    check = checker(field(FieldType.TEXT, max_length=3))
    assert [check(value) for value in ("a", "ñañ")] == ["a", "ñañ"]
    for kind, value in ((FieldType.TEXT, "abcd"), (FieldType.EMAIL, "a@b.org"), (FieldType.PHONE, "5550101")):
        assert refusal(kind, value, max_length=3) == "value-too-long"


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=255
    )
)
def test_any_text_that_can_be_stored_stays_as_written(value):
    assert checker(field(FieldType.TEXT))(value) == value


@pytest.mark.parametrize("value", ["a\0b", "a\ud800b"])
def test_text_that_no_database_takes_is_refused(value):
    assert refusal(FieldType.TEXT, value) == "value-not-text"


def test_a_refusal_has_the_facts_of_its_sentence():
    with pytest.raises(ValueRefused) as refused:
        checker(catalog("students").fields["students_annual.grade"])("13")
    assert MESSAGES[refused.value.code].sentence.format(**refused.value.facts) == (
        "Grade takes a code of the set “grade”, and the value is not one of them."
        " The field was left as it is."
    )


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind not in (FieldType.TEXT, FieldType.CODE)])
def test_a_refusal_never_holds_the_value(kind):
    with pytest.raises(ValueRefused) as refused:
        checker(field(kind))("Rosa Invented")
    assert "Rosa" not in f"{refused.value!r}{refused.value}{refused.value.facts}"


def test_birth_dates_of_a_district_are_checked_without_parsing_twice():
    check = checker(catalog("students").fields["students.dob"])
    days = [date(2010, 1, 1).fromordinal(733773 + n % 6000).isoformat() for n in range(12000)]
    assert [check(day) for day in days] == days
