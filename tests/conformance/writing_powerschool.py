"""A simulated PowerSchool that can be written to as the other side, over real HTTP."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.connectors.registry import open_connector
from yellowbus.connectors.writing import ContactWrite, Enrollment, Held, Sought, Standing, StudentWrite
from yellowbus.protocols.net import Door
from yellowbus.simulators.district import District, School, Status, Student
from yellowbus.simulators.powerschool import Fault, FaultKind, PowerSchool, serve_app
from yellowbus.simulators.serving import Running

YEAR = 2026
BORN = "2018-03-09"
CANARY = "Canaryname"
STUDENT = "/ws/v1/student"
CONTACT = "/ws/contacts/contact"
PATIENCE = 0.5  # seconds until the client gives up on an answer
ADDRESS = {
    "addresses.physical.street": "9 Oak Ln",
    "addresses.physical.city": "Mesa",
    "addresses.physical.state_province": "AZ",
    "addresses.physical.postal_code": "01854",
}
FAULTS = {
    "lost-after": Fault(FaultKind.DROPPED, path=STUDENT, method="POST"),
    "lost-before": Fault(FaultKind.DROPPED_BEFORE, path=STUDENT, method="POST"),
    "error-after": Fault(FaultKind.ERROR_AFTER, path=STUDENT, method="POST"),
    "error-before": Fault(FaultKind.SERVER_ERROR, path=STUDENT, method="POST"),
    "silent-after": Fault(FaultKind.HANG_AFTER, path=STUDENT, method="POST"),
    "locked": Fault(FaultKind.LOCKED),
    "dropped": Fault(FaultKind.IGNORED_FIELD, what="contact/guardian_email"),
    "contact": Fault(FaultKind.CONTACT_FAILED, what=CANARY),
    "half-contact": Fault(FaultKind.HALF_CONTACT, what=CANARY),
}


class Counted(PowerSchool):
    """Knows how many requests to write have come, whatever becomes of them."""

    writes = 0

    def respond(self, request):
        self.writes += request.path.startswith("/ws/") and request.method != "GET"
        return super().respond(request)


def start(_folder: Path) -> "PowerSchoolWriting":
    """Of the first two schools the second has no Years & Terms; two children of the first are known by name."""
    app = Counted(District(students=60, seed=7, school_year=YEAR))
    ready, unready = app.sis.district.schools[:2]
    unready.terms[:] = [term for term in unready.terms if term.start_year != YEAR]
    known, gone = app.sis.district.students[:2]
    known.status, gone.status = Status.ACTIVE, Status.TRANSFERRED
    known.last, gone.last = f"{CANARY} Moss", f"{CANARY} Birch"
    plugin = app.sis.plugins.install(plugin_xml(access_level=True, writes=True).encode())
    app.sis.plugins.enable(plugin)
    login = (plugin.client_id, plugin.client_secret)
    return PowerSchoolWriting(app, serve_app(app), login, (ready, unready), (known, gone))


@dataclass
class PowerSchoolWriting:
    app: Counted
    running: Running
    login: tuple[str, str]
    schools: tuple[School, School]
    children: tuple[Student, Student]
    doors: list[Door] = field(default_factory=list)
    year: int = YEAR
    field: str = "contact.guardian_email"
    personal: tuple[str, ...] = (CANARY,)
    refuses: bool = False

    @property
    def ready(self) -> str:
        return str(self.schools[0].number)

    @property
    def unready(self) -> str:
        return str(self.schools[1].number)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.login[1], *self.app.sis.tokens._known)

    def connector(self):
        self.doors.append(Door(in_flight=4, per_second=1e6, allow_private=True, timeout=PATIENCE))
        settings = {"server_url": self.running.url, "school_year": str(YEAR)}
        login = dict(zip(("client_id", "client_secret"), self.login, strict=True))
        return open_connector("powerschool", settings | login, self.doors[-1])

    def created(self, token: str) -> StudentWrite:
        year = self.schools[0].year(YEAR)
        leaves = year.last_day + timedelta(days=1)
        enrolled = Enrollment(self.ready, YEAR, year.first_day, leaves, Standing.PRE_REGISTERED)
        named = {"name.first_name": "Zoë", "name.last_name": CANARY}
        about = {"demographics.birth_date": BORN, "school_enrollment.grade_level": "3"}
        return self._maybe_bad(StudentWrite(token, named | about | ADDRESS, enrollment=enrolled))

    def child(self) -> Sought:
        return Sought(first_name="Zoë", last_name=CANARY, birth_date=date.fromisoformat(BORN))

    def incomplete(self, token: str) -> StudentWrite:
        whole = self.created(token)
        half = {name: value for name, value in whole.values.items() if not name.endswith("city")}
        return StudentWrite(token, half, enrollment=whole.enrollment)

    def known(self) -> Sought:
        student = self.children[0]
        return Sought(remote=str(student.dcid), key=student.number)

    def gone(self) -> Sought:
        student = self.children[1]
        return Sought(first_name=student.first, last_name=student.last, birth_date=student.birth)

    def changed(self, token: str, held: Held) -> StudentWrite:
        values = {self.field: f"{CANARY}@example.org"}
        return self._maybe_bad(StudentWrite(token, values, remote=held.remote))

    def contact(self, token: str, held: Held) -> ContactWrite:
        values = {
            "Contacts.FirstName": "Eve",
            "Contacts.LastName": CANARY,
            "Contacts.Relationship": "Mother",
            "Contacts.Custodial": "true",
            "Contacts.Emails1": "eve@example.org",
            "Contacts.Emails1Type": "Current",
            "Contacts.PhonesMobile": "480-555-0101",
        }
        return ContactWrite(token, held.remote, held.key, 1, values)

    def strike(self, fault: str) -> None:
        """A refusal is earned: the next student to write has a birth date that is none."""
        if fault == "refused":
            self.refuses = True
        else:
            self.app.sis.faults.add(FAULTS[fault])

    def writes(self) -> int:
        return self.app.writes

    def made(self) -> list[int]:
        children = self.app.sis.journal.children(self.app.sis.district)
        return [child["inserts"] for child in children]

    def people(self) -> int:
        return sum(1 for _ in self.app.sis.district.contacts())

    def students(self) -> int:
        return len(self.app.sis.district.students)

    def close(self) -> None:
        for door in self.doors:
            door.close()
        self.running.stop()

    def _maybe_bad(self, write: StudentWrite) -> StudentWrite:
        if not self.refuses:
            return write
        self.refuses = False
        return replace(write, values={**write.values, "demographics.birth_date": CANARY})
