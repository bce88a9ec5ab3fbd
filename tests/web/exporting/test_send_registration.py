"""Send Record to the SIS: previewed field by field, confirmed with the student's name, read back."""

import re
from html import unescape

import pytest
from export_scene import MARIA, ROSA

from yellowbus.runs.models import Run


def words(markup: str) -> str:
    """The words that are seen."""
    body = re.search(r"<main.*?</main>", markup, re.DOTALL)[0]
    plain = " ".join(unescape(re.sub("<[^>]+>", " ", body)).split())
    return re.sub(r" ([,.:])", r"\1", plain)


@pytest.fixture
def ready(scene):
    scene.register("R-1", ROSA | MARIA)
    scene.allow(registration_examples=("R-1",))
    return scene


@pytest.fixture
def browser(ready):
    return ready.client("edit")


def preview(ready, browser, **given: str) -> str:
    """The address of the preview, once it is made."""
    to = browser.post(f"/connections/{ready.connection.pk}/send-registration/", given).url
    ready.go_on(Run.objects.get(state="queued"))
    return to


def page_of(browser, at: str) -> str:
    return words(browser.get(at).content.decode())


def test_the_examples_are_offered_by_name(ready, browser):
    page = page_of(browser, f"/connections/{ready.connection.pk}/send-registration/")
    assert ("Rosa Núñez R-1" in page, "a production SIS" in page) == (True, True)


def test_the_preview_says_what_would_be_written_and_writes_nothing(ready, browser):
    page = page_of(browser, preview(ready, browser, example="R-1"))
    assert "Create This creates a student in the SIS." in page
    assert (
        "Field Now in SIS After First name (blank) + created Rosa Last name (blank) + created Núñez" in page
    )
    assert "Create 1 - María Núñez: a new contact" in page
    assert ready.sis.named() == []


def test_towards_production_the_name_is_typed(ready, browser):
    at = preview(ready, browser, example="R-1")
    refused = browser.post(at, {"name": "Rosa"})
    told = words(refused.content.decode())
    assert (refused.status_code, "is not the student's, so nothing was sent." in told) == (422, True)
    assert browser.post(at, {"name": "rosa núñez"}).status_code == 302
    ready.go_on(Run.objects.get())
    page, form = page_of(browser, at), ready.form("R-1")
    assert "The student was created in the SIS." in page
    assert "Read back from the SIS: every value that was sent stands." in page
    assert f"Student number {form.sis_key}, internal id {form.sis_id}: now on the registration." in page
    assert ready.sis.named() == ["Rosa Núñez"]


def test_a_name_of_any_length_can_be_typed(ready, browser):
    names = {"students.fname": "Ana" * 20, "students.lname": "Luz" * 20}
    ready.register("R-2", ROSA | names)
    at = preview(ready, browser, other="R-2")
    assert browser.post(at, {"name": f"{'Ana' * 20} {'Luz' * 20}"}).status_code == 302


def test_towards_a_test_server_no_name_is_asked_for(ready, browser):
    from yellowbus.setup.export_options import SisSite

    ready.allow(sis=SisSite.TEST)
    at = preview(ready, browser, other="R-1")
    assert "Type the student's name" not in page_of(browser, at)
    assert browser.post(at).status_code == 302


def test_the_plan_of_a_test_is_not_applied_from_the_log(ready, browser):
    preview(ready, browser, example="R-1")
    run = Run.objects.get()
    page = page_of(browser, f"/logs/{run.pk}/")
    assert ("Look at this Send Record" in page, "Write 1 change" in page) == (True, False)


def test_a_value_that_the_sis_drops_is_told_with_the_right_it_needs(ready, browser):
    ready.sis.change(drops=["bus"])
    ready.register("R-2", ROSA | {"students.fname": "Dora", "students_annual.homeroom": "B7"})
    at = preview(ready, browser, other="R-2")
    browser.post(at, {"name": "Dora Núñez"})
    ready.go_on(Run.objects.get())
    page = page_of(browser, at)
    assert "Read back from the SIS: 1 value did not stay as sent." in page
    assert ("Partial Sync" in page, "Bus" in page, "Transport" in page) == (True, True, True)


def test_a_shared_contact_is_told_before_it_is_changed(ready, browser):
    one, two = (
        ready.sis.enroll(f"90000{n}", first_name=name, last_name="Núñez")
        for n, name in ((1, "Ana"), (2, "Eva"))
    )
    held = {"FirstName": "María", "LastName": "Núñez", "Emails1": "maria@family.example", "Phones1": "1"}
    ready.sis.add_contact(one, two, **held)
    page = page_of(browser, preview(ready, browser, example="R-1"))
    assert "Share 1" in page
    assert "Contact 1 is also a contact of others in the SIS: 2." in page


def test_what_stays_says_why(ready, browser):
    at = preview(ready, browser, example="R-1")
    browser.post(at, {"name": "Rosa Núñez"})
    ready.go_on(Run.objects.get())
    ready.register("R-1", ROSA | MARIA | {"students.email": "new@school.example"})
    second = browser.post(f"/connections/{ready.connection.pk}/send-registration/", {"other": "R-1"}).url
    ready.go_on(Run.objects.get(state="queued"))
    page = page_of(browser, second)
    assert "Update This changes a student of the SIS. Open the record" in page
    assert "The SIS has the student with the id that is known of this registration." in page
    assert "First name Rosa Rosa The same." in page
    assert "The registration has no value, and a blank leaves the SIS alone." in page


def test_an_id_of_nobody_is_refused_calmly(ready, browser):
    answered = browser.post(f"/connections/{ready.connection.pk}/send-registration/", {"other": "nobody"})
    assert (answered.status_code, "There is no registration nobody" in words(answered.content.decode())) == (
        404,
        True,
    )


def test_the_page_of_an_import_does_not_open_it(ready, browser):
    at = preview(ready, browser, example="R-1")
    of_import = at.replace("/send-registration/", "/send/")
    both = ready.client("full")
    assert (of_import != at, both.get(at).status_code, both.get(of_import).status_code) == (True, 200, 404)
