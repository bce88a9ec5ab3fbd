"""What a SIS that reports changes keeps beside its tables."""

from datetime import UTC, datetime
from random import Random

import pytest

from yellowbus.simulators.district import District, Student
from yellowbus.simulators.stamps import Area, Stamps

START, LATER = 1_800_000_000.0, 1_800_000_600.0


@pytest.fixture
def now() -> list[float]:
    return [START]


@pytest.fixture
def stamps(now: list[float]) -> Stamps:
    found = Stamps(District(students=80, seed=3), lambda: now[0])
    found.look()
    now[0] = LATER
    return found


def moved(stamps: Stamps) -> dict[int, set[Area]]:
    """Student to the areas that bear the later time."""
    stamps.look()
    later = datetime.fromtimestamp(LATER, UTC)
    found = {s.dcid: {area for area in Area if stamps.of(s, area) == later} for s in stamps.district.students}
    return {dcid: areas for dcid, areas in found.items() if areas}


def change(stamps: Stamps, student: Student, name: str, value: object) -> None:
    setattr(student, name, value)
    stamps.district.touched(student)


def test_what_was_there_from_the_start_bears_old_times(stamps: Stamps) -> None:
    times = [stamps.of(student) for student in stamps.district.students]
    assert times == sorted(times)
    assert times[0] == datetime(2025, 7, 1, 13, 21, tzinfo=UTC)
    assert len(set(times)) == 80


@pytest.mark.parametrize(
    ("name", "value", "areas"),
    [
        ("last", "Other", {Area.STUDENT}),
        ("home_room", "Z9", {Area.STUDENT}),
        ("grade", 5, {Area.STUDENT, Area.ENROLLMENT}),
        ("preferred", "Bo", {Area.STUDENT}),
    ],
)
def test_a_change_bears_its_time_in_its_area(
    stamps: Stamps, name: str, value: object, areas: set[Area]
) -> None:
    student = stamps.district.students[3]
    change(stamps, student, name, value)
    assert moved(stamps) == {student.dcid: areas}


def test_a_contacts_change_is_one_of_the_contact_only(stamps: Stamps) -> None:
    student = next(s for s in stamps.district.students if s.ties and s.ties[0].contact.phones)
    student.ties[0].contact.phones[0].number = "480-555-0199"
    stamps.district.touched(student)
    assert moved(stamps) == {student.dcid: {Area.CONTACT}}


def test_a_new_student_bears_the_time_of_the_first_look(stamps: Stamps) -> None:
    changes = stamps.district.change(1.0, 5)
    added = {s.dcid for s in stamps.district.students if s.number in changes.added}
    found = moved(stamps)
    assert added
    assert {dcid: found[dcid] for dcid in added} == {dcid: set(Area) for dcid in added}


def test_nothing_moves_without_a_change(stamps: Stamps) -> None:
    Random(1).shuffle(stamps.district.students)
    assert moved(stamps) == {}
