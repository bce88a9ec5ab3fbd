"""What a page may name of the server's files: nothing outside one folder, however it is written."""

import pytest
from django.test import override_settings

from yellowbus.connectors.registry import SYSTEMS, manifest
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import connections

SYSTEM = "flatfile"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut" / "secret.csv").write_text("id\n1\n")
    (tmp_path / "open" / "students.csv").write_text("id\n1\n")
    (tmp_path / "open" / "link.csv").symlink_to(tmp_path / "shut" / "secret.csv")
    (tmp_path / "open" / "way").symlink_to(tmp_path / "shut")
    (tmp_path / "open" / "ring").symlink_to(tmp_path / "open" / "ring")
    (tmp_path / "open-too").mkdir()
    with override_settings(YELLOWBUS_FILES=str(tmp_path / "open")):
        yield tmp_path


def test_a_path_inside_is_made_whole(folder):
    whole = str(folder / "open" / "students.csv")
    given = [
        {"students_file": "students.csv"},
        {"students_file": whole},
        {"students_file": "x/../students.csv"},
    ]
    assert [connections.inside_folder(SYSTEM, each) for each in given] == [{"students_file": whole}] * 3


@pytest.mark.parametrize(
    "path",
    [
        "../shut/secret.csv",
        "/etc/passwd",
        "link.csv",
        "way/secret.csv",
        "../open-too/x.csv",
        "ring",
        "a" * 5_000,
        "..",
    ],
)
@pytest.mark.parametrize("box", ["students_file", "schools_file"])
def test_a_path_that_leads_outside_is_refused(folder, path, box):
    with pytest.raises(NeedsAdmin) as raised:
        connections.inside_folder(SYSTEM, {"id_column": "id", box: path})
    assert raised.value.code == "path-outside"


def test_an_absolute_path_outside_is_refused(folder):
    with pytest.raises(NeedsAdmin, match="outside the folder"):
        connections.inside_folder(SYSTEM, {"students_file": str(folder / "shut" / "secret.csv")})


def test_without_a_folder_no_file_is_named(tmp_path):
    with override_settings(YELLOWBUS_FILES=""), pytest.raises(NeedsAdmin) as raised:
        connections.inside_folder(SYSTEM, {"students_file": str(tmp_path / "x.csv")})
    assert raised.value.code == "files-folder-missing"


def test_what_is_no_path_stays_as_it_is(folder):
    given = {"id_column": "../id", "delimiter": "auto", "schools_file": ""}
    assert connections.inside_folder(SYSTEM, given) == given


def test_files_are_offered_only_with_a_folder(folder):
    def offered():
        return [each.key for each in connections.offered_in_browser()]

    with_folder = offered()
    with override_settings(YELLOWBUS_FILES=""):
        assert (with_folder, offered()) == (list(SYSTEMS), [key for key in SYSTEMS if key != SYSTEM])


def test_every_box_of_a_file_says_that_it_is_a_path():
    assert [box.name for box in manifest(SYSTEM).credentials if box.path] == ["students_file", "schools_file"]
