"""The codes that writes answer with. Few are public (powerschool dossier 9.5); the others are ours, and a
client must not depend on them.
"""

from dataclasses import dataclass
from typing import Any

# Code: where it was seen.
PUBLISHED = {
    "REQUIRED": "9.5: a required element is absent",
    "FIELD_VALIDATION_ERROR": "9.5: not a whole number, or too long",
    "INVALID_LOCAL_ID": "9.5: the student number exists",
    "INVALID_DATE_VALUE": "9.5: not a date",
    "REQUIRED_PHYSICAL_STREET": "9.5: the street of an address block is blank",
    "FEES_ASSIGN_FEES_FAILED": "9.5: a warning; the record is saved",
}
# Code: what is documented of the case, without the code itself.
OURS = {
    "INVALID_ACTION": "9.1: action is INSERT or UPDATE",
    "INVALID_ID": "9.1: no student has this DCID",
    "DUPLICATE_CLIENT_UID": "9.1: client_uid must be unique in the batch",
    "INVALID_SCHOOL_NUMBER": "9.3: School_Number, not the school's id",
    "INVALID_GRADE_LEVEL": "13.3: the school has no such grade",
    "SCHOOL_WITHOUT_TERMS": "13.5: Years & Terms of the school are not set up",
    "INVALID_ENROLLMENT_DATES": "13.5: outside every term of the school, or exit before entry",
    "INVALID_ENROLL_STATUS": "9.3, 13.2: not insertable",
    "EXCLUSIVE_ENROLL_STATUS": "9.3: enroll_status and its code exclude each other",
    "INVALID_ENTRY_CODE": "9.3: not in the district's list",
    "INVALID_EXIT_CODE": "9.3: not in the district's list",
    "INVALID_DISTRICT_OF_RESIDENCE": "9.3: must be defined",
    "INVALID_TRACK": "9.3: A to F",
    "INVALID_FTE": "9.3: must be valid",
    "INVALID_GENDER": "9.3: M, F or what the district added",
    "INVALID_NEXT_SCHOOL": "9.3: no school has this number",
    "REQUIRED_NEXT_SCHOOL": "9.5: known by its text alone",
    "INVALID_ETHNICITY": "13.3: not in the district's list",
    "INVALID_RACE": "13.3: not in the district's list",
    "REQUIRED_PHYSICAL_CITY": "9.3: the four parts of an address go together",
    "REQUIRED_PHYSICAL_STATE_PROVINCE": "9.3: the four parts of an address go together",
    "REQUIRED_PHYSICAL_POSTAL_CODE": "9.3: the four parts of an address go together",
    "REQUIRED_MAILING_STREET": "9.3: the four parts of an address go together",
    "REQUIRED_MAILING_CITY": "9.3: the four parts of an address go together",
    "REQUIRED_MAILING_STATE_PROVINCE": "9.3: the four parts of an address go together",
    "REQUIRED_MAILING_POSTAL_CODE": "9.3: the four parts of an address go together",
    "REQUIRED_PAIR": "9.3: name and phone travel together",
    "ACTION_NOT_PERMITTED": "a switch of ours",
    "RECORD_LOCKED": "a fault of ours: someone else has the record open",
    "INVALID_CODE": "10.2: not a code of its set",
    "INVALID_RELATIONSHIP": "10.2: an unknown relationship is rejected",
    "INVALID_STUDENT_NUMBER": "10.2: studentNumber is required on add",
    "INVALID_ORIGINAL_CONTACT_TYPE": "10.2: one of six",
    "ORIGINAL_CONTACT_TYPE_IN_USE": "10.2: each usable once per student",
    "STUDENT_ALREADY_ASSOCIATED": "10.2: the contact is tied to this student already",
    "OVERLAPPING_DETAILS": "10.3: details must not overlap in dates",
    "ONE_ACTIVE_DETAIL": "10.3: exactly one detail must be active",
    "ONLY_DETAIL": "10.3: the only detail cannot be deleted",
    "CONTACT_NOT_SAVED": "a fault of ours",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a record, named as the server names it."""

    field: str
    code: str
    says: str

    def document(self) -> dict[str, Any]:
        return {"field": self.field, "error_code": self.code, "error_description": self.says}
