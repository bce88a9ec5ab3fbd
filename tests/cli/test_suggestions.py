"""`mapping suggest`: what is offered, what is taken over, and that a mapping made of it alone imports a district."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scene import Scene, child
from walking import YEAR, walked
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import PowerSchool, serve_app

SPREADSHEET = ("id", "Stu Last", "Stu First", "DOB (mm/dd/yyyy)", "Gr", "Sch", "Notes")
ROWS = (
    ("000001", "Abara", "Uche", "02/03/2014", "5", "310", "new"),
    ("000002", "Bloom", "Nora", "05/06/2015", "4", "320", ""),
)


@pytest.fixture
def spreadsheet(scene: Scene) -> Scene:
    scene.write_students(ROWS, header=SPREADSHEET)
    with scene.scope():
        scene.map("students", ())
    return scene


def offered(yellowbus, *more: str) -> dict[str, list[str]]:
    found = yellowbus("mapping", "suggest", "CSV", "--json", *more).json
    return {each["field"]: each["sources"] for each in found}


def test_each_unmapped_field_comes_with_its_source_and_the_reason(yellowbus, spreadsheet: Scene) -> None:
    assert offered(yellowbus) == {
        "students.student_district_id": ["id"],
        "students.fname": ["Stu First"],
        "students.lname": ["Stu Last"],
        "students.dob": ["DOB (mm/dd/yyyy)"],
        "students.sis_school_year": [],
        "students_annual.sis_entrydate": [],
        "students_annual.school_code": ["Sch"],
        "students_annual.grade": ["Gr"],
    }
    told = yellowbus("mapping", "suggest", "CSV").out
    assert "The connection names this column: Id column." in told
    assert "Dates are read as MM/DD/YYYY." in told
    assert "Abara" not in told


def test_looking_saves_nothing_and_accepting_saves_a_version(yellowbus, spreadsheet: Scene) -> None:
    yellowbus("mapping", "suggest", "CSV")
    assert len(yellowbus("mapping", "history", "CSV", "--json").json) == 2
    ended = yellowbus(
        "mapping", "suggest", "CSV", "--accept", "students.dob", "--accept", "students.fname", "--json"
    )
    assert ended.json == {"connection": "CSV", "kind": "students", "version": 3, "accepted": 2}
    rules = yellowbus("mapping", "show", "CSV", "--json").json["rules"]
    assert [(rule["field"], rule["source"]) for rule in rules] == [
        ("students.dob", "DOB (mm/dd/yyyy)"),
        ("students.fname", "Stu First"),
    ]
    assert {"students.dob", "students.fname"} & offered(yellowbus).keys() == set()


def test_all_of_them_import_the_file(yellowbus, spreadsheet: Scene) -> None:
    assert yellowbus("mapping", "suggest", "CSV", "--all").status == 0
    assert yellowbus("mapping", "check", "CSV").status == 0
    assert yellowbus("import", "CSV", "--yes", "--json").json["counts"] == {"created": 2}
    students = spreadsheet.students()
    assert [students[key]["students.dob"] for key in ("000001", "000002")] == ["2014-02-03", "2015-05-06"]
    assert offered(yellowbus) == {}
    assert yellowbus("mapping", "suggest", "CSV", "--all").out == "Nothing is suggested.\n"


def test_what_is_not_suggested_cannot_be_accepted(yellowbus, spreadsheet: Scene) -> None:
    ended = yellowbus("mapping", "suggest", "CSV", "--accept", "students.email")
    assert (ended.status, "Nothing is suggested for students.email" in ended.err) == (1, True)
    assert yellowbus("mapping", "suggest", "CSV", "--accept", "students.dob", "--all").status == 2


def test_a_mapped_field_is_left_alone(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1)])
    assert offered(yellowbus) == {}


def test_a_file_that_is_gone_is_said(yellowbus, spreadsheet: Scene) -> None:
    spreadsheet.students_file.unlink()
    ended = yellowbus("mapping", "suggest", "CSV")
    assert (ended.status, "Nothing can be suggested" in ended.err) == (1, True)


def test_a_connection_without_any_mapping_gets_its_first_version(
    yellowbus, scene: Scene, tmp_path: Path
) -> None:
    scene.write_students(ROWS, header=SPREADSHEET)
    file = tmp_path / "secrets.json"
    file.write_text("{}")
    yellowbus(
        "connection", "add", "New", "--system", "flatfile", "--instance", "production", "--agree",
        "--set", f"students_file={scene.students_file}", "--set", "id_column=id", "--secrets-file", file,
    )  # fmt: skip
    assert yellowbus("mapping", "suggest", "New", "--all", "--json").json["version"] == 1


def suggested_alone(call: Callable[..., Any]) -> dict[str, int]:
    """Map all that is suggested, schools first, and import both; the counts of the students."""
    for kind in ("schools", "students"):
        call("mapping", "suggest", "SIS", "--all", "--kind", kind)
        call("mapping", "check", "SIS", "--kind", kind)
        imported = call("import", "SIS", "--kind", kind, "--yes", "--json")
        call("connection", "assign", "SIS", "--all")
    assert call("mapping", "suggest", "SIS", "--json").json == []
    return imported.json["counts"]


@pytest.mark.parametrize(("system", "students"), [("aeries", 40), ("oneroster", 40)])
def test_suggestions_alone_make_a_mapping_that_imports_a_district(
    yellowbus, system: str, students: int
) -> None:
    with walked(system, yellowbus, students=40) as side:
        side("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
        side("enroll", "years", "enable", YEAR)
        side.add()
        assert suggested_alone(side) == {"created": students}


def test_suggestions_alone_make_a_complete_mapping_of_qmlativ(yellowbus) -> None:
    with walked("qmlativ", yellowbus, students=10) as side:
        side("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
        side("enroll", "years", "enable", YEAR)
        side.add()
        side("mapping", "suggest", "SIS", "--all")
        side("mapping", "check", "SIS")


def test_suggestions_alone_make_a_mapping_that_imports_a_district_of_powerschool(yellowbus) -> None:
    served = PowerSchool(District(students=60, seed=11, school_year=YEAR))
    plugin = served.sis.plugins.install(plugin_xml(access_level=True).encode())
    served.sis.plugins.enable(plugin)
    running = serve_app(served)

    def call(*arguments: object) -> Any:
        ended = yellowbus(*arguments, env={"YELLOWBUS_CLIENT_SECRET": plugin.client_secret})
        assert (arguments, ended.status) == (arguments, 0), ended.err
        return ended

    try:
        call("org", "add", "Juniper Flats (invented)", "--time-zone", "America/Phoenix")
        call("enroll", "years", "enable", YEAR)
        call(
            "connection", "add", "SIS", "--system", "powerschool", "--instance", "production", "--agree",
            "--set", f"server_url={running.url}", "--set", f"client_id={plugin.client_id}",
        )  # fmt: skip
        assert suggested_alone(call) == {"created": 60}
    finally:
        running.stop()
