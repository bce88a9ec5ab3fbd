"""Schools, their terms and the calendar (aeries dossier 6.2)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from yellowbus.simulators.aeries.codes import grade_of
from yellowbus.simulators.aeries.records import INACTIVE_SCHOOL
from yellowbus.simulators.aeries.values import address, clean, day, digits, words
from yellowbus.simulators.district import District, School, Term
from yellowbus.simulators.district import calendar as school_calendar
from yellowbus.simulators.district.people import Level

Row = dict[str, Any]
DISTRICT_SCHOOL, CLOSED_SCHOOL = 0, 900
TERM_LETTERS = {1: ("Y",), 2: ("F", "S"), 3: ("1", "2", "3"), 4: ("1", "2", "3", "4")}
# 6.2: exactly these 47 names and Terms; a strict client breaks on one more or less.
NUMBERS = {"AttendancePeriod": 0, "Tracks": 0}
FLAGS = words(
    "DoNotReport EarlyCollegeHighSchoolIndicator ScienceTechnologyEngineeringAndMathematicsIndicator "
    "PathwaysInTechnologyIndicator UsingSectionStaffInMasterSchedule UsingSectionStaffInScheduling"
)
TEXTS = words(
    "RegionCode StateCharterNumber CharterStatusCode FederalTaxID "
    "FederalInformationProcessingStandardsCode QualityRatingAndImprovementSystemParticipationCode "
    "AccreditationStatusCode SchoolWebsite OrganizationCategoryCode SchoolCategoryCode "
    "LocalEducationAgencyTypeCode TitleIPartACode NSLPStatusCode NCESSchoolID CollegeBoardSchoolCode "
    "CampusEnrollmentTypeCode PreKSchoolTypeCode"
)
SESSION = {"SessionType": "Regular", "AttendanceReporting": "Negative"}
SATURDAY = 5


def term_code(term: Term) -> str:
    """Y for the year, F and S for semesters, numbers for what is shorter."""
    place = int(term.abbreviation[-1]) - 1 if term.portion > 1 else 0
    return TERM_LETTERS[term.portion][place]


def _term(term: Term) -> Row:
    return {
        "TermCode": term_code(term),
        "TermDescription": term.name,
        "StartDate": day(term.first_day),
        "EndDate": day(term.last_day),
        "FirstHalfEndDate": None,
        "SecondHalfStartDate": None,
        "TrackTerms": [],
    }


def term_rows(school: School, year: int) -> list[Row]:
    return [_term(term) for term in school.terms if term.start_year == year]


def _blank(code: int, name: str, status: str) -> Row:
    return {
        "SchoolCode": code,
        "Name": name,
        "ShortName": name[:20],
        "InactiveStatusCode": status,
        "LowGradeLevel": 0,
        "HighGradeLevel": 0,
        **address("Address", None),
        "PhoneNumber": "",
        "PrincipalName": "",
        "PrincipalEmailAddress": "",
        "StateCountyID": "07",
        "StateDistrictID": "99042",
        "StateSchoolID": "",
        "ScheduleType": "Elementary",
        "AttendanceType": "Daily",
        "ScheduleBasis": "Semester",
        **SESSION,
        **NUMBERS,
        **dict.fromkeys(FLAGS, False),
        **dict.fromkeys(TEXTS, ""),
        "Terms": [],
    }


def _school(school: School, year: int) -> Row:
    elementary = school.level is Level.ELEMENTARY
    return {
        **_blank(school.number, school.name, ""),
        "LowGradeLevel": grade_of(school.low_grade),
        "HighGradeLevel": school.high_grade,
        **address("Address", school.address),
        "PhoneNumber": digits(school.phone),
        "PrincipalName": f"{school.principal_first} {school.principal_last}",
        "PrincipalEmailAddress": school.principal_email,
        "StateSchoolID": f"{school.number:07d}",
        "ScheduleType": "Elementary" if elementary else "MasterSchedule",
        "AttendanceType": "Daily" if elementary else "Period",
        "ScheduleBasis": {Level.ELEMENTARY: "Trimester", Level.MIDDLE: "Quarter"}.get(
            school.level, "Semester"
        ),
        "Terms": term_rows(school, year),
    }


def school_rows(district: District, year: int) -> list[Row]:
    """The district as school 0, the schools, a closed one, and the one for those who left (12.2)."""
    found = [
        _blank(DISTRICT_SCHOOL, district.name, ""),
        *(_school(school, year) for school in district.schools),
        _blank(CLOSED_SCHOOL, "ZZZ Code Tables", "I"),
        _blank(INACTIVE_SCHOOL, "Inactive Students", ""),
    ]
    return [clean(row) for row in found]


def calendar_rows(code: int, year: int) -> Iterator[Row]:
    """A row for each weekday of the year; school 0 is the district's calendar (5)."""
    begin, end = school_calendar.first_day(year), school_calendar.last_day(year)
    days = (begin + timedelta(days=number) for number in range((end - begin).days + 1))
    for number, each in enumerate((each for each in days if each.weekday() < SATURDAY), 1):
        yield _calendar_day(code, number, each)


def _calendar_day(code: int, number: int, each: date) -> Row:
    return {
        "SchoolCode": code,
        "CalendarDayNumber": number,
        "CalendarDate": day(each),
        "HolidayCode": "#" if (each.month, each.day) in {(12, 25), (1, 1), (11, 11)} else "",
        "AttendanceMonth": (number - 1) // 20 + 1,
        "TotalApportionment": 0,
        "TotalEnrollment": 0,
        "PeriodBlockPattern": "",
        "ABDay": "",
        "AttendanceMonthLocked": False,
        "TrackHolidays": [],
    }
