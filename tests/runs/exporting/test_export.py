"""From an approved registration to the student in the SIS, its ids back and all of it logged."""

from export_scene import MARIA, ROSA, ExportScene

from yellowbus.runs import log
from yellowbus.runs.models import State


def test_an_approved_registration_becomes_a_student_with_its_ids_back(scene: ExportScene) -> None:
    scene.register("R-1", ROSA | MARIA)
    run = scene.export()
    assert (run.state, run.error_code, run.counts) == (State.DONE, "", {"310": {"created": 1}})
    ((remote, student),) = scene.sis.students.items()
    assert student["values"] == {
        "first_name": "Rosa", "last_name": "Núñez", "birth_date": "2015-03-04", "grade": "4", "gender": "F",
    }  # fmt: skip
    form = scene.form("R-1")
    assert (form.sis_id, form.sis_key) == (remote, student["key"])
    assert scene.sync("R-1") == ("succeeded", "")
    assert [line.status for line in log.records(run)] == ["Succeeded"]
    ((_, guardian),) = scene.sis.contacts.items()
    assert guardian["values"]["Contacts.FirstName"] == "María"
    assert guardian["ties"] == {remote: {"Contacts.Relationship": "mother"}}
