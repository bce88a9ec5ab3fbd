"""A small district on the Enroll side, and a CSV connection to it, as most tests of the run engine need it."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django_scopes import scope

from yellowbus.enroll import years
from yellowbus.enroll.models import Instance, Organization, Student
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Run
from yellowbus.setup import assignments, connections, mappings
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, operator

YEAR = 2026
HEADER = ("id", "first", "last", "dob", "school", "grade", "status", "phone")
SCHOOLS = (
    ("School Code", "name", "group", "level", "street"),
    ("310", "Cedar Ridge", "Main", "Elementary", "1 Elm St"),
    ("320", "Oak Hill", "Main", "High", "2 Oak St"),
)


def direct(field: str, source: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "direct", "source": source, **more}


def steps(field: str, source: str | None, *chain: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "transformation", "source": source, "steps": list(chain), **more}


STUDENT_RULES = (
    direct("students.student_district_id", "id"),
    direct("students.fname", "first"),
    direct("students.lname", "last"),
    steps("students.dob", "dob", {"use": "date", "source_formats": ["MM/DD/YYYY"]}),
    steps("students.sis_school_year", None, {"use": "enroll-school-year"}, write_rule="if-blank"),
    steps("students_annual.sis_entrydate", None, {"use": "today"}, write_rule="if-blank"),
    direct("students_annual.school_code", "school"),
    direct("students_annual.grade", "grade"),
    direct("students_annual.sis_enroll_status", "status"),
    direct("students.phone", "phone"),
)
SCHOOL_RULES = (
    direct("schools.school_code", "School Code"),
    direct("schools.name", "name"),
    direct("schools.group", "group"),
    direct("schools.level", "level"),
    direct("schools.address", "street"),
)


def document(kind: str, rules: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"format": 1, "kind": kind, "rules": [dict(rule) for rule in rules]}


def child(number: int, **other: str) -> tuple[str, ...]:
    """A row of the students' file; every child has another name."""
    values = {
        "id": f"{number:06}",
        "first": f"Given{number}",
        "last": f"Family{number}",
        "dob": f"{number % 12 + 1:02}/{number % 28 + 1:02}/2015",
        "school": "310" if number % 2 else "320",
        "grade": "4",
        "status": "active",
        "phone": f"(480) 555-01{number % 100:02}",
    }
    return tuple((values | other)[name] for name in HEADER)


class Scene:
    """An organization with a Production instance, imports on for YEAR, and one CSV connection with both mappings."""

    def __init__(self, folder: Path, *, name: str = "Lakeview Unified (invented)") -> None:
        self.folder = folder
        self.organization = Organization.objects.create(name=name, slug=f"o-{uuid4().hex[:12]}")
        with self.scope():
            self.instance = Instance.objects.create(organization=self.organization, environment="production")
            years.enable_imports(self.instance.pk, YEAR)
            self.actor: Actor = operator(self.organization.pk)
            self.write_schools(SCHOOLS)
            self.write_students([])
            self.connection: Connection = connections.add(
                self.actor,
                self.instance.pk,
                name="CSV",
                system="flatfile",
                credentials={
                    "students_file": str(self.students_file),
                    "schools_file": str(self.schools_file),
                    "id_column": "id",
                },
            )
            self.map("schools", SCHOOL_RULES)
            self.map("students", STUDENT_RULES)

    @contextmanager
    def scope(self) -> Iterator[None]:
        with scope(organization=self.organization):
            yield

    @property
    def students_file(self) -> Path:
        return self.folder / "students.csv"

    @property
    def schools_file(self) -> Path:
        return self.folder / "schools.csv"

    def write_schools(self, rows: Sequence[Sequence[str]]) -> None:
        _write(self.schools_file, rows)

    def write_students(self, rows: Iterable[Sequence[str]], *, header: Sequence[str] = HEADER) -> None:
        _write(self.students_file, [header, *rows])

    def map(self, kind: str, rules: Iterable[Mapping[str, Any]]) -> None:
        mappings.save(self.actor, self.connection, document(kind, rules))

    def ready(self) -> "Scene":
        """Schools imported and assigned."""
        with self.scope():
            self.run("schools")
            assignments.assign(self.actor, self.connection, ["310", "320"])
        return self

    def run(self, kind: str = "students", *, yes: bool = True, year: int = YEAR, **more: Any) -> Run:
        """Order an import and work on it here until it ends or waits."""
        with self.scope():
            run = order.order(self.actor, self.connection, kind, year=year, yes=yes, **more)
            drive.drive(str(run.pk))
            run.refresh_from_db()
        return run

    def edit(self, district_id: str, **lasting: str) -> None:
        """A person changes a student in Enroll: the version rises and the mark goes."""
        with self.scope():
            student = Student.objects.get(instance=self.instance, district_id=district_id)
            student.lasting |= lasting
            student.version += 1
            student.mark = None
            student.save(update_fields=["lasting", "version", "mark"])

    def students(self) -> dict[str, dict[str, str]]:
        """Everything Enroll holds, by district id."""
        with self.scope():
            rows = Student.objects.filter(instance=self.instance).order_by("district_id")
            return {row.district_id: row.values(YEAR) for row in rows}


def _write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
