"""Modules District, Enrollment and Attendance: entities, schools, years, and the per-year tables (qmlativ
dossier 8.1, 14).
"""

from dataclasses import dataclass
from typing import Any

from yellowbus.simulators.district.calendar import first_day, last_day
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.code_tables import DISTRICT, both
from yellowbus.simulators.qmlativ.codes import grade_of
from yellowbus.simulators.qmlativ.demographics import formatted
from yellowbus.simulators.qmlativ.objects import (
    Field,
    Scope,
    Type,
    blanks,
    calculated,
    key,
    put,
    req,
    ro,
    table,
)
from yellowbus.simulators.qmlativ.world import World, digits
from yellowbus.simulators.qmlativ.years import described, numeric

ID, INT, TEXT, BOOL, DATE, ENUM = Type.ID, Type.INT, Type.TEXT, Type.BOOL, Type.DATE, Type.ENUM
YEAR = "SchoolYear>SchoolYearID>District/SchoolYear"
ENTITY = "Entity>EntityID>District/Entity"
OF_YEAR = Scope(year="year_id")
OF_BOTH = Scope(year="year_id", entity="entity_id")


@dataclass(frozen=True, slots=True)
class _One:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class _Year:
    id: int
    year: int
    current: bool
    upcoming: bool


def _district(world: World) -> list[_One]:
    return [_One(keys.DISTRICT_ID, world.district.name)]


def _years(world: World) -> list[_Year]:
    years = world.years
    now = years.district_current
    return [_Year(years.id(year), year, year == now, year == now + 1) for year in years.all()]


def _cloned(name: str) -> tuple[Field, ...]:
    """…IDClonedFrom is a fact of the metadata; …IDClonedTo is calculated (14)."""
    return put(f"{name}IDClonedFrom", ID, "earlier"), ro(f"{name}IDClonedTo", ID, "later")


def _code_name(row: Any) -> str:
    return f"{row.code} - {row.name}"


def _grade_id(which: str) -> Any:
    return lambda row: grade_of(getattr(row.school, which)).id


def _type(row: Any) -> tuple[str, str]:
    level = row.school.level.value
    return level[:1].upper(), level.title()


def _entry_type(row: Any) -> tuple[str, str]:
    return row.code, row.description


TABLES = (
    table(
        "District/District",
        _district,
        key("DistrictID"),
        req("Name", TEXT, "name"),
        put("DistrictNumber", TEXT, lambda _: "100"),
        *blanks(TEXT, "FaxNumber NCESIDCode PhoneNumber"),
        *blanks(ID, "BuildingID DistrictGroupID StaffIDSuperintendent"),
        *blanks(BOOL, "FaxNumberIsInternational PhoneNumberIsInternational", source=False),
        ro("CodeName", TEXT, lambda row: f"100 - {row.name}"),
        ro("IsCurrentlySelected", BOOL, source=True),
        *calculated(TEXT, "DistrictCodeBySchoolYear StateDistrictCode FormattedPhoneNumber"),
    ),
    table(
        "District/Entity",
        lambda w: w.entities,
        key("EntityID"),
        req("Code", TEXT, "code"),
        req("Name", TEXT, "name"),
        req("SchoolYearIDCurrent", ID, "current"),
        put("DistrictID", ID, lambda e: None if e.id == keys.SYSTEM_ENTITY else keys.DISTRICT_ID),
        put("IsDistrictWide", BOOL, lambda e: e.id == keys.DISTRICT_ENTITY),
        put("IsSystemWide", BOOL, lambda e: e.id == keys.SYSTEM_ENTITY),
        put("ReportToState", BOOL, lambda e: e.school is not None),
        put("EnforceAddressRangeDefaults", BOOL, source=False),
        put("IlluminateSiteTypeOverride", INT),
        ro("CodeName", TEXT, _code_name),
        ro("CampusID", TEXT, lambda e: e.school.state_id if e.school else None),
        ro("DistrictCodeEntityCode", TEXT, lambda e: f"100{e.code}"),
        ro("IsCurrentlySelected", BOOL, source=False),
        relations=f"{DISTRICT} SchoolYearCurrent>SchoolYearIDCurrent>District/SchoolYear",
        scope=Scope(entity="id"),
    ),
    table(
        "District/SchoolYear",
        _years,
        key("SchoolYearID"),
        req("Description", TEXT, lambda row: described(row.year)),
        req("NumericYear", INT, lambda row: numeric(row.year)),
        ro("NextNumericYear", INT, lambda row: numeric(row.year) + 1),
        ro("PreviousNumericYear", INT, lambda row: numeric(row.year) - 1),
        ro("IsCurrentYearForProvidedEntity", BOOL, "current"),
        ro("IsUpcomingYearForProvidedEntity", BOOL, "upcoming"),
    ),
    table(
        "District/DistrictSchoolYear",
        lambda w: w.setup.district_years,
        key("DistrictSchoolYearID"),
        req("DistrictID", ID, keys.DISTRICT_ID),
        req("SchoolYearID", ID, "year_id"),
        put("DistrictSchoolYearIDClonedFrom", ID, "earlier"),
        relations=f"{DISTRICT} {YEAR}",
        scope=OF_YEAR,
    ),
    table(
        "District/Building",
        lambda w: w.buildings,
        key("BuildingID"),
        req("Code", TEXT, lambda row: str(row.school.number)),
        req("Description", TEXT, "school.name"),
        put("AddressID", ID, "address_id"),
        put("DistrictID", ID, keys.DISTRICT_ID),
        *blanks(ID, "FederalNCESSchoolID"),
        *blanks(INT, "MaximumStudentCount MinimumStudentCount OptimumStudentCount ParcelNumber"),
        *blanks(TEXT, "UnemploymentInsuranceUnitLocation"),
        ro("CodeDescription", TEXT, lambda row: f"{row.school.number} - {row.school.name}"),
        *calculated(TEXT, "AccountDistributionString"),
        relations=f"{DISTRICT} Address>AddressID>Demographics/Address",
    ),
    table(
        "Enrollment/School",
        lambda w: w.setup.schools,
        key("SchoolID"),
        req("Code", TEXT, lambda row: str(row.school.number)),
        req("Name", TEXT, "school.name"),
        req("DistrictID", ID, keys.DISTRICT_ID),
        req("SchoolYearID", ID, "year_id"),
        put("GradeLevelIDLow", ID, _grade_id("low_grade")),
        put("GradeLevelIDHigh", ID, _grade_id("high_grade")),
        put("PhoneNumber", TEXT, lambda row: digits(row.school.phone)),
        put("FaxNumber", TEXT, lambda row: digits(row.school.fax)),
        put("SchoolNumber", TEXT, lambda row: str(row.school.number)),
        put("Type", ENUM, _type),
        ro("TypeCode", TEXT, lambda row: _type(row)[0]),
        *blanks(BOOL, "IsAlternative IsCharter IsMagnet IsSpecialEducation", source=False),
        *blanks(TEXT, "CEEBCode"),
        *blanks(ID, "StaffIDPrincipal"),
        *_cloned("School"),
        ro("CodeName", TEXT, lambda row: f"{row.school.number} - {row.school.name}"),
        ro("FormattedPhoneNumber", TEXT, lambda row: formatted(digits(row.school.phone))),
        ro("FormattedFaxNumber", TEXT, lambda row: formatted(digits(row.school.fax))),
        ro("StateAssignedID", TEXT, "school.state_id"),
        ro("BuildingID", ID, lambda row: keys.building(row.school)),
        relations=f"{DISTRICT} {YEAR} GradeLevelLow>GradeLevelIDLow>Enrollment/GradeLevel "
        "GradeLevelHigh>GradeLevelIDHigh>Enrollment/GradeLevel SchoolClonedFrom>SchoolIDClonedFrom>Enrollment/School",
        scope=OF_YEAR,
    ),
    table(
        "Enrollment/EntitySchool",
        lambda w: w.setup.entity_schools,
        key("EntitySchoolID"),
        req("EntityID", ID, "entity_id"),
        req("SchoolID", ID, "school_id"),
        *blanks(BOOL, "IsDefaultEntityForSchool IsDefaultSchoolForEntity", source=True),
        ro("IsOnlySchoolInEntity", BOOL, source=True),
        *_cloned("EntitySchool"),
        relations=f"{ENTITY} School>SchoolID>Enrollment/School",
        scope=OF_BOTH,
    ),
    table(
        "Attendance/Calendar",
        lambda w: w.setup.calendars,
        key("CalendarID"),
        req("Code", TEXT, lambda _: "MAIN"),
        req("Description", TEXT, lambda _: "Main calendar"),
        req("DefaultDayLengthMinutes", INT, 390),
        req("EntityID", ID, "entity_id"),
        req("SchoolYearID", ID, "year_id"),
        req("StartDate", DATE, lambda row: first_day(row.year)),
        req("EndDate", DATE, lambda row: last_day(row.year)),
        put("IsDefault", BOOL, source=True),
        *blanks(TEXT, "AttendanceCalculationMethod"),
        *_cloned("Calendar"),
        ro("CodeDescription", TEXT, lambda _: "MAIN - Main calendar"),
        relations=f"{ENTITY} {YEAR}",
        scope=OF_BOTH,
    ),
    *(
        table(
            f"Enrollment/{name}",
            rows,
            key(f"{name}ID"),
            req("Code", TEXT, "code"),
            req("Description", TEXT, "description"),
            put("DistrictID", ID, keys.DISTRICT_ID),
            put("SchoolYearID", ID, "year_id"),
            put("Type", ENUM, _entry_type),
            ro("TypeCode", TEXT, "code"),
            put("IsCrossEntityCourseEnrollment", BOOL, source=False),
            put(f"{name}IDClonedFrom", ID, "earlier"),
            put("DistrictGroupKey", Type.GUID),
            ro("CodeDescription", TEXT, both),
            relations=f"{DISTRICT} {YEAR}",
            scope=OF_YEAR,
        )
        for name, rows in (
            ("EntryCode", lambda w: w.setup.entry_codes),
            ("WithdrawalCode", lambda w: w.setup.exit_codes),
        )
    ),
    table(
        "Enrollment/GradeReference",
        lambda w: w.setup.grades,
        key("GradeReferenceID"),
        req("GradYear", INT, lambda row: numeric(row.year) + 12 - row.grade.more),
        req("GradeLevelID", ID, "grade.id"),
        req("SchoolYearID", ID, "year_id"),
        *blanks(INT, "MinutesPresentFullDay MinutesPresentHalfDay"),
        put("DistrictGroupKey", Type.GUID),
        *_cloned("GradeReference"),
        ro("GradeLevelCode", TEXT, "grade.code"),
        ro("StateGradeLevel", TEXT, "grade.code"),
        relations=f"GradeLevel>GradeLevelID>Enrollment/GradeLevel {YEAR}",
        scope=OF_YEAR,
    ),
    table(
        "Enrollment/Homeroom",
        lambda w: list(w.setup.homerooms.values()),
        key("HomeroomID"),
        req("Code", TEXT, "code"),
        req("EntityID", ID, "entity_id"),
        put("SchoolYearID", ID, "year_id"),
        *blanks(ID, "RoomID StaffID"),
        *_cloned("Homeroom"),
        ro("HomeroomDetails", TEXT, "code"),
        relations=f"{ENTITY} {YEAR}",
        scope=OF_BOTH,
    ),
    table(
        "Enrollment/ConfigDistrict",
        _district,
        key("ConfigDistrictID"),
        req("EntryDaysBeforeCalendarStart", INT, 0),
        req("WithdrawalDaysAfterCalendarEnd", INT, 0),
        put("AllowDualEnrollment", BOOL, source=False),
        put("DistrictID", ID, "id"),
        *blanks(INT, "NumberDaysBackdateEntry NumberDaysBackdateWithdrawal"),
        relations=DISTRICT,
    ),
)
