"""Undo on the command line: planned and shown, then applied; a paused schedule is resumed."""

from scene import YEAR, Scene, child
from undo_scene import MISTAKE, wrong_run


def names(scene: Scene) -> list[str]:
    return [held["students.fname"] for held in scene.students().values()]


def test_an_undo_waits_and_is_approved(yellowbus, scene: Scene) -> None:
    wrong = wrong_run(scene)
    asked = yellowbus("undo", str(wrong.pk)[:8])
    said = " ".join(asked.out.split())
    assert asked.status == 3
    for sentence in (
        "This undo changes 4 students.",
        "Values of 4 students are put back.",
        "First Name: Mistaken → Given1",
        "Apply exactly this: yellowbus runs approve",
    ):
        assert sentence in said
    assert names(scene) == [MISTAKE] * 4
    plan = yellowbus("runs", "list", "--json").json[0]
    assert (plan["trigger"], plan["state"]) == ("undo", "Waits for a person")
    assert yellowbus("runs", "approve", plan["id"][:8]).status == 0
    assert names(scene) == ["Given0", "Given1", "Given2", "Given3"]
    shown = " ".join(yellowbus("runs", "show", plan["id"][:8]).out.split())
    assert "Undo through CSV, Succeeded: Done." in shown
    assert "This undo changed 4 students." in shown


def test_one_field_of_one_student_is_undone_at_once(yellowbus, scene: Scene) -> None:
    wrong = wrong_run(scene)
    done = yellowbus("undo", str(wrong.pk), "--student", "000001", "--field", "students.fname", "--yes")
    assert done.status == 0
    assert names(scene) == [MISTAKE, "Given1", MISTAKE, MISTAKE]
    told = yellowbus("why", "000001", "students.fname", "--json").json
    assert (told["before"], told["steps"], told["note"]) == (
        MISTAKE, [], f"Put back by operator, who undid run {str(wrong.pk)[:8]}.",
    )  # fmt: skip
    events = yellowbus("timeline", "000001", "--json").json
    assert events[0]["says"] == "Put back by the undo of a run through CSV"


def test_what_cannot_be_undone_is_refused(yellowbus, scene: Scene) -> None:
    wrong = wrong_run(scene)
    assert yellowbus("undo", str(wrong.pk), "--student", "999999").status == 1
    assert yellowbus("undo", str(wrong.pk), "--field", "students.shoe_size").status == 1
    assert yellowbus("undo", "nosuchrun").status == 1


def test_a_paused_schedule_is_resumed(yellowbus, scene: Scene) -> None:
    wrong = wrong_run(scene)
    yellowbus("schedule", "set", "CSV", "--at", "02:00", "--year", str(YEAR))
    yellowbus("undo", str(wrong.pk), "--yes")
    (paused,) = yellowbus("schedule", "show", "--json").json
    assert (paused["next"], paused["told"][:7]) == (None, "Paused:")
    assert yellowbus("schedule", "resume", "CSV").out.startswith("Next: ")
    assert yellowbus("schedule", "resume", "CSV").status == 1


def test_a_first_import_is_undone_to_nothing(yellowbus, scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    first = scene.run()
    said = " ".join(yellowbus("undo", str(first.pk), "--yes").out.split())
    assert "2 students that the run added and that nothing else touched: removed." in said
    assert scene.students() == {}
