"""A value put back of one student or one field stays put, night after night, until the SIS has another one."""

from scene import Scene, child
from undo_scene import MISTAKE, content, rows, undo, wrong_run
from yellowbus.runs.log import problems
from yellowbus.runs.models import Change, Run, StayPut
from yellowbus.runs.trial import previewed

WRONG = [child(n, first=MISTAKE, grade="9") for n in range(4)]
NAME, GRADE = "students.fname", "students_annual.grade"


def noted(scene: Scene) -> list[tuple[str, str | None]]:
    with scene.scope():
        return list(StayPut.objects.order_by("student_id", "field").values_list("field", "value"))


def names(scene: Scene) -> list[str]:
    return [held[NAME] for held in scene.students().values()]


def told(scene: Scene, run: Run) -> dict[str, list[str]]:
    """{id: the codes of what was said} of the records of a run that have something to say."""
    with scene.scope():
        found = Change.objects.filter(run=run, problems__isnull=False).order_by("seq")
        return {row.key: [each.code for each in problems(row)] for row in found}


def test_one_field_of_one_student_stays_put_night_after_night(scene: Scene) -> None:
    wrong = wrong_run(scene)
    undo(scene, wrong, key="000001", field=NAME)
    assert (names(scene), noted(scene)) == ([MISTAKE, "Given1", MISTAKE, MISTAKE], [(NAME, MISTAKE)])
    first = scene.run()
    assert (told(scene, first), first.partial) == ({"000001": ["undo-stays-put"]}, 0)
    assert first.counts == {"310": {"unchanged": 2}, "320": {"unchanged": 2}}
    for _ in range(2):
        night = scene.run()
        assert night.counts == {"310": {"unchanged": 2}, "320": {"unchanged": 2}}
    assert names(scene)[1] == "Given1"


def test_the_rest_of_the_student_flows_on(scene: Scene) -> None:
    undo(scene, wrong_run(scene), key="000001", field=NAME)
    scene.write_students([child(n, first=MISTAKE, grade="10") for n in range(4)])
    scene.run()
    held = scene.students()["000001"]
    assert (held[NAME], held[GRADE]) == ("Given1", "10")


def test_it_flows_again_once_the_sis_has_another_value(scene: Scene) -> None:
    undo(scene, wrong_run(scene), key="000001", field=NAME)
    scene.write_students([child(n, first="Corrected", grade="9") for n in range(4)])
    scene.run()
    assert (names(scene), noted(scene)) == (["Corrected"] * 4, [])
    scene.write_students(WRONG)
    scene.run()
    assert names(scene) == [MISTAKE] * 4


def test_the_sis_may_also_come_round_to_what_was_put_back(scene: Scene) -> None:
    undo(scene, wrong_run(scene), key="000001", field=NAME)
    scene.write_students([child(n, grade="9") for n in range(4)])
    scene.run()
    assert noted(scene) == []
    scene.write_students(WRONG)
    scene.run()
    assert names(scene)[1] == MISTAKE


def test_a_plan_that_is_not_applied_takes_no_note_away(scene: Scene) -> None:
    undo(scene, wrong_run(scene), key="000001", field=NAME)
    scene.write_students([child(n, first="Corrected", grade="9") for n in range(4)])
    scene.run(yes=False)
    scene.write_students(WRONG)
    scene.run()
    assert (names(scene)[1], noted(scene)) == ("Given1", [(NAME, MISTAKE)])


def test_one_field_of_all_students_of_a_run_stays_put(scene: Scene) -> None:
    undo(scene, wrong_run(scene), field=NAME)
    scene.run()
    assert names(scene) == ["Given0", "Given1", "Given2", "Given3"]
    assert {held[GRADE] for held in scene.students().values()} == {"9"}


def test_one_student_of_a_run_stays_put_in_every_field(scene: Scene) -> None:
    undone = undo(scene, wrong_run(scene), key="000001")
    assert list(rows(scene, undone)) == ["000001"]
    scene.run()
    held = scene.students()["000001"]
    assert (held[NAME], held[GRADE], noted(scene)) == ("Given1", "4", [(NAME, MISTAKE), (GRADE, "9")])


def test_a_whole_run_leaves_no_note_and_the_next_import_brings_it_again(scene: Scene) -> None:
    wrong = wrong_run(scene)
    changed = content(scene)
    undo(scene, wrong)
    assert noted(scene) == []
    assert scene.run().counts == {"310": {"updated": 2}, "320": {"updated": 2}}
    assert content(scene) == changed


def test_undoing_the_undo_lets_the_value_flow(scene: Scene) -> None:
    undone = undo(scene, wrong_run(scene), key="000001")
    undo(scene, undone, field=NAME)
    assert (names(scene), noted(scene)) == ([MISTAKE] * 4, [(GRADE, "9")])
    undo(scene, undone)
    assert (noted(scene), scene.students()["000001"][GRADE]) == ([], "9")


def test_a_send_record_says_why_the_value_stays(scene: Scene) -> None:
    undo(scene, wrong_run(scene), key="000001", field=NAME)
    trial = scene.run(yes=False, trial="000001")
    with scene.scope():
        preview = previewed(trial)
    assert preview is not None
    assert [same.why for same in preview.rest if same.label == "First Name"] == [
        "A person decided that First Name stays as it is, and the SIS still has the value that was undone or dismissed."
    ]


def test_an_added_student_removed_alone_comes_again(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    undo(scene, scene.run(), key="000001")
    assert list(scene.students()) == ["000002"]
    assert scene.run().counts == {"310": {"created": 1}, "320": {"unchanged": 1}}
