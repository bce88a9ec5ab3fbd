"""Registrations as pages: looked through, synced, decided, taken in from a file."""

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from export_scene import MARIA, ROSA

from yellowbus.enroll import years
from yellowbus.enroll.models import Registration
from yellowbus.runs.models import Run


def seen(markup: str) -> str:
    """The words that are seen."""
    body = re.search(r"<main.*?</main>", markup, re.DOTALL)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def names(markup: str) -> list[str]:
    return re.findall(r'<td data-label="Student"><a href="[^"]+">([^<]+)</a>', markup)


@pytest.fixture
def three(scene):
    """One of each kind: approved, submitted and returning, withdrawn."""
    scene.register("R-1", ROSA | MARIA)
    scene.register(
        "R-2", ROSA | {"students.fname": "Benito"}, status="submitted", type="returning", school="320"
    )
    scene.register("R-3", ROSA | {"students.fname": "Carla"}, status="withdrawn")
    return scene


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("?", ["Carla Núñez", "Benito Núñez", "Rosa Núñez"]),
        ("?status=approved", ["Rosa Núñez"]),
        ("?school=320", ["Benito Núñez"]),
        ("?kind=returning", ["Benito Núñez"]),
        ("?kind=new", ["Carla Núñez", "Rosa Núñez"]),
        ("?text=ben", ["Benito Núñez"]),
        ("?text=R-3", ["Carla Núñez"]),
        ("?sync=never&status=withdrawn", ["Carla Núñez"]),
        ("?sync=succeeded", []),
        ("?year=2027", ["Dora Núñez"]),
        ("?year=0", ["Dora Núñez", "Carla Núñez", "Benito Núñez", "Rosa Núñez"]),
        ("?status=nonsense", ["Carla Núñez", "Benito Núñez", "Rosa Núñez"]),
    ],
)
def test_the_list_is_narrowed(three, asked, found):
    for year in (2026, 2027):
        years.enable_imports(three.instance.pk, year)
    three.register("R-4", ROSA | {"students.fname": "Dora"}, year=2027)
    page = three.client("view").get(f"/registrations/{asked}{'' if 'year' in asked else '&year=2026'}")
    assert names(page.content.decode()) == found


def test_each_registration_shows_its_last_sync_in_the_words_of_the_article(three):
    three.sis.change(drops=["bus"])
    three.register("R-4", ROSA | {"students.fname": "Dora", "students_annual.homeroom": "B7"})
    three.export()
    page = three.client("view").get("/registrations/?year=2026").content.decode()
    rows = [seen(f"<main>{row}</main>") for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)[1:]]
    words = ["Partial Sync", "Never", "Never", "Succeeded"]
    assert [
        next(word for word in ("Partial Sync", "Succeeded", "Never") if word in row) for row in rows
    ] == words


def test_a_registration_in_a_plan_is_pending_and_leads_to_it(three):
    run = three.export(yes=False)
    page = three.client("view").get("/registrations/?year=2026").content.decode()
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "R-1" in row)
    assert ("Pending" in row, f'href="/logs/{run.pk}/"' in row) == (True, True)
    own = three.client("view").get(f"/registrations/{three.key('R-1')}/").content.decode()
    assert "A sync is planned and waits to be applied: open it." in seen(own).replace(" .", ".")


def test_who_may_view_alone_sees_no_button_and_who_may(three):
    page = three.client("view").get("/registrations/?year=2026").content.decode()
    told = "Sync to SIS is done by people who may view and edit registrations."
    assert ("<button>Sync to SIS" in page, "data-ticks" in page, told in page) == (False, False, True)
    answers = [
        three.client(role).post("/registrations/sync/", {"registration": ["R-1"]}).status_code
        for role in ("view", "limited")
    ]
    assert (answers, Run.objects.count()) == ([403, 403], 0)


def test_only_approved_ones_can_be_ticked(three):
    page = three.client("edit").get("/registrations/?year=2026").content.decode()
    assert re.findall(r'name="registration" value="([^"]+)"', page) == ["R-1"]


def test_a_selection_becomes_a_plan_which_the_same_person_applies(three):
    three.register("R-5", ROSA | {"students.fname": "Elisa"}, school="320")
    browser = three.client("edit")
    to = browser.post("/registrations/sync/", {"registration": ["R-1", "R-5"]}).url
    run = Run.objects.get()
    assert (to, run.only, run.approved_by, run.state) == (f"/logs/{run.pk}/", ["R-1", "R-5"], "", "queued")
    three.go_on(run)
    page = browser.get(to).content.decode()
    assert three.sis.named() == []
    assert ("This export creates 2 students." in page, 'action="/logs/' in page) == (True, True)
    assert browser.post(f"{to}apply/").status_code == 302
    three.go_on(run)
    assert sorted(three.sis.named()) == ["Elisa Núñez", "Rosa Núñez"]


def test_a_registration_shows_what_is_missing_and_no_button(three):
    page = seen(three.client("edit").get(f"/registrations/{three.key('R-2')}/").content.decode())
    assert "Missing The registration is submitted, and only an approved one is exported." in page
    assert "Sync to SIS" not in page


def test_the_ids_stand_on_the_registration_once_the_sis_gave_them(three):
    browser, path = three.client("edit"), f"/registrations/{three.key('R-1')}/"
    assert seen(browser.get(path).content.decode()).count("none yet; the SIS gives it") == 2
    run = browser.post(f"{path}sync/").url
    three.go_on(Run.objects.get())
    browser.post(f"{run}apply/")
    three.go_on(Run.objects.get())
    page, form = browser.get(path).content.decode(), three.form("R-1")
    assert (
        f'<span class="id">{form.sis_key}</span>' in page,
        f'<span class="id">{form.sis_id}</span>' in page,
    ) == (
        bool(form.sis_key),
        bool(form.sis_id),
    )
    assert "Last sync: Succeeded." in page


def test_a_registration_is_approved_and_given_its_day(three):
    browser, key = three.client("edit"), three.key("R-2")
    browser.post(f"/registrations/{key}/status/", {"status": "approved"})
    browser.post(f"/registrations/{key}/entry/", {"day": "2026-09-01"})
    kept = Registration.objects.get(pk=key)
    assert (kept.status, str(kept.entry_date)) == ("approved", "2026-09-01")
    refused = browser.post(f"/registrations/{key}/entry/", {"day": "soon"})
    assert (refused.status_code, "cannot be read" in refused.content.decode()) == (422, True)


def test_a_registration_of_another_site_is_not_there(three, tmp_path_factory):
    from export_people import ExportDistrict

    other = ExportDistrict(tmp_path_factory.mktemp("other"))
    answered = other.client("full").get(f"/registrations/{three.key('R-1')}/")
    assert answered.status_code == 404


# --- a file ---


def given(*documents) -> SimpleUploadedFile:
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in documents)
    return SimpleUploadedFile("registrations.jsonl", text.encode())


WHOLE = {
    "id": "R-9",
    "school": "310",
    "grade": "4",
    "year": 2026,
    "type": "new",
    "status": "approved",
    "answers": ROSA,
}


def test_a_file_of_registrations_is_taken_in(scene):
    answered = scene.client("edit").post(
        "/registrations/import/", {"file": given(WHOLE, "", WHOLE | {"id": "R-10"})}, follow=True
    )
    assert "2 registrations new, 0 changed, 0 as before." in seen(answered.content.decode())
    assert set(Registration.objects.values_list("external_id", flat=True)) == {"R-9", "R-10"}


def test_every_fault_of_a_file_is_told_by_its_line_and_nothing_is_kept(scene):
    lines = (WHOLE, "{", WHOLE | {"id": "R-10", "school": "999"}, WHOLE | {"id": "R-11", "grade": "99"})
    answered = scene.client("edit").post("/registrations/import/", {"file": given(*lines)})
    page = seen(answered.content.decode())
    assert (answered.status_code, Registration.objects.count()) == (422, 0)
    assert "3 faults. Nothing was kept." in page
    assert re.findall(r"Line (\d)(?:, (\w+))?", page) == [("2", ""), ("3", "school"), ("4", "grade")]


def test_a_file_that_is_no_text_is_refused(scene):
    file = SimpleUploadedFile("x.jsonl", b"\xff\xfe")
    answered = scene.client("edit").post("/registrations/import/", {"file": file})
    assert (answered.status_code, "not in UTF-8" in answered.content.decode()) == (422, True)
