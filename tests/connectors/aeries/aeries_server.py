"""A small Aeries for one test at a time: both APIs, in the shapes of the dossier, with invented children."""

import threading
from collections import Counter

import httpx2

from protocols.oneroster_provider import ID, SECRET, Provider
from yellowbus.connectors.aeries import connector
from yellowbus.connectors.base import ReadFilter
from yellowbus.protocols.net import Door, Timing

HOST = "sis.example.org"
CERTIFICATE = "0123456789abcdef0123456789ABCDEF"
INFO = {
    "AeriesVersion": "9.25.1.1",
    "DatabaseYear": "2026-2027",
    "AvailableDatabaseYears": ["2026-2027", "2025-2026"],
    "LocalTimeZoneName": "(UTC-08:00) Pacific Time (US & Canada)",
    "CurrentDateTime": "2026-11-03T09:15:02.1234567-08:00",
}


def child(number, **more):
    """A record of STU in the shape of dossier 6.3, cut."""
    return {
        "StudentID": 70_000_000 + number,
        "OldStudentID": 0,
        "SchoolCode": 210,
        "StudentNumber": number,
        "StateStudentID": f"{1_000_000_000 + number}",
        "LastName": f"Last{number}",
        "FirstName": f"First{number}",
        "MiddleName": "",
        "Birthdate": "2015-03-09T00:00:00",
        "Grade": 4,
        "SchoolEnterDate": "2026-08-12T00:00:00",
        "SchoolLeaveDate": None,
        "InactiveStatusCode": "",
    } | more


def contact(number, sequence, **more):
    return {
        "StudentID": 70_000_000 + number,
        "SchoolCode": 210,
        "SequenceNumber": sequence,
        "ContactOrder": sequence,
        "FirstName": f"Parent{sequence}",
        "LastName": f"Last{number}",
        "RelationshipToStudentCode": "11",
    } | more


def school(code, **more):
    return {"SchoolCode": code, "Name": f"School {code}", "InactiveStatusCode": "", "Terms": []} | more


class Aeries(Provider):
    """`students` of the current year, `earlier` of the one before; `lacking` are the areas without Read."""

    def __init__(self):
        super().__init__()
        self.base = "/aeries/ims/oneroster/v1p1"
        self.token_path = "/aeries/token"
        self.lists = {"students": [], "demographics": []}
        self.info = dict(INFO)
        self.schools = [school(0), school(210), school(310)]
        self.students, self.earlier, self.extended = [], [], []
        self.contacts, self.programs, self.codes, self.changes = [], [], {}, {}
        self.lacking = set()
        self.refuses_with = 401
        self.certificate = CERTIFICATE
        self.by_id_scope = "school"
        self.calls = []
        self._calls = threading.Lock()

    def open(self, **settings):
        timing = Timing(clock=lambda: 0.0, now=lambda: 0.0, sleep=lambda _: None, jitter=lambda: 0.5)
        door = Door(in_flight=2, per_second=1e9, transport=httpx2.MockTransport(self.handle), timing=timing)
        told = {
            "aeries_url": f"{HOST}/aeries/",
            "certificate": CERTIFICATE,
            "oneroster_url": f"https://{HOST}/aeries",
            "consumer_id": ID,
            "consumer_secret": SECRET,
        }
        return connector.open(told | settings, door)

    def pages(self, *fields, kind="students", after="", **settings):
        return list(self.open(**settings).read(kind, after, ReadFilter(fields=frozenset(fields))))

    def records(self, *fields, **options):
        return [page.decode(raw) for page in self.pages(*fields, **options) for raw in page.records]

    def one(self, *fields, **options):
        [record] = self.records(*fields, **options)
        return record

    def counted(self):
        return Counter(path for path, _ in self.calls)

    def handle(self, request):
        path = request.url.path.lower().rstrip("/")
        if not path.startswith("/aeries/api/v5") or request.url.path in self.answers:
            return super().handle(request)
        path = path.removeprefix("/aeries/api/v5")
        with self._calls:
            self.calls.append((path, dict(request.url.params)))
        if path == "/systeminfo":
            year = request.url.params.get("DatabaseYear", "")
            opened = next(
                (each for each in self.info["AvailableDatabaseYears"] if year and each[:4] == year), None
            )
            return httpx2.Response(
                200, json=self.info | {"DatabaseYear": opened or self.info["DatabaseYear"]}
            )
        if request.headers.get("aeries-cert") != self.certificate:
            return httpx2.Response(
                self.refuses_with, json={"Message": f"No: {request.headers.get('aeries-cert')}"}
            )
        return self.native(path.strip("/").split("/"), request.url.params)

    def native(self, path, params):
        held = self.earlier if params.get("DatabaseYear") == "2025" else self.students
        match path:
            case ["schools"]:
                return httpx2.Response(200, json=self.schools)
            case ["schools", code, "students"]:
                return self.cut("Student Data", self.at(held, code), params)
            case ["schools", code, "students", "0", "extended"]:
                return self.cut("Student Data", self.at(self.extended, code), params)
            case ["schools", code, "students", student, "extended"]:
                return self.cut("Student Data", self.of(self.at(self.extended, code), student), {})
            case ["schools", code, "students", "0", "programs"]:
                ids = {row["StudentID"] for row in self.at(held, code)}
                return self.cut(
                    "Student Programs", [row for row in self.programs if row["StudentID"] in ids], {}
                )
            case ["schools", code, "students", student, "programs"]:
                return self.cut("Student Programs", self.of(self.programs, student), {})
            case ["schools", code, "students", student]:
                rows = held if self.by_id_scope == "all" else self.at(held, code)
                return self.cut("Student Data", self.of(rows, student), {})
            case ["schools", code, "contacts"]:
                ids = {row["StudentID"] for row in self.at(held, code)}
                return self.cut("Contacts", [row for row in self.contacts if row["StudentID"] in ids], {})
            case ["schools", _, "contacts", student]:
                return self.cut("Contacts", self.of(self.contacts, student), {})
            case ["codes", table, field] if f"{table}/{field}" in self.codes:
                return httpx2.Response(200, json=self.codes[f"{table}/{field}"])
            case ["studentdatachanges", area, *when]:
                return self.cut("Student Data", self.changes.get((area, "-".join(when)), []), {})
        return httpx2.Response(404, json={"Message": "No such thing"})

    def at(self, rows, code):
        return [row for row in rows if str(row["SchoolCode"]) == code]

    def of(self, rows, student):
        return [row for row in rows if str(row["StudentID"]) == student]

    def cut(self, area, rows, params):
        if area in self.lacking:
            return httpx2.Response(self.refuses_with, json={"Message": "Not permitted"})
        first, last = int(params.get("StartingRecord", 1)), int(params.get("EndingRecord", 10**9))
        return httpx2.Response(200, json=rows[first - 1 : last])
