"""The pages of a run that writes into the SIS: its words, its rows, and the question that a person answers."""

import re
from html import unescape

import pytest
from export_scene import MARIA, ROSA

from yellowbus.runs.models import Identity, Run


def words(markup: str) -> str:
    """The words that are seen."""
    body = re.search(r"<main.*?</main>", markup, re.DOTALL)[0]
    plain = " ".join(unescape(re.sub("<[^>]+>", " ", body)).split())
    return re.sub(r" ([,.:])", r"\1", plain)


@pytest.fixture
def browser(scene):
    return scene.client("edit")


def record(scene, run: Run, identity: str) -> str:
    return f"/logs/{run.pk}/{scene.key(identity)}/"


def test_a_plan_says_what_it_writes_and_where(scene, browser):
    scene.register("R-1", ROSA | MARIA)
    run = scene.export(yes=False)
    page = words(browser.get(f"/logs/{run.pk}/").content.decode())
    assert "This export creates 1 student." in page
    assert "Export to Little, 2026" in page
    assert ("Write 1 change to Little" in page, "1 - Contacts.FirstName" in page) == (True, True)


def test_who_may_view_alone_sees_the_plan_and_no_button(scene):
    scene.register("R-1")
    run = scene.export(yes=False)
    page = words(scene.client("view").get(f"/logs/{run.pk}/").content.decode())
    assert ("Rosa Núñez" in page, "Write 1 change" in page) == (True, False)
    assert "People who may see and edit registrations apply it." in page
    assert scene.client("view").post(f"/logs/{run.pk}/apply/").status_code == 403


def test_limited_access_sees_the_plan_and_cannot_apply_it(scene):
    scene.register("R-1")
    run = scene.export(yes=False)
    answers = [scene.client("limited").get(f"/logs/{run.pk}/").status_code]
    answers.append(scene.client("limited").post(f"/logs/{run.pk}/apply/").status_code)
    assert answers == [200, 403]


def test_the_record_shows_entry_ids_and_contacts(scene, browser):
    scene.register("R-1", ROSA | MARIA)
    run = scene.export(yes=False)
    page = words(browser.get(record(scene, run, "R-1")).content.decode())
    assert "The SIS has no student with these ids, nor one with the same names and birth date." in page
    assert re.search(r"Enters on 20\d\d-\d\d-\d\d, \S+", page)
    assert "Create 1 - María Núñez: a new contact" in page
    assert "The registration as Enroll has it" in page


@pytest.fixture
def alike(scene):
    """The SIS has a child with the same names and birth date."""
    held = {"first_name": "Rosa", "last_name": "Núñez", "birth_date": "2015-03-04"}
    remote = scene.sis.enroll("900001", **held)
    scene.register("R-1")
    return remote, scene.export()


def test_a_person_says_who_the_child_is_and_it_is_sent_so(scene, browser, alike):
    remote, run = alike
    at = record(scene, run, "R-1")
    assert "Who this is in the SIS" in words(browser.get(at).content.decode())
    answered = browser.post(f"{at}answer/", {"answer": f"student:{remote}"}, follow=True)
    assert "Kept. Every later export of this registration goes by it" in words(answered.content.decode())
    assert Identity.objects.get().remote == remote
    scene.export()
    assert (scene.form("R-1").sis_id, scene.sis.named()) == (remote, ["Rosa Núñez"])


def test_a_person_says_that_it_is_a_new_child(scene, browser, alike):
    _, run = alike
    browser.post(f"{record(scene, run, 'R-1')}answer/", {"answer": "new"})
    scene.export()
    assert scene.sis.named() == ["Rosa Núñez", "Rosa Núñez"]


def test_no_answer_is_refused(scene, browser, alike):
    _, run = alike
    answered = browser.post(f"{record(scene, run, 'R-1')}answer/")
    assert (answered.status_code, Identity.objects.count()) == (422, 0)


def test_who_may_view_alone_is_not_asked(scene, alike):
    _, run = alike
    at = record(scene, run, "R-1")
    assert "Keep this answer" not in words(scene.client("view").get(at).content.decode())
    assert scene.client("view").post(f"{at}answer/", {"answer": "new"}).status_code == 403


def test_what_becomes_of_one_who_comes_back_is_asked(scene, browser):
    remote = scene.sis.enroll(
        "900001", standing="inactive", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04"
    )
    scene.student("900001", sis_internal_id=remote, fname="Rosa", lname="Núñez", dob="2015-03-04")
    scene.register(
        "R-1", ROSA | {"students.email": "rosa@school.example"}, student="900001", type="returning"
    )
    run = scene.export()
    at = record(scene, run, "R-1")
    assert "What becomes of the student" in words(browser.get(at).content.decode())
    browser.post(f"{at}answer/", {"answer": "update"})
    scene.export()
    told = scene.sis.students[remote]
    assert (told["standing"], told["values"]["email"]) == ("inactive", "rosa@school.example")


def test_a_partial_record_names_the_field_and_the_right(scene, browser):
    scene.sis.change(drops=["bus"])
    scene.register("R-1", ROSA | {"students_annual.homeroom": "B7"})
    run = scene.export()
    page = words(browser.get(record(scene, run, "R-1")).content.decode())
    assert ("Partial Sync" in page, "Bus" in page, "Transport" in page) == (True, True, True)


def test_the_number_of_queries_does_not_grow_with_the_registrations(scene, browser):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts: dict[str, list[int]] = {"list": [], "run": []}
    for many in (1, 12):
        for number in range(many):
            scene.register(
                f"R-{many}-{number}",
                ROSA
                | {
                    "students.fname": f"Given{many}x{number}",
                    "students.dob": f"2014-{number + 1:02}-{many:02}",
                },
            )
        run = scene.export(yes=False)
        for name, at in (("list", "/registrations/?year=2026"), ("run", f"/logs/{run.pk}/")):
            browser.get(at)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(at).status_code == 200
            counts[name].append(len(asked))
    assert [pair[0] == pair[1] for pair in counts.values()] == [True, True], counts
