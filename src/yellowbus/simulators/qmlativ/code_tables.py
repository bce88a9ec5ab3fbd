"""Code tables that do not change with the year (qmlativ dossier 8.1, 14)."""

from collections.abc import Sequence
from typing import Any

from yellowbus.simulators.qmlativ import codes, keys
from yellowbus.simulators.qmlativ.objects import (
    Field,
    Table,
    Type,
    blanks,
    calculated,
    key,
    put,
    req,
    ro,
    table,
)

ID, INT, TEXT, BOOL, ENUM = Type.ID, Type.INT, Type.TEXT, Type.BOOL, Type.ENUM


def _rows(found: Sequence[codes.Code]) -> Any:
    return lambda _: found


def both(row: Any) -> str:
    """CodeDescription, which every code table has."""
    return f"{row.code} - {row.description}"


def _code_table(path: str, found: Sequence[codes.Code], *more: Field, relations: str = "") -> Table:
    return table(
        path,
        _rows(found),
        key(f"{path.partition('/')[2]}ID"),
        req("Code", TEXT, "code"),
        req("Description", TEXT, "description"),
        ro("CodeDescription", TEXT, both),
        *more,
        relations=relations,
    )


DISTRICT = "District>DistrictID>District/District"
IN_DISTRICT = (put("DistrictID", ID, keys.DISTRICT_ID), put("DistrictGroupKey", Type.GUID))

TABLES = (
    _code_table(
        "Demographics/PhoneType",
        codes.PHONE_TYPES,
        put("PreventFamilyStudentAccessUpdates", BOOL, source=False),
        *calculated(BOOL, "ReadonlyFamilyStudentAccess", source=False),
    ),
    _code_table(
        "Demographics/EmailType",
        codes.EMAIL_TYPES,
        put("PreventFamilyStudentAccessUpdates", BOOL, source=False),
        *calculated(BOOL, "ReadonlyFamilyStudentAccess", source=False),
        *calculated(INT, "ARConfigDistrictEmailTypeRank"),
    ),
    _code_table(
        "Demographics/Relationship",
        codes.RELATIONSHIPS,
        put("RelationshipType", ENUM, lambda row: (row.code, row.description)),
        ro("RelationshipTypeCode", TEXT, "code"),
        ro("ShortenedDescription", TEXT, "description"),
    ),
    _code_table(
        "Demographics/Language",
        codes.LANGUAGES,
        *calculated(TEXT, "CurrentStateLanguage CurrentStateLanguageCode"),
        *calculated(ID, "CurrentStateLanguageID"),
    ),
    _code_table("Demographics/NameSuffix", codes.SUFFIXES),
    _code_table("Demographics/NameTitle", codes.TITLES),
    _code_table("Demographics/Directional", codes.DIRECTIONALS),
    _code_table("Demographics/AddressSecondaryUnit", codes.UNITS, put("RequiresNumber", BOOL, source=True)),
    table(
        "Demographics/Country",
        _rows(codes.COUNTRIES),
        key("CountryID"),
        req("Name", TEXT, "description"),
    ),
    table(
        "Demographics/County",
        _rows(codes.COUNTIES),
        key("CountyID"),
        req("Name", TEXT, "description"),
        req("StateID", ID, "more"),
        relations="State>StateID>SkySys/State",
    ),
    table(
        "SkySys/State",
        _rows(codes.STATES),
        key("StateID"),
        put("Code", TEXT, "code"),
        put("CountryCode", TEXT, lambda _: "US"),
        put("DisplayName", TEXT, "description"),
    ),
    _code_table("Enrollment/StudentType", codes.STUDENT_TYPES, *IN_DISTRICT, relations=DISTRICT),
    _code_table(
        "Enrollment/GradeLevel",
        codes.GRADE_LEVELS,
        *IN_DISTRICT,
        req("NumericValue", INT, "more"),
        put("FederalGradeLevel", ENUM, lambda row: (row.code, row.description)),
        ro("FederalGradeLevelCode", TEXT, "code"),
        *blanks(ID, "CommonEducationDataStandardsGradeLevelID"),
        *calculated(TEXT, "StateGradeLevel", source="code"),
        relations=DISTRICT,
    ),
    _code_table("Student/CustomCodeType", codes.CUSTOM_TYPES, *IN_DISTRICT, relations=DISTRICT),
    _code_table(
        "Student/CustomCode",
        codes.CUSTOM_CODES,
        req("CustomCodeTypeID", ID, "more"),
        put("DistrictGroupKey", Type.GUID),
        relations="CustomCodeType>CustomCodeTypeID>Student/CustomCodeType",
    ),
)
