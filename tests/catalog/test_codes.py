import pytest

from yellowbus.catalog import Code, code_set, code_sets


def values(name):
    return [code.value for code in code_set(name)]


def test_every_set_says_whose_codes_it_holds():
    assert {name: codes.origin for name, codes in code_sets().items()} == {
        "grade": "ours",
        "gender": "ours",
        "race": "ours",
        "ethnicity": "ours",
        "relationship": "ours",
        "enroll_status": "ours",
        "state": "postal abbreviations, package us",
        "country": "ISO 3166-1 alpha-2, package pycountry",
        "language": "ISO 639-3, package pycountry",
    }


@pytest.mark.parametrize("name", list(code_sets()))
def test_no_value_or_label_stands_twice_and_case_tells_no_codes_apart(name):
    codes = code_set(name)
    assert len({code.value.casefold() for code in codes}) == len(codes)
    assert len({code.label for code in codes}) == len(codes)
    assert [code for code in codes if not (code.value.strip() and code.label.strip())] == []


def test_grades_run_from_pre_kindergarten_to_twelve():
    assert values("grade") == ["PK", "TK", "K", *(str(number) for number in range(1, 13))]


def test_race_has_the_seven_federal_categories():
    assert len(code_set("race")) == 7


def test_enroll_status_holds_the_words_of_the_read_filter():
    assert values("enroll_status") == [
        "active",
        "pre-registered",
        "inactive",
        "transferred",
        "graduated",
        "historical",
    ]


def test_states_are_fifty_with_the_capital_territories_and_armed_forces():
    states = values("state")
    assert len(states) == 59
    assert {"CA", "DC", "PR", "GU", "AE"} <= set(states)


def test_sets_from_packages_are_sorted_by_label():
    for name in ("state", "country", "language"):
        labels = [code.label.casefold() for code in code_set(name)]
        assert labels == sorted(labels)


def test_a_country_has_the_name_that_people_use():
    assert [code for code in code_set("country") if code.value in {"BO", "US"}] == [
        Code("BO", "Bolivia"),
        Code("US", "United States"),
    ]


def test_languages_of_many_families_are_there_though_they_have_no_two_letter_code():
    assert {"eng", "spa", "hat", "yue", "cmn", "fil", "hmn", "mww", "ase"} <= set(values("language"))
    assert len(values("language")) < 300


def test_an_unknown_set_is_a_key_error():
    with pytest.raises(KeyError):
        code_set("colors")
