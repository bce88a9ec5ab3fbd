"""The invented district: the same children everywhere, any size, from a seed."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from yellowbus.simulators.district import District, Status, Student
from yellowbus.simulators.district.calendar import birthday, first_day, last_day
from yellowbus.simulators.district.families import plain
from yellowbus.simulators.district.people import Level


def told(district: District) -> list[tuple[object, ...]]:
    """Everything about every student, as plain values."""
    return [
        (
            s.dcid, s.number, s.state_id, s.first, s.middle, s.last, s.birth, s.grade, s.status,
            s.school.number, s.entry, s.exit, s.home_room, s.household.address, s.household.phone, s.races,
            s.email, [(t.id, t.relationship, t.contact.id, t.contact.first, [p.number for p in
            t.contact.phones]) for t in s.ties] )
        for s in district.students
    ]  # fmt: skip


def test_the_same_seed_gives_the_same_district() -> None:
    assert told(District(students=150, seed=5)) == told(District(students=150, seed=5))


def test_another_seed_gives_another_district() -> None:
    assert told(District(students=150, seed=5)) != told(District(students=150, seed=6))


@pytest.mark.parametrize("size", [1, 7, 333])
def test_a_district_has_exactly_as_many_students_as_asked(size: int) -> None:
    assert len(District(students=size).students) == size


def test_more_students_need_more_schools() -> None:
    small, large = District(students=500), District(students=5000)
    assert Counter(s.level for s in small.schools) == {Level.ELEMENTARY: 2, Level.MIDDLE: 1, Level.HIGH: 1}
    assert Counter(s.level for s in large.schools) == {Level.ELEMENTARY: 6, Level.MIDDLE: 2, Level.HIGH: 1}
    assert len({s.number for s in large.schools}) == len({s.dcid for s in large.schools}) == 9


def test_exactly_one_school_of_a_small_district_lacks_next_years_terms() -> None:
    district = District(students=500, school_year=2026)
    assert sum(school.year(2027) is None for school in district.schools) == 1
    assert all(school.year(2026) and school.year(2025) for school in district.schools)


def test_terms_of_a_year_follow_one_another_without_gap_or_overlap() -> None:
    for school in District(students=300).schools:
        year = school.year(2026)
        assert year is not None
        for portion in {t.portion for t in school.terms} - {1}:
            parts = sorted(
                (t for t in school.terms if (t.start_year, t.portion) == (2026, portion)),
                key=lambda t: t.first_day,
            )
            assert len(parts) == portion
            assert (parts[0].first_day, parts[-1].last_day) == (year.first_day, year.last_day)
            assert all(b.first_day - a.last_day == timedelta(days=1) for a, b in pairwise(parts))


def test_a_year_begins_on_a_monday_of_august_and_ends_on_a_friday_of_may() -> None:
    for year in range(2020, 2032):
        assert (first_day(year).weekday(), first_day(year).month) == (0, 8)
        assert (last_day(year).weekday(), last_day(year).month) == (4, 5)


@pytest.mark.parametrize("offset", [0, 100, 364])
def test_a_kindergarten_child_turns_five_by_september(offset: int) -> None:
    born = birthday(0, 2026, offset)
    assert date(2020, 9, 2) <= born <= date(2021, 9, 1)


def test_active_students_have_the_age_of_their_grade(shared_district: District) -> None:
    for student in shared_district.of_status(Status.ACTIVE):
        first = birthday(student.grade, 2026, 0)
        assert first <= student.birth < first + timedelta(days=365)


def test_graduated_students_are_of_age(shared_district: District) -> None:
    graduated = shared_district.of_status(Status.GRADUATED)
    assert {(s.grade, s.school.number) for s in graduated} == {(99, 999999)}
    assert all(birthday(12, 2025, 0) <= s.birth < birthday(11, 2025, 0) for s in graduated)


def test_students_stand_in_a_school_of_their_grade(shared_district: District) -> None:
    for student in shared_district.students:
        assert student.school.low_grade <= student.grade <= student.school.high_grade


def test_about_nine_in_ten_students_are_active() -> None:
    district = District(students=3000)
    shares = {status: len(district.of_status(status)) / 3000 for status in Status}
    assert 0.85 < shares[Status.ACTIVE] < 0.91
    assert all(0 < share < 0.07 for status, share in shares.items() if status is not Status.ACTIVE)


def test_every_id_is_unique_and_kinds_of_ids_never_agree(shared_district: District) -> None:
    students = shared_district.students
    for name in ("dcid", "id", "person_id", "number", "username"):
        assert len({getattr(s, name) for s in students}) == len(students)
    assert len({int(s.number) for s in students}) == len(students)
    assert not {s.dcid for s in students} & {s.id for s in students}


def test_things_of_a_contact_and_their_ties_have_different_ids(shared_district: District) -> None:
    things, ties = set(), set()
    for person in shared_district.contacts():
        for thing in (*person.emails, *person.phones, *person.homes):
            things.add(thing.id)
            ties.add(thing.link)
    assert not things & ties


def test_some_student_numbers_and_postal_codes_begin_with_a_zero(shared_district: District) -> None:
    assert sum(s.number.startswith("0") for s in shared_district.students) == 30
    assert any(
        s.household.mailing and s.household.mailing.postal_code[0] == "0" for s in shared_district.students
    )


def test_names_are_of_many_kinds() -> None:
    district = District(students=3000)
    names = [f"{s.first} {s.last}" for s in district.students]
    assert any(not name.isascii() for name in names)
    assert any("'" in name for name in names)
    assert any("-" in s.last for s in district.students)
    assert any(" " in s.last for s in district.students)
    assert any(s.suffix for s in district.students)


def pairs_of_siblings(district: District) -> list[tuple[Student, Student]]:
    houses = {id(s.household): s.household.members for s in district.students}
    return [(members[0], sibling) for members in houses.values() for sibling in members[1:]]


def test_siblings_share_the_person_and_not_the_tie(shared_district: District) -> None:
    pairs = pairs_of_siblings(shared_district)
    sharing = [(a, b) for a, b in pairs if [t.contact for t in a.ties] == [t.contact for t in b.ties]]
    assert len(sharing) > 0.9 * len(pairs) > 100
    assert not any({t.id for t in a.ties} & {t.id for t in b.ties} for a, b in pairs)


def test_an_address_of_a_contact_is_never_blank(shared_district: District) -> None:
    homes = [home.address for person in shared_district.contacts() for home in person.homes]
    assert all(home.street and home.city and home.state and home.postal_code for home in homes)


def test_some_grown_ups_were_entered_twice() -> None:
    pairs = pairs_of_siblings(District(students=2000))
    twice = [(a, b) for a, b in pairs if a.ties and a.ties[0].contact is not b.ties[0].contact]
    assert 0 < len(twice) < 0.1 * len(pairs)
    for one, other in ((a.ties[0].contact, b.ties[0].contact) for a, b in twice):
        assert (one.first, one.last) == (other.first, other.last)
        assert [p.number for p in one.phones] == [p.number for p in other.phones]
        assert one.id != other.id
        assert not {p.id for p in one.phones} & {p.id for p in other.phones}


def test_changing_the_phone_of_one_copy_leaves_the_other() -> None:
    district = District(students=2000)
    before = {s.number: [p.number for t in s.ties for p in t.contact.phones] for s in district.students}
    changes = district.change(0.5, seed=1)
    for student in district.students[:2000]:
        after = [p.number for t in student.ties for p in t.contact.phones]
        assert (after == before[student.number]) or "contact phone" in changes.changed[student.number]


def test_there_are_twins() -> None:
    district = District(students=3000)
    pairs = Counter((id(s.household), s.birth) for s in district.students)
    assert sum(count > 1 for count in pairs.values()) > 10


def test_there_are_namesakes_with_other_birth_dates() -> None:
    district = District(students=3000)
    born: dict[tuple[str, str, str], set[date]] = {}
    for student in district.students:
        born.setdefault((student.first, student.middle, student.last), set()).add(student.birth)
    assert sum(len(dates) > 1 for dates in born.values()) > 5


def test_a_student_has_none_to_six_contacts_in_order_of_priority() -> None:
    district = District(students=3000)
    assert {len(s.ties) for s in district.students} == {0, 1, 2, 3, 4, 5, 6}
    assert all([t.priority for t in s.ties] == list(range(1, len(s.ties) + 1)) for s in district.students)


def test_an_old_contact_slot_is_used_once_per_student(shared_district: District) -> None:
    for student in shared_district.students:
        slots = [tie.legacy for tie in student.ties if tie.legacy]
        assert len(slots) == len(set(slots))


def test_no_address_or_phone_could_reach_anyone(shared_district: District) -> None:
    for person in shared_district.contacts():
        assert all(e.address.endswith((".org", ".com")) and "example." in e.address for e in person.emails)
        assert all("555" in p.number for p in person.phones)


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Núñez", "nunez"), ("D'Souza", "dsouza"), ("Sørensen", "sorensen"), ("de la Cruz", "delacruz")],
)
def test_names_fold_to_plain_letters(name: str, folded: str) -> None:
    assert plain(name) == folded


# --- change ---


def test_a_change_touches_the_share_asked_for_and_says_what(district: District) -> None:
    before = {s.number: s.version for s in district.students}
    changes = district.change(0.25, seed=1)
    versions = {s.number: s.version for s in district.students}
    raised = {number for number, version in before.items() if versions[number] > version}
    assert raised == set(changes.changed)
    assert 30 <= len(changes.changed) <= 36


def test_a_change_is_the_same_for_the_same_seed() -> None:
    one, other = District(students=120, seed=3), District(students=120, seed=3)
    assert one.change(0.3, seed=9) == other.change(0.3, seed=9)
    assert told(one) == told(other)


def test_a_move_changes_the_address_of_all_children_of_the_house(district: District) -> None:
    changes = district.change(0.9, seed=2)
    moved = [number for number, what in changes.changed.items() if "address" in what]
    assert moved
    for number in moved:
        student = district.student(number)
        assert student is not None
        assert all("address" in changes.changed[sibling.number] for sibling in student.household.members)


def test_some_come_and_some_leave() -> None:
    district = District(students=600, seed=3)
    changes = district.change(0.5, seed=4)
    assert (len(changes.added), len(changes.transferred)) == (6, 6)
    assert [s.number for s in district.students[600:]] == list(changes.added)
    assert {district.student(n).status for n in changes.transferred} == {Status.TRANSFERRED}  # type: ignore[union-attr]


def test_those_who_come_have_new_numbers(district: District) -> None:
    for seed in range(4):
        district.change(0.9, seed=seed)
    assert (
        len({s.number for s in district.students})
        == len(district.students)
        == len({s.dcid for s in district.students})
    )


def test_a_change_of_nothing_changes_nothing_but_the_version(district: District) -> None:
    before, version = told(district), district.version
    changes = district.change(0.0, seed=1)
    assert (changes.changed, changes.added, changes.transferred) == ({}, (), ())
    assert told(district) == before
    assert district.version == version + 1
