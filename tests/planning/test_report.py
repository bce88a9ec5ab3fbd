import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.planning import (
    Counts,
    PlanLine,
    Reconciliation,
    change_sentence,
    plan_csv,
    reconciliation_line,
    summary,
)
from yellowbus.records import Outcome


def table(lines):
    text = "".join(plan_csv(lines))
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_plan_in_one_sentence():
    counts = Counts(read=2014, created=14, updated=52, unchanged=1934, skipped=8, held=2, review=3, failed=1)
    assert summary(counts, held_values=3) == (
        "This import creates 14 students, changes 52, leaves 1,934 as they are, skips 8, holds 3 values of"
        " 2 students, leaves 3 records for a person to match and cannot use 1 record."
    )
    assert summary(counts, held_values=3, done=True) == (
        "This import created 14 students, changed 52, left 1,934 as they were, skipped 8, held 3 values of"
        " 2 students, left 3 records for a person to match and could not use 1 record."
    )


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (Counts(read=1, created=1), "This import creates 1 student."),
        (Counts(read=2, updated=1, unchanged=1), "This import changes 1 student and leaves 1 as it is."),
        (Counts(read=1, unchanged=1), "This import leaves 1 student as it is."),
        (Counts(read=1234, unchanged=1234), "This import leaves 1,234 students as they are."),
        (Counts(read=1, review=1), "This import leaves 1 record for a person to match."),
        (Counts(read=2, failed=2), "This import cannot use 2 records."),
        (Counts(), "This import reads no students."),
    ],
)
def test_one_is_told_in_the_singular_and_none_not_at_all(counts, sentence):
    assert summary(counts) == sentence


def test_one_held_value_of_one_student():
    assert summary(Counts(read=1, held=1), held_values=1) == "This import holds 1 value of 1 student."


def test_an_import_of_nothing_is_told_afterwards_too():
    assert summary(Counts(), done=True) == "This import read no students."


def test_an_import_of_schools_speaks_of_schools():
    assert (
        summary(Counts(read=6, created=5, updated=1), noun="school")
        == "This import creates 5 schools and changes 1."
    )
    assert summary(Counts(), noun="school") == "This import reads no schools."


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [("4", "5", "Grade: 4 → 5"), (None, "5", "Grade: (blank) → 5"), ("4", None, "Grade: 4 → (blank)")],
)
def test_a_change_shows_both_sides(before, after, sentence):
    assert change_sentence("Grade", before, after) == sentence


@pytest.mark.parametrize(
    ("sis", "enroll", "differences", "line"),
    [
        (1120, 1120, {}, "Oak Invented: SIS 1,120 = Enroll 1,120"),
        (
            120,
            118,
            {"failed": 1, "skipped": 1},
            "Oak Invented: SIS 120 = Enroll 118 + 2 named differences (1 failed, 1 skipped)",
        ),
        (
            120,
            119,
            {"failed": 1, "held": 0},
            "Oak Invented: SIS 120 = Enroll 119 + 1 named difference (1 failed)",
        ),
        (
            120,
            122,
            {"not in the read": -2},
            "Oak Invented: SIS 120 = Enroll 122 - 2 named differences (-2 not in the read)",
        ),
        (
            120,
            120,
            {"failed": 1, "not in the read": -1},
            "Oak Invented: SIS 120 = Enroll 120 + 0 named differences (1 failed, -1 not in the read)",
        ),
        (
            120,
            117,
            {"failed": 1},
            "Oak Invented: SIS 120 ≠ Enroll 117 + 1 named difference (1 failed); 2 not explained",
        ),
        (120, 121, {}, "Oak Invented: SIS 120 ≠ Enroll 121; 1 not explained"),
    ],
)
def test_a_school_in_one_line(sis, enroll, differences, line):
    assert reconciliation_line(Reconciliation("Oak Invented", sis, enroll, differences)) == line


def test_a_plan_as_csv_has_a_row_per_student_and_field():
    lines = [
        PlanLine(
            "101",
            "7001",
            "Invented, Rosa",
            Outcome.HELD,
            changes={"Grade": ("4", "5"), "Email": ("a@example.org", None), "Suffix": (None, "Jr")},
            held={"Email": "Too many would be cleared."},
        ),
        PlanLine("101", "7002", "Invented, Ñico", Outcome.FAILED, reason="Birth date is not a date."),
    ]
    rosa, nico = ["101", "7001", "Invented, Rosa", "held"], ["101", "7002", "Invented, Ñico", "failed"]
    assert table(lines) == [
        ["School", "District ID", "Name", "Outcome", "Field", "Before", "After", "Reason"],
        [*rosa, "Grade", "4", "5", ""],
        [*rosa, "Email", "a@example.org", "", "Too many would be cleared."],
        [*rosa, "Suffix", "", "Jr", ""],
        [*nico, "", "", "", "Birth date is not a date."],
    ]


def test_an_empty_plan_is_a_header_behind_a_byte_order_mark():
    assert list(plan_csv([])) == ["\ufeffSchool,District ID,Name,Outcome,Field,Before,After,Reason\r\n"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start):
    value = f"{start}1+1"
    line = PlanLine(value, value, value, Outcome.UPDATED, reason=value, changes={value: (value, value)})
    safe = f"'{value}"
    assert table([line])[1] == [safe, safe, safe, "updated", safe, safe, safe, safe]


def test_a_formula_sign_inside_a_value_is_left_alone():
    line = PlanLine("101", "1", "Ann-Lee", Outcome.UPDATED, changes={"Email": ("a+b@example.org", "1=1")})
    assert table([line])[1] == ["101", "1", "Ann-Lee", "updated", "Email", "a+b@example.org", "1=1", ""]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_value_survives_the_file_but_for_the_apostrophe(value):
    line = PlanLine("101", "1", "Invented", Outcome.UPDATED, changes={"Field": (None, value)})
    guarded = f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
    assert table([line])[1][6] == guarded


def test_a_plan_of_any_size_streams():
    def endless():
        while True:
            yield PlanLine("101", "1", "Invented", Outcome.UNCHANGED)

    pieces = plan_csv(endless())
    next(pieces)
    assert next(pieces) == "101,1,Invented,unchanged,,,,\r\n"
