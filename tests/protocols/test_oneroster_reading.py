"""What providers send where the standard wants something else (oneroster dossier 1.4 to 1.6)."""

import doctest

import pytest

from yellowbus.protocols.oneroster import filters, reading, versions


@pytest.mark.parametrize("module", [reading, filters, versions])
def test_the_examples_hold(module):
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b'"text"', b"{", b"\xff", b"null"])
def test_what_is_no_object_is_none(raw):
    assert reading.parsed(raw) is None


def test_a_number_stays_as_it_was_written():
    assert reading.parsed(b'{"a": 1.50}') == {"a": "1.50"}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Lena", "Lena"),
        (" Lena ", " Lena "),
        ("", None),
        (" ", None),
        (None, None),
        (0, "0"),
        ([], None),
        ({}, None),
    ],
)
def test_a_word_is_text_or_nothing(value, told):
    assert reading.word(value) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("true", "true"),
        ("TRUE", "true"),
        (True, "true"),
        (1, "true"),
        ("No", "false"),
        (False, "false"),
        (None, None),
    ],
)
def test_a_boolean_is_read_however_it_is_written(value, told):
    assert reading.boolean(value) == told


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("09", "09"),
        ("9", "09"),
        ("Ninth grade", "09"),
        ("Grade 9", "09"),
        ("first  GRADE", "01"),
        ("KG", "KG"),
        ("Kindergarten", "KG"),
        ("Preschool/Prekindergarten", "PK"),
        ("-1", "-1"),
        ("Seniors", "Seniors"),
    ],
)
def test_a_grade_becomes_its_ceds_code_where_it_is_known(value, code):
    assert reading.grade(value) == code


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (None, []),
        ([], []),
        ({"sourcedId": "1"}, ["1"]),
        ([{"sourcedId": "1"}, {"sourcedId": 2}, None, {}], ["1", "2"]),
        ([{"href": "~/ims/oneroster/v1p1/orgs/210"}], ["210"]),
        ([{"href": "https://a.example.org/orgs/210/", "sourcedId": ""}], ["210"]),
        ("210", ["210"]),
    ],
)
def test_references_name_ids_in_every_form(value, ids):
    assert list(reading.references(value)) == ids


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (None, []),
        ("", []),
        ([{"identifier": "7"}], [("", "7")]),
        ([{"type": "SIS", "identifier": None}, "x"], []),
        ("{SIS:7}", [("SIS", "7")]),
    ],
)
def test_user_ids_are_read_as_objects_and_as_text(value, ids):
    assert list(reading.user_ids(value)) == ids
