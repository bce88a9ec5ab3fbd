"""From an approved registration to the student in the simulated SIS, and its ids back on the registration."""

from collections.abc import Iterator
from typing import Any

import pytest

from looking import faults, sign_in
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.enroll.models import School
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Run
from yellowbus.setup import assignments, connections, mappings, ready, registrations
from yellowbus.setup.export_options import ExportOptions, set_export_options
from yellowbus.simulators.district import District as SimulatedDistrict
from yellowbus.simulators.powerschool import Options, PowerSchool, serve_app

YEAR = 2026
ROSA = {
    "students.fname": "Rosa",
    "students.lname": "Núñez",
    "students.dob": "2015-03-04",
    "students.gender": "F",
    "students_annual.guardian1_fname": "María",
    "students_annual.guardian1_lname": "Núñez",
    "students_annual.guardian1_email": "maria@family.example",
    "students_annual.guardian1_phone_mobile": "(480) 555-0101",
}


class Walk:
    """A district of ours beside a simulated PowerSchool, with three registrations."""

    def __init__(self, district: Any) -> None:
        self.district = district
        self.app = PowerSchool(SimulatedDistrict(students=40, seed=7, school_year=YEAR), Options())
        plugin = self.app.sis.plugins.install(plugin_xml(access_level=True).encode())
        self.app.sis.plugins.enable(plugin)
        self.running = serve_app(self.app)
        credentials = {
            "server_url": self.running.url, "client_id": plugin.client_id, "client_secret": plugin.client_secret,
        }  # fmt: skip
        first, second = self.app.sis.district.schools[:2]
        self.schools = {str(first.number): first.name, str(second.number): second.name}
        second.terms[:] = [term for term in second.terms if term.start_year != YEAR]
        with district.scope():
            for code, name in self.schools.items():
                School.objects.create(instance=district.instance, values={"school_code": code, "name": name})
            self.connection = connections.add(
                district.actor, district.instance.pk, name="PowerSchool", system="powerschool",
                credentials=credentials,
            )  # fmt: skip
            assignments.assign(district.actor, self.connection, list(self.schools))
            documents = [
                self.document("R-1"),
                self.document("R-2", first="Benito"),
                self.document("R-3", first="Carla", status="submitted"),
            ]
            registrations.take_in(district.actor, district.instance.pk, list(enumerate(documents, 1)))

    def document(self, identity: str, *, first: str = "Rosa", status: str = "approved") -> dict[str, Any]:
        answers = ROSA | {"students.fname": first}
        return {
            "id": identity, "school": next(iter(self.schools)), "grade": "4", "year": YEAR, "type": "new",
            "status": status, "answers": answers,
        }  # fmt: skip

    def work(self) -> None:
        """As a worker would."""
        with self.district.scope():
            for run in Run.objects.filter(state__in=("queued", "applying")):
                drive.drive(str(run.pk))

    def map(self) -> None:
        with self.district.scope():
            mappings.save(self.district.actor, self.connection, ready.document("powerschool", "export"))
            set_export_options(
                self.district.actor, self.connection, ExportOptions(registration_examples=("R-1",))
            )

    def students(self) -> list[Any]:
        return [each for each in self.app.sis.district.students if each.last == "Núñez"]

    def path(self, end: str) -> str:
        return f"/connections/{self.connection.pk}/{end}"


@pytest.fixture
def walk(district: Any) -> Iterator[Walk]:
    made = Walk(district)
    yield made
    made.running.stop()


def year(page: Any) -> None:
    """The pages stand in the year of the registrations, whatever day it is."""
    page.goto(f"/registrations/?year={YEAR}")


def test_an_approved_registration_becomes_a_student_and_gets_its_ids(
    page: Any, walk: Walk, site: str
) -> None:
    walk.map()
    sign_in(page.context, walk.district.people["edit"], site)
    year(page)
    assert faults(page, "registrations") == []
    page.get_by_label("Choose Rosa Núñez").check()
    page.get_by_text("1 chosen").wait_for()
    page.get_by_role("button", name="Sync to SIS").click()
    page.get_by_role("heading", name="Queued").wait_for()
    walk.work()
    page.get_by_role("heading", name="This export creates 1 student.").wait_for()
    assert faults(page, "export-plan") == []
    assert walk.students() == []
    page.get_by_role("button", name="Write 1 change to PowerSchool").click()
    page.get_by_role("heading", name="Applying").wait_for()
    walk.work()
    page.get_by_role("heading", name="This export created 1 student.").wait_for()
    page.get_by_role("link", name="Rosa Núñez").click()
    page.get_by_role("link", name="Open the registration").click()
    page.get_by_role("heading", name="Rosa Núñez R-1").wait_for()
    (rosa,) = walk.students()
    ids = page.locator("main dl.facts").first.inner_text()
    assert (rosa.number in ids, str(rosa.dcid) in ids, rosa.ties[0].contact.first) == (True, True, "María")
    assert faults(page, "registration") == []


def test_who_may_view_alone_looks_on(page: Any, walk: Walk, site: str) -> None:
    sign_in(page.context, walk.district.people["view"], site)
    year(page)
    assert page.get_by_role("button", name="Sync to SIS").count() == 0
    page.get_by_text("Sync to SIS is done by people who may view and edit registrations.").wait_for()


def test_an_export_is_mapped_and_configured(page: Any, walk: Walk, site: str) -> None:
    sign_in(page.context, walk.district.people["full"], site)
    page.goto(walk.path("mapping/export/fields/"))
    page.get_by_role("button", name="Start with the ready mapping").click()
    page.get_by_text("The ready mapping is version 1.").wait_for()
    page.get_by_role("link", name="Configure", exact=True).click()
    page.get_by_label("Registration Example 1").fill("R-1")
    page.locator("form.configure").get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Found Rosa Núñez R-1").wait_for()
    page.get_by_text("1 of 2 assigned schools cannot take registrations.").wait_for()
    assert faults(page, "export-configure") == []
    page.get_by_role("link", name="Field Mapping").click()
    page.locator("[id='f-name.first_name']").get_by_text("Rosa").wait_for()
    page.goto(
        walk.path("mapping/export/fields/?text=lastname")
    )  # of 255 rows those that look alike need no second look
    assert faults(page, "export-mapping") == []
    page.goto(walk.path("mapping/export/fields/"))
    page.locator("summary", has_text="Contact 1").click()
    page.locator("[id='f-1 - Contacts.FirstName']").get_by_text("María").wait_for()
    page.get_by_label("When Middle name is written").select_option("Only if blank")
    page.get_by_text("1 unsaved change.").wait_for()
    page.get_by_role("button", name="Save as version 2").click()
    page.get_by_text("Version 2 is saved. The next export uses it.").wait_for()


def test_a_record_is_sent_once_its_name_is_typed(page: Any, walk: Walk, site: str) -> None:
    walk.map()
    sign_in(page.context, walk.district.people["edit"], site)
    page.goto(walk.path("send-registration/?example=R-2"))
    page.get_by_role("button", name="Preview this record").click()
    page.get_by_role("heading", name="Queued").wait_for()
    walk.work()
    page.get_by_text("This creates a student in the SIS.").wait_for()
    assert faults(page, "send-registration-preview") == []
    page.get_by_role("button", name="OK, Continue").click()
    page.get_by_text("is not the student's, so nothing was sent.").wait_for()
    page.get_by_label("Type the student's name").fill("Benito Núñez")
    page.get_by_role("button", name="OK, Continue").click()
    page.get_by_role("heading", name="Applying").wait_for()
    walk.work()
    page.get_by_text("Read back from the SIS: every value that was sent stands.").wait_for()
    assert faults(page, "send-registration-sent") == []
    assert [each.first for each in walk.students()] == ["Benito"]
