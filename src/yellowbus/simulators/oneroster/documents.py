"""Each thing of the roster as a tree: the fields of oneroster dossier 1.6, before a version and a provider's habits
shape them.

None is a field that nobody filled, "" a text left blank; the strict form leaves both out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from yellowbus.simulators.district import Contact, District, School, Status, Student, Term
from yellowbus.simulators.district.people import GRADUATED_GRADE, Level
from yellowbus.simulators.oneroster.options import AgentSide, GradeForm, Options
from yellowbus.simulators.oneroster.people import Ids, Room
from yellowbus.simulators.stamps import Area, Stamps

Tree = dict[str, Any]
# 1.6: OneRoster has three words for a grown-up of a child; whoever fits none of them is not carried.
AGENT_ROLES = {
    "Mother": "parent",
    "Father": "parent",
    "Stepmother": "parent",
    "Stepfather": "parent",
    "Guardian": "guardian",
    "Foster Parent": "guardian",
    "Grandparent": "relative",
    "Aunt": "relative",
    "Uncle": "relative",
    "Sibling": "relative",
}
LEFT = frozenset({Status.TRANSFERRED, Status.INACTIVE})
RACE_FIELDS = {
    "AI": "americanIndianOrAlaskaNative",
    "5": "asian",
    "BL": "blackOrAfricanAmerican",
    "06": "nativeHawaiianOrOtherPacificIslander",
    "WH": "white",
}
TWO_OR_MORE, HISPANIC = "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity"
SEXES = {"M": "male", "F": "female"}
# The Ed-Fi phrases (4): "First grade".
ORDINALS = dict(
    enumerate(
        (
            "First",
            "Second",
            "Third",
            "Fourth",
            "Fifth",
            "Sixth",
            "Seventh",
            "Eighth",
            "Ninth",
            "Tenth",
            "Eleventh",
            "Twelfth",
        ),
        1,
    )
)


class Ref(NamedTuple):
    """A reference to another thing; its href is made where the reply is."""

    type: str
    id: str


def session_type(term: Term, level: Level) -> str:
    """Quarters of a school with semesters are grading periods, those of another are its terms."""
    if term.portion == 4:
        return "gradingPeriod" if level is Level.HIGH else "term"
    return {1: "schoolYear", 2: "semester", 3: "term"}[term.portion]


def grade_word(grade: int, form: GradeForm) -> str:
    """A grade as this provider says it (1.6).

    >>> [grade_word(9, form) for form in GradeForm]
    ['09', '9', 'Ninth grade']
    """
    if grade == GRADUATED_GRADE:
        return "PS"
    if grade < 1:
        return {
            GradeForm.CEDS: ("KG", "PK"),
            GradeForm.BARE: ("K", "PK"),
            GradeForm.WORDS: ("Kindergarten", "Preschool/Prekindergarten"),
        }[form][-grade]
    if form is GradeForm.WORDS:
        return f"{ORDINALS[grade]} grade"
    return f"{grade:02d}" if form is GradeForm.CEDS else str(grade)


def agent_role(student: Student, contact: Contact) -> str:
    """parent, guardian or relative; blank for one whom OneRoster has no word for."""
    return next((AGENT_ROLES.get(tie.relationship, "") for tie in student.ties if tie.contact is contact), "")


@dataclass(frozen=True, slots=True)
class Writer:
    district: District
    options: Options
    ids: Ids
    stamps: Stamps

    def _head(self, sourced_id: str, changed: datetime | None = None, *, gone: bool = False) -> Tree:
        return {
            "sourcedId": sourced_id,
            "status": "tobedeleted" if gone else "active",
            "dateLastModified": changed or datetime(self.district.school_year - 1, 7, 1, tzinfo=UTC),
            "metadata": None,
        }

    def _grades(self, grades: Sequence[int]) -> list[str]:
        return [grade_word(grade, self.options.grades) for grade in grades]

    def _school(self, school: School) -> Ref:
        return Ref("org", self.ids.school(school))

    def district_org(self) -> Tree:
        return {
            **self._head(self.ids.district()),
            "name": self.district.name,
            "type": "district",
            "identifier": "0042",
            "parent": None,
            "children": [self._school(school) for school in self.district.schools],
        }

    def school_org(self, school: School) -> Tree:
        return {
            **self._head(self.ids.school(school)),
            "name": school.name,
            "type": "school",
            "identifier": str(school.number),
            "parent": Ref("org", self.ids.district()),
            "children": None,
        }

    def session(self, term: Term, school: School) -> Tree:
        year = school.year(term.start_year)
        return {
            **self._head(self.ids.session(term)),
            "title": term.name,
            "startDate": term.first_day,
            "endDate": term.last_day,
            "type": session_type(term, school.level),
            "parent": Ref("academicSession", self.ids.session(year)) if year and year is not term else None,
            "children": None,
            "schoolYear": str(term.start_year + 1),
        }

    def course(self, room: Room, org: Ref) -> Tree:
        return {
            **self._head(self.ids.course(room)),
            "title": "Home room",
            "schoolYear": None,
            "courseCode": "HR",
            "grades": None,
            "subjects": None,
            "org": org,
            "subjectCodes": None,
        }

    def room(self, room: Room, terms: Sequence[Term]) -> Tree:
        return {
            **self._head(self.ids.room(room)),
            "title": f"Home room {room.name}",
            "classCode": room.name,
            "classType": "homeroom",
            "location": room.name,
            "grades": self._grades(sorted({student.grade for student in room.students})),
            "subjects": None,
            "course": Ref("course", self.ids.course(room)),
            "school": self._school(room.school),
            "terms": [Ref("academicSession", self.ids.session(term)) for term in terms],
            "subjectCodes": None,
            "periods": None,
        }

    def enrollment(self, room: Room, student: Student | None) -> Tree:
        user = self.ids.teacher(room) if student is None else self.ids.student(student, student.school)
        changed = None if student is None else self.stamps.of(student, Area.ENROLLMENT)
        room_id = self.ids.room(room)
        return {
            **self._head(self.ids.enrollment(room.school, user, room_id), changed),
            "user": Ref("user", user),
            "class": Ref("class", room_id),
            "school": self._school(room.school),
            "role": "teacher" if student is None else "student",
            "primary": student is None,
            "beginDate": None if student is None else student.entry,
            "endDate": None,
        }

    def _user(self, head: Tree, role: str, orgs: Sequence[School]) -> Tree:
        blank = {"userIds": None, "middleName": "", "email": "", "sms": None, "phone": ""}
        return {
            **head,
            **blank,
            "enabledUser": head["status"] == "active",
            "role": role,
            "identifier": "",
            "agents": [],
            "orgs": [self._school(school) for school in orgs],
            "grades": None,
            "password": None,
        }

    def student(self, student: Student, school: School) -> Tree:
        head = self._head(
            self.ids.student(student, school),
            self.stamps.of(student, Area.STUDENT),
            gone=student.status in LEFT,
        )
        return {
            **self._user(head, "student", [school]),
            "username": self.ids.username(student),
            "userIds": self.ids.user_ids(student),
            "givenName": student.first,
            "familyName": student.last,
            "middleName": student.middle,
            "preferredFirstName": student.preferred,
            "identifier": self.ids.student_identifier(student),
            "email": student.email,
            "phone": student.household.phone,
            "agents": self._agents(student),
            "grades": self._grades([student.grade]),
        }

    def _agents(self, student: Student) -> list[Ref]:
        if self.options.agents is AgentSide.GUARDIAN:
            return []
        found = [self.ids.guardian(tie.contact) for tie in student.ties if AGENT_ROLES.get(tie.relationship)]
        return [Ref("user", agent) for agent in found if agent]

    def teacher(self, room: Room) -> Tree:
        return {
            **self._user(self._head(self.ids.teacher(room)), "teacher", [room.school]),
            "username": f"teacher{room.school.number}{room.number}",
            "givenName": room.first,
            "familyName": room.last,
            "identifier": f"{room.school.number}{room.number}",
            "email": f"teacher{room.school.number}.{room.number}@schools.example.org",
        }

    def guardian(self, contact: Contact, students: Sequence[Student]) -> Tree:
        changed = max(self.stamps.of(student, Area.CONTACT) for student in students)
        phones = {phone.type: phone.number for phone in reversed(contact.phones)}
        shown = [] if self.options.agents is AgentSide.STUDENT else students
        return {
            **self._user(
                self._head(self.ids.guardian(contact), changed),
                agent_role(students[0], contact),
                list(dict.fromkeys(student.school for student in students)),
            ),
            "username": contact.emails[0].address if contact.emails else f"guardian{contact.id}",
            "givenName": contact.first,
            "familyName": contact.last,
            "middleName": contact.middle,
            "identifier": self.ids.guardian_identifier(contact),
            "email": contact.emails[0].address if contact.emails else "",
            "sms": phones.get("Mobile"),
            "phone": phones.get("Home", ""),
            "agents": [Ref("user", self.ids.student(student, student.school)) for student in shown],
        }

    def demographics(self, student: Student, school: School) -> Tree:
        head = self._head(
            self.ids.student(student, school),
            self.stamps.of(student, Area.STUDENT),
            gone=student.status in LEFT,
        )
        return {
            **head,
            "birthDate": student.birth,
            "sex": SEXES.get(student.gender, "other"),
            **self._races(student),
            "countryOfBirthCode": "",
            "stateOfBirthAbbreviation": "",
            "cityOfBirth": "",
            "publicSchoolResidenceStatus": "",
        }

    def _races(self, student: Student) -> Tree:
        known = bool(student.races) or self.options.unknown_race_is_false
        flags = {field: (race in student.races) if known else None for race, field in RACE_FIELDS.items()}
        return {
            **flags,
            TWO_OR_MORE: len(student.races) > 1 if known else None,
            HISPANIC: student.hispanic,
        }
