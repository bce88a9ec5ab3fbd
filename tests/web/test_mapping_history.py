"""History: versions compared and restored, mappings copied between connections and exchanged as files."""

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reading import text_of
from scene import STUDENT_RULES, direct, document
from yellowbus.enroll.models import CustomField
from yellowbus.setup import connections, mappings
from yellowbus.setup.models import Connection, MappingVersion

WITHOUT_PHONE = document("students", STUDENT_RULES[:-1])


def address(district, end="", connection=None):
    return f"/connections/{(connection or district.connection).pk}/mapping/students/history/{end}"


def numbers(district, connection=None):
    with district.scope():
        rows = MappingVersion.objects.filter(connection=connection or district.connection, kind="students")
        return list(rows.order_by("number").values_list("number", "note"))


@pytest.fixture
def changed(district):
    """Two versions: the second does without the phone."""
    with district.scope():
        mappings.save(district.actor, district.connection, WITHOUT_PHONE, note="No phones for now")
    return district


@pytest.fixture
def sandbox(district):
    """A connection of the same kind to the Sandbox; its file has no phone, its site no custom field."""
    file = district.folder / "sandbox.csv"
    file.write_text("id,first,last,dob,school,grade,status\n", "utf-8")
    given = {"students_file": str(file), "schools_file": str(district.schools_file), "id_column": "id"}
    with district.scope():
        return connections.add(
            district.actor, district.sandbox.pk, name="CSV Sandbox", system="flatfile", credentials=given
        )


def test_the_versions_stand_newest_first_with_who_and_why(changed):
    page = changed.client("full").get(address(changed))
    table = re.search(r"<tbody>(.*?)</tbody>", page.content.decode(), re.DOTALL)
    assert table
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in table[1].split("<tr>")[1:]]
    assert [
        [" ".join(row.split()).startswith(start) for row in rows] for start in ("2 Imports use it", "1 ")
    ] == [
        [True, False],
        [False, True],
    ]
    assert ("No phones for now" in rows[0], rows[0].count("operator"), "Restore" in rows[0]) == (
        True,
        1,
        False,
    )
    assert "Restore version 1" in " ".join(rows[1].split())


def test_two_versions_are_compared_in_words(changed):
    page = text_of(changed.client("full").get(address(changed), {"before": 1, "after": 2}))
    assert ("From version 1 to version 2" in page, "Student Phone: removed" in page) == (True, True)
    back = text_of(changed.client("full").get(address(changed), {"before": 2, "after": 1}))
    assert "Student Phone: added" in back
    same = text_of(changed.client("full").get(address(changed), {"before": 2, "after": 2}))
    assert "The two versions are the same." in same


@pytest.mark.parametrize("asked", [{"before": 7, "after": 1}, {"before": "x", "after": ""}])
def test_versions_that_are_not_there_compare_nothing(changed, asked):
    page = changed.client("full").get(address(changed), asked)
    assert (page.status_code, "From version 7" in text_of(page)) == (200, False)


def test_a_restore_saves_a_new_version_and_says_so(changed):
    browser = changed.client("full")
    page = browser.post(address(changed, "restore/"), {"number": 1, "seen": 2}, follow=True)
    assert "Version 1 is restored: version 3 has its document." in text_of(page)
    assert numbers(changed) == [(1, ""), (2, "No phones for now"), (3, "Restored from version 1")]


def test_a_restore_of_what_stands_saves_nothing(changed):
    page = changed.client("full").post(address(changed, "restore/"), {"number": 2, "seen": 2}, follow=True)
    assert ("the same as version 2" in text_of(page), len(numbers(changed))) == (True, 2)


@pytest.mark.parametrize(
    ("sent", "code"), [({"number": 1, "seen": 1}, 422), ({"number": 9, "seen": 2}, 404), ({}, 404)]
)
def test_a_restore_that_cannot_be_leaves_everything(changed, sent, code):
    response = changed.client("full").post(address(changed, "restore/"), sent)
    assert (response.status_code in (code, 422), len(numbers(changed))) == (True, 2)


def test_a_version_is_downloaded_and_uploaded_again(changed):
    browser = changed.client("full")
    response = browser.get(address(changed, "1/file/"))
    assert response["Content-Disposition"] == 'attachment; filename="csv-students-v1.json"'
    sent = SimpleUploadedFile("mine.json", response.content)
    preview = browser.post(address(changed, "preview/"), {"file": sent})
    assert [
        word in text_of(preview)
        for word in ("From the file mine.json", "Student Phone: added", "Save as version 3")
    ] == [True] * 3
    assert len(numbers(changed)) == 2
    browser.post(address(changed, "lay/"), hidden(preview) | {"note": "phones again"})
    assert numbers(changed)[-1] == (3, "From the file mine.json. phones again")
    with changed.scope():
        assert mappings.current(changed.connection, "students").document == json.loads(response.content)


def hidden(page):
    """What the form of a preview sends."""
    boxes = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in boxes}


def test_an_upload_that_changes_nothing_offers_nothing(changed):
    browser = changed.client("full")
    sent = SimpleUploadedFile("same.json", browser.get(address(changed, "2/file/")).content)
    page = text_of(browser.post(address(changed, "preview/"), {"file": sent}))
    assert ("it is the same as what stands" in page, "Save as version" in page) == (True, False)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"format": 1, "kind": "schools", "rules": []}', b"[]"])
def test_a_file_that_is_no_such_mapping_is_refused(changed, raw):
    response = changed.client("full").post(
        address(changed, "preview/"), {"file": SimpleUploadedFile("x.json", raw)}
    )
    assert (response.status_code, "Nothing was changed." in text_of(response)) == (422, True)


def test_a_file_named_like_a_script_is_shown_as_text(changed):
    sent = SimpleUploadedFile("<script>alert(1)<.json", json.dumps(WITHOUT_PHONE).encode())
    page = changed.client("full").post(address(changed, "preview/"), {"file": sent}).content.decode()
    assert "<script>alert" not in page


def test_nothing_chosen_is_said(changed):
    assert changed.client("full").post(address(changed, "preview/"), {}).status_code == 422


def test_a_save_over_another_ones_is_refused(changed):
    browser = changed.client("full")
    sent = SimpleUploadedFile("mine.json", browser.get(address(changed, "1/file/")).content)
    seen = hidden(browser.post(address(changed, "preview/"), {"file": sent}))
    with changed.scope():
        mappings.save(changed.actor, changed.connection, document("students", STUDENT_RULES[:-2]))
    response = browser.post(address(changed, "lay/"), seen)
    assert (response.status_code, "saved version 3" in text_of(response), len(numbers(changed))) == (
        422,
        True,
        3,
    )


def test_a_mapping_is_copied_from_production_to_sandbox_without_what_lacks(district, sandbox):
    with district.scope():
        CustomField.objects.create(instance=district.instance, key="bus", label="Bus Route")
        district.map("students", [*STUDENT_RULES, direct("custom.bus", "phone")])
    browser = district.client("full")
    browser.post("/switch/", {"environment": "sandbox"})
    here = address(district, connection=sandbox)
    assert "CSV (Production)" in text_of(browser.get(here))
    preview = browser.post(f"{here}preview/", {"source": district.connection.pk})
    assert [
        word in text_of(preview)
        for word in ("Left out (2)", "no phone.", "custom.bus: Enroll has no such field")
    ] == [True] * 3
    browser.post(f"{here}lay/", hidden(preview))
    assert numbers(district, sandbox) == [(1, "Copied from CSV.")]
    with district.scope():
        kept = mappings.current(sandbox, "students").document
    assert kept["rules"] == mappings_without_phone(district)


def mappings_without_phone(district):
    with district.scope():
        first = mappings.version(district.connection, "students", 1).document
    return [rule for rule in first["rules"] if rule["field"] != "students.phone"]


def test_and_back_from_sandbox_to_production(district, sandbox):
    with district.scope():
        mappings.save(district.actor, sandbox, WITHOUT_PHONE)
    preview = district.client("full").post(address(district, "preview/"), {"source": sandbox.pk})
    assert ("Student Phone: removed" in text_of(preview), "Left out" in text_of(preview)) == (True, False)


def test_a_target_that_cannot_be_asked_is_told(district, sandbox):
    (district.folder / "sandbox.csv").unlink()
    browser = district.client("full")
    browser.post("/switch/", {"environment": "sandbox"})
    response = browser.post(address(district, "preview/", sandbox), {"source": district.connection.pk})
    assert response.status_code == 422


@pytest.mark.parametrize("source", ["999999", "x", ""])
def test_a_connection_that_is_not_offered_is_not_copied(district, sandbox, source):
    with district.scope():
        mappings.save(district.actor, sandbox, WITHOUT_PHONE)
    response = district.client("full").post(address(district, "preview/"), {"source": source})
    assert (response.status_code, numbers(district)) == (422, [(1, "")])


# --- the first one ---


@pytest.fixture
def fresh(district):
    """A connection without a mapping."""
    with district.scope():
        return Connection.objects.create(
            organization=district.organization,
            instance=district.instance,
            name="PowerSchool",
            system="powerschool",
        )


def test_without_a_mapping_the_ready_one_is_offered_and_laid(district, fresh):
    browser = district.client("full")
    assert "Start with the ready mapping" in text_of(browser.get(address(district, connection=fresh)))
    response = browser.post(f"/connections/{fresh.pk}/mapping/students/ready/")
    assert response.headers["Location"] == f"/connections/{fresh.pk}/mapping/students/fields/"
    assert numbers(district, fresh) == [(1, "Ready mapping")]
    assert browser.post(f"/connections/{fresh.pk}/mapping/students/ready/").status_code == 422


def test_the_field_mapping_tab_offers_it_too_until_something_is_mapped(district, fresh):
    browser, offer = district.client("full"), "Start with the ready mapping"
    here, other = (
        f"/connections/{each.pk}/mapping/students/fields/" for each in (fresh, district.connection)
    )
    assert [offer in text_of(browser.get(each)) for each in (here, other)] == [True, False]
    browser.post(f"/connections/{fresh.pk}/mapping/students/ready/")
    assert offer not in text_of(browser.get(here))


def test_a_file_has_no_ready_mapping(district):
    with district.scope():
        MappingVersion.objects.all().delete()
    page = text_of(district.client("full").get(address(district)))
    assert ("There is no ready mapping for" in page, "Start with the ready mapping" in page) == (True, False)
    assert (
        district.client("full")
        .post(f"/connections/{district.connection.pk}/mapping/students/ready/")
        .status_code
        == 422
    )


def test_many_versions_stand_on_pages_at_the_same_cost(district):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser, counts = district.client("full"), []
    browser.get(address(district))
    for to in (2, 60):
        with district.scope():
            for number in range(MappingVersion.objects.filter(kind="students").count() + 1, to + 1):
                MappingVersion.objects.create(
                    connection=district.connection,
                    kind="students",
                    number=number,
                    document=WITHOUT_PHONE,
                    author="x",
                )
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(address(district))
        counts.append(len(asked))
    assert (counts[0], "Page 1 of 2" in text_of(page)) == (counts[1], True)
