"""Which student a record is: ids, namesakes, people's decisions, and the same record twice."""

from scene import STUDENT_RULES, Scene, child, direct
from yellowbus.runs import decisions, outstanding
from yellowbus.runs.models import Change, Decision, Due, Run


def outcomes(scene: Scene, run: Run) -> dict[str, tuple[str, str]]:
    """{key: (outcome, reason)} of the rows of a run."""
    with scene.scope():
        rows = Change.objects.filter(run=run).order_by("seq")
        return {row.key: (row.outcome, row.reason) for row in rows}


def decide(scene: Scene, key: str, student: str | None) -> None:
    from yellowbus.enroll import bulk

    with scene.scope():
        ids = bulk.ids_by_key("students", scene.instance.pk, [student]) if student else {}
        Decision.objects.create(
            connection=scene.connection,
            key=key,
            student_id=ids[student] if student else None,
            actor="operator",
        )


TWIN = {"first": "Given1", "last": "Family1", "dob": "02/02/2015"}


def test_the_district_id_decides_who_a_record_is(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1, last="Renamed")])
    assert outcomes(scene, scene.run()) == {"000001": ("updated", "")}
    assert scene.students()["000001"]["students.lname"] == "Renamed"


def test_an_id_with_another_birth_date_and_last_name_waits_for_a_person(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    before = scene.students()
    scene.write_students([child(1, last="Stranger", dob="11/30/2012", grade="5")])
    run = scene.run()
    assert outcomes(scene, run) == {"000001": ("review", "review-id-of-another")}
    assert scene.students() == before
    with scene.scope():
        assert list(Due.objects.values_list("key", "outcome")) == [("000001", "review")]


def test_a_namesake_waits_for_a_person(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1), child(9, **TWIN)])
    run = scene.run()
    assert outcomes(scene, run) == {"000009": ("review", "review-namesake-other-id")}
    assert list(scene.students()) == ["000001"]


def test_a_namesake_waits_even_if_the_filter_would_not_add_it(scene: Scene) -> None:
    scene.write_students([child(1, dob="02/02/1990")])
    scene.run()
    scene.write_students(
        [child(1, dob="02/02/1990"), child(9, **TWIN | {"dob": "02/02/1990", "status": "inactive"})]
    )
    assert outcomes(scene, scene.run()) == {"000009": ("review", "review-namesake-other-id")}


def test_a_decision_is_kept_and_obeyed_every_night(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(9, **TWIN)])
    scene.run()
    decide(scene, "000009", "000001")
    run = scene.run()
    assert outcomes(scene, run) == {"000009": ("updated", "")}
    assert list(scene.students()) == ["000009"]
    scene.write_students([child(9, **TWIN, grade="5")])
    assert scene.run().counts == {"310": {"updated": 1}}
    with scene.scope():
        assert not Due.objects.exists()


def test_a_decision_for_another_child_adds_it(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1), child(9, **TWIN)])
    decide(scene, "000009", None)
    assert outcomes(scene, scene.run()) == {"000009": ("created", "")}
    assert list(scene.students()) == ["000001", "000009"]


def test_the_same_new_child_twice_waits_for_a_person(scene: Scene) -> None:
    scene.write_students([child(1), child(9, **TWIN), child(2)])
    assert outcomes(scene, scene.run()) == {
        "000001": ("review", "same-new-child-twice"),
        "000009": ("review", "same-new-child-twice"),
        "000002": ("created", ""),
    }


def test_alike_rows_of_one_id_count_once(scene: Scene) -> None:
    scene.write_students([child(1), child(2), child(1)])
    run = scene.run()
    assert run.counts == {"310": {"created": 1, "skipped": 1}, "320": {"created": 1}}
    assert list(scene.students()) == ["000001", "000002"]


def test_differing_rows_of_one_id_all_fail(scene: Scene) -> None:
    scene.write_students([child(1), child(1, grade="5"), child(1, grade="6"), child(2)])
    run = scene.run()
    assert run.counts == {"310": {"failed": 3}, "320": {"created": 1}}
    assert list(scene.students()) == ["000002"]


def test_a_repeated_row_that_enroll_holds_already_counts_once(scene: Scene) -> None:
    from yellowbus.runs import staging

    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1), child(1), child(1)])
    run = scene.run()
    assert run.counts == {"310": {"unchanged": 1, "skipped": 2}}
    assert staging.reasons(run.pk) == {"repeated-alike": {"310": 2}}


def test_differing_rows_fail_also_when_one_of_them_is_what_enroll_holds(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    scene.run()
    before = scene.students()
    scene.write_students([child(1), child(1, grade="5"), child(1), child(2)])
    run = scene.run()
    assert run.counts == {"310": {"failed": 3}, "320": {"unchanged": 1}}
    assert scene.students() == before


def test_two_records_that_people_gave_to_one_student_both_fail(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(8, **TWIN), child(9, **TWIN)])
    decide(scene, "000008", "000001")
    decide(scene, "000009", "000001")
    assert outcomes(scene, scene.run()) == {
        "000008": ("failed", "two-records-one-student"),
        "000009": ("failed", "two-records-one-student"),
    }


def test_a_record_without_an_id_fails_alone(scene: Scene) -> None:
    scene.write_students([child(1, id=""), child(2)])
    run = scene.run()
    assert outcomes(scene, run) == {"": ("failed", "required-blank"), "000002": ("created", "")}


def test_a_name_that_is_never_written_does_not_change_whose_namesake_a_child_is(scene: Scene) -> None:
    others = [rule for rule in STUDENT_RULES if rule["field"] != "students.fname"]
    scene.write_students([child(1)])
    scene.run()
    with scene.scope():
        scene.map("students", [*others, direct("students.fname", "first", write_rule="never")])
    scene.write_students([child(1, first="Other", dob="03/03/2015")])
    scene.run()
    with scene.scope():
        scene.map("students", STUDENT_RULES)
    scene.write_students([child(9, **TWIN | {"dob": "03/03/2015"})])
    assert outcomes(scene, scene.run()) == {"000009": ("review", "review-namesake-other-id")}


def test_a_decision_about_a_record_that_nothing_else_changed_is_not_passed_over(scene: Scene) -> None:
    """The record of a student's own district id is said to be another student: a person has to look again."""
    scene.write_students([child(1), child(2)])
    scene.run()
    decide(scene, "000002", student="000001")
    assert scene.run().counts == {"310": {"unchanged": 1}, "320": {"review": 1}}
    assert scene.run().counts == {"310": {"unchanged": 1}, "320": {"review": 1}}


def test_a_review_that_is_dismissed_waits_no_more_while_another_of_its_run_does(scene: Scene) -> None:
    scene.write_students([child(1), child(2)])
    scene.run()
    other = {"first": "Given2", "last": "Family2", "dob": "03/03/2015"}
    scene.write_students([child(1), child(2), child(8, **TWIN), child(9, **other)])
    scene.run()
    with scene.scope():
        assert [review.key for review in decisions.waiting(scene.connection)] == ["000008", "000009"]
        outstanding.dismiss(scene.actor, scene.connection, ["000008"])
        assert [review.key for review in decisions.waiting(scene.connection)] == ["000009"]
