"""Programs, enrollment history and supplemental data (aeries dossier 6.6)."""

from collections.abc import Iterator
from typing import Any

from yellowbus.simulators.aeries.codes import PROGRAMS
from yellowbus.simulators.aeries.records import Record, history
from yellowbus.simulators.aeries.values import day
from yellowbus.simulators.district import District

Row = dict[str, Any]
# Every so many students have the program; ours, as the invented district knows no programs.
PROGRAM_EVERY = {"144": 9, "101": 23, "181": 5}
SUPPLEMENTAL = (
    ("PI", "Lives with", "varchar"),
    ("BR", "Bus route", "nchar"),
    ("PD", "Photo date", "datetime"),
)
NCHAR_WIDTH = 10
YEAR_BEGINS = 7


def program_rows(record: Record) -> list[Row]:
    codes = [code for code, every in PROGRAM_EVERY.items() if record.student.dcid % every == 0]
    return [
        {
            "StudentID": record.student_id,
            "ProgramCode": code,
            "ProgramDescription": PROGRAMS[code],
            "EligibilityStartDate": day(record.enter),
            "EligibilityEndDate": None,
            "ParticipationStartDate": day(record.enter),
            "ParticipationEndDate": None,
            "ExtendedProperties": [],
        }
        for code in codes
    ]


def enrollment_rows(record: Record, district: District) -> Iterator[Row]:
    """The years of a student, the newest first; one who is still to come has no row (12.2)."""
    for each in history(record.student, district):
        yield {
            "StudentID": each.student_id,
            "SchoolCode": each.school_code,
            "StudentNumber": each.number,
            "AcademicYear": str(each.enter.year - (each.enter.month < YEAR_BEGINS)),
            "Grade": each.grade,
            "EnterDate": day(each.enter),
            "LeaveDate": day(each.leave),
            "ExitReasonCode": record.student.exit_code if each.leave else "",
            "Track": "",
            "AttendanceProgramCode": "",
            "AttendanceProgramCodeAdditional1": "",
            "AttendanceProgramCodeAdditional2": "",
            "InterIntraDistrictTransferCode": "",
            "InterIntraDistrictStateCode": "",
            "NonpublicSchoolStateCode": "",
            "NextSchoolCode": each.next_school,
            "ReportingSchoolCode": 0,
            "ElementaryTeacherNumber": 0,
            "ElementaryTeacherName": "",
        }


def supplemental_row(record: Record, *, with_school: bool) -> Row:
    """Values are always text: a date the American way, nchar padded with blanks, empty "" or a blank."""
    student = record.student
    parents = [tie.relationship for tie in student.ties if tie.lives_with]
    date = f"{record.enter.month}/{record.enter.day}/{record.enter.year} 12:00:00 AM"
    values = {"PI": ", ".join(parents), "BR": str(student.dcid % 40).ljust(NCHAR_WIDTH), "PD": date}
    columns = [
        {"ColumnCode": code, "ColumnDescription": name, "Value": values[code] or " ", "ColumnType": kind}
        for code, name, kind in SUPPLEMENTAL
    ]
    row: Row = {"StudentID": record.student_id, "Columns": columns}
    return {**row, "SchoolCode": record.school_code} if with_school else row
