"""Where things are on a PowerSchool server (powerschool dossier 4, 6, 10.1, 11)."""

from typing import Final

TOKEN: Final = ("/oauth/access_token", "/oauth/access_token/")
TIME: Final = "/ws/v1/time"
METADATA: Final = "/ws/v1/metadata"
DISTRICT: Final = "/ws/v1/district"
SCHOOLS: Final = "/ws/v1/district/school"
SCHOOL_COUNT: Final = "/ws/v1/district/school/count"
TERMS: Final = "/ws/v1/school/{school}/term"
STUDENTS: Final = "/ws/v1/district/student"
STUDENT_COUNT: Final = "/ws/v1/district/student/count"
TABLE: Final = "/ws/schema/table/{table}"
TABLE_COUNT: Final = "/ws/schema/table/{table}/count"
TABLE_METADATA: Final = "/ws/schema/table/{table}/metadata"
CONTACTS_OF: Final = "/ws/contacts/student/{student}"
STUDENT: Final = "/ws/v1/student/{student}"
WRITE_STUDENT: Final = "/ws/v1/student"
CONTACT: Final = "/ws/contacts/contact/{contact}"
SOME_CONTACTS: Final = "/ws/contacts/contacts"
NEW_CONTACT: Final = "/ws/contacts/contact"
# Below a contact; what is changed or taken away is named by its association id, never by its entity id (dossier 10.3).
DEMOGRAPHICS: Final = "/ws/contacts/{contact}/demographics"
CHILDREN: Final = "/ws/contacts/{contact}/{kind}"
CHILD: Final = "/ws/contacts/{contact}/{kind}/{child}"
DETAILS: Final = "/ws/contacts/{contact}/students/{tie}/studentdetails"
DETAIL: Final = "/ws/contacts/{contact}/students/{tie}/studentdetails/{detail}"

# Blocks of a student that are sent only when asked for (dossier 7).
STUDENT_EXPANSIONS: Final = (
    "demographics",
    "addresses",
    "alerts",
    "phones",
    "school_enrollment",
    "ethnicity_race",
    "contact",
    "contact_info",
    "initial_enrollment",
    "schedule_setup",
    "fees",
    "lunch",
    "counselors",
    "global_id",
)
DISTRICT_EXPANSIONS: Final = (
    "districts_of_residence",
    "district_race_codes",
    "entry_codes",
    "exit_codes",
    "federal_race_categories",
    "scheduling_reporting_ethnicities",
)

# The letters of v1 for the words of `ReadFilter.statuses` (dossier 13.2).
STATUS_LETTERS: Final = {
    "active": "A",
    "pre-registered": "P",
    "inactive": "I",
    "transferred": "T",
    "graduated": "G",
    "historical": "H",
}
