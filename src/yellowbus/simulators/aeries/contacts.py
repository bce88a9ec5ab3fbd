"""Contacts (CON, aeries dossier 6.5): stored per student, so that siblings repeat the same parent."""

from collections.abc import Sequence
from typing import Any

from yellowbus.simulators.aeries.codes import LANGUAGE_CODES, RELATIONSHIP_CODES
from yellowbus.simulators.aeries.options import Options
from yellowbus.simulators.aeries.records import Record
from yellowbus.simulators.aeries.values import address, clean, digits, words, yes
from yellowbus.simulators.district import Contact, Student, Tie

Row = dict[str, Any]
TEXTS = words(
    "Pager AddressTypeCode NotificationPreferenceCode MiscCode RecordType Occupation EmployerLocation "
    "MilitaryBranchCode MilitaryRankCode MilitaryStatusCode MilitarySupervisorName "
    "MilitarySupervisorPhone FingerprintStatusCode TuberculosisTestStatusCode AdministrativeLockCode "
    "PrimaryContact1Field PrimaryContact2Field PrimaryContact1Description PrimaryContact2Description"
)
NUMBERED_TEXTS = {
    "MilitaryUserFieldCode": 5,
    "UserCode": 8,
    "AdditionalCommunicationTypeCode": 4,
    "AdditionalCommunicationDetail": 4,
}
BLANK = {
    **dict.fromkeys(TEXTS, ""),
    **{f"{name}{place}": "" for name, count in NUMBERED_TEXTS.items() for place in range(1, count + 1)},
    "Birthdate": None,
    "TuberculosisTestExpirationDate": None,
    "FingerprintDate": None,
    "AddressVerificationDate": None,
    "RecordAddedDate": None,
    "RedFlag": False,
}


def sequence_numbers(student: Student) -> list[int]:
    """Part of a contact's key, without meaning: with gaps, and not always in the order of display (4)."""
    numbers = [place + (place > 1 and student.dcid % 4 == 0) for place in range(1, len(student.ties) + 1)]
    if student.dcid % 3 == 0 and len(numbers) > 1:
        numbers[-2:] = numbers[:-3:-1]
    return numbers


def contact_rows(record: Record, options: Options) -> list[Row]:
    """By ContactOrder, then SequenceNumber (6.5)."""
    student = record.student
    numbered = zip(student.ties, sequence_numbers(student), strict=True)
    return [_row(record, tie, number, options) for tie, number in numbered]


def _numbers(person: Contact) -> Row:
    found = {phone.type: phone for phone in reversed(person.phones)}
    numbers = {
        kind: digits(found[kind].number) if kind in found else "" for kind in ("Home", "Work", "Mobile")
    }
    return {
        "HomePhone": numbers["Home"],
        "WorkPhone": numbers["Work"],
        "WorkPhoneExt": found["Work"].extension if "Work" in found else "",
        "CellPhone": numbers["Mobile"],
    }


def _build(options: Options, language: str, person: Contact) -> Row:
    """What differs between builds (12.1): a misspelled name, and the portal account."""
    if options.older_build:
        return {"CorrespondanceLanguageCode": language}
    portal = person.id if person.emails else 0
    return {"CorrespondenceLanguageCode": language, "PortalAccountID": portal}


def _person(person: Contact) -> Row:
    homes: Sequence[Any] = person.homes
    return {
        "MailingName": f"{person.prefix} {person.first} {person.last}".strip()[:50],
        "NamePrefix": person.prefix,
        "FirstName": person.first[:20],
        "LastName": person.last[:50],
        "MiddleName": person.middle[:20],
        "NameSuffix": person.suffix,
        **address("Address", homes[0].address if homes else None),
        **_numbers(person),
        "EmailAddress": person.emails[0].address[:50] if person.emails else "",
        "AccessToPortal": yes(bool(person.emails)),
        "EmployerName": person.employer,
    }


def _row(record: Record, tie: Tie, number: int, options: Options) -> Row:
    language = LANGUAGE_CODES[record.student.household.language]
    filled = clean(
        {
            "StudentID": record.student_id,
            "SchoolCode": record.school_code,
            "SequenceNumber": number,
            "ContactOrder": tie.priority,
            **_person(tie.contact),
            "RelationshipToStudentCode": RELATIONSHIP_CODES[tie.relationship],
            "LivesWithStudentIndicator": yes(tie.lives_with),
            "PrimaryContact": yes(tie.priority == 1),
            "EducationalRightsHolder": yes(tie.custodial),
            "AttendanceNotification": yes(tie.custodial),
            "EnrolledTheStudentIndicator": yes(tie.priority == 1),
            "MailTagCode": "Y" if tie.mail else "",
            "Comments": tie.note,
            **_build(options, language, tie.contact),
        }
    )
    return {**BLANK, **filled}
