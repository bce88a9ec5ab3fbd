"""Connections: what is refused, what is checked, what is kept."""

import json
from pathlib import Path

import pytest

from scene import Scene
from yellowbus.connectors.registry import SYSTEMS
from yellowbus.setup import connections, secrets
from yellowbus.setup.models import Connection

POWERSCHOOL = ("connection", "add", "SIS", "--system", "powerschool", "--instance", "production")
FILE = ("connection", "add", "Files", "--system", "flatfile", "--instance", "production")


def file_settings(scene: Scene) -> tuple[str, ...]:
    return (
        *("--set", f"students_file={scene.students_file}", "--set", "id_column=id"),
        *("--set", f"schools_file={scene.schools_file}"),
    )


def names(scene: Scene) -> list[str]:
    with scene.scope():
        return sorted(Connection.objects.values_list("name", flat=True))


def test_a_secret_given_as_an_argument_is_refused_and_named_but_not_repeated(yellowbus, scene: Scene) -> None:
    ended = yellowbus(*POWERSCHOOL, "--agree", "--set", "client_secret=hunter2-hunter2")
    assert ended.status == 2
    assert "client_secret is secret" in ended.err
    assert "YELLOWBUS_CLIENT_SECRET" in ended.err
    assert "hunter2" not in ended.err + ended.out


def test_an_error_is_json_too_where_json_was_asked_for(yellowbus, scene: Scene) -> None:
    ended = yellowbus(*POWERSCHOOL, "--agree", "--set", "client_secret=x", "--json")
    assert ended.json["error"]["code"] == "secret-as-argument"


def test_nothing_is_kept_without_the_agreement(yellowbus, scene: Scene) -> None:
    ended = yellowbus(*FILE, *file_settings(scene))
    assert (ended.status, names(scene)) == (2, ["CSV"])


def test_a_kind_of_sis_that_is_none_is_a_wrong_use(yellowbus, scene: Scene) -> None:
    ended = yellowbus("connection", "add", "X", "--system", "abacus", "--instance", "production")
    assert ended.status == 2
    assert ended.err == f"There is no kind of SIS named abacus.\nKnown: {', '.join(SYSTEMS)}.\n"


def test_a_connection_that_fails_its_check_is_not_kept(yellowbus, scene: Scene) -> None:
    scene.students_file.unlink()
    ended = yellowbus(*FILE, *file_settings(scene), "--agree", "--json")
    assert (ended.status, names(scene)) == (1, ["CSV"])
    assert ended.json["saved"] is False
    assert [check["code"] for check in ended.json["checks"] if check["code"]] == ["file-missing"]


def test_a_connection_that_passes_is_kept_with_what_was_given(yellowbus, scene: Scene) -> None:
    scene.write_students([("000001", "A", "B", "01/01/2015", "310", "4", "active", "")])
    ended = yellowbus(*FILE, *file_settings(scene), "--agree", "--json")
    assert (ended.status, ended.json["saved"]) == (0, True)
    with scene.scope():
        kept = connections.find("Files")
        assert (kept.system, kept.agreed_by, kept.settings["id_column"]) == ("flatfile", "operator", "id")


@pytest.mark.parametrize(
    ("text", "stdin"),
    [
        (json.dumps({"client_id": "id-1", "client_secret": "s-1"}), False),
        ("# of the console\nclient_id = id-1\nclient_secret=s-1\n", False),
        (json.dumps({"client_id": "id-1", "client_secret": "s-1"}), True),
    ],
    ids=["json file", "lines", "standard input"],
)
def test_secrets_come_from_a_file_or_standard_input(
    yellowbus, scene: Scene, tmp_path: Path, text: str, *, stdin: bool
) -> None:
    file = tmp_path / "secrets"
    file.write_text(text)
    # Nothing listens on port 9, so the check fails at its first line: the credentials were all there.
    ended = yellowbus(
        *POWERSCHOOL, "--agree", "--set", "server_url=http://127.0.0.1:9",
        "--secrets-file", "-" if stdin else file, "--json", stdin=text if stdin else "",
    )  # fmt: skip
    assert [check["name"] for check in ended.json["checks"]] == ["Reached"]


def test_secrets_come_from_the_environment(yellowbus, scene: Scene) -> None:
    ended = yellowbus(
        *POWERSCHOOL, "--agree", "--set", "server_url=http://127.0.0.1:9", "--json",
        env={"YELLOWBUS_CLIENT_ID": "id-1", "YELLOWBUS_CLIENT_SECRET": "s-1"},
    )  # fmt: skip
    assert [check["name"] for check in ended.json["checks"]] == ["Reached"]


def test_a_missing_credential_is_named(yellowbus, scene: Scene) -> None:
    ended = yellowbus(*POWERSCHOOL, "--agree", "--set", "server_url=http://127.0.0.1:9")
    assert ended.status == 1
    assert "PowerSchool also needs: Client ID, Client Secret." in ended.err


def test_a_damaged_secrets_file_tells_nothing_of_its_content(yellowbus, scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text('{"client_secret": "hunter2')
    ended = yellowbus(*POWERSCHOOL, "--agree", "--secrets-file", file)
    assert ended.status == 1
    assert "not UTF-8 or not JSON" in ended.err
    assert "hunter2" not in ended.err


def test_a_check_of_a_stored_connection_ends_with_its_result(yellowbus, scene: Scene) -> None:
    scene.write_students([("000001", "A", "B", "01/01/2015", "310", "4", "active", "")])
    assert yellowbus("connection", "check", "CSV").status == 0
    scene.students_file.unlink()
    failed = yellowbus("connection", "check", "CSV", "--json")
    assert (failed.status, failed.json["ok"]) == (1, False)


def test_the_list_names_schools_and_open_settings(yellowbus, scene: Scene) -> None:
    (row,) = yellowbus("connection", "list", "--json").json
    assert (row["name"], row["schools"], row["settings"]["id_column"]) == ("CSV", ["310", "320"], "id")


def test_schools_are_taken_and_given(yellowbus, scene: Scene) -> None:
    assert yellowbus("connection", "unassign", "CSV", "320").status == 0
    assert yellowbus("connection", "list", "--json").json[0]["schools"] == ["310"]
    assert yellowbus("connection", "assign", "CSV", "--all", "--json").json["assigned"] == ["310", "320"]
    assert yellowbus("connection", "assign", "CSV", "999").status == 1
    assert yellowbus("connection", "assign", "CSV").status == 2


def test_a_connection_in_use_is_not_archived(yellowbus, scene: Scene) -> None:
    assert yellowbus("connection", "archive", "CSV").status == 1
    yellowbus("connection", "unassign", "CSV", "--all")
    assert yellowbus("connection", "archive", "CSV").status == 0
    assert yellowbus("connection", "list", "--json").json == []


def test_rotating_tries_the_new_credentials_first(yellowbus, scene: Scene, tmp_path: Path) -> None:
    scene.write_students([("000001", "A", "B", "01/01/2015", "310", "4", "active", "")])
    assert yellowbus("connection", "rotate", "CSV", "--set", "id_column=no such").status == 1
    other = tmp_path / "other.csv"
    other.write_bytes(scene.students_file.read_bytes())
    assert yellowbus("connection", "rotate", "CSV", "--set", f"students_file={other}").status == 0
    with scene.scope():
        kept = connections.find("CSV")
        assert (kept.settings["students_file"], kept.settings["id_column"]) == (str(other), "id")
        assert secrets.reveal(kept) == {}


def test_options_change_only_what_is_named(yellowbus, scene: Scene) -> None:
    before = yellowbus("connection", "options", "CSV", "--json").json
    after = yellowbus(
        "connection", "options", "CSV", "--status", "active", "--no-school-age", "--grade", "K", "--clears", 2,
        "--example", "000001", "--json",
    ).json  # fmt: skip
    assert after == before | {
        "statuses": ["active"],
        "school_age": None,
        "grades": ["K"],
        "thresholds": before["thresholds"] | {"clears": 2},
        "examples": ["000001"],
    }
    assert yellowbus("connection", "options", "CSV", "--json").json == after


def test_six_examples_are_one_too_many(yellowbus, scene: Scene) -> None:
    examples = [part for n in range(6) for part in ("--example", n)]
    assert yellowbus("connection", "options", "CSV", *examples).status == 1
