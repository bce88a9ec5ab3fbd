"""Module Demographics: people, contact points and addresses (qmlativ dossier 8.2, 8.3, 14)."""

from typing import Any

from yellowbus.simulators.qmlativ import codes
from yellowbus.simulators.qmlativ.objects import (
    Getter,
    Type,
    blanks,
    calculated,
    key,
    put,
    req,
    ro,
    table,
)
from yellowbus.simulators.qmlativ.places import unit_number
from yellowbus.simulators.qmlativ.world import digits

ID, INT, TEXT, BOOL, DATE, ENUM = Type.ID, Type.INT, Type.TEXT, Type.BOOL, Type.DATE, Type.ENUM


def formatted(number: str) -> str:
    """A phone number as Qmlativ shows it.

    >>> formatted("4805550101")
    '(480) 555-0101'
    """
    return f"({number[:3]}) {number[3:6]}-{number[6:]}" if len(number) == 10 else number


def _gender(person: Any) -> tuple[str, str]:
    code = person.who.gender
    return code, codes.GENDERS.get(code, "")


def _birth(part: str) -> Getter:
    return lambda person: getattr(person.student.birth, part) if person.student else None


def _race(code: str) -> Getter:
    return lambda person: bool(person.student) and code in person.student.races


def _hispanic(person: Any) -> bool:
    return bool(person.student) and person.student.hispanic


def _full(form: str) -> Getter:
    """Names in one text: the parts in the order of the letters of the suffix FL, LFM and so on."""
    return lambda person: " ".join(
        form.format(f=person.who.first, m=person.who.middle, l=person.who.last).split()
    ).rstrip(",")


def _primary_phone(person: Any) -> str:
    if person.student:
        return formatted(digits(person.student.household.phone))
    return formatted(digits(person.contact.phones[0].number)) if person.contact.phones else ""


def _suffix(person: Any) -> int | None:
    return codes.SUFFIX_IDS.get(person.who.suffix)


def _title(person: Any) -> int | None:
    return codes.TITLE_IDS.get(person.contact.prefix) if person.contact else None


NAME = table(
    "Demographics/Name",
    lambda w: w.names,
    key("NameID"),
    put("FirstName", TEXT, "who.first"),
    put("MiddleName", TEXT, "who.middle"),
    put("LastName", TEXT, "who.last"),
    put("FirstNameLegal", TEXT, "who.first"),
    put("MiddleNameLegal", TEXT, "who.middle"),
    put("LastNameLegal", TEXT, "who.last"),
    put("BirthDate", DATE, lambda p: p.student.birth if p.student else None),
    put("Gender", ENUM, _gender),
    ro("GenderCode", TEXT, lambda p: _gender(p)[0]),
    ro("GenderDescription", TEXT, lambda p: _gender(p)[1]),
    put("NameSuffixID", ID, _suffix),
    put("NameTitleID", ID, _title),
    put("IsHispanic", BOOL, _hispanic),
    *(put(flag, BOOL, _race(code)) for code, flag in codes.RACE_FLAGS.items()),
    put("IsStudentName", BOOL, lambda p: p.student is not None),
    put("IsGuardianName", BOOL, "guardian"),
    put("IsEmergencyContactName", BOOL, "emergency"),
    put("NameKey", TEXT, lambda p: f"{p.who.last[:5]}{p.who.first[:3]}{p.id % 1000:03d}".upper()),
    *blanks(
        BOOL,
        "IsBusiness IsEmployeeName IsFeeManagementCustomerName IsFeeManagementPayorName IsFoodServiceCustomerName "
        "IsFoodServicePayorName IsHealthProfessionalName IsInstitution IsPayorName IsPlaceOfEmployment "
        "IsSingleLegalName IsStaffName IsUserName IsVendorName SpecifySeparateLegalName",
        source=False,
    ),
    *blanks(
        TEXT,
        "ContactPerson ConversionKey DriversLicenseNumber ExternalUniqueIdentifier FederalEIN RaceVerifiedBy "
        "SocialSecurityNumber",
    ),
    *blanks(
        ID,
        "EducationLevelIDHighestCompleted MediaIDPhoto NameIDPlaceOfEmployment NameSuffixIDLegal NameTitleIDLegal "
        "OccupationID GenderIdentityID",
    ),
    put("MaritalStatus", ENUM),
    ro("MaritalStatusCode", TEXT),
    put("RaceVerifiedDate", DATE),
    ro("BirthMonth", INT, _birth("month")),
    ro("BirthYear", INT, _birth("year")),
    ro("IsCurrentStudent", BOOL, lambda p: bool(p.student) and p.student.status.value == "active"),
    ro("CalculatedPrimaryFormattedPhoneNumber", TEXT, _primary_phone),
    ro("FullNameFL", TEXT, _full("{f} {l}")),
    ro("FullNameFML", TEXT, _full("{f} {m} {l}")),
    ro("FullNameLF", TEXT, _full("{l}, {f}")),
    ro("FullNameLFM", TEXT, _full("{l}, {f} {m}")),
    ro("FullNameLegalFL", TEXT, _full("{f} {l}")),
    ro("FullNameLegalFML", TEXT, _full("{f} {m} {l}")),
    ro("FullNameLegalLFM", TEXT, _full("{l}, {f} {m}")),
    ro("FirstInitial", TEXT, lambda p: p.who.first[:1]),
    ro("MiddleInitial", TEXT, lambda p: p.who.middle[:1]),
    ro("LastInitial", TEXT, lambda p: p.who.last[:1]),
    ro("Ethnicity", TEXT, lambda p: "Hispanic/Latino" if _hispanic(p) else "Not Hispanic/Latino"),
    *calculated(TEXT, "BirthMonthDay EthnicityAndRace NameNumber Race TitledName"),
    *calculated(INT, "Age"),
    *calculated(ID, "NameAddressMailingID"),
    relations="NameSuffix>NameSuffixID>Demographics/NameSuffix NameTitle>NameTitleID>Demographics/NameTitle",
)
NAME_ALIAS = table(
    "Demographics/NameAlias",
    lambda w: w.aliases,
    key("NameAliasID"),
    req("Rank", INT, 1),
    put("NameID", ID, "name_id"),
    put("FirstName", TEXT, "student.preferred"),
    put("MiddleName", TEXT, "student.middle"),
    put("LastName", TEXT, "student.last"),
    *blanks(BOOL, "IsBusiness IsLegalName IsMaidenName IsSingleLegalName", source=False),
    *blanks(ID, "NameSuffixID NameTitleID"),
    put("EffectiveDate", DATE),
    relations="Name>NameID>Demographics/Name",
)
NAME_PHONE = table(
    "Demographics/NamePhone",
    lambda w: w.phones,
    key("NamePhoneID"),
    req("PhoneNumber", TEXT, lambda p: digits(p.number)),
    req("Rank", INT, "rank"),
    put("NameID", ID, "name_id"),
    put("PhoneTypeID", ID, lambda p: codes.PHONE_TYPE_IDS[p.type]),
    put("Extension", TEXT, "extension"),
    *blanks(BOOL, "IsConfidential IsFax IsInternational", source=False),
    put("Note", TEXT),
    ro("FormattedPhoneNumber", TEXT, lambda p: formatted(digits(p.number))),
    ro("FullPhoneNumber", TEXT, lambda p: f"{formatted(digits(p.number))} {p.extension}".strip()),
    ro("FullPhoneNumberWithType", TEXT, lambda p: f"{formatted(digits(p.number))} {p.type}"),
    *calculated(TEXT, "FormattedPhoneNumberCodeEEL"),
    *calculated(BOOL, "IsPrimaryFax UsedByHealthProfessional", source=False),
    relations="Name>NameID>Demographics/Name PhoneType>PhoneTypeID>Demographics/PhoneType",
)
NAME_EMAIL = table(
    "Demographics/NameEmail",
    lambda w: w.emails,
    key("NameEmailID"),
    req("EmailAddress", TEXT, "address"),
    req("Rank", INT, "rank"),
    put("NameID", ID, "name_id"),
    put("EmailTypeID", ID, lambda e: codes.EMAIL_TYPE_IDS[e.type]),
    put("Note", TEXT),
    *calculated(
        BOOL,
        "EmailConfirmed IsAccountsPayableDirectDepositNotificationEmail UsedByHealthProfessional",
        source=False,
    ),
    relations="Name>NameID>Demographics/Name EmailType>EmailTypeID>Demographics/EmailType",
)
NAME_ADDRESS = table(
    "Demographics/NameAddress",
    lambda w: w.name_addresses,
    key("NameAddressID"),
    req("AddressID", ID, "address_id"),
    req("NameID", ID, "name_id"),
    put("IsMailing", BOOL, "mailing"),
    put("IsPhysical", BOOL, "physical"),
    *blanks(
        BOOL,
        "Is1099 IsBusDropoff IsBusPickup IsOrderFrom IsPrimaryGuardian IsRemitTo IsW2",
        source=False,
    ),
    *calculated(TEXT, "GetAddressType"),
    relations="Name>NameID>Demographics/Name Address>AddressID>Demographics/Address",
)


def _kind(place: Any) -> tuple[str, str]:
    return ("P", "PO Box") if place.box else ("S", "Street Address")


def _line(place: Any) -> str:
    return f"PO Box {place.box}" if place.box else f"{place.number} {_street(place)}".strip()


def _street(place: Any) -> str:
    return place.street.name if place.street else ""


def _unit(place: Any) -> str:
    return unit_number(place.written)


def _with_unit(place: Any) -> str:
    return f"{_line(place)} {place.written.unit}".strip()


def _full_address(place: Any) -> str:
    return f"{_with_unit(place)}, {_city_state(place.zip)} {place.written.postal_code}"


def _city_state(where: Any) -> str:
    return f"{where.city}, {where.state}"


ADDRESS = table(
    "Demographics/Address",
    lambda w: sorted(w.places.addresses.values(), key=lambda place: place.id),
    key("AddressID"),
    put("StreetNumber", TEXT, "number"),
    put("StreetID", ID, lambda p: p.street.id if p.street else None),
    put("ZipID", ID, "zip.id"),
    put("ZipCodeAddOn", TEXT, "add_on"),
    put("POBox", TEXT, "box"),
    put("AddressSecondaryUnitID", ID, lambda p: codes.UNITS[0].id if _unit(p) else None),
    put("SecondaryUnitNumber", TEXT, _unit),
    put("AddressType", ENUM, _kind),
    ro("AddressTypeCode", TEXT, lambda p: _kind(p)[0]),
    put("FullAddress", TEXT, _full_address),
    *blanks(
        TEXT,
        "AddressLine2 FreeformAddress InternationalAddress1 InternationalAddress2 InternationalAddress3 "
        "InternationalAddress4",
    ),
    *blanks(ID, "AddressRangeNumericStreetNumber CountyID GeoID"),
    put("IsLoadedLatitudeLongitude", BOOL, source=False),
    *blanks(Type.DECIMAL, "Latitude Longitude"),
    ro("FormattedFullAddress", TEXT, _full_address),
    ro("StreetNumberAndName", TEXT, _line),
    ro("StreetNumberAndNameIncludeSecondaryUnit", TEXT, _with_unit),
    ro("ZipCodeWithAddon", TEXT, "written.postal_code"),
    ro("ZipCodeWithAddonNoHyphen", TEXT, lambda p: p.written.postal_code.replace("-", "")),
    *calculated(TEXT, "PrintableHTMLAddress"),
    relations="Street>StreetID>Demographics/Street Zip>ZipID>Demographics/Zip County>CountyID>Demographics/County "
    "AddressSecondaryUnit>AddressSecondaryUnitID>Demographics/AddressSecondaryUnit",
)
STREET = table(
    "Demographics/Street",
    lambda w: sorted(w.places.streets.values(), key=lambda street: street.id),
    key("StreetID"),
    put("Name", TEXT, "name"),
    put("DirectionalID", ID),
    put("ZipID", ID, "zip.id"),
    ro("FormattedStreet", TEXT, "name"),
    ro("StreetNameWithDirectionCode", TEXT, "name"),
    relations="Zip>ZipID>Demographics/Zip Directional>DirectionalID>Demographics/Directional",
)
ZIP = table(
    "Demographics/Zip",
    lambda w: sorted(w.places.zips.values(), key=lambda where: where.id),
    key("ZipID"),
    req("CountryCode", TEXT, lambda _: "US"),
    put("City", TEXT, "city"),
    put("StateID", ID, lambda z: codes.STATE_IDS[z.state]),
    put("ZipCode", TEXT, "code"),
    *blanks(TEXT, "FreeFormCountry FreeFormState"),
    put("DescriptorCodeIDCountry", ID),
    put("IsPreferredByUSPS", BOOL, source=True),
    ro("CityState", TEXT, _city_state),
    ro("CityStateCode", TEXT, _city_state),
    ro("CityStateZip", TEXT, lambda z: f"{_city_state(z)} {z.code}"),
    ro("CityZipCode", TEXT, lambda z: f"{z.city} {z.code}"),
    relations="State>StateID>SkySys/State",
)
TABLES = (NAME, NAME_ALIAS, NAME_PHONE, NAME_EMAIL, NAME_ADDRESS, ADDRESS, STREET, ZIP)
