"""A small PowerSchool for one test at a time: answers in the shapes of the dossier, with invented values."""

import threading
from collections import Counter

import httpx2
import pytest

from yellowbus.connectors.base import ReadFilter
from yellowbus.connectors.powerschool import connector
from yellowbus.protocols.net import Door, Timing

HOST = "sis.example.org"
SECRET = "s3cret-canary"


class Still:
    """A clock that moves only when someone sleeps."""

    def __init__(self):
        self.time = 1_000.0
        self.slept = 0.0
        self._lock = threading.Lock()

    def sleep(self, seconds):
        with self._lock:
            self.time += seconds
            self.slept += seconds

    def timing(self):
        return Timing(clock=lambda: self.time, now=lambda: self.time, sleep=self.sleep, jitter=lambda: 0.5)


class Vendor:
    """`students`, `schools`, `terms`, `tables` are what it holds; `answers` replaces the answer of a path."""

    def __init__(self):
        self.students = []
        self.schools = []
        self.terms = {}
        self.tables = {}
        self.district = {}
        self.extensions = ""
        self.page_size = 100
        self.in_flight = 4
        self.answers = {}
        self.asked = []
        self.tokens = 0
        self.clock = Still()
        self._lock = threading.Lock()

    def open(self, **settings):
        self.door = Door(
            in_flight=self.in_flight,
            per_second=1e9,
            transport=httpx2.MockTransport(self.handle),
            timing=self.clock.timing(),
        )
        told = {"server_url": f"{HOST}/", "client_id": "id", "client_secret": SECRET, "school_year": "2026"}
        return connector.open(told | settings, self.door)

    def read(self, *fields, kind="students", after="", statuses=(), **settings):
        """The pages of a read, the connector opened for it."""
        wanted = ReadFilter(fields=frozenset(fields or {"local_id"}), statuses=frozenset(statuses))
        return self.open(**settings).read(kind, after, wanted)

    def records(self, *fields, **options):
        """Everything read, decoded."""
        return [page.decode(raw) for page in self.read(*fields, **options) for raw in page.records]

    def held(self, count, **more):
        """`count` invented students in the shape of dossier 8, numbers as v1 sends them."""
        self.students = [self.student(number, **more) for number in range(1, count + 1)]

    @staticmethod
    def student(number, **more):
        name = {"first_name": f"First{number}", "last_name": f"Last{number}"}
        return {"id": number, "local_id": 200_000 + number, "name": name} | more

    @staticmethod
    def reply(body, status=200, **headers):
        return httpx2.Response(status, json=body, headers=headers)

    def counted(self):
        return Counter(path for path, _ in self.asked)

    def params(self, path):
        return [dict(params) for asked, params in self.asked if asked == path]

    def handle(self, request):
        path, params = request.url.path, request.url.params
        with self._lock:
            self.asked.append((path, params))
        if path in self.answers:
            return self.answers[path](request)
        if path.rstrip("/") == "/oauth/access_token":
            with self._lock:
                self.tokens += 1
            return self.reply(
                {"access_token": f"token-{self.tokens}", "token_type": "Bearer", "expires_in": "2591000"}
            )
        return self.resource(path, params)

    def resource(self, path, params):
        match path.strip("/").split("/"):
            case ["ws", "v1", "time"]:
                return self.reply({"resource": {"time": "2026-11-24T00:00:00", "timestamp": 1}})
            case ["ws", "v1", "metadata"]:
                return self.reply({"metadata": self.metadata()})
            case ["ws", "v1", "district"]:
                return self.reply({"district": self.district})
            case ["ws", "v1", "district", "student"]:
                return self.reply({"students": self.listed("student", self.students, params)})
            case ["ws", "v1", "district", "student", "count"]:
                return self.reply({"resource": {"count": len(self.students)}})
            case ["ws", "v1", "district", "school"]:
                return self.reply({"schools": self.listed("school", self.schools, params)})
            case ["ws", "v1", "district", "school", "count"]:
                return self.reply({"resource": {"count": len(self.schools)}})
            case ["ws", "v1", "school", school, "term"]:
                return self.reply({"terms": self.listed("term", self.terms_of(school, params), params)})
            case ["ws", "schema", "table", table, "count"]:
                return self.reply({"count": len(self.tables.get(table, []))})
            case ["ws", "schema", "table", table]:
                return self.rows(table, params)
        return self.reply({"message": "no such path"}, 404)

    def terms_of(self, school, params):
        """A term without a start year is of whichever year is asked for."""
        year = int(params.get("q", "start_year==0").removeprefix("start_year=="))
        return [term for term in self.terms.get(school, []) if term.get("start_year", year) == year]

    def metadata(self):
        sizes = ("student", "school", "schema_table_query")
        return {"powerschool_version": "25.12.0.0.1", "plugin_id": 9001} | {
            f"{size}_max_page_size": self.page_size for size in sizes
        }

    def cut(self, rows, params):
        size = int(params.get("pagesize", self.page_size))
        start = (int(params.get("page", 1)) - 1) * size
        return rows[start : start + size]

    def listed(self, name, rows, params):
        """Many are a list, one is an object, none is no key at all (dossier 5.3)."""
        found = self.cut(rows, params)
        shown = {"@extensions": self.extensions, "@expansions": "demographics, addresses"}
        return shown | ({} if not found else {name: found if len(found) > 1 else found[0]})

    def rows(self, table, params):
        held = sorted(self.tables.get(table, []), key=lambda row: int(row[params["sort"]]))
        records = [
            {"id": number, "name": table, "tables": {table: row}}
            for number, row in enumerate(self.cut(held, params))
        ]
        return self.reply({"name": table, "record": records} if records else {"name": table})


@pytest.fixture
def vendor():
    return Vendor()


@pytest.fixture
def office():
    """A PowerSchool that can be written to, with one school and one student."""
    from tests.connectors.powerschool.office import Office

    made = Office()
    made.schools = [{"id": 6, "name": "Cedar Ridge", "school_number": 310, "low_grade": -1, "high_grade": 2}]
    return made


@pytest.fixture
def family(office):
    from tests.connectors.powerschool.family import settle

    return settle(office)
