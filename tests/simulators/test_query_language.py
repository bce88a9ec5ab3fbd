"""Dossier 7: the q parameter."""

import pytest

from yellowbus.simulators.powerschool.query import (
    BadQueryError,
    Condition,
    Kind,
    fits,
    parse,
)
from yellowbus.simulators.powerschool.query import (
    test_of as matcher,
)


def matches(q: str, kind: Kind, *texts: str) -> list[bool]:
    (condition,) = parse(q)
    test = matcher(condition, kind)
    return [test(text) for text in texts]


def test_conditions_are_joined_by_semicolons() -> None:
    assert parse("start_year==2025;portion=le=2;") == [
        Condition("start_year", "==", ("2025",)),
        Condition("portion", "=le=", ("2",)),
    ]


def test_an_empty_q_has_no_conditions() -> None:
    assert parse("") == []


@pytest.mark.parametrize("q", ["start_year", "a=2", "a=gt=(1,2)", "==5", "a!=5"])
def test_what_is_no_condition_is_refused(q: str) -> None:
    with pytest.raises(BadQueryError):
        parse(q)


def test_a_list_means_any_of() -> None:
    assert matches("s==(A,P)", Kind.ANY_CASE, "a", "P", "T") == [True, True, False]


def test_a_list_of_numbers_may_hold_negative_ones() -> None:
    assert matches("s==(-1,0)", Kind.NUMBER, "-1", "0", "1") == [True, True, False]


def test_numbers_are_compared_as_numbers() -> None:
    assert matches("n=gt=9", Kind.NUMBER, "10", "9", "", "00010") == [True, False, False, True]
    assert matches("n==01854", Kind.NUMBER, "1854", "01854") == [True, True]


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("=gt=", [False, False, True]),
        ("=ge=", [False, True, True]),
        ("=lt=", [True, False, False]),
        ("=le=", [True, True, False]),
    ],
)
def test_dates_have_an_order(op: str, expected: list[bool]) -> None:
    assert matches(f"d{op}2026-08-03", Kind.DATE, "2025-08-04", "2026-08-03", "2026-09-01") == expected


def test_a_star_stands_for_any_text() -> None:
    assert matches("n==Mc*", Kind.TEXT, "McKay", "Mackey", "mcKay") == [True, False, False]
    assert matches("n==*a*", Kind.TEXT, "Tafoya", "Moss") == [True, False]


def test_other_signs_of_patterns_mean_themselves() -> None:
    assert matches("n==[a]?*", Kind.TEXT, "[a]?b", "ab") == [True, False]


def test_a_blank_value_finds_blanks() -> None:
    assert matches("n==", Kind.TEXT, "", "x") == [True, False]
    assert matches("n==", Kind.NUMBER, "", "1") == [True, False]
    assert matches("n=gt=", Kind.NUMBER, "", "1") == [False, False]


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        (Kind.NUMBER, "12", True),
        (Kind.NUMBER, "x", False),
        (Kind.NUMBER, "", True),
        (Kind.DATE, "2026-08-03", True),
        (Kind.DATE, "08/03/2026", False),
        (Kind.TEXT, "anything", True),
    ],
)
def test_values_must_fit_the_kind_of_the_field(kind: Kind, value: str, *, good: bool) -> None:
    assert fits(kind, value) is good
