"""A PowerSchool that can be written to as the other side: the small one of the connector's own tests."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx2
from tests.connectors.powerschool.conftest import SECRET
from tests.connectors.powerschool.office import Office

from yellowbus.connectors.writing import ContactWrite, Enrollment, Held, Sought, Standing, StudentWrite

YEAR = 2026
BORN = "2015-03-09"
CANARY = "Canaryname"
STUDENT = "/ws/v1/student"
CONTACT = "/ws/contacts/contact"
TERM = {"portion": 1, "start_date": "2026-08-03", "end_date": "2027-05-21", "start_year": YEAR}
ADDRESS = {
    "addresses.physical.street": "9 Oak Ln",
    "addresses.physical.city": "Mesa",
    "addresses.physical.state_province": "AZ",
    "addresses.physical.postal_code": "01854",
}


def start(_folder: Path) -> "PowerSchoolWriting":
    office = Struck()
    office.students = [pupil(801, "Kit", "A"), pupil(802, "Una", "T")]
    office.schools = [
        {"id": 6, "name": "Cedar Ridge", "school_number": 310, "low_grade": 0, "high_grade": 5},
        {"id": 7, "name": "Aspen", "school_number": 20, "low_grade": 0, "high_grade": 5},
    ]
    office.terms = {"6": [TERM]}
    for student in office.students:
        office.born(student)
    return PowerSchoolWriting(office)


def pupil(number, first, status):
    return {
        "id": number,
        "local_id": str(200_000 + number),
        "name": {"first_name": first, "last_name": "Moss"},
        "demographics": {"birth_date": "2014-04-04"},
        "school_enrollment": {"enroll_status": status, "school_number": "310", "grade_level": "5"},
    }


class Struck(Office):
    """`fault` is what the next write meets."""

    def __init__(self):
        super().__init__()
        self.fault = ""
        self.writes = 0

    def handle(self, request):
        if request.method == "GET" or request.url.path.startswith("/oauth"):
            return super().handle(request)
        self.writes += 1
        fault, self.fault = self.fault, ""
        return self.faults[fault](self, request) if fault else super().handle(request)

    def lost_after(self, request):
        self.handle(request)
        self.writes -= 1
        raise httpx2.ReadError("gone", request=request)

    def error_before(self, request):
        return httpx2.Response(503)

    def refused(self, request):
        return self.failed(request, "student/demographics/birth_date", "INVALID_DATE_VALUE")

    def locked(self, request):
        return self.failed(request, "student", "RECORD_LOCKED")

    def failed(self, request, path, code):
        sent = json.loads(request.content)["students"]["student"]
        error = {"field": path, "error_code": code, "error_description": f"{CANARY} cannot be"}
        result = {"client_uid": sent["client_uid"], "status": "ERROR", "error_message": {"error": error}}
        return self.reply({"results": {"insert_count": 0, "update_count": 0, "result": result}})

    def dropped(self, request):
        sent = json.loads(request.content)["students"]["student"]
        return self.students_posted({**sent, "contact": {}}, {})

    def contact_refused(self, request):
        error = {"field": "relationship", "error_code": "NOT_A_CODE", "error_description": CANARY}
        return self.reply({"status": "ERROR", "error_message": {"error": [error]}})

    faults = {
        "lost-after": lost_after,
        "error-before": error_before,
        "refused": refused,
        "locked": locked,
        "dropped": dropped,
        "contact": contact_refused,
    }


@dataclass
class PowerSchoolWriting:
    office: Struck
    year: int = YEAR
    ready: str = "310"
    unready: str = "20"
    field: str = "contact.guardian_email"
    secrets: tuple[str, ...] = (SECRET,)
    personal: tuple[str, ...] = (CANARY,)
    names: tuple[str, str] = ("Ada", CANARY)

    def connector(self):
        return self.office.open()

    def created(self, token: str) -> StudentWrite:
        enrolled = Enrollment("310", YEAR, date(2026, 8, 3), date(2027, 5, 22), Standing.PRE_REGISTERED)
        first, last = self.names
        named = {"name.first_name": first, "name.last_name": last}
        about = {"demographics.birth_date": BORN, "school_enrollment.grade_level": "3"}
        return StudentWrite(token, named | about | ADDRESS, enrollment=enrolled)

    def child(self) -> Sought:
        first, last = self.names
        return Sought(first_name=first, last_name=last, birth_date=date.fromisoformat(BORN))

    def incomplete(self, token: str) -> StudentWrite:
        whole = self.created(token)
        half = {name: value for name, value in whole.values.items() if not name.endswith("city")}
        return StudentWrite(token, half, enrollment=whole.enrollment)

    def known(self) -> Sought:
        return Sought(remote="801", key="200801")

    def gone(self) -> Sought:
        return Sought(first_name="Una", last_name="Moss", birth_date=date(2014, 4, 4))

    def changed(self, token: str, held: Held) -> StudentWrite:
        return StudentWrite(token, {self.field: f"{CANARY}@example.org"}, remote=held.remote)

    def contact(self, token: str, held: Held) -> ContactWrite:
        values = {
            "Contacts.FirstName": "Eve",
            "Contacts.LastName": CANARY,
            "Contacts.Relationship": "Mother",
            "Contacts.Custodial": "true",
            "Contacts.Emails1": "eve@example.org",
            "Contacts.PhonesMobile": "480-555-0101",
        }
        return ContactWrite(token, held.remote, held.key, 1, values)

    def strike(self, fault: str) -> None:
        self.office.fault = fault

    def writes(self) -> int:
        return self.office.writes

    def students(self) -> int:
        return len(self.office.students)

    def close(self) -> None:
        self.office.door.close()
