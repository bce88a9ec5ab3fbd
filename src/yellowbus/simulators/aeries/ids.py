"""The sourcedIds of Aeries' OneRoster service (aeries dossier 14.4)."""

from yellowbus.simulators.aeries.schools import term_code
from yellowbus.simulators.district import Contact, School, Student, Term
from yellowbus.simulators.district.people import Level
from yellowbus.simulators.oneroster.people import Room


class AeriesIds:
    def district(self) -> str:
        return "0"

    def school(self, school: School) -> str:
        return str(school.number)

    def session(self, term: Term) -> str:
        return f"{term.school_number}_{term_code(term)}"

    def course(self, room: Room) -> str:
        return self.teacher(room) if room.school.level is Level.ELEMENTARY else "0634"

    def course_org(self, _: School) -> str:
        return self.district()

    def room(self, room: Room) -> str:
        return f"{room.school.number}_{self._section(room)}"

    def teacher(self, room: Room) -> str:
        return f"TCH_{room.school.number}{room.number}"

    def student(self, student: Student, _: School) -> str:
        return f"STU_{int(student.number)}"

    def guardian(self, contact: Contact) -> str:
        """Only who has a portal account is a user."""
        return f"PAT_{contact.id}" if contact.emails else ""

    def enrollment(self, school: School, user: str, room: str) -> str:
        return f"{school.number}_{user}_{room.partition('_')[2]}"

    def guardian_identifier(self, contact: Contact) -> str:
        return f"0_PAT_{contact.id}"

    def student_identifier(self, student: Student) -> str:
        return str(int(student.number))

    def username(self, student: Student) -> str:
        return student.email

    def user_ids(self, _: Student) -> list[dict[str, str]] | None:
        return None

    @staticmethod
    def _section(room: Room) -> str:
        """A school without a master schedule counts by teacher."""
        elementary = room.school.level is Level.ELEMENTARY
        return f"TN_{room.number - 999}" if elementary else str(room.number)
