"""Undo on the pages: planned, shown and confirmed; offered where something can be undone, to who may."""

from typing import Any

import pytest

from people import District
from scene import child
from undo_scene import MISTAKE, student_of, undo
from yellowbus.runs.importing import drive
from yellowbus.runs.models import Run


@pytest.fixture
def district(db: None, plain: None, tmp_path: Any) -> District:
    made = District(tmp_path).ready()
    made.write_students([child(1), child(2)])
    made.run()
    return made


@pytest.fixture
def wrong(district: District) -> Run:
    district.write_students([child(1, first=MISTAKE), child(2, first=MISTAKE)])
    return district.run()


def page(district: District, address: str, *, role: str = "full") -> str:
    response = district.client(role).get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def press(district: District, run: Run, **what: str) -> Run:
    """Press the button; the undo that was planned."""
    response = district.client("full").post(f"/logs/{run.pk}/undo/", what)
    with district.scope():
        planned = Run.objects.filter(trigger="undo").order_by("-created_at").first()
        assert planned is not None
        assert response.headers["Location"] == f"/logs/{planned.pk}/"
        drive.drive(str(planned.pk))
        planned.refresh_from_db()
    return planned


def name_of(district: District, key: str) -> str:
    return district.students()[key]["students.fname"]


def test_a_run_is_undone_from_its_page_after_a_look(district: District, wrong: Run) -> None:
    assert "Undo this run" in page(district, f"/logs/{wrong.pk}/")
    planned = press(district, wrong)
    shown = page(district, f"/logs/{planned.pk}/")
    for said in (
        "This undo changes 2 students.",
        "An undo is shown before anything is put back.",
        "Values of 2 students are put back.",
        "The next import would bring the changes of that run again",
        "Apply 2 changes",
        "Undo of an import of students from",
    ):
        assert said in shown
    assert name_of(district, "000001") == MISTAKE
    district.client("full").post(f"/logs/{planned.pk}/apply/")
    with district.scope():
        drive.drive(str(planned.pk))
    assert name_of(district, "000001") == "Given1"
    who = district.people["full"].user.email
    assert f"Undone by {who}" in page(district, f"/logs/{wrong.pk}/")
    assert "This undo changed 2 students." in page(district, f"/logs/{planned.pk}/")


@pytest.mark.parametrize("seq", ["x", "-1", "9" * 5000, "99"])
def test_a_record_that_is_none_does_not_widen_the_undo_to_the_run(
    district: District, wrong: Run, seq: str
) -> None:
    response = district.client("full").post(f"/logs/{wrong.pk}/undo/", {"seq": seq})
    with district.scope():
        assert (response.status_code, Run.objects.filter(trigger="undo").count()) == (404, 0)


def test_one_record_is_undone_from_its_page(district: District, wrong: Run) -> None:
    assert "Undo this record" in page(district, f"/logs/{wrong.pk}/1/")
    planned = press(district, wrong, seq="1")
    shown = page(district, f"/logs/{planned.pk}/")
    assert "It takes back every field of one student" in shown
    assert "These values stay put until the SIS has other ones" in shown
    record = page(district, f"/logs/{planned.pk}/1/")
    assert MISTAKE in record
    assert "As the SIS sent it" not in record


def test_one_value_is_put_back_from_the_page_that_says_why(district: District, wrong: Run) -> None:
    with district.scope():
        student = student_of(district, "000001")
    address = f"/students/{student}/2026/students.fname/"
    assert "Put back “Given1”" in page(district, address)
    planned = press(district, wrong, seq="1", field="students.fname")
    assert "It takes back “First Name” of one student" in page(district, f"/logs/{planned.pk}/")
    district.client("full").post(f"/logs/{planned.pk}/apply/")
    with district.scope():
        drive.drive(str(planned.pk))
    told = page(district, address)
    who = district.people["full"].user.email
    assert f"Put back by {who}, who undid run {str(wrong.pk)[:8]}." in told
    assert "From the SIS to Enroll" not in told
    assert "Put back by the undo of a run through CSV" in page(district, f"/students/{student}/timeline/")


def test_students_removed_and_archived_are_told_apart_before(district: District) -> None:
    district.edit("000001", mname="Ray")
    with district.scope():
        first = Run.objects.get(kind="students")
    shown = page(district, f"/logs/{press(district, first).pk}/")
    assert "1 student that the run added and that nothing else touched: removed." in shown
    assert "1 student that the run added and that something else touched since: archived." in shown


def test_it_is_offered_to_full_access_alone(district: District, wrong: Run) -> None:
    for address, button in (
        (f"/logs/{wrong.pk}/", "Undo this run"),
        (f"/logs/{wrong.pk}/1/", "Undo this record"),
    ):
        assert button not in page(district, address, role="limited")
    planned = press(district, wrong)
    shown = page(district, f"/logs/{planned.pk}/", role="limited")
    assert "Apply 2 changes" not in shown
    assert "People who may undo runs apply it." in shown
    assert district.client("limited").post(f"/logs/{planned.pk}/apply/").status_code == 403


def test_a_run_that_wrote_nothing_offers_no_undo(district: District) -> None:
    assert "Undo this run" not in page(district, f"/logs/{district.run().pk}/")


def test_a_paused_schedule_is_resumed_from_the_connection(district: District, wrong: Run) -> None:
    client, address = district.client("full"), f"/connections/{district.connection.pk}/"
    client.post(f"{address}schedule/", {"enabled": "on", "at": "02:00", "year": "2026"})
    assert "Resume the schedule" not in page(district, address)
    undo(district, wrong)
    paused = page(district, address)
    assert "Paused: a run was undone" in paused
    assert "Resume the schedule" in paused
    client.post(f"{address}schedule/resume/")
    assert "Resume the schedule" not in page(district, address)
