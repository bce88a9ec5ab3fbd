"""The day of entry and the status of a new student."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.planning.enrolling import EnrollAs, EntryRefused, entry

FIRST, LAST = date(2026, 8, 17), date(2027, 6, 4)


@pytest.mark.parametrize(
    ("today", "chosen", "day", "standing"),
    [
        (date(2026, 7, 1), None, FIRST, "pre-registered"),
        (FIRST, None, FIRST, "active"),
        (date(2026, 8, 18), None, date(2026, 8, 18), "active"),
        (date(2026, 7, 1), date(2026, 9, 1), date(2026, 9, 1), "pre-registered"),
        (date(2026, 9, 9), date(2026, 8, 20), date(2026, 8, 20), "active"),
    ],
)
def test_the_first_day_of_school_or_today_unless_a_person_chose(
    today: date, chosen: date | None, day: date, standing: str
) -> None:
    found = entry(today=today, first_day=FIRST, last_day=LAST, chosen=chosen)
    assert (found.day, found.standing, found.exit_day) == (day, standing, date(2027, 6, 5))


@pytest.mark.parametrize("status", [EnrollAs.ACTIVE, EnrollAs.PRE_REGISTERED])
def test_a_status_that_was_set_holds_for_everybody(status: EnrollAs) -> None:
    for today in (date(2026, 7, 1), date(2026, 9, 9)):
        found = entry(today=today, first_day=FIRST, last_day=LAST, status=status)
        assert found.standing == status.value


@pytest.mark.parametrize(
    ("today", "chosen"),
    [
        (date(2026, 9, 1), FIRST - timedelta(days=1)),
        (date(2026, 9, 1), LAST + timedelta(days=1)),
        (LAST + timedelta(days=1), None),
    ],
)
def test_a_day_outside_of_the_year_is_refused(today: date, chosen: date | None) -> None:
    with pytest.raises(EntryRefused):
        entry(today=today, first_day=FIRST, last_day=LAST, chosen=chosen)


@given(st.dates(date(2026, 1, 1), LAST), st.none() | st.dates(FIRST, LAST), st.sampled_from(EnrollAs))
def test_nobody_enters_outside_of_the_year(today: date, chosen: date | None, status: EnrollAs) -> None:
    found = entry(today=today, first_day=FIRST, last_day=LAST, chosen=chosen, status=status)
    assert FIRST <= found.day <= LAST < found.exit_day
