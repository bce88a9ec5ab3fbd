"""How ids follow from the district's own, so that they stay the same whatever is asked first. Ids of
different kinds never agree.
"""

from yellowbus.simulators.district import Contact, School, Student

SYSTEM_ENTITY, DISTRICT_ENTITY = 1, 2
DISTRICT_ID = 1
_ENTITIES = 10
_BUILDINGS = 2_000
_CONTACT_NAMES = 10_000_000
_HOME_PHONES = 20_000_000
_STUDENT_EMAILS = 21_000_000
_ALIASES = 22_000_000
_HOMES = 30_000_000
_MAILINGS = 40_000_000
_GUARDIANS = 50_000_000
_EMERGENCY = 60_000_000
_ENTRIES = 70_000_000
_ENTITY_YEARS = 100_000_000
_DISTRICTS = 130_000_000
_DEVICES = 140_000_000
_YEARS_KEPT = 32


def entity(school: School) -> int:
    return _ENTITIES + school.dcid


def building(school: School) -> int:
    return _BUILDINGS + school.dcid


def student(who: Student) -> int:
    return who.id


def student_name(who: Student) -> int:
    return who.person_id


def contact_name(who: Contact) -> int:
    return _CONTACT_NAMES + who.id


def home_phone(who: Student) -> int:
    return _HOME_PHONES + who.id


def student_email(who: Student) -> int:
    return _STUDENT_EMAILS + who.id


def alias(who: Student) -> int:
    return _ALIASES + who.id


def home(who: Student) -> int:
    return _HOMES + who.id


def mailing(who: Student) -> int:
    return _MAILINGS + who.id


def guardian(tie: int) -> int:
    return _GUARDIANS + tie


def emergency(tie: int) -> int:
    return _EMERGENCY + tie


def entry(who: Student, year_id: int) -> int:
    return _ENTRIES + who.id * _YEARS_KEPT + year_id


def entity_year(who: Student, year_id: int) -> int:
    return _ENTITY_YEARS + who.id * _YEARS_KEPT + year_id


def student_district(who: Student) -> int:
    return _DISTRICTS + who.id


def device(who: Student) -> int:
    return _DEVICES + who.id
