"""Settings: sync service, events, students."""

import pytest

from scene import child


def test_sync_service_lists_the_connections_of_the_site(district):
    district.ready()
    browser = district.client("full")
    page = browser.get("/settings/sync-service/").content.decode()
    assert (
        "1 connection of Production." in page,
        '<td data-label="Schools" class="count">2</td>' in page,
    ) == (True, True)
    browser.post("/switch/", {"environment": "sandbox"})
    assert "No connection of Sandbox yet." in browser.get("/settings/sync-service/").content.decode()


def test_events_are_found_by_any_part(district):
    page = district.client("full").get("/settings/audit/", {"text": "connection.add csv"}).content.decode()
    assert (page.count("<code>connection.add</code>"), "system: flatfile" in page) == (1, True)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"text": "family2"}, "000002"),
        ({"text": "Given3 family"}, "000003"),
        ({"text": "000001"}, "000001"),
        ({"school": "320"}, "000002"),
        ({"text": "%"}, ""),
        ({"grade": "5"}, ""),
        ({"school": "no such"}, "000001 000002 000003"),
    ],
)
def test_students_are_searched(district, given, found):
    import re

    district.ready()
    district.write_students([child(number) for number in (1, 2, 3)])
    district.run()
    page = district.client("limited").get("/students/", given).content.decode()
    assert " ".join(re.findall(r'<span class="id">(\d+)</span>', page)) == found


def test_a_student_is_shown_by_section_and_year(district):
    from yellowbus.enroll.models import CustomField, Student

    with district.scope():
        CustomField.objects.create(instance=district.instance, key="bus", label="Bus Route")
        one = Student.objects.create(
            instance=district.instance,
            lasting={"student_district_id": "7", "lname": "Ruiz", "fname": "Ana"},
            annual={
                "2025": {"grade": "3"},
                "2026": {"grade": "4", "guardian1_fname": "Luz", "emergency1_phone": "555"},
            },
            custom={"bus": "12"},
        )
    browser = district.client("limited")
    now = browser.get(f"/students/{one.pk}/").content.decode()
    before = browser.get(f"/students/{one.pk}/?in=2025").content.decode()
    assert [
        head in now
        for head in ("Student Information", "Guardian Information", "Emergency Contacts", "Bus Route")
    ] == [True] * 4
    assert ("<dd>4 <a" in now, "<dd>3 <a" in before, "Luz" in before) == (True, True, False)
    assert "<title>7 · " in now


def test_a_student_of_the_other_site_is_not_there(district):
    from yellowbus.enroll.models import Student

    with district.scope():
        one = Student.objects.create(instance=district.sandbox, lasting={"student_district_id": "7"})
    response = district.client("full").get(f"/students/{one.pk}/")
    assert (response.status_code, "There is no such student in this site." in response.content.decode()) == (
        404,
        True,
    )
