from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.match_codes import (
    Table,
    chosen,
    gone,
    matched,
    reaching,
    review,
    table_of,
    unmatched,
    with_table,
    write_csv,
)
from yellowbus.mapping.model import FieldRule, MappingType
from yellowbus.mapping.steps import Context
from yellowbus.mapping.transforms import Join, Lower, MatchCodes, Upper

GRADES = MatchCodes((("00", "K"), ("01", "1"), ("Kinder", "K")))


def taken(text: str) -> Table:
    """The table that an uploaded file gives."""
    return chosen(review(text, MatchCodes()))


def test_a_table_is_written_as_csv_with_headings() -> None:
    assert write_csv((("00", "K"), ("a, b", "AB"))) == 'SIS value,Enroll value\n00,K\n"a, b",AB\n'


def test_a_table_keeps_leading_zeros_through_csv() -> None:
    assert taken(write_csv(GRADES.table)) == GRADES.table


def test_headings_may_differ_by_case_and_blanks_and_further_columns_are_notes() -> None:
    assert taken("\ufeffsis value , ENROLL VALUE,Note\r\n00,K,kindergarten\r\n\r\n") == (("00", "K"),)


@pytest.mark.parametrize(("text", "line"), [("", 1), ("00,K\n", 1), ('SIS value,Enroll value\n"00,K\n', 2)])
def test_a_file_that_is_not_understood_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(NeedsAdmin) as refused:
        review(text, GRADES)

    assert (refused.value.code, refused.value.facts["line"]) == ("codes-csv", line)


def test_a_line_of_one_column_is_named_and_gives_the_table_nothing() -> None:
    text = "SIS value,Enroll value\n00\n01,1\n"

    faults = [(line.number, line.fault.code) for line in review(text, GRADES) if line.fault is not None]

    assert faults == [(2, "codes-line-short")]
    assert taken(text) == (("01", "1"),)


_CODE = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=8).filter(
    str.strip
)


@given(st.lists(st.tuples(_CODE, _CODE.map(str.strip)), max_size=5))
def test_any_table_comes_back_from_csv(pairs: list[tuple[str, str]]) -> None:
    assert taken(write_csv(tuple(pairs))) == tuple(pairs)


def test_unmatched_values_come_with_their_counts_the_most_frequent_first() -> None:
    counts = {"00": 40, "UG": 2, "ug ": 3, "99": 7, "": 5, "  ": 1, "kinder": 9}

    assert unmatched(GRADES, counts) == [("99", 7), ("UG", 5)]


def test_each_of_several_values_is_looked_up_on_its_own() -> None:
    step = MatchCodes((("1", "white"),), separator=";")

    assert unmatched(step, {"1;5": 2, "5; 7": 1, ";": 4}) == [("5", 3), ("7", 1)]


def test_ignored_leading_zeros_make_one_value() -> None:
    step = MatchCodes((("1", "first"),), ignore_leading_zeros=True)

    assert unmatched(step, {"01": 9, "2": 1, "02": 1}) == [("2", 2)]


def test_targets_that_no_longer_exist_are_named_once() -> None:
    step = MatchCodes((("0", "K"), ("1", "KG"), ("2", "KG"), ("9", "")))

    assert gone(step, {"K"}) == ["KG"]


FILE = """SIS value,Enroll value
00,K
 00 ,1
PK
,4
01,Z
=1+1,K
"""


def test_a_file_is_looked_at_line_by_line() -> None:
    lines = review(FILE, GRADES, {"K", "1"})

    assert [(line.number, line.fault.code if line.fault else "") for line in lines] == [
        (2, ""), (3, "codes-line-twice"), (4, "codes-line-short"), (5, "codes-line-blank"),
        (6, "codes-line-target"), (7, ""),
    ]  # fmt: skip
    assert lines[1].fault is not None
    assert lines[1].fault.facts == {"code": "00", "first": 2}


def test_blank_is_written_as_a_word_and_an_open_line_is_left_out() -> None:
    text = write_csv((("00", "K"), ("01", ""), ("PK", None)))

    assert text == "SIS value,Enroll value\n00,K\n01,(blank)\nPK,\n"
    assert taken(text) == (("00", "K"), ("01", ""))


def test_notes_are_written_beside_and_not_read() -> None:
    text = write_csv((("00", "K", "Kindergarten", "=40"),), ("Label", "Records"))

    assert text == "SIS value,Enroll value,Label,Records\n00,K,Kindergarten,'=40\n"
    assert taken(text) == (("00", "K"),)


def test_blank_is_in_every_set_and_without_a_set_every_value_is() -> None:
    assert review("SIS value,Enroll value\n00,(Blank)\n", GRADES, {"K"})[0].fault is None
    assert review("SIS value,Enroll value\n00,anything\n", GRADES)[0].fault is None


def test_a_value_as_long_as_a_story_is_no_code() -> None:
    lines = review(f"SIS value,Enroll value\n{'x' * 200},K\n{'x' * 201},K\n", GRADES)

    assert [line.fault.code if line.fault else "" for line in lines] == ["", "codes-line-long"]


@pytest.mark.parametrize("code", ["=cmd()", "+1", "-1", "@x", "'=x", "''+1", "'plain"])
def test_a_code_that_looks_like_a_formula_comes_back_and_no_spreadsheet_runs_it(code: str) -> None:
    text = write_csv(((code, code),))

    assert taken(text) == ((code, code),)
    assert not text.splitlines()[1].startswith(("=", "+", "-", "@"))


def test_what_a_table_matches_is_counted_by_its_own_lines() -> None:
    assert matched(GRADES, {"00": 4, " kinder": 2, "KINDER": 1, "99": 7}) == {"00": 4, "kinder": 3}


def rule(*steps: object) -> FieldRule:
    return FieldRule("students_annual.grade", MappingType.TRANSFORMATION, "Grade", steps)  # type: ignore[arg-type]


def test_what_reaches_a_table_has_gone_through_the_steps_before() -> None:
    context = Context(date(2026, 9, 1), 2026)

    assert reaching(rule(Upper(), GRADES, Lower()).steps, {"k": 1, "K": 2, "1": 3}, context) == {
        "K": 3,
        "1": 3,
    }
    assert reaching(rule(Join(), GRADES).steps, {"k": 1}, context) is None


def test_the_table_of_a_rule_is_its_last_and_is_put_back_in_its_place() -> None:
    other = MatchCodes((("1", "2"),))
    chain = rule(GRADES, other, Lower())

    assert table_of(chain) == other
    assert with_table(chain, GRADES).steps == (GRADES, GRADES, Lower())
    assert with_table(rule(Lower()), other).steps == (Lower(), other)
    assert table_of(rule(Lower())) is None
