"""Export Student Mapping: from the fields of Enroll to those of the SIS, grouped as the SIS groups them."""

import re
from html import unescape

import pytest
from django.utils import timezone
from export_scene import MARIA, ROSA
from yellowbus.connectors.littlesis import connector as littlesis

from yellowbus.errors import TryLater
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import FieldRule
from yellowbus.setup import writable
from yellowbus.setup.export_options import read_export_options
from yellowbus.setup.models import MappingDraft, MappingVersion, Schedule

HTMX = {"HX-Request": "true"}


def words(markup: str) -> str:
    """The words that are seen."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", markup)).split())


@pytest.fixture
def browser(scene):
    return scene.client("full")


@pytest.fixture
def read(scene):
    """The SIS was asked what it takes."""
    writable.read(scene.actor, scene.connection, 2026, now=timezone.now())


@pytest.fixture
def example(scene):
    scene.register("R-1", ROSA | MARIA)
    scene.allow(registration_examples=("R-1",))


def path(scene, end: str = "") -> str:
    return f"/connections/{scene.connection.pk}/mapping/export/fields/{end}"


def page_of(browser, scene, end: str = "") -> str:
    return browser.get(path(scene, end)).content.decode()


def row(page: str, field: str) -> str:
    return re.search(rf'<tbody id="f-{re.escape(field)}".*?</tbody>', page, re.DOTALL)[0]


def cell(page: str, field: str, label: str) -> str:
    return words(re.search(rf'<td data-label="{label}">(.*?)(?=<td|<th)', row(page, field), re.DOTALL)[1])


def change(browser, scene, field: str, **boxes: str) -> str:
    answered = browser.post(path(scene, f"rule/{field}/"), boxes, headers=HTMX)
    assert answered.status_code == 200
    return answered.content.decode()


def draft_rule(field: str) -> FieldRule:
    rules = from_document(MappingDraft.objects.get(kind="export").document).rules
    return next(rule for rule in rules if rule.field == field)


# --- Field Mapping ---


def test_the_fields_of_the_sis_stand_in_its_groups_and_contacts_in_numbered_places(browser, scene, read):
    page = page_of(browser, scene)
    assert re.findall(r"<h2>([^<]+)</h2> <span[^>]*>([^<]+)</span>", page) == [
        ("Student", "9 of 9 mapped"),
        ("Contact 1", "5 of 5 mapped"),
        ("Contact 2", "5 of 5 mapped"),
        ("Contact 3", "0 of 5 mapped"),
    ]
    assert 'id="f-1 - Contacts.FirstName"' in page
    assert [word in words(page) for word in ("From Enroll", "To Little SIS", "Exports use version 1.")] == [
        True
    ] * 3


def test_nothing_is_asked_of_the_sis_before_the_page_stands(browser, scene):
    page = page_of(browser, scene)
    assert 'hx-trigger="load"' in page
    assert browser.post(path(scene, "read/")).status_code == 302
    assert 'hx-post="read/?' not in page_of(browser, scene)


def test_the_example_registration_shows_what_would_be_sent(browser, scene, read, example):
    page = page_of(browser, scene)
    assert "Example registration Rosa Núñez R-1" in words(page)
    assert [cell(page, name, "Mapped Value") for name in ("first_name", "grade", "1 - Contacts.FirstName")] == [
        "Rosa", "4", "María",
    ]  # fmt: skip


def test_sources_are_the_fields_of_enroll_with_the_values_of_the_example(browser, scene, read, example):
    page = page_of(browser, scene)
    assert '<option value="students.fname" label="First Name: Rosa">' in page
    assert '<option value="registrations.school_code" label="Registration School Code: 310">' in page


def test_what_the_sis_requires_is_marked_and_counted(browser, scene, read):
    page = change(browser, scene, "last_name", type="do-not-map", source="")
    assert 'class="required"' in row(page, "last_name")
    assert "1 left" in words(page)


def test_write_mode_and_clear_box_are_kept_in_the_draft(browser, scene, read):
    change(browser, scene, "email", write="if-blank", overwrite="on")
    rule = draft_rule("email")
    assert (rule.write_rule.value, rule.overwrite) == ("if-blank", True)


def test_a_place_of_a_contact_is_filled_by_its_own_rule(browser, scene, read, example):
    page = change(browser, scene, "3 - Contacts.LastName", source="students_annual.guardian1_lname")
    assert cell(page, "3 - Contacts.LastName", "Mapped Value") == "Núñez"
    assert draft_rule("3 - Contacts.LastName").source == "students_annual.guardian1_lname"


def test_a_transformation_is_configured_as_for_an_import(browser, scene, read, example):
    answered = browser.get(path(scene, "panel/transformation/first_name/"), headers=HTMX)
    assert "Source from Enroll" in words(answered.content.decode())
    form = {"steps.n": "0", "source": "students.fname", "steps.new": "upper", "do": "add:steps"}
    page = browser.post(path(scene, "panel/transformation/first_name/"), form, headers=HTMX).content.decode()
    assert cell(page, "first_name", "Mapped Value") == "ROSA"


def test_match_codes_lists_the_values_of_enroll_and_takes_codes_of_the_sis(browser, scene, read, example):
    change(browser, scene, "gender", type="match-codes")
    at = path(scene, "panel/match-codes/gender/")
    panel = words(browser.get(at, headers=HTMX).content.decode())
    assert ("values of Enroll have no match." in panel, "Read the codes" in panel) == (True, False)
    browser.post(at, {"do": "save", "to:F": "Female", "on_unmatched": "fail"}, headers=HTMX)
    assert draft_rule("gender").steps[-1].table == (("F", "Female"),)
    assert cell(page_of(browser, scene), "gender", "Mapped Value") == "Female"


def test_the_draft_becomes_the_next_version(browser, scene, read):
    change(browser, scene, "email", write="never")
    answered = browser.post(path(scene, "save/"), {"note": "ids only"}, follow=True)
    assert "Version 2 is saved. The next export uses it." in words(answered.content.decode())
    assert MappingVersion.objects.get(kind="export", number=2).note == "ids only"


def test_a_field_that_the_sis_does_not_take_is_refused(browser, scene, read):
    assert browser.post(path(scene, "rule/shoe_size/"), {"source": "x"}, headers=HTMX).status_code == 404


def test_history_compares_and_restores_and_exchanges_nothing(browser, scene, read):
    change(browser, scene, "email", write="never")
    browser.post(path(scene, "save/"))
    at = f"/connections/{scene.connection.pk}/mapping/export"
    page = words(browser.get(f"{at}/history/?before=1&after=2").content.decode())
    assert ("exports use the newest" in page, "Copy from another" in page) == (True, False)
    assert browser.post(f"{at}/history/preview/").status_code == 404
    browser.post(f"{at}/history/restore/", {"number": 1, "seen": 2})
    assert MappingVersion.objects.filter(kind="export").count() == 3


def test_a_sis_that_does_not_answer_is_told_and_nothing_is_called_wrong(browser, scene):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(littlesis.Connector, "targets", refused)
        browser.post(path(scene, "read/"))
    page = words(page_of(browser, scene))
    assert "The fields of Little SIS are not known until it answers." in page
    assert "Problems 0" in page


def refused(_connector) -> list:
    raise TryLater("export-in-flight", after=1.0)


# --- Configure ---


def configure(scene) -> str:
    return f"/connections/{scene.connection.pk}/mapping/export/configure/"


ASKED = {"status": "dynamic", "returning": "ask", "sis": "production"}


@pytest.fixture
def known(scene):
    """A student of Enroll with a registration, and one without."""
    scene.student("700001", sis_internal_id="31", fname="Benito", lname="Núñez", dob="2014-01-02")
    scene.register("R-2", ROSA | {"students.fname": "Benito"}, student="700001", type="returning")
    return scene.student("700002", fname="Carla", lname="Vale", dob="2013-01-02")


def test_examples_are_found_by_either_kind_of_id_and_named(browser, scene, known):
    scene.register("R-1")
    given = {
        "form1": "R-1",
        "form2": "700001",
        "student1": "31",
        "student2": str(known),
        "student3": "nobody",
    }
    browser.post(configure(scene), ASKED | given)
    page = words(browser.get(f"{configure(scene)}").content.decode())
    assert [told in page for told in (
        "Found Rosa Núñez R-1 registration R-1",
        "Found Benito Núñez 700001 registration R-2",
        "Found Benito Núñez 31 registration R-2",
        f"Found Carla Vale {known} student without a registration",
        "Not found nobody",
    )] == [True] * 5  # fmt: skip


def test_the_options_are_kept(browser, scene):
    given = {
        "status": "active",
        "returning": "update",
        "accept_exact": "on",
        "sis": "test",
        "allow_sandbox": "on",
    }
    assert browser.post(configure(scene), given).status_code == 302
    scene.connection.refresh_from_db()
    kept = read_export_options(scene.connection)
    assert (kept.status.value, kept.returning.value, kept.accept_exact, kept.sis.value, kept.allow_sandbox) == (
        "active", "update", True, "test", True,
    )  # fmt: skip


def test_who_saves_second_is_told(browser, scene):
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(configure(scene)).content.decode())[1]
    browser.post(configure(scene), ASKED | {"seen": seen, "status": "active"})
    again = browser.post(configure(scene), ASKED | {"seen": seen, "status": "pre-registered"})
    scene.connection.refresh_from_db()
    assert (again.status_code, read_export_options(scene.connection).status.value) == (422, "active")


def test_an_id_given_twice_is_refused(browser, scene):
    answered = browser.post(configure(scene), ASKED | {"form1": "R-1", "form2": "R-1"})
    assert (answered.status_code, words(answered.content.decode()).count("This id is given twice.")) == (
        422,
        4,
    )


def test_an_export_is_scheduled_only_if_it_is_turned_on(browser, scene):
    page = browser.get(configure(scene)).content.decode()
    box = re.search(r"<input[^>]*role=\"switch\"[^>]*>", page)[0]
    assert ("Schedule Export: Students" in page, "checked" in box) == (True, False)
    at = f"/connections/{scene.connection.pk}/schedule/"
    browser.post(at, {"from": "export", "enabled": "on", "at": "03:30", "year": "2026"})
    assert [(each.kind, each.enabled) for each in Schedule.objects.all()] == [("export", True)]


def test_a_refused_schedule_of_an_export_is_not_offered_as_that_of_the_import(browser, scene):
    given = {"from": "export", "enabled": "on", "at": "25:99", "year": "2026"}
    refused = browser.post(f"/connections/{scene.connection.pk}/schedule/", given)
    slider = re.search(r'<form[^>]*class="schedule".*?</form>', refused.content.decode(), re.DOTALL)[0]
    said = [word in slider for word in ("Schedule Import: Students", "Schedule Export", "25:99", "checked")]
    assert (refused.status_code, said) == (422, [True, False, False, False])


def test_schools_without_their_terms_are_named_with_what_to_do(browser, scene):
    scene.sis.set_place("320", ready=False)
    browser.post(f"/connections/{scene.connection.pk}/places/", headers=HTMX)
    for at in (configure(scene), f"/connections/{scene.connection.pk}/"):
        page = words(browser.get(at).content.decode())
        assert "1 of 2 assigned schools cannot take registrations." in page
        assert ("Not ready Oak Hill 320" in page, "Years and Terms > Term Setup" in page) == (True, True)


def test_assigning_a_school_says_at_once_that_it_is_not_ready(browser, scene):
    scene.sis.set_place("320", ready=False)
    given = {"code": ["310", "320"], "connection": scene.connection.pk}
    page = words(browser.post("/settings/schools/connection/", given, follow=True).content.decode())
    assert "1 school cannot take registrations for" in page
    assert ("Oak Hill" in page, "Years and Terms > Term Setup" in page) == (True, True)
