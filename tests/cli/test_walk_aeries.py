"""The article's Aeries section on the command line: both APIs set up, Connect, map, Send Record, schedule."""

from collections.abc import Iterator

import pytest

from walking import YEAR, Side, walked
from yellowbus.simulators.aeries import Options


@pytest.fixture
def aeries(yellowbus) -> Iterator[Side]:
    with walked("aeries", yellowbus) as side:
        yield side


def checked(side: Side, *more: str, status: int = 0) -> dict[str, tuple[bool, str]]:
    side("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
    side("enroll", "years", "enable", YEAR)
    checks = side.add(*more, status=status).json["checks"]
    return {line["name"]: (line["ok"], line["code"]) for line in checks}


def test_the_whole_way_of_the_article(aeries: Side) -> None:
    assert set(checked(aeries).values()) == {(True, "")}
    aeries("mapping", "apply", "SIS", "--ready", "--kind", "schools")
    aeries("mapping", "check", "SIS", "--kind", "schools")
    aeries("import", "SIS", "--kind", "schools", "--yes")
    aeries("mapping", "apply", "SIS", "--ready")
    aeries("mapping", "check", "SIS")
    number = aeries.district.students[0].number
    assert aeries("mapping", "preview", "SIS", number, "--json").json[0]["found"]
    aeries("connection", "assign", "SIS", "--all")
    assert aeries("send-record", "SIS", number, "--yes", "--json").json["counts"] == {"created": 1}
    students = len(aeries.district.students)
    plan = aeries("plan", "SIS", "--json").json
    assert plan["counts"] == {"created": students - 1, "unchanged": 1}
    assert len(aeries.exported()) == 1
    aeries("runs", "approve", plan["id"])
    assert len(aeries.exported()) == students
    assert aeries("schedule", "set", "SIS", "--at", "02:00").out.startswith("Next: ")
    assert aeries("import", "SIS", "--yes", "--json").json["counts"] == {"unchanged": students}


def test_a_first_import_waits_for_a_person(aeries: Side) -> None:
    aeries.prepared()
    aeries("import", "SIS", status=3)
    assert aeries.exported() == {}


def test_insert_and_update_rights_are_said_to_show_only_later(aeries: Side) -> None:
    checked(aeries)
    told = aeries("connection", "check", "SIS").err
    assert "✓ Insert and Update: Whether the certificate may also insert and update" in told
    assert "only the first Send Record shows" in told


def test_an_area_that_was_not_granted_is_named_and_nothing_is_kept(aeries: Side) -> None:
    aeries.hooks.ask("PATCH", "api-security/1", {"permissions": {"Contacts": []}})
    told = checked(aeries, status=1)
    assert {name: code for name, (ok, code) in told.items() if not ok} == {"Contacts": "aeries-right"}
    assert aeries("connection", "list", "--json").json == []


def test_a_certificate_with_a_lost_character_is_refused(aeries: Side) -> None:
    aeries.credentials["certificate"] = aeries.credentials["certificate"][:-1]
    said = aeries.add_refused()
    assert aeries.credentials["certificate"] not in said
    assert "certificate" in said.lower()


def test_key_and_secret_of_oneroster_the_wrong_way_round_are_refused(aeries: Side) -> None:
    given = aeries.credentials
    given["consumer_id"], given["consumer_secret"] = given["consumer_secret"], given["consumer_id"]
    told = checked(aeries, status=1)
    assert told["OneRoster signed in"] == (False, "credentials-refused")
    assert told["Contacts"] == (True, "")


def test_a_database_year_that_aeries_does_not_have_is_said(aeries: Side) -> None:
    """Aeries answers with its current year without a word (aeries dossier 3)."""
    told = checked(aeries, "database_year=2019", status=1)
    assert [name for name, (ok, _) in told.items() if not ok][:1] == ["Reached"]


@pytest.mark.parametrize(
    "options",
    [Options(school_as_array=True), Options(missing_right=403), Options(older_build=True)],
    ids=repr,
)
def test_what_sources_disagree_on_changes_nothing(yellowbus, options: Options) -> None:
    with walked("aeries", yellowbus, students=40, options=options) as side:
        side.prepared()
        assert side("import", "SIS", "--yes", "--json").json["counts"] == {"created": 40}


def test_a_day_in_the_office_updates_only_whom_it_changed(aeries: Side) -> None:
    aeries.prepared()
    aeries("import", "SIS", "--yes")
    before = aeries.exported()
    aeries.hooks.ask("POST", "change", {"share": 0.1, "seed": 3})
    counts = aeries("import", "SIS", "--yes", "--json").json["counts"]
    now = aeries.exported()
    changed = [number for number in now if now[number] != before.get(number)]
    assert len(changed) == counts.get("updated", 0) + counts.get("created", 0)
