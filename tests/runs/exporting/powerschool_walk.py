"""An organization that exports into a simulated PowerSchool over HTTP, by the ready mapping."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django_scopes import scope

from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.enroll import registrations
from yellowbus.enroll.models import Instance, Organization, Registration, School, Student
from yellowbus.runs.exporting.order import order_export
from yellowbus.runs.importing import drive
from yellowbus.runs.models import ENDED, Change, Run
from yellowbus.setup import assignments, connections, mappings, ready
from yellowbus.setup import registrations as intake
from yellowbus.setup.permissions import operator
from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Options, PowerSchool, serve_app

YEAR = 2026
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
HOME = {
    "students_annual.address_street": "12 Elm St",
    "students_annual.address_city": "Mesa",
    "students_annual.address_state": "AZ",
    "students_annual.address_zip": "85201",
}


class Walk:
    """An organization that exports into a simulated PowerSchool."""

    def __init__(self, app: PowerSchool) -> None:
        self.app = app
        plugin = app.sis.plugins.install(plugin_xml(access_level=True).encode())
        app.sis.plugins.enable(plugin)
        self.running = serve_app(app)
        self.organization = Organization.objects.create(
            name="Lakeview (invented)", slug=f"o-{uuid4().hex[:12]}"
        )
        self.actor = operator(self.organization.pk)
        self.credentials = {
            "server_url": self.running.url, "client_id": plugin.client_id, "client_secret": plugin.client_secret,
        }  # fmt: skip

    def set_up(self) -> None:
        self.instance = Instance.objects.create(organization=self.organization, environment="production")
        codes = [str(school.number) for school in self.app.sis.district.schools]
        School.objects.bulk_create(
            School(instance=self.instance, values={"school_code": code, "name": code}) for code in codes
        )
        self.connection = connections.add(
            self.actor,
            self.instance.pk,
            name="PowerSchool",
            system="powerschool",
            credentials=self.credentials,
        )
        assignments.assign(self.actor, self.connection, codes)
        mappings.save(self.actor, self.connection, ready.document("powerschool", "export"))
        self.school = codes[0]

    def register(self, identity: str, answers: dict[str, str], **other: Any) -> None:
        document = {
            "id": identity, "school": self.school, "grade": "4", "year": YEAR, "type": "new", "status": "approved",
            "answers": answers,
        }  # fmt: skip
        taken = intake.take_in(self.actor, self.instance.pk, [(1, document | other)])
        assert taken.faults == ()

    def students(self, last: str) -> list[Any]:
        return [each for each in self.app.sis.district.students if each.last == last]

    def know(self, student: Any) -> None:
        """A student of the SIS whom Enroll knows too."""
        lasting = {
            "student_district_id": student.number, "sis_internal_id": str(student.dcid), "fname": student.first,
            "lname": student.last, "dob": student.birth.isoformat(),
        }  # fmt: skip
        Student.objects.create(instance=self.instance, lasting=lasting)

    def add_rules(self, *rules: dict[str, Any]) -> None:
        """The ready mapping with these rules, each in the place of the one for its field."""
        document = ready.document("powerschool", "export")
        fields = {rule["field"] for rule in rules}
        kept = [rule for rule in document["rules"] if rule["field"] not in fields]
        mappings.save(self.actor, self.connection, document | {"rules": [*kept, *rules]})

    def without_rules(self, *fields: str) -> None:
        document = ready.document("powerschool", "export")
        kept = [rule for rule in document["rules"] if rule["field"] not in fields]
        mappings.save(self.actor, self.connection, document | {"rules": kept})

    def codes(self, run: Run, identity: str) -> list[str]:
        return [each["code"] for each in Change.objects.get(run=run, key=identity).problems or ()]

    def facts(self, identity: str, code: str) -> dict[str, Any]:
        """What the last export said of a registration under this code."""
        change = Change.objects.filter(key=identity).order_by("-run__created_at")[0]
        found: list[dict[str, Any]] = [
            each["facts"] for each in change.problems or () if each["code"] == code
        ]
        assert len(found) == 1, change.problems
        return found[0]

    def form(self, identity: str) -> registrations.Form:
        found = registrations.find(self.instance.pk, identity)
        assert found is not None
        return found

    def changes(self, run: Run, identity: str) -> dict[str, Any]:
        return Change.objects.get(run=run, key=identity).changes or {}

    def sync(self, identity: str) -> tuple[str, str]:
        """State and reason of the last sync, as the registration shows them."""
        form = self.form(identity)
        return form.sync_state, Registration.objects.get(pk=form.id).sync_reason

    def export(self, **more: Any) -> Run:
        """An export to its end, or to where it was put off."""
        run = order_export(self.actor, self.connection, year=YEAR, yes=True, now=NOW, **more)
        drive.drive(str(run.pk))
        run.refresh_from_db()
        return run

    def finish(self, run: Run, *, most: int = 20) -> Run:
        """Take the run up again until it is done."""
        for _ in range(most):
            if run.state in ENDED:
                break
            run = self.go_on(run)
        return run

    def go_on(self, run: Run) -> Run:
        Run.objects.filter(pk=run.pk).update(try_after=None)
        drive.drive(str(run.pk))
        run.refresh_from_db()
        return run


@contextmanager
def walking(students: int = 40) -> Iterator[Walk]:
    """`students` are those whom the simulated PowerSchool has already."""
    made = Walk(PowerSchool(District(students=students, seed=7, school_year=YEAR), Options()))
    with scope(organization=made.organization):
        made.set_up()
        yield made
    made.running.stop()
