"""Modules Student and Enrollment: students and where they are enrolled, with the state's and the district's own
fields (qmlativ dossier 8.2, 8.4, 14).
"""

from datetime import timedelta
from typing import Any

from yellowbus.simulators.district import Status
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.code_tables import DISTRICT
from yellowbus.simulators.qmlativ.codes import LANGUAGE_IDS, STUDENT_TYPES
from yellowbus.simulators.qmlativ.demographics import formatted
from yellowbus.simulators.qmlativ.objects import (
    Scope,
    Type,
    blanks,
    calculated,
    key,
    own,
    put,
    req,
    ro,
    table,
)
from yellowbus.simulators.qmlativ.organisation import ENTITY, YEAR
from yellowbus.simulators.qmlativ.world import World, digits

ID, INT, TEXT, BOOL, DATE, TIME = Type.ID, Type.INT, Type.TEXT, Type.BOOL, Type.DATE, Type.TIME
STUDENT = "Student>StudentID>Student/Student"
NAME = "Name>NameID>Demographics/Name"


def _pupils(world: World) -> list[Any]:
    return list(world.enrollments.pupils)


def _language(row: Any) -> int:
    return LANGUAGE_IDS[row.student.household.language]


def _yes(row: Any) -> str:
    return "Yes" if row.active else "No"


def _midnight(path: str) -> Any:
    return lambda row: f"{getattr(row.student, path)}T00:00:00"


def _withdrawn(entry: Any) -> Any:
    """The day after the last day in class, for those who left."""
    return entry.end + timedelta(days=1) if entry.end and entry.exit_code_id else None


NOTHING_KEPT = (
    *blanks(
        BOOL,
        "AllowDistrictDistribution AllowHigherEdDistribution AllowLocalDistribution AllowMediaDistribution "
        "AllowMilitaryDistribution AllowPublicDistribution AllowStudentAccess AllowTripsDistribution "
        "AllowVendorsDistribution",
        source=True,
    ),
    *blanks(
        ID,
        "CountryIDBirth HealthProfessionalIDDentist HealthProfessionalIDPrimaryPhysician "
        "NameIDDentalInsuranceCompany NameIDDentalPractice NameIDHealthInsuranceCompany NameIDHospital",
    ),
    *blanks(TEXT, "ConversionKey DentalPolicyNumber HealthPolicyNumber IndicatorsXML MedicaidNumber"),
    *calculated(TEXT, "SchoolPathExpectedSchoolCode SchoolPathExpectedSchoolName"),
)
TABLES = (
    table(
        "Student/Student",
        _pupils,
        key("StudentID", "student.id"),
        req("NameID", ID, "name_id"),
        put("StudentNumber", TEXT, "student.number"),
        put("StudentStateID", TEXT, "student.state_id"),
        put("Grade", TEXT, "grade.code"),
        put("GradeNumeric", INT, "grade.more"),
        put("GradYear", INT, "student.graduation_year"),
        put(
            "GraduationDate", DATE, lambda p: p.student.exit if p.student.status is Status.GRADUATED else None
        ),
        put("GraduationRequirementYear", INT, "student.graduation_year"),
        put("IsGraduated", BOOL, lambda p: p.student.status is Status.GRADUATED),
        put("IsIBDiplomaProgramme", BOOL, source=False),
        put("LanguageIDNative", ID, _language),
        put("LanguageIDPrimary", ID, _language),
        *NOTHING_KEPT,
        own("LunchPINJF", TEXT, lambda p: str(p.student.lunch_id)),
        ro("CalculatedGrade", TEXT, "grade.code"),
        ro("CalculatedGradYear", INT, "student.graduation_year"),
        ro("CalculatedStudentStateID", TEXT, "student.state_id"),
        ro("CalculatedEntityYearIsActive", BOOL, "active"),
        ro(
            "CalculatedPrimaryFormattedPhoneNumber",
            TEXT,
            lambda p: formatted(digits(p.student.household.phone)),
        ),
        ro("CurrentDefaultEntityIsActive", TEXT, _yes),
        ro("IsCurrentActive", BOOL, "active"),
        ro("IsCurrentActiveDefaultEnrollment", BOOL, "active"),
        ro("IsActiveAsOfDate", BOOL, "active"),
        ro("HasStudentEntityYearForCurrentSchoolYear", BOOL, "active"),
        ro("HasDuplicateStudentNumber", BOOL, source=False),
        ro("EarliestDistrictEnrollmentDate", TIME, _midnight("district_entry")),
        ro("DateOfFirstEntryWithdrawalInEntity", TIME, _midnight("school_entry")),
        ro(
            "EntryWithdrawalIDDefaultEntityToday",
            ID,
            lambda p: p.latest.id if p.active and p.latest else None,
        ),
        ro("FirstName", TEXT, "student.first"),
        ro("MiddleName", TEXT, "student.middle"),
        ro("LastName", TEXT, "student.last"),
        ro("Location", TEXT, lambda p: str(p.school.number)),
        ro("CalculatedLocation", TEXT, lambda p: str(p.school.number)),
        ro("LocationEntityID", ID, "entity_id"),
        ro("LocationSchoolYearID", ID, "year_id"),
        ro("MaskedStudentNumber", TEXT, lambda p: f"****{p.student.number[-3:]}"),
        relations=f"{NAME} LanguagePrimary>LanguageIDPrimary>Demographics/Language",
    ),
    table(
        "Student/StudentDistrict",
        _pupils,
        key("StudentDistrictID", lambda p: keys.student_district(p.student)),
        req("DistrictID", ID, keys.DISTRICT_ID),
        req("NameID", ID, "name_id"),
        req("StudentID", ID, "student.id"),
        put("StudentNumber", TEXT, "student.number"),
        put("Grade", TEXT, "grade.code"),
        put("FeederSchoolID", ID),
        put("ConversionKey", TEXT),
        ro("FirstName", TEXT, "student.first"),
        ro("MiddleName", TEXT, "student.middle"),
        ro("LastName", TEXT, "student.last"),
        ro("IsActiveForDistrict", BOOL, "active"),
        relations=f"{STUDENT} {NAME} {DISTRICT}",
    ),
    # 8.4: the state's own fields stand in one-to-one objects named for the state.
    table(
        "Student/StudentAZ",
        _pupils,
        key("StudentID", "student.id"),
        put("SAISIDAZ", TEXT, "student.state_id"),
        put("InitialUSSchoolEntryDateAZ", DATE, "student.district_entry"),
        put("DistrictOfResidenceAZ", TEXT, lambda _: "100"),
        relations=STUDENT,
    ),
    # 8.4: a district's own objects attach one-to-one.
    table(
        "Student/StudentTechnologyJF",
        _pupils,
        key("StudentID", "student.id"),
        own("NetworkUsernameJF", TEXT, "student.username"),
        relations=STUDENT,
    ),
    table(
        "Student/StudentCustomCode",
        lambda w: w.devices,
        key("StudentCustomCodeID"),
        req("StudentID", ID, "student_id"),
        req("CustomCodeID", ID, "code_id"),
        relations=f"{STUDENT} CustomCode>CustomCodeID>Student/CustomCode",
    ),
    table(
        "Enrollment/EntryWithdrawal",
        lambda w: w.enrollments.entries,
        key("EntryWithdrawalID"),
        req("StudentID", ID, "student.id"),
        req("EntityID", ID, "entity_id"),
        req("SchoolID", ID, "school_id"),
        req("SchoolYearID", ID, "year_id"),
        req("CalendarID", ID, "calendar_id"),
        req("GradeReferenceID", ID, "grade_id"),
        req("StudentTypeID", ID, STUDENT_TYPES[0].id),
        req("EntryCodeID", ID, "entry_code_id"),
        req("StartDate", DATE, "begin"),
        put("EndDate", DATE, "end"),
        put("WithdrawalCodeID", ID, "exit_code_id"),
        put("IsDefaultEntity", BOOL, source=True),
        put("PercentEnrolled", INT, 100),
        *blanks(
            BOOL,
            "IsIndependentStudy IsNoShow IsPSEOConcurrentEnrollment IsPostSecondaryOption",
            source=False,
        ),
        *blanks(TEXT, "EntryComment WithdrawalComment PromotionStatus"),
        *blanks(ID, "EntryWithdrawalIDStatusChangePrevious"),
        *blanks(INT, "MembershipDays PSEOHours"),
        *blanks(Type.DECIMAL, "AttendanceDays SpecialEdServiceHours"),
        ro("WithdrawalDate", DATE, _withdrawn),
        ro("IsCurrentOrFutureEnrollment", BOOL, lambda e: e.end is None),
        ro("IsHistoricalEnrollment", TEXT, lambda e: "No" if e.end is None else "Yes"),
        ro("EnrolledAtLeastOneDay", BOOL, source=True),
        ro("StatusChangeEntry", BOOL, source=False),
        ro("StatusChangeWithdrawal", BOOL, source=False),
        ro("IsCrossEntityCourseEnrollment", BOOL, source=False),
        *calculated(Type.DECIMAL, "TotalMembershipDays"),
        relations=f"{STUDENT} {ENTITY} {YEAR} EntryCode>EntryCodeID>Enrollment/EntryCode "
        "School>SchoolID>Enrollment/School StudentType>StudentTypeID>Enrollment/StudentType "
        "GradeReference>GradeReferenceID>Enrollment/GradeReference "
        "WithdrawalCode>WithdrawalCodeID>Enrollment/WithdrawalCode Calendar>CalendarID>Attendance/Calendar",
        scope=Scope(year="year_id", entity="entity_id"),
    ),
    table(
        "Enrollment/StudentEntityYear",
        lambda w: w.enrollments.entity_years,
        key("StudentEntityYearID"),
        req("StudentID", ID, "student.id"),
        req("EntityID", ID, "entity_id"),
        req("SchoolYearID", ID, "year_id"),
        put("NameID", ID, "student.person_id"),
        put("StudentNumber", TEXT, "student.number"),
        put("Grade", TEXT, lambda y: y.entry.grade.code if y.entry else None),
        put("IsActive", BOOL, "active"),
        put("IsDefaultEntity", BOOL, source=True),
        put("HomeroomID", ID, lambda y: y.entry.homeroom_id if y.entry else None),
        put("EntryWithdrawalIDLatest", ID, lambda y: y.entry.id if y.entry else None),
        put("CurrentPercentEnrolled", INT, lambda y: 100 if y.active else 0),
        *blanks(
            BOOL,
            "ExcludeFromHonorRoll ExcludeFromRank HandbookSigned IncludeAsProspectiveRank "
            "IsCrossEntityCourseEnrollment IsTransportationRequested OptOutOfMedia SignedAcceptableUsePolicy",
            source=False,
        ),
        *blanks(ID, "SchedulingTeamID SchoolIDPathExpectedSchool StaffIDAdvisor StaffIDDisciplineOfficer"),
        ro("WithdrawalDate", TIME, lambda y: _withdrawn(y.entry) if y.entry else None),
        relations=f"{STUDENT} {ENTITY} {YEAR} {NAME} Homeroom>HomeroomID>Enrollment/Homeroom "
        "EntryWithdrawalLatest>EntryWithdrawalIDLatest>Enrollment/EntryWithdrawal",
        scope=Scope(year="year_id", entity="entity_id"),
    ),
)
