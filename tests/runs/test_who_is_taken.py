"""Who may be added, who is kept up to date, and to which schools."""

import pytest

from scene import SCHOOLS, Scene, child
from yellowbus.planning.admission import Admission
from yellowbus.runs import staging
from yellowbus.runs.models import Due
from yellowbus.setup import assignments, options

ADULT = "03/09/1990"


def admit(scene: Scene, **how: object) -> None:
    with scene.scope():
        options.write_options(scene.connection, options.Options(admission=Admission(**how)))


def test_an_inactive_student_beyond_school_age_is_not_added(scene: Scene) -> None:
    scene.write_students([child(1, status="inactive", dob=ADULT), child(2)])
    run = scene.run()
    assert run.counts == {"310": {"skipped": 1}, "320": {"created": 1}}
    assert list(scene.students()) == ["000002"]
    assert staging.reasons(run.pk) == {"status-not-chosen": {"310": 1}}


def test_an_inactive_student_of_school_age_is_added(scene: Scene) -> None:
    scene.write_students([child(1, status="inactive")])
    assert scene.run().counts == {"310": {"created": 1}}


@pytest.mark.parametrize(("grades", "counts"), [({"4"}, {"created": 1}), ({"5"}, {"skipped": 1})])
def test_only_chosen_grades_are_added(scene: Scene, grades: set[str], counts: dict[str, int]) -> None:
    admit(scene, grades=frozenset(grades))
    scene.write_students([child(1)])
    assert scene.run().counts == {"310": counts}


def test_a_known_student_is_kept_up_to_date_whatever_the_status(scene: Scene) -> None:
    admit(scene, school_age=None)
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1, status="inactive")])
    assert scene.run().counts == {"310": {"updated": 1}}
    assert scene.students()["000001"]["students_annual.sis_enroll_status"] == "inactive"


def test_a_school_that_is_not_assigned_is_skipped_and_counted(scene: Scene) -> None:
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["320"])
    scene.write_students([child(1), child(2), child(4)])
    run = scene.run()
    assert run.counts == {"310": {"created": 1}, "320": {"skipped": 2}}
    assert staging.reasons(run.pk) == {"school-not-assigned": {"320": 2}}


def test_a_student_who_leaves_for_a_school_not_assigned_is_followed_once(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["320"])
    scene.write_students([child(1, school="320")])
    assert scene.run().counts == {"320": {"updated": 1}}
    assert scene.students()["000001"]["students_annual.school_code"] == "320"
    assert scene.run().counts == {"320": {"skipped": 1}}


def test_assigning_a_school_brings_its_students_in(scene: Scene) -> None:
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["320"])
    scene.write_students([child(1), child(2)])
    scene.run()
    with scene.scope():
        assignments.assign(scene.actor, scene.connection, ["320"])
    assert scene.run().counts == {"310": {"unchanged": 1}, "320": {"created": 1}}


def test_a_student_at_an_unknown_school_fails_with_that_reason(scene: Scene) -> None:
    scene.write_students([child(1, school="999"), child(2)])
    run = scene.run()
    assert run.counts == {"999": {"failed": 1}, "320": {"created": 1}}
    with scene.scope():
        assert list(Due.objects.values_list("key", "outcome", "reason")) == [
            ("000001", "failed", "school-unknown")
        ]


def test_a_school_made_later_settles_the_student_at_it(scene: Scene) -> None:
    scene.write_students([child(1, school="330")])
    scene.run()
    scene.write_schools([*SCHOOLS, ("330", "Elder Creek", "Main", "Middle", "3 Ash St")])
    scene.run("schools")
    with scene.scope():
        assignments.assign(scene.actor, scene.connection, ["330"])
        assert scene.run().counts == {"330": {"created": 1}}
        assert not Due.objects.exists()


def test_the_id_of_a_school_never_changes(scene: Scene) -> None:
    from yellowbus.enroll import schools

    with scene.scope():
        before = schools.ids(scene.instance.pk, ["310", "320"])
    scene.write_schools(
        [SCHOOLS[0], ("310", "Cedar Ridge Academy", "Main", "Elementary", "1 Elm St"), SCHOOLS[2]]
    )
    run = scene.run("schools")
    with scene.scope():
        assert schools.ids(scene.instance.pk, ["310", "320"]) == before
        names = {
            row["schools.school_code"]: row["schools.name"] for row in schools.documents(scene.instance.pk)
        }
    assert names == {"310": "Cedar Ridge Academy", "320": "Oak Hill"}
    assert run.counts == {"310": {"updated": 1}, "320": {"unchanged": 1}}
