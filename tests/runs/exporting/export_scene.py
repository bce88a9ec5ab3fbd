"""A small district on the Enroll side, with registrations and a connection to the little SIS."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connection as database
from django_scopes import scope
from yellowbus.connectors.littlesis.sis import OPEN, LittleSis

from yellowbus.enroll import registrations
from yellowbus.enroll.models import Instance, Organization, Registration, School, Student
from yellowbus.runs.exporting.order import order_export
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Change, Run
from yellowbus.setup import assignments, connections, mappings
from yellowbus.setup import registrations as intake
from yellowbus.setup.export_options import ExportOptions, set_export_options
from yellowbus.setup.permissions import Actor, operator

YEAR = 2026
ENTRY = "2026-09-01"  # chosen, so that no export depends on the day on which the test runs


def direct(target: str, source: str, **more: Any) -> dict[str, Any]:
    return {"field": target, "type": "direct", "source": source, **more}


def contact(slot: int, place: str) -> list[dict[str, Any]]:
    """The rules of one place of the Contact Mapping, filled from a guardian or an emergency contact."""
    phone = "phone_mobile" if place.startswith("guardian") else "phone"
    parts = {"FirstName": "fname", "LastName": "lname", "Phones1": phone, "Relationship": "relationship"}
    if place.startswith("guardian"):
        parts["Emails1"] = "email"
    return [
        direct(f"{slot} - Contacts.{name}", f"students_annual.{place}_{part}") for name, part in parts.items()
    ]


RULES = (
    direct("first_name", "students.fname"),
    direct("last_name", "students.lname"),
    direct("birth_date", "students.dob"),
    direct("grade", "registrations.grade"),
    direct("gender", "students.gender"),
    direct("email", "students.email"),
    direct("street", "students_annual.address_street"),
    direct("city", "students_annual.address_city"),
    direct("bus", "students_annual.homeroom"),
    *contact(1, "guardian1"),
    *contact(2, "guardian2"),
)
ROSA = {
    "students.fname": "Rosa",
    "students.lname": "Núñez",
    "students.dob": "2015-03-04",
    "students.gender": "F",
}
MARIA = {
    "students_annual.guardian1_fname": "María",
    "students_annual.guardian1_lname": "Núñez",
    "students_annual.guardian1_email": "maria@family.example",
    "students_annual.guardian1_phone_mobile": "(480) 555-0101",
    "students_annual.guardian1_relationship": "mother",
}


class ExportScene:
    """An organization with a connection to a little SIS, both schools assigned, and an export mapping."""

    def __init__(self, folder: Path, *, environment: str = "production") -> None:
        self.sis = LittleSis.new(folder / "sis.json")
        OPEN[str(self.sis.file)] = self.sis
        self.organization = Organization.objects.create(
            name="Lakeview Unified (invented)", slug=f"o-{uuid4().hex[:12]}", time_zone="America/Phoenix"
        )
        with self.scope():
            self.instance = Instance.objects.create(organization=self.organization, environment=environment)
            self.actor: Actor = operator(self.organization.pk)
            for code, name in (("310", "Cedar Ridge"), ("320", "Oak Hill"), ("330", "Elsewhere")):
                School.objects.create(instance=self.instance, values={"school_code": code, "name": name})
            self.connection = connections.add(
                self.actor, self.instance.pk, name="Little", system="littlesis",
                credentials={"file": str(self.sis.file)},
            )  # fmt: skip
            assignments.assign(self.actor, self.connection, ["310", "320"])
            self.map(RULES)

    @contextmanager
    def scope(self) -> Iterator[None]:
        with scope(organization=self.organization):
            yield

    def map(self, rules: Any) -> None:
        document = {"format": 1, "kind": "export", "rules": [dict(rule) for rule in rules]}
        mappings.save(self.actor, self.connection, document)

    def allow(self, **options: Any) -> None:
        set_export_options(self.actor, self.connection, ExportOptions(**options))

    def register(self, identity: str, answers: Mapping[str, str] = ROSA, **other: Any) -> None:
        """A registration from the other platform, approved and of a chosen entry date unless told otherwise."""
        document = {
            "id": identity, "school": "310", "grade": "4", "year": YEAR, "type": "new", "status": "approved",
            "entry_date": ENTRY, "answers": dict(answers),
        }  # fmt: skip
        taken = intake.take_in(self.actor, self.instance.pk, [(1, document | other)])
        assert taken.faults == ()

    def student(self, district_id: str, **lasting: str) -> int:
        """A student whom Enroll knows."""
        made = Student.objects.create(
            instance=self.instance, lasting={"student_district_id": district_id, **lasting}
        )
        return made.pk

    def export(self, *, yes: bool = True, **more: Any) -> Run:
        """Order an export and work on it here until it ends or waits."""
        self.connection.refresh_from_db()
        run = order_export(self.actor, self.connection, year=YEAR, yes=yes, **more)
        return self.go_on(run)

    def go_on(self, run: Run, *, wait: bool = True) -> Run:
        """Work on a run; what it put off is taken up at once."""
        if wait:
            Run.objects.filter(pk=run.pk).update(try_after=None)
        drive.drive(str(run.pk))
        run.refresh_from_db()
        return run

    def approve(self, run: Run) -> Run:
        order.approve(self.actor, run.pk)
        return self.go_on(run)

    def change(self, run: Run, identity: str) -> Change:
        return Change.objects.get(run=run, key=identity)

    def codes(self, run: Run, identity: str) -> list[str]:
        return [problem["code"] for problem in self.change(run, identity).problems or ()]

    def form(self, identity: str) -> registrations.Form:
        found = registrations.find(self.instance.pk, identity)
        assert found is not None
        return found

    def renew(self) -> None:
        """Empty again on both sides, as it was made."""
        Registration.objects.all().delete()
        Student.objects.all().delete()
        with database.cursor() as cursor:
            cursor.execute("TRUNCATE runs_run, runs_keptcontact, runs_due CASCADE")
        LittleSis.new(self.sis.file)
        self.sis.moments = 0

    def sync(self, identity: str) -> tuple[str, str]:
        """State and reason of the last sync, as the registration shows them."""
        row = Registration.objects.get(instance=self.instance, external_id=identity)
        return row.sync_state, row.sync_reason


def empty() -> None:
    """Nothing is left of what was committed."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename ~ '^(enroll|setup|runs|procrastinate)_'"
        )
        names = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute("SET session_replication_role = replica")  # audit events refuse to go
        cursor.execute(f"TRUNCATE {names} CASCADE")
        cursor.execute("SET session_replication_role = origin")
