"""Whatever is typed is kept and shown as text."""

from html import escape, unescape

import pytest
from django_scopes import scopes_disabled

from yellowbus.enroll.models import School, Student
from yellowbus.setup.models import Assignment, Connection, Group, Membership

ODD = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "template": "{{ 7|add:7 }}{% debug %}",
    "formula": '=HYPERLINK("http://x.example","y")',
    "plus": "+1-555; DROP TABLE x",
    "far": "Zoë 李雷 Ñandú 🚌 שלום",
    "long": "x" * 100,
    "marks": "a&b<c>d'e",
}


@pytest.mark.parametrize("name", ODD)
def test_a_group_of_any_name(district, name):
    browser = district.client("full")
    response = browser.post(
        "/settings/users/groups/new/", {"name": ODD[name], "grant": ["students.view"]}, follow=True
    )
    with district.scope():
        assert Group.objects.get(grants=["students.view"]).name == ODD[name]
    assert shown(response, ODD[name])


@pytest.mark.parametrize("name", ODD)
def test_a_person_of_any_name(district, name):
    browser = district.client("full")
    group = district.people["view"].group_id
    browser.post(
        "/settings/users/invite/", {"email": "odd@lakeview.example", "name": ODD[name], "group": group}
    )
    with district.scope():
        assert Membership.objects.get(user__email="odd@lakeview.example").user.name == ODD[name]
    assert shown(browser.get("/settings/users/"), ODD[name])


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("path", ["/students/", "/settings/schools/", "/settings/audit/"])
def test_a_search_for_anything(district, name, path):
    response = district.client("full").get(path, {"text": ODD[name]})
    assert (response.status_code, shown(response, ODD[name])) == (200, True)


@pytest.mark.parametrize("name", ODD)
def test_a_connection_of_any_name(district, name):
    run, browser = district.run("schools"), district.client("full")
    with district.scope():
        Connection.objects.update(name=ODD[name])
    key = district.connection.pk
    paths = ["/connections/", f"/connections/{key}/", "/logs/", f"/logs/{run.pk}/", "/settings/sync-service/"]
    assert [shown(browser.get(path), ODD[name]) for path in paths] == [True] * len(paths)


@pytest.mark.parametrize("name", ODD)
def test_a_child_and_a_school_of_any_name(district, name):
    with district.scope():
        School.objects.create(instance=district.instance, values={"school_code": "9", "name": ODD[name]})
        child = Student.objects.create(
            instance=district.instance,
            lasting={"student_district_id": "9", "lname": ODD[name], "fname": "A"},
            annual={"2026": {"school_code": "9", "address_street": ODD[name]}},
        )
    browser = district.client("full")
    pages = ["/students/", f"/students/{child.pk}/", "/settings/schools/"]
    assert [shown(browser.get(path), ODD[name]) for path in pages] == [True, True, True]


TOO_MUCH = [
    ("/settings/users/groups/new/", {"name": "x" * 101}),
    ("/settings/users/groups/new/", {"name": ""}),
    ("/settings/users/invite/", {"email": "x" * 300 + "@lakeview.example", "group": "1"}),
    ("/settings/users/invite/", {"email": "a@lakeview.example", "group": "999999"}),
    ("/settings/users/invite/", {"email": "a@lakeview.example", "group": "'; --"}),
    ("/settings/schools/connection/", {"code": "310", "connection": "9" * 30}),
    ("/settings/schools/connection/", {"code": "no such", "connection": "0"}),
    ("/settings/schools/connection/", {"code": "310", "connection": "²"}),
]


@pytest.mark.parametrize(("path", "given"), TOO_MUCH[:-2] + TOO_MUCH[-1:])
def test_what_does_not_fit_is_refused_and_changes_nothing(district, path, given):
    district.ready()
    before = state()
    response = district.client("full").post(path, given)
    assert (response.status_code, state()) == (422, before)
    assert 'role="alert"' in response.content.decode()


def state():
    with scopes_disabled():
        return (
            Group.objects.count(),
            Membership.objects.count(),
            list(Assignment.objects.order_by("pk").values()),
        )


def test_a_refused_form_keeps_what_was_typed(district):
    page = district.client("full").post(
        "/settings/users/invite/", {"email": "not an address", "name": "Kept"}
    )
    text = page.content.decode()
    assert ('value="not an address"' in text, 'value="Kept"' in text) == (True, True)


def shown(response, text):
    """The text stands in the page as text, and nowhere as anything else."""
    page = response.content.decode()
    raw = text in page and escape(text) != text
    return text in unescape(page) and not raw


def test_schools_are_assigned_in_bulk_and_singly(district):
    district.ready()
    browser = district.client("full")
    with district.scope():
        other = Connection.objects.create(
            organization=district.organization, instance=district.instance, name="Other", system="flatfile"
        )
        school = School.objects.get(school_code="310")
    told = browser.post(
        "/settings/schools/connection/", {"code": ["310", "320"], "connection": other.pk}, follow=True
    )
    assert ("2 schools: Sync Connection is Other." in told.content.decode(), served()) == (
        True,
        {"310": "Other", "320": "Other"},
    )
    browser.post(f"/settings/schools/{school.pk}/", {"connection": "0"})
    assert served() == {"320": "Other"}
    browser.post(f"/settings/schools/{school.pk}/", {"connection": str(district.connection.pk)})
    assert served() == {"310": "CSV", "320": "Other"}


def served():
    with scopes_disabled():
        rows = Assignment.objects.select_related("school", "connection")
        return {row.school.school_code: row.connection.name for row in rows}


def test_a_connection_of_the_other_site_cannot_be_chosen(district):
    district.ready()
    with district.scope():
        trial = Connection.objects.create(
            organization=district.organization, instance=district.sandbox, name="Trial", system="flatfile"
        )
    response = district.client("full").post(
        "/settings/schools/connection/", {"code": "310", "connection": trial.pk}
    )
    assert (response.status_code, served()) == (422, {"310": "CSV", "320": "CSV"})


def test_the_year_switches_say_what_they_did(district):
    browser = district.client("full")
    told = browser.post("/settings/general/", {"year": ["2027"]}, follow=True).content.decode()
    assert "Sync import for 2027 is on. Sync import for 2026 is off." in told
    again = browser.post("/settings/general/", {"year": ["2027"]}, follow=True).content.decode()
    assert "Nothing was changed." in again


def test_a_person_is_put_into_another_group_and_sent_away(district):
    browser, person = district.client("full"), district.people["view"]
    path = f"/settings/users/{person.pk}/"
    browser.post(path, {"group": district.people["limited"].group_id})
    assert district.client("view").get("/students/").status_code == 200
    browser.post(path, {"deactivate": "1"})
    assert district.client("view").get("/students/").status_code == 403


def test_the_last_administrator_is_told_why_they_stay(district):
    response = district.client("full").post(
        f"/settings/users/{district.people['full'].pk}/", {"deactivate": "1"}
    )
    assert (response.status_code, "is the last one who can manage users" in response.content.decode()) == (
        422,
        True,
    )
