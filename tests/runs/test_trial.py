"""Send Record: one student, previewed, then written."""

from pathlib import Path

import pytest

from scene import Scene, child
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import State
from yellowbus.runs.trial import previewed


@pytest.fixture
def scene(db: None, tmp_path: Path) -> Scene:
    made = Scene(tmp_path).ready()
    made.write_students([child(n) for n in range(5)])
    return made


def test_it_is_shown_before_it_is_sent(scene: Scene) -> None:
    run = scene.run(yes=False, trial="000003")
    with scene.scope():
        change = previewed(run.pk)
    assert (run.state, run.trigger) == (State.WAITING, "test")
    assert change is not None
    assert (change.outcome, change.lasting["fname"]) == ("created", "Given3")
    assert scene.students() == {}


def test_after_the_yes_exactly_this_student_is_there(scene: Scene) -> None:
    run = scene.run(yes=False, trial="000003")
    with scene.scope():
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    assert (run.state, run.counts) == (State.DONE, {"310": {"created": 1}})
    assert list(scene.students()) == ["000003"]


def test_the_others_are_not_missed_and_the_next_import_brings_them(scene: Scene) -> None:
    scene.run(trial="000003")
    run = scene.run()
    assert run.counts == {"310": {"created": 1, "unchanged": 1}, "320": {"created": 3}}
    with scene.scope():
        assert run.missing.count() == 0


def test_it_does_not_take_the_place_of_a_plan_that_waits(scene: Scene) -> None:
    waiting = scene.run(yes=False)
    scene.run(trial="000003")
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING


def test_an_unknown_id_fails_and_says_so(scene: Scene) -> None:
    run = scene.run(trial="999999")
    assert (run.state, run.error_code, run.error_facts) == (
        State.FAILED,
        "student-not-in-sis",
        {"key": "999999"},
    )
    assert scene.students() == {}
