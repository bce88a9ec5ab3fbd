"""What the rules of the benchmark fill: 40 Enroll fields, and the code tables of ten of them.

The mix is that of a district's real mapping: 7 direct, 3 dates, 8 match codes and 2 split then matched, 5
joins, 3 splits, 4 if-then-else, 4 phones, 3 upper or lower, 1 constant. floor.py, plain.py and
mapping.json hold the same rules, each in its own language; run.py compares what they wrote, value for
value.
"""

FIELDS = (
    # direct
    "students.student_district_id",
    "students.state_id",
    "students.fname",
    "students.mname",
    "students.lname",
    "students.preferred_name",
    "students_annual.school_code",
    # dates
    "students.dob",
    "students_annual.sis_entrydate",
    "students_annual.sis_exitdate",
    # match codes
    "students.gender",
    "students_annual.grade",
    "students_annual.sis_enroll_status",
    "students_annual.race",
    "students_annual.ethnicity",
    "students_annual.home_language",
    "students_annual.guardian1_relationship",
    "students_annual.guardian2_relationship",
    # split, then match codes
    "students_annual.next_grade",
    "students_annual.address_state",
    # joins
    "students_annual.address_street",
    "students_annual.mailing_street",
    "students.email",
    "students_annual.guardian1_sis_contact_id",
    "students_annual.guardian2_sis_contact_id",
    # splits
    "students_annual.address_city",
    "students_annual.emergency1_lname",
    "students_annual.emergency1_fname",
    # if-then-else
    "students_annual.next_school_code",
    "students_annual.guardian1_legal",
    "students_annual.guardian1_lives_with",
    "students_annual.guardian1_pickup",
    # phones
    "students.phone",
    "students_annual.guardian1_phone_mobile",
    "students_annual.guardian1_phone_home",
    "students_annual.guardian2_phone_mobile",
    # upper and lower
    "students_annual.guardian1_lname",
    "students_annual.guardian1_email",
    "students_annual.guardian2_email",
    # a constant
    "students.sis_school_year",
)
REQUIRED = (
    "students.student_district_id",
    "students.fname",
    "students.lname",
    "students.dob",
    "students_annual.sis_entrydate",
    "students.sis_school_year",
)
COLUMNS = tuple(field.partition(".")[2] for field in FIELDS)
SCHOOL_YEAR = "2025"

_GRADES = {"-1": "PK", "0": "K"} | {str(grade): str(grade) for grade in range(1, 13)}
_RELATIONSHIPS = {
    "M": "mother",
    "F": "father",
    "GM": "grandmother",
    "GF": "grandfather",
    "A": "aunt",
    "U": "uncle",
    "O": "other",
}

CODES: dict[str, dict[str, str]] = {
    "students.gender": {"1": "F", "2": "M", "3": "X"},
    "students_annual.grade": _GRADES,
    "students_annual.sis_enroll_status": {
        "-1": "pre-registered",
        "0": "active",
        "1": "inactive",
        "2": "transferred",
        "3": "graduated",
    },
    "students_annual.race": {
        "100": "american-indian",
        "200": "asian",
        "300": "pacific-islander",
        "600": "black",
        "700": "white",
        "900": "two-or-more",
    },
    "students_annual.ethnicity": {"1": "yes", "0": "no"},
    "students_annual.home_language": {
        "00": "eng",
        "01": "spa",
        "02": "vie",
        "03": "yue",
        "04": "kor",
        "05": "fil",
        "12": "hye",
        "16": "fas",
    },
    "students_annual.guardian1_relationship": _RELATIONSHIPS,
    "students_annual.guardian2_relationship": _RELATIONSHIPS,
    "students_annual.next_grade": _GRADES,
    "students_annual.address_state": {"CA": "CA", "NV": "NV", "OR": "OR", "AZ": "AZ"},
}
