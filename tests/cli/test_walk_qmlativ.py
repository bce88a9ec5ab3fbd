"""The article's Qmlativ path on the command line, with what only Qmlativ has: year clones, its profile and doctor."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from walking import YEAR, Side, walked
from yellowbus.simulators.district import Status


@pytest.fixture
def qmlativ(yellowbus) -> Iterator[Side]:
    with walked("qmlativ", yellowbus) as side:
        yield side


@pytest.fixture
def small(yellowbus) -> Iterator[Side]:
    with walked("qmlativ", yellowbus, students=40) as side:
        yield side


def test_the_whole_way_of_the_article(qmlativ: Side) -> None:
    qmlativ("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
    qmlativ("enroll", "years", "enable", YEAR)
    checks = qmlativ.add().json["checks"]
    assert [line for line in checks if not line["ok"]] == []
    qmlativ("mapping", "apply", "SIS", "--ready", "--kind", "schools")
    qmlativ("mapping", "check", "SIS", "--kind", "schools")
    qmlativ("import", "SIS", "--kind", "schools", "--yes")
    addresses = {school["schools.school_code"]: school["schools.address"] for school in qmlativ.schools()}
    assert addresses == {
        str(school.number): f"{place.street}, {place.city}, {place.state}, {place.postal_code[:5]}"
        for school in qmlativ.district.schools
        for place in [school.address]
    }
    qmlativ("mapping", "apply", "SIS", "--ready")
    qmlativ("mapping", "check", "SIS")
    number = qmlativ.district.students[0].number
    assert qmlativ("mapping", "preview", "SIS", number, "--json").json[0]["found"]
    qmlativ("connection", "assign", "SIS", "--all")
    assert qmlativ("send-record", "SIS", number, "--yes", "--json").json["counts"] == {"created": 1}
    students = len(qmlativ.district.students)
    plan = qmlativ("plan", "SIS", "--json").json
    assert plan["counts"] == {"created": students - 1, "unchanged": 1}
    qmlativ("runs", "approve", plan["id"])
    assert len(qmlativ.exported()) == students
    assert qmlativ("schedule", "set", "SIS", "--at", "02:00").out.startswith("Next: ")
    assert qmlativ("import", "SIS", "--yes", "--json").json["counts"] == {"unchanged": students}


def imported(side: Side) -> dict[str, dict[str, str]]:
    side.prepared()
    side("import", "SIS", "--yes")
    return side.exported()


def test_a_year_clone_changes_only_those_whose_school_had_no_next_year(qmlativ: Side) -> None:
    """A clone gives the next year's tables other ids (qmlativ dossier 8.1); who waits for such a year can now enter."""
    without = {school.number for school in qmlativ.district.schools if school.year(YEAR + 1) is None}
    waiting = {
        student.number
        for student in qmlativ.district.of_status(Status.PRE_REGISTERED)
        if student.school.number in without
    }
    before = imported(qmlativ)
    qmlativ.hooks.ask("POST", "clone-year", {"move": False})
    qmlativ("import", "SIS", "--yes")
    now = qmlativ.exported()
    assert (len(waiting) > 0, {number for number in now if now[number] != before[number]}) == (True, waiting)


def test_a_roll_over_closes_the_year_and_moves_nobody_in_it(qmlativ: Side) -> None:
    before = imported(qmlativ)
    qmlativ.hooks.ask("POST", "clone-year", {})
    counts = qmlativ("import", "SIS", "--yes", "--json").json["counts"]
    now = qmlativ.exported()
    stays = ("students_annual.grade", "students_annual.school_code", "students_annual.sis_entrydate")
    active = {student.number for student in qmlativ.district.of_status(Status.ACTIVE)}
    assert {n: [before[n][field] for field in stays] for n in active & before.keys()} == {
        n: [now[n][field] for field in stays] for n in active & now.keys()
    }
    assert sum(counts.values()) == len(before) == len(now)


def test_a_field_withdrawn_stops_the_run_before_anything_is_cleared(qmlativ: Side) -> None:
    before = imported(qmlativ)
    withdrawn = {"object": "Demographics/Name", "field": "MiddleName"}
    qmlativ.hooks.ask("POST", "permissions/withdraw", withdrawn)
    ended = qmlativ("import", "SIS", "--yes", "--json", status=1)
    assert (ended.json["status"], "Name.MiddleName" in ended.out) == ("Failed", True)
    assert qmlativ.exported() == before
    assert (
        "Demographics/Name does not give these fields: MiddleName." in qmlativ("qmlativ", "doctor", "SIS").out
    )


# Another position of a switch, whether an import fails until it is told, and what the doctor finds.
SWITCHES = {
    "small pages only": ({"max_page_size": 50, "over_maximum": "refuse"}, True, "page_size = 50"),
    "a parameter": (
        {"required_parameters": {"Demographics/Name": ["DistrictID"]}},
        True,
        'DistrictID = "@district"',
    ),
    "token": ({"token_styles": ["basic-get"]}, False, 'styles = ["basic_get"]'),
    "Generic": ({"api_roots": ["Generic"]}, False, 'roots = ["Generic"]'),
}


@pytest.mark.parametrize(("switch", "fails", "found"), SWITCHES.values(), ids=SWITCHES)
def test_the_doctor_names_an_unknown_and_its_override_makes_the_import_pass(
    small: Side, tmp_path: Path, switch: dict[str, object], fails: bool, found: str
) -> None:
    small.prepared()
    small.hooks.ask("PATCH", "options", switch)
    small.hooks.ask("DELETE", "tokens")
    if fails:
        small("import", "SIS", "--yes", status=1)
        assert small.exported() == {}
    file = tmp_path / "override.toml"
    small("qmlativ", "doctor", "SIS", "--override", file)
    assert found in file.read_text("utf-8").splitlines()
    small("qmlativ", "profile", "check", file)
    assert len(small("qmlativ", "profile", "diff", file, "--json").json) > 0
    small("connection", "rotate", "SIS", "--set", f"profile={file.read_text('utf-8')}")
    assert small("import", "SIS", "--yes", "--json").json["counts"] == {"created": 40}


def test_an_instance_as_expected_needs_no_override(small: Side, tmp_path: Path) -> None:
    small.prepared()
    ended = small("qmlativ", "doctor", "SIS", "--override", tmp_path / "none.toml", "--json")
    assert (ended.json["override"], (tmp_path / "none.toml").exists()) == ("", False)


def test_an_access_about_to_end_is_a_warning_of_the_check(small: Side) -> None:
    small("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
    end = date.today() + timedelta(days=5)  # noqa: DTZ011 - as the check itself sees the day
    first = small.add(f"expires={end}").json["checks"][0]
    assert (first["name"], first["code"], first["warning"]) == (
        "Expiration Date", "qmlativ-access-ends", True,
    )  # fmt: skip
    told = small("connection", "check", "SIS").err.splitlines()
    assert told[0] == (
        f"~ Expiration Date: The Integration Access ends on {end}, in 5 days. After that nothing can be read."
    )


def test_a_profile_with_a_fault_names_its_line(yellowbus, tmp_path: Path) -> None:
    file = tmp_path / "override.toml"
    file.write_text('[lists]\npage_size = "many"\n', "utf-8")
    ended = yellowbus("qmlativ", "profile", "check", file, "--json")
    assert (ended.status, [(fault["layer"], fault["line"]) for fault in ended.json]) == (
        1, [("override file", 2)],
    )  # fmt: skip
    assert yellowbus("qmlativ", "profile", "show", file).status == 1


def test_the_built_in_profile_is_shown_and_changes_nothing(yellowbus) -> None:
    assert "[objects.building]" in yellowbus("qmlativ", "profile", "show").out.splitlines()
    assert yellowbus("qmlativ", "profile", "diff").out == "The files change nothing.\n"


def test_a_profile_that_is_not_there_is_said(yellowbus, tmp_path: Path) -> None:
    ended = yellowbus("qmlativ", "profile", "check", tmp_path / "none.toml")
    assert (ended.status, "No such file or directory" in ended.err) == (1, True)


def test_other_systems_have_no_doctor(yellowbus, scene) -> None:
    ended = yellowbus("qmlativ", "doctor", "CSV")
    assert (ended.status, "which has no doctor." in ended.err) == (1, True)
