"""The reading end points (aeries dossier 5)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from yellowbus.simulators.aeries import codes, extras, schools
from yellowbus.simulators.aeries.answers import refusal
from yellowbus.simulators.aeries.contacts import contact_rows
from yellowbus.simulators.aeries.options import ByIdScope
from yellowbus.simulators.aeries.records import Record
from yellowbus.simulators.aeries.state import Call
from yellowbus.simulators.aeries.students import extended_row, student_row
from yellowbus.simulators.faults import FaultKind
from yellowbus.simulators.stamps import Area

Row = dict[str, Any]
VERSION = "9.25.1.1"
# 5: area of StudentDataChanges to what changed; the invented district knows no tests and keeps no programs.
CHANGE_AREAS: dict[str, tuple[Area, ...]] = {
    "student": (Area.STUDENT,),
    "contact": (Area.CONTACT,),
    "enrollment": (Area.ENROLLMENT,),
    "class": (Area.ENROLLMENT,),
    "program": (),
    "test": (),
}
ZONE_NAMES = {"America/Phoenix": "(UTC-07:00) Arizona"}


def _paged(call: Call, records: Sequence[Record]) -> Sequence[Record]:
    """StartingRecord and EndingRecord count from 1 and are both included (3)."""
    begin, end = (call.query.get(name, "") for name in ("startingrecord", "endingrecord"))
    start = max(0, int(begin) - 1) if begin.isdigit() else 0
    found = list(records[start : int(end) if end.isdigit() else None])
    if FaultKind.REPEATED.value in call.request.faults and start and found:
        found[0] = records[start - 1]
    return found[:-1] if FaultKind.SHORT_PAGE.value in call.request.faults else found


def _of_id(call: Call) -> Sequence[Record]:
    """The records of a StudentID, 0 being the whole school; whether the school counts is a switch (12.1)."""
    code, student_id = call.number("school"), call.number("student")
    if student_id == 0:
        return _paged(call, call.database.of_school(code))
    found = call.database.of_student(student_id)
    if call.options.student_by_id_scope is ByIdScope.ALL:
        return found
    return [record for record in found if record.school_code == code]


def _of_grade(call: Call) -> Sequence[Record]:
    grade = call.number("grade")
    return _paged(
        call, [each for each in call.database.of_school(call.number("school")) if each.grade == grade]
    )


def _of_number(call: Call) -> Sequence[Record]:
    number = call.number("number")
    return [each for each in call.database.of_school(call.number("school")) if each.number == number]


def _of_school(call: Call) -> Sequence[Record]:
    return _paged(call, call.database.of_school(call.number("school")))


def _students(call: Call, records: Iterable[Record]) -> list[Row]:
    rows = [student_row(record, call.options) for record in records]
    if FaultKind.NO_ID.value in call.request.faults and rows:
        del rows[0]["StudentID"]
    return rows


Choice = Callable[[Call], Sequence[Record]]
Answer = Callable[[Call], Any]


def students_by(choice: Choice) -> Answer:
    return lambda call: _students(call, choice(call))


def extended_by(choice: Choice) -> Answer:
    return lambda call: [extended_row(record) for record in choice(call)]


IN_SCHOOL, BY_ID, BY_GRADE, BY_NUMBER = _of_school, _of_id, _of_grade, _of_number


def system_info(call: Call) -> Row:
    zone, year = ZoneInfo(call.sis.district.timezone), call.database.year
    now = datetime.fromtimestamp(call.sis.clock(), UTC).astimezone(zone)
    return {
        "AeriesVersion": VERSION,
        "DatabaseYear": f"{year}-{year + 1}",
        "AvailableDatabaseYears": [f"{each}-{each + 1}" for each in call.sis.databases.years],
        "LocalTimeZoneName": ZONE_NAMES[call.sis.district.timezone],
        "CurrentDateTime": f"{now:%Y-%m-%dT%H:%M:%S.%f}1{now.isoformat()[-6:]}",
    }


def all_schools(call: Call) -> list[Row]:
    return schools.school_rows(call.sis.district, call.database.year)


def _school(call: Call) -> Row:
    code = call.number("school")
    found = [row for row in all_schools(call) if row["SchoolCode"] == code]
    if not found:
        raise refusal(call.request, 404, "School not found")
    return found[0]


def one_school(call: Call) -> Row | list[Row]:
    found = _school(call)
    return [found] if call.options.school_as_array else found


def terms(call: Call) -> Any:
    return _school(call)["Terms"]


def calendar(call: Call) -> list[Row]:
    return list(schools.calendar_rows(_school(call)["SchoolCode"], call.database.year))


def code_rows(call: Call) -> list[Row]:
    table = call.parts["table"]
    if table.lower() in codes.DEVICES:
        raise refusal(call.request, 404, "Not Found")
    return codes.rows(table, call.parts["field"])


def contacts(call: Call) -> list[Row]:
    """Of a school, or of a StudentID whatever the school says; 0 is the whole school (5)."""
    student_id = call.number("student") if "student" in call.parts else 0
    records = (
        call.database.of_student(student_id)[:1]
        if student_id
        else call.database.of_school(call.number("school"))
    )
    return [row for record in records for row in contact_rows(record, call.options)]


def programs(call: Call) -> list[Row]:
    code = call.query.get("code", "")
    return [
        row
        for record in _of_id(call)
        for row in extras.program_rows(record)
        if code in {"", row["ProgramCode"]}
    ]


def enrollment(call: Call) -> list[Row]:
    """StudentID 0 is everybody, but not in the form without a school; without a year it takes its time (5)."""
    wanted, year = call.number("student"), call.parts.get("year", "")
    if not year:
        call.sis.faults.wait(call.options.enrollment_seconds)
    code = call.number("school") if "school" in call.parts else None
    records = _historic(call, wanted, code)
    found = [row for record in records for row in extras.enrollment_rows(record, call.sis.district)]
    return [
        row for row in found if year in {"", row["AcademicYear"]} and code in {None, 0, row["SchoolCode"]}
    ]


def _historic(call: Call, student_id: int, code: int | None) -> list[Record]:
    """One record of each student meant: the history is the student's."""
    if student_id:
        return list(call.database.of_student(student_id)[:1])
    return [] if code is None else [records[0] for records in call.database.by_student.values()]


def supplemental(call: Call) -> list[Row]:
    return [extras.supplemental_row(record, with_school=True) for record in _supplemented(call)]


def district_supplemental(call: Call) -> list[Row]:
    return [extras.supplemental_row(record, with_school=False) for record in _supplemented(call)]


def _supplemented(call: Call) -> Sequence[Record]:
    student_id = call.number("student") if "student" in call.parts else 0
    return (
        call.database.of_student(student_id) if student_id else call.database.of_school(call.number("school"))
    )


def data_changes(call: Call) -> list[Row]:
    """Who changed since a moment of the server's own clock (5)."""
    areas = CHANGE_AREAS.get(call.parts["area"].lower())
    if areas is None:
        raise refusal(call.request, 404, "Not Found")
    since = _moment(call)
    call.sis.stamps.look()
    return [
        {"StudentID": each.student_id, "SchoolCode": each.school_code, "StudentNumber": each.number}
        for student in call.sis.district.students
        if areas and call.sis.stamps.of(student, *areas) >= since
        for each in call.database.of_student(int(student.number))
        if each.student is student
    ]


def _moment(call: Call) -> datetime:
    parts = [call.number(name) for name in ("year", "month", "day", "hour", "minute")]
    try:
        year, month, day, hour, minute = parts
        zone = ZoneInfo(call.sis.district.timezone)
        return datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        raise refusal(call.request, 400, "Invalid Date") from None
