"""The tables that the schema API shows: their columns and where their rows come from (powerschool dossier
3.4, 13).

Every value is text; a blank is an empty text.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from yellowbus.simulators.district import District
from yellowbus.simulators.district.people import NO_DAY, Status
from yellowbus.simulators.powerschool.codes import ETHNICITY_OF_RACE, STATUS_CODES, code_id, code_rows
from yellowbus.simulators.powerschool.query import Kind

Getter = Callable[[Any], Any]
T, N, D, C = Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.CLOB


@dataclass(frozen=True, slots=True)
class Column:
    """`name` in the vendor's spelling, so that an error can show the canonical one (11.3)."""

    name: str
    kind: Kind
    get: Getter

    def text(self, row: Any) -> str:
        value = self.get(row)
        if value is None or value is False:
            return "" if value is None else "0"
        if value is True:
            return "1"
        return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    name: str
    primary_key: str
    columns: dict[str, Column]
    rows: Callable[[District], Iterable[Any]]
    exposed: bool = True

    @property
    def key(self) -> Column:
        return self.columns[self.primary_key.lower()]

    def column(self, name: str) -> Column | None:
        """By name in any case."""
        return self.columns.get(name.lower())


def _table(
    name: str, key: str, rows: Callable[[District], Iterable[Any]], *columns: tuple[str, Kind, Getter]
) -> Table:
    return Table(name, key, {title.lower(): Column(title, kind, get) for title, kind, get in columns}, rows)


def _ties(district: District) -> Iterable[Any]:
    return [tie for student in district.students for tie in student.ties]


def _owned(name: str) -> Callable[[District], Iterable[Any]]:
    """Pairs of (person, thing) for the e-mails, phones or homes of all persons."""
    return lambda district: [
        (person, thing) for person in district.contacts() for thing in getattr(person, name)
    ]


def _students(district: District) -> Iterable[Any]:
    return district.students


def _legacy_name(slot: str) -> Getter:
    def get(student: Any) -> str:
        person = student.legacy(slot)
        return f"{person.last}, {person.first}" if person else ""

    return get


def _legacy_phone(slot: str) -> Getter:
    def get(student: Any) -> str:
        person = student.legacy(slot)
        return person.phones[0].number if person and person.phones else ""

    return get


def _guardian_email(student: Any) -> str:
    person = student.legacy("mother") or student.legacy("father") or student.legacy("guardian")
    return ",".join(email.address for email in person.emails) if person else ""


def _kept(name: str, own: Getter) -> Getter:
    """What was written through the API under this column's name, else what the district knows."""
    return lambda student: student.more[name] if name in student.more else own(student)


def _nothing(_: Any) -> str:
    return ""


def _day(name: str) -> Getter:
    return lambda student: None if getattr(student, name) == NO_DAY else getattr(student, name)


def _mailing(part: str) -> Getter:
    return lambda student: getattr(student.household.mailing, part, "")


def _ethnicity(student: Any) -> str:
    if student.hispanic:
        return "H"
    if len(student.races) > 1:
        return "M"
    return ETHNICITY_OF_RACE[student.races[0]] if student.races else ""


STUDENTS = _table(
    "Students",
    "DCID",
    _students,
    ("DCID", N, lambda s: s.dcid),
    ("ID", N, lambda s: s.id),
    ("Student_Number", N, lambda s: s.number),
    ("State_StudentNumber", T, lambda s: s.state_id),
    ("First_Name", T, lambda s: s.first),
    ("Middle_Name", T, lambda s: s.middle),
    ("Last_Name", T, lambda s: s.last),
    ("LastFirst", T, lambda s: f"{s.last}, {s.first} {s.middle}".strip()),
    ("DOB", D, _day("birth")),
    ("Gender", T, lambda s: s.gender),
    ("Grade_Level", N, lambda s: s.grade),
    ("Enroll_Status", N, lambda s: STATUS_CODES[s.status][0]),
    ("SchoolID", N, lambda s: s.school.number),
    ("EntryDate", D, _day("entry")),
    ("ExitDate", D, _day("exit")),
    ("EntryCode", T, lambda s: s.entry_code),
    ("ExitCode", T, lambda s: s.exit_code),
    ("Home_Room", T, lambda s: s.home_room),
    ("Person_ID", N, lambda s: s.person_id),
    ("Street", T, lambda s: s.household.address.street),
    ("City", T, lambda s: s.household.address.city),
    ("State", T, lambda s: s.household.address.state),
    ("Zip", T, lambda s: s.household.address.postal_code),
    ("Home_Phone", T, lambda s: s.household.phone),
    ("Student_Web_ID", T, lambda s: s.username),
    ("Next_School", N, lambda s: s.next_school),
    ("Sched_NextYearGrade", N, _kept("sched_nextyeargrade", lambda s: min(s.grade + 1, 99))),
    ("Sched_YearOfGraduation", N, lambda s: s.graduation_year or None),
    ("DistrictEntryDate", D, _day("district_entry")),
    ("DistrictEntryGradeLevel", N, _kept("districtentrygradelevel", lambda s: s.district_entry_grade)),
    ("SchoolEntryDate", D, _day("school_entry")),
    ("SchoolEntryGradeLevel", N, _kept("schoolentrygradelevel", lambda s: s.school.low_grade)),
    ("DistrictOfResidence", T, _kept("districtofresidence", lambda _: "100")),
    ("Track", T, _kept("track", lambda _: "A")),
    ("FteId", N, _kept("fteid", lambda _: 12)),
    ("TransferComment", C, _kept("transfercomment", _nothing)),
    ("ExitComment", C, _kept("exitcomment", _nothing)),
    ("Geocode", T, _kept("geocode", _nothing)),
    ("Mailing_Street", T, _mailing("street")),
    ("Mailing_City", T, _mailing("city")),
    ("Mailing_State", T, _mailing("state")),
    ("Mailing_Zip", T, _mailing("postal_code")),
    ("Mailing_Geocode", T, _kept("mailing_geocode", _nothing)),
    ("Ethnicity", T, _kept("ethnicity", _ethnicity)),
    ("FedEthnicity", N, _kept("fedethnicity", lambda s: s.hispanic)),
    ("FedRaceDecline", N, _kept("fedracedecline", _nothing)),
    ("Doctor_Name", T, _kept("doctor_name", _nothing)),
    ("Doctor_Phone", T, _kept("doctor_phone", _nothing)),
    ("GuardianEmail", T, _kept("guardianemail", _guardian_email)),
    ("GuardianFax", T, _kept("guardianfax", _nothing)),
    ("Emerg_Contact_1", T, _kept("emerg_contact_1", _legacy_name("emergency1"))),
    ("Emerg_Phone_1", T, _kept("emerg_phone_1", _legacy_phone("emergency1"))),
    ("Emerg_Contact_2", T, _kept("emerg_contact_2", _legacy_name("emergency2"))),
    ("Emerg_Phone_2", T, _kept("emerg_phone_2", _legacy_phone("emergency2"))),
    ("Mother", T, _kept("mother", _legacy_name("mother"))),
    ("Father", T, _kept("father", _legacy_name("father"))),
    ("SSN", T, _kept("ssn", lambda s: f"000-00-{s.dcid % 10000:04d}")),
    ("Lunch_Status", T, _kept("lunch_status", lambda _: "P")),
    ("Alert_Medical", C, lambda _: ""),
)
SCHOOLS = _table(
    "Schools",
    "DCID",
    lambda district: [*district.schools, district.graduated],
    ("DCID", N, lambda s: s.dcid),
    ("ID", N, lambda s: s.dcid + 50),
    ("School_Number", N, lambda s: s.number),
    ("Name", T, lambda s: s.name),
    ("Abbreviation", T, lambda s: s.abbreviation),
    ("Low_Grade", N, lambda s: s.low_grade),
    ("High_Grade", N, lambda s: s.high_grade),
)
TERMS = _table(
    "Terms",
    "DCID",
    lambda district: [term for school in district.schools for term in school.terms],
    ("DCID", N, lambda t: t.dcid),
    ("ID", N, lambda t: t.number),
    ("SchoolID", N, lambda t: t.school_number),
    ("YearID", N, lambda t: t.start_year - 1990),
    ("Portion", N, lambda t: t.portion),
    ("IsYearRec", N, lambda t: t.portion == 1),
    ("Name", T, lambda t: t.name),
    ("Abbreviation", T, lambda t: t.abbreviation),
    ("FirstDay", D, lambda t: t.first_day),
    ("LastDay", D, lambda t: t.last_day),
)
CODESET = _table(
    "CodeSet",
    "CodeSetID",
    lambda _: code_rows(),
    ("CodeSetID", N, lambda c: c.id),
    ("CodeType", T, lambda c: c.type),
    ("Code", T, lambda c: c.code),
    ("Description", T, lambda c: c.description),
)
PERSON = _table(
    "Person",
    "ID",
    lambda district: list(district.contacts()),
    ("ID", N, lambda p: p.id),
    ("DCID", N, lambda p: p.id),
    ("FirstName", T, lambda p: p.first),
    ("MiddleName", T, lambda p: p.middle),
    ("LastName", T, lambda p: p.last),
    ("PrefixCodeSetID", N, lambda p: code_id("Prefix", p.prefix)),
    ("SuffixCodeSetID", N, lambda p: code_id("Suffix", p.suffix)),
    ("GenderCodeSetID", N, lambda p: code_id("Gender", p.gender)),
    ("Employer", T, lambda p: p.employer),
    ("IsActive", N, lambda p: p.active),
    ("ExcludeFromStateReporting", N, lambda p: p.unreported),
    ("StateContactID", T, lambda p: p.number),
    ("StateContactNumber", T, lambda p: p.state_number),
    ("WhenCreated", D, lambda p: p.created),
    ("WhenModified", D, lambda p: p.modified),
)
STUDENT_CONTACT_ASSOC = _table(
    "StudentContactAssoc",
    "StudentContactAssocID",
    _ties,
    ("StudentContactAssocID", N, lambda t: t.id),
    ("StudentDCID", N, lambda t: t.student_dcid),
    ("PersonID", N, lambda t: t.contact.id),
    ("ContactPriorityOrder", N, lambda t: t.priority),
    ("CurrRelTypeCodeSetID", N, lambda t: code_id("Relationship", t.relationship)),
)
STUDENT_CONTACT_DETAIL = _table(
    "StudentContactDetail",
    "StudentContactDetailID",
    lambda district: [(tie, detail) for tie in _ties(district) for detail in tie.details],
    ("StudentContactDetailID", N, lambda r: r[1].id),
    ("StudentContactAssocID", N, lambda r: r[0].id),
    ("RelationshipTypeCodeSetID", N, lambda r: code_id("Relationship", r[1].relationship)),
    ("RelationshipNote", T, lambda r: r[1].note),
    ("IsActive", N, lambda r: r[1].active),
    ("StartDate", D, lambda r: r[1].start),
    ("EndDate", D, lambda r: r[1].end),
    ("IsCustodial", N, lambda r: r[1].custodial),
    ("IsEmergency", N, lambda r: r[1].emergency),
    ("LivesWithFlg", N, lambda r: r[1].lives_with),
    ("SchoolPickupFlg", N, lambda r: r[1].pickup),
    ("ReceivesMailFlg", N, lambda r: r[1].mail),
    ("ExcludeFromStateReportingFlg", N, lambda r: r[1].unreported),
)
ORIGINAL_CONTACT_MAP = _table(
    "OriginalContactMap",
    "OriginalContactMapID",
    lambda district: [tie for tie in _ties(district) if tie.legacy],
    ("OriginalContactMapID", N, lambda t: t.id),
    ("StudentContactAssocID", N, lambda t: t.id),
    ("OriginalContactType", T, lambda t: t.legacy),
)
EMAIL_ADDRESS = _table(
    "EmailAddress",
    "EmailAddressID",
    _owned("emails"),
    ("EmailAddressID", N, lambda r: r[1].id),
    ("EmailAddress", T, lambda r: r[1].address),
)
PERSON_EMAIL = _table(
    "PersonEmailAddressAssoc",
    "PersonEmailAddressAssocID",
    _owned("emails"),
    ("PersonEmailAddressAssocID", N, lambda r: r[1].link),
    ("PersonID", N, lambda r: r[0].id),
    ("EmailAddressID", N, lambda r: r[1].id),
    ("EmailTypeCodeSetID", N, lambda r: code_id("Email", r[1].type)),
    ("IsPrimaryEmailAddress", N, lambda r: r[1].primary),
    ("EmailAddressPriorityOrder", N, lambda r: r[0].emails.index(r[1]) + 1),
)
PHONE_NUMBER = _table(
    "PhoneNumber",
    "PhoneNumberID",
    _owned("phones"),
    ("PhoneNumberID", N, lambda r: r[1].id),
    ("PhoneNumber", T, lambda r: "".join(sign for sign in r[1].number if sign.isdigit())),
    ("PhoneNumberExt", T, lambda r: r[1].extension),
    ("IsSMS", N, lambda r: r[1].sms),
)
PERSON_PHONE = _table(
    "PersonPhoneNumberAssoc",
    "PersonPhoneNumberAssocID",
    _owned("phones"),
    ("PersonPhoneNumberAssocID", N, lambda r: r[1].link),
    ("PersonID", N, lambda r: r[0].id),
    ("PhoneNumberID", N, lambda r: r[1].id),
    ("PhoneTypeCodeSetID", N, lambda r: code_id("Phone", r[1].type)),
    ("PhoneNumberPriorityOrder", N, lambda r: r[0].phones.index(r[1]) + 1),
    ("PhoneNumberAsEntered", T, lambda r: r[1].number),
    ("IsPreferred", N, lambda r: r[1].preferred),
)
PERSON_ADDRESS = _table(
    "PersonAddress",
    "PersonAddressID",
    _owned("homes"),
    ("PersonAddressID", N, lambda r: r[1].id),
    ("Street", T, lambda r: r[1].address.street),
    ("LineTwo", T, lambda r: r[1].line_two),
    ("Unit", T, lambda r: r[1].address.unit),
    ("City", T, lambda r: r[1].address.city),
    ("StatesCodeSetID", N, lambda r: code_id("State", r[1].address.state)),
    ("PostalCode", T, lambda r: r[1].address.postal_code),
    ("CountryCodeSetID", N, lambda r: code_id("Country", r[1].country)),
)
PERSON_ADDRESS_LINK = _table(
    "PersonAddressAssoc",
    "PersonAddressAssocID",
    _owned("homes"),
    ("PersonAddressAssocID", N, lambda r: r[1].link),
    ("PersonID", N, lambda r: r[0].id),
    ("PersonAddressID", N, lambda r: r[1].id),
    ("AddressTypeCodeSetID", N, lambda r: code_id("Address", r[1].type)),
    ("AddressPriorityOrder", N, lambda r: r[0].homes.index(r[1]) + 1),
    ("StartDate", D, lambda r: r[1].start),
    ("EndDate", D, lambda r: r[1].end),
)
LOG = _table(
    "Log",
    "DCID",
    lambda district: [s for s in district.students if s.status is Status.ACTIVE and s.dcid % 50 == 0],
    ("DCID", N, lambda s: s.dcid + 7000),
    ("StudentID", N, lambda s: s.id),
    ("SchoolID", N, lambda s: s.school.number),
    ("LogTypeID", N, lambda _: -100000),
    ("Entry_Date", D, lambda s: s.entry),
    ("Entry", C, lambda _: "Late bus."),
)
# Extensions of the student, one row each (8): table to its columns.
EXTENSIONS = {
    "u_students_extension": (
        ("preferredname", T, lambda s: s.preferred),
        ("busroute", T, _kept("busroute", lambda s: str(s.dcid % 40))),
    ),
    "studentcorefields": (
        ("primarylanguage", T, lambda s: s.household.language),
        ("prevschool", T, _kept("prevschool", _nothing)),
    ),
}
# A table that exists but is not shown: 405 (11.3).
TEACHERS = Table(
    "Teachers", "DCID", {"dcid": Column("DCID", N, lambda s: s.dcid)}, lambda _: (), exposed=False
)


def _extension(name: str) -> Table:
    return _table(name, "StudentsDCID", _students, ("StudentsDCID", N, lambda s: s.dcid), *EXTENSIONS[name])


TABLES: dict[str, Table] = {
    table.name.lower(): table
    for table in (
        STUDENTS,
        SCHOOLS,
        TERMS,
        CODESET,
        PERSON,
        STUDENT_CONTACT_ASSOC,
        STUDENT_CONTACT_DETAIL,
        ORIGINAL_CONTACT_MAP,
        EMAIL_ADDRESS,
        PERSON_EMAIL,
        PHONE_NUMBER,
        PERSON_PHONE,
        PERSON_ADDRESS,
        PERSON_ADDRESS_LINK,
        LOG,
        TEACHERS,
        *(_extension(name) for name in EXTENSIONS),
    )
}
