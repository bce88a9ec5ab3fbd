"""Exporting on the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from export_scene import ENTRY, MARIA, ROSA, ExportScene
from typer.testing import CliRunner

from yellowbus.cli.main import app
from yellowbus.runs.models import Run

Call = Callable[..., tuple[int, str]]
LINE = {
    "id": "R-1", "school": "310", "grade": "4", "year": 2026, "type": "new", "status": "approved",
    "entry_date": ENTRY, "answers": ROSA,
}  # fmt: skip


@pytest.fixture
def yellowbus(scene: ExportScene) -> Call:
    """The program on the database of the test; its exit status and all that it said."""

    def call(*arguments: object, stdin: str | bytes = "") -> tuple[int, str]:
        named = [*map(str, arguments), "--organization", scene.organization.slug]
        ended = CliRunner().invoke(app, named, input=stdin)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return ended.exit_code, ended.stdout + ended.stderr

    return call


def lines(folder: Path, *documents: Any) -> Path:
    file = folder / "registrations.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in documents), encoding="utf-8")
    return file


def test_registrations_come_in_as_json_lines_and_are_listed(yellowbus: Call, tmp_path: Path) -> None:
    file = lines(tmp_path, LINE, LINE | {"id": "R-2", "grade": "5"})
    assert yellowbus("registrations", "import", file) == (0, "2 registrations new, 0 changed, 0 as before.\n")
    assert yellowbus("registrations", "import", "-", stdin=json.dumps(LINE))[1].startswith(
        "0 registrations new"
    )
    status, told = yellowbus("registrations", "list", "--grade", "5", "--json")
    assert (status, [row["external_id"] for row in json.loads(told)]) == (0, ["R-2"])
    assert "Rosa Núñez" in yellowbus("registrations", "list")[1]


def test_every_fault_is_told_with_its_line_and_nothing_is_kept(yellowbus: Call, tmp_path: Path) -> None:
    status, told = yellowbus(
        "registrations", "import", lines(tmp_path, LINE, LINE | {"id": "R-2", "school": "999"})
    )
    assert status == 1
    assert "line 2, school: “school” has a value that is not known here." in told
    assert told.rstrip().endswith("1 fault. Nothing was kept.")
    assert "R-1" not in yellowbus("registrations", "list")[1]


@pytest.mark.parametrize("piped", [False, True])
def test_a_file_in_another_encoding_is_refused_in_words(
    yellowbus: Call, tmp_path: Path, *, piped: bool
) -> None:
    file = tmp_path / "registrations.jsonl"
    file.write_bytes(json.dumps(LINE, ensure_ascii=False).encode("latin-1"))
    given = ("-", file.read_bytes()) if piped else (file, "")
    status, told = yellowbus("registrations", "import", given[0], stdin=given[1])
    assert (status, "it is not in UTF-8" in told) == (1, True)
    assert "R-1" not in yellowbus("registrations", "list")[1]


def test_a_plan_is_shown_and_nothing_written(yellowbus: Call, scene: ExportScene, tmp_path: Path) -> None:
    scene.register("R-1", ROSA | MARIA)
    plan = tmp_path / "plan.csv"
    status, told = yellowbus("export", "Little", "--year", 2026, "--plan", "--csv", plan)
    assert (status, scene.sis.students) == (0, {})
    assert "This export creates 1 student." in told
    assert "1 - Contacts.Relationship" in plan.read_text("utf-8")


def test_the_whole_way(yellowbus: Call, scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    scene.register("R-2", ROSA | {"students.fname": "Benito"}, school="320")
    scene.sis.set_place("320", ready=False)
    assert yellowbus("export", "Little", "--year", 2026)[0] == 3  # nobody is there to be asked
    status, told = yellowbus("export", "Little", "--year", 2026, "--yes")
    assert (status, scene.sis.named()) == (0, ["Rosa Núñez"])
    assert "This export created 1 student and could not use 1 record." in told
    assert "Oak Hill has no Years & Terms for 2026" in told
    run = str(Run.objects.order_by("-created_at")[0].pk)
    assert "Export to Little, Partial Sync: Done." in yellowbus("runs", "show", run)[1]
    scene.sis.set_place("320", ready=True)
    assert yellowbus("runs", "retry", run)[0] == 0
    assert scene.sis.named() == ["Benito Núñez", "Rosa Núñez"]


def test_a_selection_goes_alone(yellowbus: Call, scene: ExportScene) -> None:
    scene.register("R-1")
    scene.register("R-2", ROSA | {"students.fname": "Benito"})
    assert yellowbus("export", "Little", "--year", 2026, "--only", "R-2", "--yes")[0] == 0
    assert scene.sis.named() == ["Benito Núñez"]


def test_one_registration_is_sent_with_the_name_typed(yellowbus: Call, scene: ExportScene) -> None:
    scene.register("R-1")
    send = ("send-record", "Little", "R-1", "--export")
    assert (yellowbus(*send)[0], scene.sis.students) == (3, {})
    status, told = yellowbus(*send, "--yes")
    assert (status, "name that was typed is not the student's" in told, scene.sis.students) == (1, True, {})
    assert yellowbus(*send, "--name", "Rosa Núñez")[0] == 0
    assert scene.sis.named() == ["Rosa Núñez"]


def test_who_a_child_is_is_said_once(yellowbus: Call, scene: ExportScene) -> None:
    scene.sis.enroll("77", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04")
    scene.register("R-1")
    yellowbus("export", "Little", "--year", 2026, "--yes")
    assert (
        "Student 77 (active) has the same names and birth date."
        in yellowbus("export-decide", "Little", "R-1")[1]
    )
    assert yellowbus("export-decide", "Little", "R-1", "--student", "77")[0] == 0
    yellowbus("export", "Little", "--year", 2026, "--yes")
    assert (scene.form("R-1").sis_key, len(scene.sis.students)) == ("77", 1)


def test_options_are_shown_and_set(yellowbus: Call) -> None:
    assert "New students: dynamic." in yellowbus("export-options", "Little")[1]
    given = (
        "--status",
        "active",
        "--accept-exact",
        "--sis",
        "test",
        "--returning",
        "update",
        "--allow-sandbox",
    )
    status, told = yellowbus("export-options", "Little", *given, "--json")
    set_ = {
        "accept_exact": True,
        "status": "active",
        "returning": "update",
        "sis": "test",
        "allow_sandbox": True,
    }
    kept = json.loads(told)
    assert (status, {name: kept[name] for name in set_}) == (0, set_)


def test_status_and_entry_date_are_set(yellowbus: Call, scene: ExportScene) -> None:
    scene.register("R-1", status="submitted")
    assert yellowbus("registrations", "set-status", "R-1", "approved")[0] == 0
    assert yellowbus("registrations", "set-entry-date", "R-1", "2026-09-01")[0] == 0
    form = scene.form("R-1")
    assert (form.status, str(form.entry_date), form.version) == ("approved", "2026-09-01", 3)
    assert yellowbus("registrations", "set-entry-date", "R-1", "none")[0] == 0
    assert yellowbus("registrations", "set-status", "R-9", "approved")[0] == 1


def test_the_mapping_of_an_export_is_checked_against_what_the_sis_takes(
    yellowbus: Call, scene: ExportScene, tmp_path: Path
) -> None:
    assert yellowbus("mapping", "check", "Little", "--kind", "export") == (0, "Version 1 is complete.\n")
    rules = [
        {"field": "first_nam", "type": "direct", "source": "students.fname"},
        {"field": "last_name", "type": "direct", "source": "students.surname"},
        {"field": "9 - Contacts.LastName", "type": "direct", "source": "students.lname"},
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"format": 1, "kind": "export", "rules": rules}))
    assert yellowbus("mapping", "apply", "Little", file)[0] == 0
    status, told = yellowbus("mapping", "check", "Little", "--kind", "export", "--json")
    found = [(each["code"], each["field"]) for each in json.loads(told)]
    assert (status, found) == (1, [
        ("required-unmapped", "first_name"), ("required-unmapped", "grade"), ("target-unknown", "first_nam"),
        ("target-unknown", "9 - Contacts.LastName"), ("enroll-source-unknown", "last_name"),
    ])  # fmt: skip
    assert "From Enroll" in yellowbus("mapping", "show", "Little", "--kind", "export")[1]


def test_a_preview_takes_either_kind_of_id_and_writes_nothing(yellowbus: Call, scene: ExportScene) -> None:
    scene.student("77", fname="Rosa")
    scene.register("R-1", ROSA | MARIA, student="77")
    preview = ("mapping", "preview", "Little", "--kind", "export", "--year", 2026)
    status, told = yellowbus(*preview, "R-1", "77", "--json")
    by_id, by_student = json.loads(told)
    assert (status, by_id["name"], by_id["fields"] == by_student["fields"]) == (0, "Rosa Núñez", True)
    mapped = {each["field"]: each["mapped"] for each in by_id["fields"]}
    assert (mapped["first_name"], mapped["1 - Contacts.Relationship"], mapped["street"]) == (
        "Rosa",
        "mother",
        None,
    )
    assert "Registration 77, Rosa Núñez" in yellowbus(*preview, "77")[1]
    assert yellowbus(*preview, "R-9")[0] == 1
    assert (yellowbus(*preview)[0], scene.sis.students) == (1, {})


def test_a_site_of_the_sis_that_is_none_is_wrong_use(yellowbus: Call) -> None:
    assert yellowbus("export-options", "Little", "--sis", "staging")[0] == 2
    assert "The SIS is production;" in yellowbus("export-options", "Little")[1]
