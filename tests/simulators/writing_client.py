"""A client that writes to the simulated PowerSchool as a plugin with full access does."""

from dataclasses import dataclass, replace
from typing import Any

import httpx2
from simulated_client import FIELDS, Client, plugin_xml

from yellowbus.simulators.district import District, School, Student
from yellowbus.simulators.powerschool import Options, PowerSchool

WRITE = "/ws/v1/student"
CONTACTS = "/ws/contacts"
HOST = "https://sis.example.org"
FULL = '<oauth accessLevelV1Api="FULL"/>'


def writing_plugin(
    *, level: str = FULL, view_only: str = "", without: str = "", more: dict[str, str] | None = None
) -> bytes:
    """A plugin with FullAccess to everything that the contacts API shows; `view_only` names columns such as
    person.employer that it may only read, `without` a table that it did not ask for.
    """
    fields = {table: columns for table, columns in (FIELDS | (more or {})).items() if table != without}
    upload = plugin_xml(oauth=level, fields=fields).decode().replace("ViewOnly", "FullAccess")
    for name in view_only.split():
        table, column = name.split(".")
        asked = f'table="{table}" field="{column}" access="FullAccess"'
        assert asked in upload
        upload = upload.replace(asked, asked.replace("FullAccess", "ViewOnly"))
    return upload.encode()


@dataclass
class WritingClient(Client):
    """`district` is what the simulator holds."""

    @property
    def district(self) -> District:
        return self.app.sis.district

    @classmethod
    def of(
        cls, district: District, options: Options | None = None, *, upload: bytes = b"", **more: Any
    ) -> "WritingClient":
        app = PowerSchool(district, options, **more)
        plugin = app.sis.plugins.install(upload or writing_plugin())
        app.sis.plugins.enable(plugin)
        http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=HOST)
        client = cls(app, http, plugin)
        client.sign_in()
        return client

    def switch(self, **options: Any) -> None:
        self.app.sis.use(replace(self.app.sis.options, **options))

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> httpx2.Response:
        return self.http.request(method, path, params=query or None, headers=self.headers, json=body)

    def write(self, *records: dict[str, Any], **query: Any) -> Any:
        """The results of one POST; a single record goes as an object."""
        student: Any = records[0] if len(records) == 1 else list(records)
        reply = self.send("POST", WRITE, {"students": {"student": student}}, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()["results"]

    def insert(self, **changed: Any) -> Student:
        """Insert a child that is in order and give what the simulator made of it."""
        result = self.write(new_child(self.school, **changed))["result"]
        assert result["status"] in {"SUCCESS", "WARNING"}, result
        return self.student(result["success_message"]["id"])

    def update(self, student: Student, **fields: Any) -> Any:
        return self.write({"client_uid": "u1", "action": "UPDATE", "id": student.dcid, **fields})["result"]

    def student(self, dcid: int) -> Student:
        found = self.district.student_by_dcid(dcid)
        assert found is not None
        return found

    def shown(self, student: Student, *expansions: str, **query: Any) -> Any:
        """The student as /ws/v1 shows it now."""
        return self.get(f"{WRITE}/{student.dcid}", expansions=",".join(expansions), **query)["student"]

    def row(self, table: str, key: int, columns: str) -> Any:
        """Columns of one row of the schema API."""
        return self.get(f"/ws/schema/table/{table}/{key}", projection=columns)["tables"][table]

    @property
    def school(self) -> School:
        return self.district.schools[0]

    def change(self, method: str, path: str, body: Any = None) -> Any:
        """A write of the contacts API, answered 200."""
        reply = self.send(method, f"{CONTACTS}/{path}", body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def contact(self, **fields: Any) -> Any:
        """Make a contact and give what the simulator saved."""
        reply = self.change("POST", "contact", {"firstName": "Ada", "lastName": "Moss", **fields})
        assert reply["status"] == "VALID", reply
        return reply["savedObject"]


def enrollment(school: School, **changed: Any) -> dict[str, Any]:
    """Dossier 9.2: what an insert must say of the enrollment."""
    year = school.year(2026)
    assert year is not None
    return {
        "school_number": school.number,
        "grade_level": school.high_grade,
        "entry_date": year.first_day.isoformat(),
        "exit_date": year.last_day.isoformat(),
        **changed,
    }


def new_child(school: School, **changed: Any) -> dict[str, Any]:
    """An insert that is in order; `changed` replaces whole elements."""
    enrolled = changed.pop("school_enrollment", None)
    return {
        "client_uid": "c1",
        "action": "INSERT",
        "local_id": "904417",
        "name": {"first_name": "Kit", "last_name": "Moss"},
        "demographics": {"birth_date": "2018-03-09"},
        "school_enrollment": enrollment(school) if enrolled is None else enrolled,
        **changed,
    }


def errors(result: Any) -> list[tuple[str, str]]:
    """(field, code) of a failed record, whether it has one error or several."""
    found = result["error_message"]["error"]
    return [(e["field"], e["error_code"]) for e in (found if isinstance(found, list) else [found])]
