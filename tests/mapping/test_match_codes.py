import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.match_codes import gone, read_csv, unmatched, write_csv
from yellowbus.mapping.transforms import MatchCodes

GRADES = MatchCodes((("00", "K"), ("01", "1"), ("Kinder", "K")))


def test_a_table_is_written_as_csv_with_headings() -> None:
    assert write_csv((("00", "K"), ("a, b", "AB"))) == 'SIS value,Enroll value\n00,K\n"a, b",AB\n'


def test_a_table_keeps_leading_zeros_through_csv() -> None:
    assert read_csv(write_csv(GRADES.table)) == GRADES.table


def test_headings_may_differ_by_case_and_blanks_and_further_columns_are_notes() -> None:
    assert read_csv("\ufeffsis value , ENROLL VALUE,Note\r\n00,K,kindergarten\r\n\r\n") == (("00", "K"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ("00,K\n", 1), ("SIS value,Enroll value\n00\n", 2), ('SIS value,Enroll value\n"00,K\n', 2)],
)
def test_a_file_that_is_not_understood_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(NeedsAdmin) as refused:
        read_csv(text)

    assert (refused.value.code, refused.value.facts["line"]) == ("codes-csv", line)


_CODE = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=8).filter(
    str.strip
)


@given(st.lists(st.tuples(_CODE, _CODE.map(str.strip)), max_size=5))
def test_any_table_comes_back_from_csv(pairs: list[tuple[str, str]]) -> None:
    assert read_csv(write_csv(tuple(pairs))) == tuple(pairs)


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
