"""Where things are in Aeries, and which permission area each needs (aeries dossier 1, 2, 5, 14.1)."""

from typing import Final

API: Final = "/api/v5"
SYSTEM_INFO: Final = "/systeminfo"
SCHOOLS: Final = "/schools"
STUDENTS: Final = "/schools/{school}/students"
STUDENT: Final = "/schools/{school}/students/{student}"
EXTENDED: Final = "/schools/{school}/students/0/extended"
EXTENDED_OF: Final = "/schools/{school}/students/{student}/extended"
CONTACTS: Final = "/schools/{school}/contacts"
CONTACTS_OF: Final = "/schools/{school}/contacts/{student}"
PROGRAMS: Final = "/schools/{school}/students/{student}/programs"
CHANGES: Final = "/StudentDataChanges/{area}/{at:%Y/%m/%d/%H/%M}"
CODES: Final = "/codes/{table}/{field}"

STUDENT_DATA: Final = "Student Data"
CONTACTS_AREA: Final = "Contacts"
STUDENT_PROGRAMS: Final = "Student Programs"

# The district itself is a row of the schools (dossier 4).
DISTRICT: Final = "0"
EVERY_STUDENT: Final = "0"
# The two that are documented, and one that only old text has.
TOKEN_PATHS: Final = ("/token", "/token/", "/v2/oauth/token")

# Our code set -> the table and the field that /codes knows it by.
CODE_SETS: Final = {
    "gender": ("student", "Gender"),
    "grade": ("student", "Grade"),
    "inactive_status": ("student", "InactiveStatus"),
    "ethnicity": ("student", "Ethnicity"),
    "race": ("student", "RaceCode1"),
    "language": ("student", "HomeLanguage"),
    "fluency": ("student", "LanguageFluency"),
    "parent_education": ("student", "ParentEdLevel"),
    "relationship": ("contact", "RelationshipToStudent"),
}
