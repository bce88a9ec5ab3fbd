"""Organizations, years, the store, schedules and codes."""

import csv
import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from scene import YEAR, Scene, child
from yellowbus.enroll.models import Instance
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import links

SETUP = ("org", "add", "Lakeview Unified (invented)", "--time-zone", "America/Chicago")


def test_an_organization_comes_with_production_and_sandbox(yellowbus) -> None:
    made = yellowbus(*SETUP, "--json").json
    assert made == {
        "name": "Lakeview Unified (invented)", "slug": "lakeview-unified-invented", "time_zone": "America/Chicago",
    }  # fmt: skip
    assert yellowbus("org", "list", "--json").json == [made]
    for instance in ("production", "sandbox"):
        assert yellowbus("enroll", "years", "list", "--instance", instance, "--json").json == []


def test_an_organization_is_refused_for_its_name_or_its_zone(yellowbus) -> None:
    yellowbus(*SETUP)
    assert yellowbus(*SETUP).status == 1
    assert yellowbus("org", "add", "???").status == 1
    assert yellowbus("org", "add", "Other", "--time-zone", "Mars/Olympus").status == 1


def test_an_organization_must_be_named_where_there_are_two(yellowbus) -> None:
    assert yellowbus("connection", "list").err.startswith("There is no organization yet.")
    yellowbus(*SETUP)
    assert yellowbus("connection", "list").status == 0
    yellowbus("org", "add", "Second")
    assert "lakeview-unified-invented, second" in yellowbus("connection", "list").err
    assert yellowbus("connection", "list", "--organization", "second").status == 0
    assert yellowbus("connection", "list", env={"YELLOWBUS_ORGANIZATION": "second"}).status == 0
    assert yellowbus("connection", "list", "--organization", "third").status == 1


def member_of(link: str, now: datetime) -> tuple[str, str, bool]:
    """Whom a link lets in: address, group, and whether at once."""
    found = links.look(link.split("/join/")[1].strip("/"), now=now)
    return found.membership.user.email, found.membership.group.name, found.signs_in


def test_a_sign_in_link_lets_its_bearer_in_at_once_within_the_hour(yellowbus) -> None:
    yellowbus(*SETUP)
    link = yellowbus("org", "sign-in", "--address", "https://bus.example.org/", "--json").json["link"]
    assert link.startswith("https://bus.example.org/join/")
    now = timezone.now()
    bearer = ("administrator@lakeview-unified-invented.invalid", "Full Access", True)
    assert member_of(link, now) == bearer
    with pytest.raises(NeedsAdmin):
        member_of(link, now + timedelta(hours=1, seconds=1))


def test_an_invited_administrator_sets_a_password_first(yellowbus) -> None:
    yellowbus(*SETUP)
    told = yellowbus("org", "sign-in", "--email", "lead@district.example").out.splitlines()
    assert told[0] == "Open this once, within three days; whoever has it gets in:"
    assert member_of(told[1], timezone.now()) == ("lead@district.example", "Full Access", False)


def test_the_sandbox_is_filled_from_production(yellowbus, scene: Scene) -> None:
    Instance.objects.create(organization=scene.organization, environment="sandbox")
    scene.write_students([child(n) for n in range(3)])
    yellowbus("import", "CSV", "--yes")
    assert (yellowbus("enroll", "copy", "--to", "sandbox").status, yellowbus(*LISTED).json) == (3, [])
    done = yellowbus("enroll", "copy", "--to", "sandbox", "--yes")
    assert (done.status, "3 students" in done.out) == (0, True)
    assert [row["students.student_district_id"] for row in yellowbus(*LISTED).json] == sorted(
        scene.students()
    )
    assert yellowbus("enroll", "copy", "--to", "production", "--yes").status == 1


LISTED = ("enroll", "students", "list", "--instance", "sandbox", "--year", YEAR, "--json")


def test_the_switch_of_a_year_is_turned(yellowbus) -> None:
    yellowbus(*SETUP)
    yellowbus("enroll", "years", "enable", 2026)
    yellowbus("enroll", "years", "enable", 2027)
    yellowbus("enroll", "years", "disable", 2026)
    assert yellowbus("enroll", "years", "list", "--json").json == [2027]
    assert yellowbus("enroll", "years", "list", "--instance", "sandbox", "--json").json == []


def test_the_export_is_everything_enroll_holds(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(30)])
    yellowbus("import", "CSV", "--yes")
    lines = [json.loads(line) for line in yellowbus("enroll", "students", "export").out.splitlines()]
    without_own_id = {line["students.student_district_id"]: line for line in lines if line.pop("students.id")}
    assert without_own_id == scene.students()
    of_one_school = yellowbus("enroll", "students", "export", "--school", "310").out.splitlines()
    assert {json.loads(line)["students_annual.school_code"] for line in of_one_school} == {"310"}
    assert len(of_one_school) == 15


def test_a_student_is_listed_and_shown(yellowbus, scene: Scene) -> None:
    scene.write_students([child(n) for n in range(3)])
    yellowbus("import", "CSV", "--yes")
    assert yellowbus("enroll", "students", "list", "--limit", 1, "--json").json == [
        {
            "students.student_district_id": "000000",
            "students.fname": "Given0",
            "students.lname": "Family0",
            "students_annual.school_code": "320",
            "students_annual.grade": "4",
            "students_annual.sis_enroll_status": "active",
        }
    ]
    shown = yellowbus("enroll", "students", "show", "000002", "--json").json
    assert {name: value for name, value in shown.items() if name != "students.id"} == scene.students()[
        "000002"
    ]
    missing = yellowbus("enroll", "students", "show", "999999", "--json")
    assert (missing.status, missing.json) == (1, None)


def test_schools_are_listed_shown_and_exported(yellowbus, scene: Scene) -> None:
    rows = yellowbus("enroll", "schools", "list", "--json").json
    assert [(row["schools.school_code"], row["schools.name"]) for row in rows] == [
        ("310", "Cedar Ridge"),
        ("320", "Oak Hill"),
    ]
    shown = yellowbus("enroll", "schools", "show", "310", "--json").json
    exported = [json.loads(line) for line in yellowbus("enroll", "schools", "export").out.splitlines()]
    assert exported[0] == shown
    assert yellowbus("enroll", "schools", "show", "999").status == 1


def test_a_custom_field_can_be_mapped_once_it_is_there(yellowbus, scene: Scene) -> None:
    assert yellowbus("enroll", "custom-field", "add", "bus_route", "Bus route", "--json").json == {
        "field": "custom.bus_route", "label": "Bus route", "type": "text",
    }  # fmt: skip
    assert yellowbus("enroll", "custom-field", "add", "Bus Route", "Bus route").status == 1
    assert yellowbus("enroll", "custom-field", "add", "meal", "Meal", "--type", "code").status == 1
    (row,) = yellowbus("enroll", "codes", "--set", "custom", "--json").json
    assert (row["value"], row["label"]) == ("custom.bus_route", "Bus route")


def test_field_codes_hold_every_set_that_the_article_names(yellowbus, scene: Scene) -> None:
    rows = list(csv.DictReader(yellowbus("field-codes", "CSV", "--side", "enroll", "--csv").out.splitlines()))
    assert {"state", "country", "language", "race", "ethnicity"} <= {row["Set"] for row in rows}
    assert [row["Label"] for row in rows if (row["Set"], row["Code"]) == ("state", "AZ")] == ["Arizona"]
    assert {row["Side"] for row in rows} == {"enroll"}


def test_no_spreadsheet_finds_a_formula_among_field_codes(yellowbus, scene: Scene) -> None:
    yellowbus("enroll", "custom-field", "add", "meal", "=1+1")
    rows = list(csv.DictReader(yellowbus("field-codes", "CSV", "--side", "enroll", "--csv").out.splitlines()))
    assert [row["Label"] for row in rows if row["Code"] == "custom.meal"] == ["'=1+1"]


def test_a_schedule_is_set_shown_and_turned_off(yellowbus, scene: Scene) -> None:
    on = yellowbus("schedule", "set", "CSV", "--at", "02:00", "--json").json
    assert (on["at"], on["year"], on["on"]) == ("02:00", YEAR, True)
    assert yellowbus("schedule", "show", "--json").json == [on]
    off = yellowbus("schedule", "off", "CSV", "--json").json
    assert (off["at"], off["on"], off["told"]) == ("02:00", False, "Off.")


def test_a_schedule_is_refused_for_its_time_or_where_none_is(yellowbus, scene: Scene) -> None:
    assert yellowbus("schedule", "set", "CSV", "--at", "2 o'clock").status == 2
    assert yellowbus("schedule", "off", "CSV").status == 1
