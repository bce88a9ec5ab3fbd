"""What is wrong with a student record that is to be written (powerschool dossier 9.2, 9.3, 9.5, 13.5). All
flaws are told at once.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yellowbus.simulators.district import School, Student, Term, names
from yellowbus.simulators.district.schools import GRADUATED_SCHOOL_NUMBER
from yellowbus.simulators.powerschool.codes import CODES, ETHNICITIES
from yellowbus.simulators.powerschool.options import Options, TooLong
from yellowbus.simulators.powerschool.state import Call
from yellowbus.simulators.powerschool.student_fields import BY_PATH, ENROLLMENT, Field, Kind
from yellowbus.simulators.powerschool.v1_places import DISTRICTS_OF_RESIDENCE
from yellowbus.simulators.powerschool.v1_students import FTE
from yellowbus.simulators.powerschool.write_codes import Flaw

Values = Mapping[str, str]
WHOLE = re.compile(r"-?[0-9]+")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
LONGEST_WHOLE = 10
REQUIRED = (
    "name/first_name",
    "name/last_name",
    f"{ENROLLMENT}/school_number",
    f"{ENROLLMENT}/grade_level",
    f"{ENROLLMENT}/entry_date",
    f"{ENROLLMENT}/exit_date",
)
ADDRESS_PARTS = ("street", "city", "state_province", "postal_code")
PAIRS = (
    ("contact/emergency_contact_name1", "contact/emergency_phone1"),
    ("contact/emergency_contact_name2", "contact/emergency_phone2"),
    ("contact/doctor_name", "contact/doctor_phone"),
)
# Path: what it may be, and the code of what it may not.
LISTS: dict[str, tuple[frozenset[str], str]] = {
    f"{ENROLLMENT}/entry_code": (frozenset(code for code, _ in names.ENTRY_CODES), "INVALID_ENTRY_CODE"),
    f"{ENROLLMENT}/exit_code": (frozenset(code for code, _ in names.EXIT_CODES), "INVALID_EXIT_CODE"),
    f"{ENROLLMENT}/district_of_residence": (
        frozenset(code for code, _ in DISTRICTS_OF_RESIDENCE),
        "INVALID_DISTRICT_OF_RESIDENCE",
    ),
    f"{ENROLLMENT}/track": (frozenset("ABCDEF"), "INVALID_TRACK"),
    f"{ENROLLMENT}/full_time_equivalency/fteid": (frozenset(FTE), "INVALID_FTE"),
    "demographics/gender": (frozenset(CODES["Gender"]), "INVALID_GENDER"),
    "ethnicity_race/scheduling_reporting_ethnicity": (
        frozenset(code for code, _ in ETHNICITIES),
        "INVALID_ETHNICITY",
    ),
    "ethnicity_race/federal_ethnicity": (frozenset({"YES", "NO"}), "INVALID_ETHNICITY"),
}
# 13.2: transferred out and graduated cannot be inserted.
CLOSED_CODES = frozenset({"2", "3"})
OPEN_LETTERS = frozenset("AIPH")


def flaw(path: str, code: str, says: str) -> Flaw:
    return Flaw(f"student/{path}", code, says)


# --- one value ---


@dataclass(frozen=True, slots=True)
class Read:
    """A value as it would be stored, and what is wrong with it."""

    text: str
    flaws: tuple[Flaw, ...] = ()


def read(field: Field, text: str, options: Options) -> Read:
    if not text.strip():
        return Read("")
    return _READERS[field.kind](field, text, options)


def _read_text(field: Field, text: str, options: Options) -> Read:
    if field.longest is None or len(text) <= field.longest:
        return Read(text)
    if options.too_long is TooLong.CUT:
        return Read(text[: field.longest])
    says = f"The value may have at most {field.longest} characters"
    return Read(text, (flaw(field.path, "FIELD_VALIDATION_ERROR", says),))


def _read_whole(field: Field, text: str, options: Options) -> Read:
    """One bad value gives three errors (9.5)."""
    longest = field.longest or LONGEST_WHOLE
    rules = {
        "The value must be an integer": WHOLE.fullmatch(text) is None,
        "The value must be a number": NUMBER.fullmatch(text) is None,
        f"The value may have at most {longest} characters": len(text) > longest,
    }
    if not any(rules.values()):
        return Read(text)
    told = [says for says, broken in rules.items() if broken or options.whole_triple]
    return Read(text, tuple(flaw(field.path, "FIELD_VALIDATION_ERROR", says) for says in told))


def _read_date(field: Field, text: str, options: Options) -> Read:
    day = parsed_day(text, slashed=options.slashed_dates)
    if day is not None:
        return Read(day.isoformat())
    prefix = "students" if options.plural_date_prefix else "student"
    # Ours: it repeats what was sent, so that a client that passes descriptions on is found out.
    return Read(text, (Flaw(f"{prefix}/{field.path}", "INVALID_DATE_VALUE", f"{text} is not a date"),))


_READERS: dict[Kind, Callable[[Field, str, Options], Read]] = {
    Kind.TEXT: _read_text,
    Kind.WHOLE: _read_whole,
    Kind.DATE: _read_date,
}


def parsed_day(text: str, *, slashed: bool) -> date | None:
    """YYYY-MM-DD, and MM/DD/YYYY where that is let through (5.4)."""
    for form in ("%Y-%m-%d", "%m/%d/%Y") if slashed else ("%Y-%m-%d",):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


# --- the record ---


def flaws_of_insert(call: Call, values: Values) -> Iterator[Flaw]:
    for path in REQUIRED:
        if not values.get(path):
            yield flaw(path, "REQUIRED", "The element is required")
    yield from _number_taken(call, values)
    yield from _status(values)
    yield from _enrollment(call, values)
    yield from _anyhow(call, values, None)


def flaws_of_update(call: Call, values: Values, student: Student) -> Iterator[Flaw]:
    for path in ("name/first_name", "name/last_name"):
        if values.get(path) == "":
            yield flaw(path, "REQUIRED", "The element must not be blank")
    yield from _anyhow(call, values, student)


def _anyhow(call: Call, values: Values, student: Student | None) -> Iterator[Flaw]:
    for block in ("physical", "mailing"):
        yield from _address(values, block)
    for pair in PAIRS:
        yield from _pair(values, pair)
    for path, (allowed, code) in LISTS.items():
        if values.get(path) and values[path] not in allowed:
            yield flaw(path, code, "The value is not in the district's list")
    yield from _next_school(call, values, student)


def _number_taken(call: Call, values: Values) -> Iterator[Flaw]:
    number = values.get("local_id", "")
    if WHOLE.fullmatch(number) and any(
        student.number.isdigit() and int(student.number) == int(number)
        for student in call.sis.district.students
    ):
        yield flaw("local_id", "INVALID_LOCAL_ID", "The student number exists already")


def _status(values: Values) -> Iterator[Flaw]:
    code, letter = values.get(f"{ENROLLMENT}/enroll_status_code"), values.get(f"{ENROLLMENT}/enroll_status")
    if code and letter:
        says = "enroll_status and enroll_status_code exclude each other"
        yield flaw(f"{ENROLLMENT}/enroll_status", "EXCLUSIVE_ENROLL_STATUS", says)
    says = "A student cannot be inserted with this status"
    if code in CLOSED_CODES:
        yield flaw(f"{ENROLLMENT}/enroll_status_code", "INVALID_ENROLL_STATUS", says)
    if letter and letter.upper() not in OPEN_LETTERS:
        yield flaw(f"{ENROLLMENT}/enroll_status", "INVALID_ENROLL_STATUS", says)


def _enrollment(call: Call, values: Values) -> Iterator[Flaw]:
    number = values.get(f"{ENROLLMENT}/school_number", "")
    if not WHOLE.fullmatch(number):
        return
    school = next((s for s in call.sis.district.schools if s.number == int(number)), None)
    if school is None:
        yield flaw(f"{ENROLLMENT}/school_number", "INVALID_SCHOOL_NUMBER", "No school has this number")
        return
    grade = values.get(f"{ENROLLMENT}/grade_level", "")
    offered = range(school.low_grade, school.high_grade + 1)
    if call.options.grades_checked and WHOLE.fullmatch(grade) and int(grade) not in offered:
        yield flaw(f"{ENROLLMENT}/grade_level", "INVALID_GRADE_LEVEL", "The school does not have this grade")
    if call.options.terms_checked:
        yield from _terms(school, values)


def _terms(school: School, values: Values) -> Iterator[Flaw]:
    if not school.terms:
        says = "Years & Terms are not set up at this school"
        yield flaw(f"{ENROLLMENT}/school_number", "SCHOOL_WITHOUT_TERMS", says)
        return
    entry, leave = (_day(values, f"{ENROLLMENT}/{name}") for name in ("entry_date", "exit_date"))
    term = next((t for t in school.terms if entry and t.first_day <= entry <= t.last_day), None)
    if entry and term is None:
        says = "The date is outside every term of the school"
        yield flaw(f"{ENROLLMENT}/entry_date", "INVALID_ENROLLMENT_DATES", says)
    if entry and leave and (leave <= entry or (term and leave > _leaving(school, term))):
        says = "The date is not after the entry and within the school year"
        yield flaw(f"{ENROLLMENT}/exit_date", "INVALID_ENROLLMENT_DATES", says)


def _day(values: Values, path: str) -> date | None:
    return parsed_day(values.get(path, ""), slashed=False)


def _leaving(school: School, term: Term) -> date:
    """The day after the last day in class (5.4)."""
    last = max(t.last_day for t in school.terms if t.start_year == term.start_year)
    return last + timedelta(days=1)


def _address(values: Values, block: str) -> Iterator[Flaw]:
    """All four parts or none (1.9)."""
    at = f"addresses/{block}"
    if not any(path in values for path in BY_PATH if path.startswith(f"{at}/")):
        return
    for part in ADDRESS_PARTS:
        if not values.get(f"{at}/{part}"):
            says = "The parts of an address are required together"
            yield flaw(f"{at}/{part}", f"REQUIRED_{block}_{part}".upper(), says)


def _pair(values: Values, pair: tuple[str, str]) -> Iterator[Flaw]:
    sent = [path for path in pair if path in values]
    blank = [path for path in pair if not values.get(path)]
    if sent and (len(sent) < len(pair) or len(blank) == 1):
        yield flaw(blank[0] if blank else pair[0], "REQUIRED_PAIR", "Name and phone are required together")


def _next_school(call: Call, values: Values, student: Student | None) -> Iterator[Flaw]:
    path = "schedule_setup/next_school"
    numbers = {GRADUATED_SCHOOL_NUMBER, *(school.number for school in call.sis.district.schools)}
    wanted = values.get(path, "")
    if WHOLE.fullmatch(wanted) and int(wanted) not in numbers:
        yield flaw(path, "INVALID_NEXT_SCHOOL", "No school has this number")
    stored = student is not None and student.next_school and not call.options.next_school_each_time
    if values.get("schedule_setup/sched_next_year_grade") and not wanted and not stored:
        yield flaw(path, "REQUIRED_NEXT_SCHOOL", "The next school is required with the grade of next year")
