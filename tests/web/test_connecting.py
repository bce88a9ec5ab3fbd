"""Add Sync Connection, and replacing credentials."""

import re

import pytest
from django.test import override_settings

from reading import text_of
from scene import child
from yellowbus.connectors.powerschool.plugin import validate
from yellowbus.connectors.registry import SYSTEMS, manifest
from yellowbus.setup import connections, secrets
from yellowbus.setup.models import AuditEvent, Connection

SECRET = "s3cret-canary-4f2a"


@pytest.fixture
def files(district):
    district.write_students([child(1)])
    with override_settings(YELLOWBUS_FILES=str(district.folder)):
        yield district


def described(district, **other):
    """A browser that has agreed and named the connection."""
    browser = district.client("full")
    browser.post("/connections/add/")
    given = {"name": "Files", "system": "flatfile", "environment": "production"} | other
    return browser, browser.post("/connections/add/sis/", given)


def names(district):
    with district.scope():
        return sorted(Connection.objects.values_list("name", flat=True))


def test_the_whole_way_with_a_file(files):
    browser, response = described(files, environment="sandbox")
    assert response.headers["Location"] == "/connections/add/credentials/"
    given = {"students_file": "students.csv", "id_column": "id", "delimiter": "auto"}
    response = browser.post("/connections/add/credentials/", given)
    with files.scope():
        made = Connection.objects.get(name="Files")
        assert (made.instance.environment, made.agreed_by, made.settings["students_file"]) == (
            "sandbox",
            files.people["full"].user.email,
            str(files.students_file.resolve()),
        )
    assert response.headers["Location"] == f"/connections/{made.pk}/"
    first, second = (text_of(browser.get(f"/connections/{made.pk}/")) for _ in range(2))
    assert ("Files is connected to CSV file." in first, "What Connect found" in first) == (True, True)
    assert "What Connect found" not in second


@pytest.mark.parametrize("path", ["/connections/add/sis/", "/connections/add/credentials/"])
def test_nothing_is_asked_before_the_terms_are_agreed_to(district, path):
    assert district.client("full").get(path).headers["Location"] == "/connections/add/"


def test_the_api_menu_is_the_registry(files):
    browser, _ = described(files)
    page = browser.get("/connections/add/sis/").content.decode()
    assert re.findall(r'<option value="([a-z]\w+)"', page) == list(SYSTEMS)


def test_files_are_not_offered_unless_the_server_names_a_folder(district):
    with override_settings(YELLOWBUS_FILES=""):
        _, response = described(district)
    assert (response.status_code, "YELLOWBUS_FILES" in text_of(response)) == (422, True)


def test_a_name_that_is_taken_is_said_at_once(files):
    _, response = described(files, name="CSV")
    assert (response.status_code, "There is a connection of this name already." in text_of(response)) == (
        422,
        True,
    )


def test_a_failed_check_says_what_to_do_and_keeps_what_was_typed(files):
    browser, _ = described(files)
    (files.folder / "empty.csv").write_text("")
    response = browser.post(
        "/connections/add/credentials/", {"students_file": "empty.csv", "id_column": "key"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert (
        "Nothing was saved" in page,
        text_of(response).count("What Connect found") == 1,
        'value="key"' in page,
    ) == (
        True,
        True,
        True,
    )
    assert names(files) == ["CSV"]


@pytest.mark.parametrize("path", ["../x.csv", "/etc/passwd"])
def test_a_path_outside_the_folder_is_refused(files, path):
    browser, _ = described(files)
    response = browser.post("/connections/add/credentials/", {"students_file": path, "id_column": "id"})
    assert (response.status_code, "leads outside the folder" in text_of(response), names(files)) == (
        422,
        True,
        ["CSV"],
    )


def test_a_secret_that_was_typed_does_not_come_back(district):
    browser, _ = described(district, system="powerschool", name="PowerSchool")
    given = {"server_url": "https://127.0.0.1:9", "client_id": "id", "client_secret": SECRET}
    response = browser.post("/connections/add/credentials/", given)
    page = response.content.decode()
    assert (response.status_code, SECRET in page, 'value="https://127.0.0.1:9"' in page) == (422, False, True)
    assert names(district) == ["CSV"]


def test_the_steps_and_the_plugin_stand_beside_the_form(district):
    browser, _ = described(district, system="powerschool", name="PowerSchool")
    page = browser.get("/connections/add/credentials/").content.decode()
    assert page.count("<li>") >= len(manifest("powerschool").steps)
    assert "Download the Yellowbus Plugin for PowerSchool" in page
    links = re.findall(r'href="(/connections/files/[^"]+)"', page)
    files = [browser.get(link) for link in links]
    assert [validate(file.content.decode()) for file in files] == [[], []]
    assert {file.headers["Content-Disposition"] for file in files} == {'attachment; filename="ps_plugin.xml"'}
    assert [b"accessLevelV1Api" in file.content for file in files] == [True, False]


@pytest.mark.parametrize("path", ["powerschool/other", "aeries/plugin", "abacus/plugin"])
def test_a_file_that_is_not_declared_is_not_there(district, path):
    assert district.client("full").get(f"/connections/files/{path}/").status_code == 404


@pytest.fixture
def kept(district):
    with district.scope():
        given = {"server_url": "https://127.0.0.1:9", "client_id": "id", "client_secret": SECRET}
        return connections.add(
            district.actor, district.instance.pk, name="PS", system="powerschool", credentials=given
        )


@pytest.mark.parametrize("path", ["", "credentials/"])
def test_of_a_secret_only_the_end_is_shown(district, kept, path):
    page = district.client("full").get(f"/connections/{kept.pk}/{path}").content.decode()
    assert (SECRET in page, "…4f2a" in page) == (False, True)


def test_even_the_end_of_a_secret_is_text(district, kept):
    with district.scope():
        connections.rotate(district.actor, kept, {"client_secret": "long-enough-<hr>"})
    page = district.client("full").get(f"/connections/{kept.pk}/credentials/").content.decode()
    assert ("…<hr>" in page, "…&lt;hr&gt;" in page) == (False, True)


def test_credentials_that_fail_are_not_kept(district, kept):
    given = {"server_url": "https://127.0.0.1:9", "client_id": "id", "client_secret": "another-secret-of-it"}
    response = district.client("full").post(f"/connections/{kept.pk}/credentials/", given)
    assert response.status_code in (422, 503)
    with district.scope():
        assert secrets.reveal(kept) == {"client_secret": SECRET}


def test_credentials_are_replaced_after_their_check(files):
    key = files.connection.pk
    browser = files.client("full")
    (files.folder / "new.csv").write_text("key,first\n1,A\n")
    given = {"students_file": "new.csv", "id_column": "key", "delimiter": "auto", "schools_file": ""}
    response = browser.post(f"/connections/{key}/credentials/", given)
    assert response.headers["Location"] == f"/connections/{key}/"
    with files.scope():
        files.connection.refresh_from_db()
        assert files.connection.settings == {
            "students_file": str((files.folder / "new.csv").resolve()), "id_column": "key", "delimiter": "auto",
            "schools_file": "",
        }  # fmt: skip
        assert AuditEvent.objects.filter(verb="credential.rotate").count() == 1


def test_a_path_set_at_the_command_line_may_stay(district):
    """What is not changed is not asked about."""
    district.write_students([child(1)])
    settings = district.connection.settings
    given = {**settings, "id_column": "first"}
    with override_settings(YELLOWBUS_FILES=""):
        response = district.client("full").post(f"/connections/{district.connection.pk}/credentials/", given)
    assert response.status_code == 302
