"""Student and StudentExtended (aeries dossier 6.3, 6.4)."""

from typing import Any

from yellowbus.simulators.aeries.codes import GRADE_NAMES, LANGUAGE_CODES, RACE_CODES
from yellowbus.simulators.aeries.options import Options
from yellowbus.simulators.aeries.records import Record
from yellowbus.simulators.aeries.values import address, clean, day, digits, words, yes
from yellowbus.simulators.district import Student

Row = dict[str, Any]
NO_GRADE = ("", "")
# 6.4: texts, whole numbers and dates that the invented district leaves empty.
EXTENDED_TEXTS = words(
    "BirthStateCode BirthdateVerificationMethodCode InterIntraDistrictTransferCode "
    "InterIntraDistrictStateCode NextInterIntraDistrictTransferCode NextInterIntraDistrictStateCode "
    "EnglishLearnerProgramCode EnglishLearnerServiceCode LongTermEnglishLearnerCode "
    "USSchoolsLessThan3Years SchoolCompletionStatusCode InitialNinthGradeEntryYear "
    "GraduationRequirementsTrack QualifiedUC QualifiedCSU CourseCompletionUC CourseCompletionCSU "
    "EndOfYearStatusCode SummerWithdrawalReasonCode SchedulingGroup CountInCensusIndicator "
    "NextAttendanceProgramCodePrimary NextAttendanceProgramCodeAdditional1 "
    "NextAttendanceProgramCodeAdditional2 RecordAddedSystem"
)
EXTENDED_NUMBERS = words(
    "LastSchool ReportingSchoolCode EndOfYearNextSchool SummerWithdrawalNextSchool YearsAsEnglishLearner "
    "SchoolMobility DistrictMobility"
)
EXTENDED_DATES = words(
    "HomeLanguageSurveyDate EnglishLearnerStartDate EnglishLearnerEndDate "
    "DateRedesignatedFluentEnglishProficient USEnterDate USSchoolEnterDate StateSchoolEnterDate "
    "SchoolCompletionDate ExpectedGraduationDate SummerWithdrawalLeaveDate SafeSchoolsActViolationDate "
    "RecordAddedDateTime"
)
# 6.3: texts that stay blank here.
STUDENT_TEXTS = words(
    "LastNameAlias MiddleNameAlias RecordsReleaseCode ParentEmailAddress StudentMobilePhone Track "
    "AttendanceProgramCodePrimary AttendanceProgramCodeAdditional1 AttendanceProgramCodeAdditional2 "
    "LockerNumber ParentEdLevelCode NotificationPreferenceCode"
)
STUDENT_BLANKS = dict.fromkeys((*STUDENT_TEXTS, *(f"UserCode{place}" for place in range(1, 14))), "")
EXTENDED_BLANKS: dict[str, Any] = {
    **dict.fromkeys(EXTENDED_TEXTS, ""),
    **dict.fromkeys(EXTENDED_NUMBERS, 0),
    **dict.fromkeys(EXTENDED_DATES),
}
RACES = tuple(f"RaceCode{place}" for place in range(1, 6))


def _keys(record: Record) -> Row:
    return {
        "StudentID": record.student_id,
        "SchoolCode": record.school_code,
        "StudentNumber": record.number,
        "StateStudentID": record.student.state_id,
    }


def _grades(record: Record) -> Row:
    short, long = GRADE_NAMES[record.grade]
    next_short, next_long = GRADE_NAMES.get(record.next_grade, NO_GRADE) if record.next_school else NO_GRADE
    return {
        "Grade": record.grade,
        "GradeLevelShortDescription": short,
        "GradeLevelLongDescription": long,
        "NextGrade": record.next_grade,
        "NextGradeLevelShortDescription": next_short,
        "NextGradeLevelLongDescription": next_long,
        "NextSchoolCode": record.next_school,
    }


def _parents(student: Student) -> str:
    parents = [tie.contact for tie in student.ties if tie.custodial][:2]
    return " and ".join(f"{person.first} {person.last}" for person in parents)[:50]


def _home(student: Student) -> Row:
    home = student.household
    return {
        "HomePhone": digits(home.phone),
        "AddressVerified": bool(home.address.street),
        **address("MailingAddress", home.mailing or home.address),
        **address("ResidenceAddress", home.address),
        "FamilyKey": home.members[0].dcid if len(home.members) > 1 else 0,
    }


def _races(student: Student) -> Row:
    codes = [RACE_CODES[race] for race in student.races]
    return {name: codes[place] if place < len(codes) else "" for place, name in enumerate(RACES)}


def _language(student: Student) -> Row:
    code = LANGUAGE_CODES[student.household.language]
    return {
        "LanguageFluencyCode": "E" if code == "00" else "L",
        "HomeLanguageCode": code,
        "CorrespondenceLanguageCode": code,
    }


def _build(options: Options) -> Row:
    """What differs between builds (12.1)."""
    if options.older_build:
        return {"AtRiskPoints": "0.0000"}
    return {"EarlyWarningPoints": 0.0, "StudentPersonalEmailAddress": ""}


def student_row(record: Record, options: Options) -> Row:
    student = record.student
    filled = clean(
        {
            **_keys(record),
            "OldStudentID": 0,
            "LastName": student.last,
            "FirstName": student.first,
            "MiddleName": student.middle,
            "FirstNameAlias": student.preferred,
            "Gender": student.gender,
            **_grades(record),
            "Birthdate": day(student.birth),
            "ParentGuardianName": _parents(student),
            **_home(student),
            "StudentEmailAddress": student.email,
            "NetworkLoginID": student.username,
            "EthnicityCode": yes(student.hispanic),
            **_races(student),
            "SchoolEnterDate": day(record.enter),
            "SchoolLeaveDate": day(record.leave),
            "DistrictEnterDate": day(student.district_entry),
            "CounselorNumber": 0,
            "LowSchedulingPeriod": 0,
            "HighSchedulingPeriod": 0,
            **_language(student),
            # 6.3: a text, though it is a number elsewhere.
            "HomeRoomTeacherNumber": student.home_room if student.home_room.isdigit() else "0",
            "InactiveStatusCode": record.letter,
            **_build(options),
        }
    )
    return {**STUDENT_BLANKS, **filled}


def extended_row(record: Record) -> Row:
    student = record.student
    language = LANGUAGE_CODES[student.household.language]
    survey = dict.fromkeys(
        (f"HomeLanguageSurvey{name}LanguageCode" for name in ("First", "Primary", "Home", "Adult")), language
    )
    year = student.graduation_year
    filled = clean(
        {
            **_keys(record),
            "BirthCity": student.household.address.city[:30],
            "BirthCountryCode": "US",
            "ResidenceSchool": record.school_code,
            "NextResidenceSchool": record.next_school,
            "NextSchool": record.next_school,
            "NextGrade": record.next_grade,
            **survey,
            "GraduationCohort": f"{year - 1}-{year}",
        }
    )
    return {**EXTENDED_BLANKS, **filled}
