"""One child is one student, whatever happens to the answer, to the connection or to the process that writes."""

import os
import random
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test import override_settings
from export_scene import MARIA, ROSA, ExportScene
from yellowbus.connectors.littlesis.sis import Fault, Killed, LittleSis, die, garbled, killed, unknown

from yellowbus.runs.importing import drive
from yellowbus.runs.models import Intent, Run, State

NOW = override_settings(YELLOWBUS_CLAIM_SECONDS=0)  # a dead worker is known to be dead at once
BEN = ROSA | {"students.fname": "Benito", "students.dob": "2013-01-09"}
TIMES = int(os.environ.get("YELLOWBUS_CHAOS_KILLS", "0"))
EVERY = 1 if TIMES else 5  # in a short run one moment of five, others each time


def content(sis: LittleSis) -> tuple[list[Any], list[Any]]:
    """What the SIS holds, without its ids: students with the names of their contacts, and contacts."""
    people = {
        remote: (each["values"]["first_name"], each["standing"], sorted(each["values"].items()))
        for remote, each in sis.students.items()
    }
    contacts = [
        (
            sorted(each["values"].items()),
            sorted((people[tie][0], sorted(values.items())) for tie, values in each["ties"].items()),
        )
        for each in sis.contacts.values()
    ]
    return sorted(people.values()), sorted(contacts)


def family(scene: ExportScene) -> None:
    """Two new siblings with one mother, and one returning student with a new first contact."""
    scene.sis.enroll("100", first_name="Ana", last_name="Díaz", birth_date="2014-05-06", gender="X")
    scene.student("100", fname="Ana", lname="Díaz", dob="2014-05-06")
    scene.register("R-1", ROSA | MARIA)
    scene.register("R-2", BEN | MARIA)
    ana = {
        "students.fname": "Ana",
        "students.lname": "Díaz",
        "students.dob": "2014-05-06",
        "students.gender": "F",
    }
    father = {name: value.replace("María", "Luis").replace("maria", "luis") for name, value in MARIA.items()}
    scene.register(
        "R-3",
        ana | father | {"students_annual.guardian1_phone_mobile": "(480) 555-0199"},
        student="100",
        type="returning",
    )


@pytest.mark.parametrize("after", [False, True], ids=["before-it-committed", "after-it-committed"])
def test_an_answer_that_never_came_makes_no_second_student(scene: ExportScene, after: bool) -> None:
    scene.register("R-1")
    scene.sis.faults.append(Fault("write", unknown, after=after))
    run = scene.export()
    if not after:  # not there yet: it might still come, so it is looked for once more, later
        assert (run.state, run.error_code, scene.sis.students) == (State.APPLYING, "export-looks-again", {})
        run = scene.go_on(run)
    assert (run.state, scene.sis.named()) == (State.DONE, ["Rosa Núñez"])
    assert (scene.sync("R-1"), scene.form("R-1").sis_id) == (
        ("succeeded", ""),
        next(iter(scene.sis.students)),
    )


@pytest.mark.parametrize("after", [False, True], ids=["before-it-committed", "after-it-committed"])
def test_an_answer_that_cannot_be_understood_is_looked_up_at_once(scene: ExportScene, after: bool) -> None:
    scene.register("R-1", ROSA | MARIA)
    for operation in ("write", "write_contact"):
        scene.sis.faults.append(Fault(operation, garbled, after=after))
    run = scene.export()
    if not after:  # nobody is there: the run stops, since the other side broke its contract
        assert (run.state, run.error_code, scene.sis.students) == (State.FAILED, "reply-not-understood", {})
        return
    assert (run.state, scene.sis.named(), len(scene.sis.contacts)) == (State.DONE, ["Rosa Núñez"], 1)
    assert (scene.sync("R-1"), scene.form("R-1").sis_id) == (
        ("succeeded", ""),
        next(iter(scene.sis.students)),
    )


@NOW
def test_what_the_sis_warned_of_before_a_kill_is_told_all_the_same(scene: ExportScene) -> None:
    scene.sis.change(warns=["gender", "Contacts.Relationship"])
    scene.register("R-1", ROSA | MARIA)
    scene.sis.faults.append(Fault("contacts", killed, skip=1))  # both are written, and not yet read back
    with pytest.raises(Killed):
        scene.export()
    run = scene.go_on(Run.objects.get())
    warned = [(each["code"], each["field"]) for each in scene.change(run, "R-1").problems]
    assert warned == [("write-warned", "gender"), ("write-warned", "Contacts.Relationship")]
    assert (scene.sync("R-1"), scene.sis.calls.count("write")) == (("partial", "write-warned"), 1)


def test_what_arrives_late_is_found_before_anything_is_sent_again(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.sis.faults.append(Fault("write", unknown))
    run = scene.export()
    late = scene.sis.enroll(
        "7", first_name="ROSA", last_name="Nunez", birth_date="2015-03-04", grade="4", gender="F"
    )
    run = scene.go_on(run)
    assert (run.state, len(scene.sis.students), scene.form("R-1").sis_id) == (State.DONE, 1, late)


def test_where_it_is_not_clear_who_was_made_a_person_decides(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.sis.faults.append(Fault("write", unknown))
    run = scene.export()
    for key in ("7", "8"):
        scene.sis.enroll(key, first_name="Rosa", last_name="Núñez", birth_date="2015-03-04")
    run = scene.go_on(run)
    assert (run.counts, scene.codes(run, "R-1")) == (
        {"310": {"review": 1}},
        ["export-unknown-unclear", "export-unknown-unclear"],
    )
    assert (len(scene.sis.students), scene.form("R-1").sis_id) == (2, "")


def test_a_student_that_never_answers_fails_alone(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.register("R-2", BEN)
    scene.sis.faults.append(Fault("write", unknown, times=3))
    run = scene.export()
    for _ in range(3):
        run = scene.go_on(run)
    assert (run.state, run.counts) == (State.DONE, {"310": {"failed": 1, "created": 1}})
    assert (scene.sync("R-1"), scene.sis.named()) == (("failed", "export-outcome-unknown"), ["Benito Núñez"])


def test_two_of_a_first_write_that_came_after_all_are_shown_to_a_person(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.sis.faults.append(Fault("write", unknown))
    run = scene.export()

    def arrives() -> None:
        scene.sis.enroll("7", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04")

    scene.sis.faults.append(Fault("write", arrives, after=True))
    run = scene.go_on(run)
    assert (run.counts, scene.sync("R-1")) == ({"310": {"review": 1}}, ("review", "export-several"))


@NOW
def test_so_they_are_where_the_process_was_killed_between(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.sis.faults.append(Fault("write", unknown))
    run = scene.export()

    def arrives() -> None:
        scene.sis.enroll("7", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04")

    scene.sis.faults.append(Fault("write", arrives, after=True))
    scene.sis.faults.append(Fault("look", killed, skip=1))  # the first after the second write
    with pytest.raises(Killed):
        scene.go_on(run)
    run = scene.go_on(run)
    assert (run.counts, scene.sync("R-1")) == ({"310": {"review": 1}}, ("review", "export-several"))


def test_the_next_run_too_looks_up_what_the_last_one_never_knew(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.sis.faults.append(Fault("write", unknown, after=True))
    scene.sis.faults.append(Fault("look", lambda: (_ for _ in ()).throw(Killed), skip=2))
    with pytest.raises(Killed):
        scene.export()
    Run.objects.update(state=State.CANCELLED, claim=None)
    run = scene.export()
    assert (run.counts, len(scene.sis.students)) == ({"310": {"unchanged": 1}}, 1)
    assert scene.form("R-1").sis_id == next(iter(scene.sis.students))
    assert scene.sync("R-1") == ("succeeded", "")


@pytest.mark.parametrize("after", [False, True], ids=["before-it-committed", "after-it-committed"])
def test_an_update_without_an_answer_is_compared_before_it_is_sent_again(
    scene: ExportScene, after: bool
) -> None:
    scene.sis.enroll("100", first_name="Rosa", last_name="Núñez", birth_date="2015-03-04", gender="X")
    scene.student("100")
    scene.register("R-1", student="100")
    scene.sis.faults.append(Fault("write", unknown, after=after))
    run = scene.export()
    assert run.state == State.APPLYING
    run = scene.go_on(run)
    ((_, student),) = scene.sis.students.items()
    assert (run.state, scene.sync("R-1"), student["values"]["gender"]) == (State.DONE, ("succeeded", ""), "F")
    assert scene.sis.calls.count("write") == (1 if after else 2)


# --- the process dies ---


def calm(scene: ExportScene) -> tuple[Any, int]:
    """What the SIS holds after a calm export, and how many moments that took."""
    with scene.scope():
        family(scene)
        run = scene.export()
    assert (run.state, run.counts) == (State.DONE, {"310": {"created": 2, "updated": 1}})
    return content(scene.sis), scene.sis.moments


def synced(scene: ExportScene) -> list[str]:
    return [scene.sync(key)[0] for key in ("R-1", "R-2", "R-3")]


def finish(scene: ExportScene) -> Run:
    run = Run.objects.get()
    for _ in range(4):
        if run.state == State.DONE:
            break
        run = scene.go_on(run)
    return run


def test_a_kill_at_any_moment_leaves_what_a_calm_export_leaves(make: Callable[[], ExportScene]) -> None:
    expected, moments = calm(make())
    assert moments > 40
    found = []
    for moment in range(random.randint(1, EVERY), moments + 1, EVERY):
        scene = make()
        with scene.scope(), NOW:
            family(scene)
            scene.sis.last_moment = moment
            with pytest.raises(Killed):
                scene.export()
            run = finish(scene)
            found.append((moment, run.state, content(scene.sis) == expected, synced(scene)))
    done = (State.DONE, True, ["succeeded"] * 3)
    assert [each for each in found if each[1:] != done] == []


@pytest.mark.timeout(1200)
def test_a_process_that_is_killed_for_good_leaves_what_a_calm_export_leaves(committed: ExportScene) -> None:
    """As above with a process of its own, so that nothing of it lives on; as often as `make chaos` asks for."""
    scene, chance = committed, random.Random()
    for _ in range(max(2, TIMES)):
        family(scene)
        blow = chance.randrange(1, 62)
        with NOW:
            _in_a_process_that_dies(scene, blow)
            assert finish(scene).state == State.DONE
        assert (scene.sis.named(), len(scene.sis.contacts)) == (
            ["Ana Díaz", "Benito Núñez", "Rosa Núñez"],
            2,
        ), blow
        assert synced(scene) == ["succeeded"] * 3, blow
        scene.renew()


def _in_a_process_that_dies(scene: ExportScene, moment: int) -> None:
    database.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forking beside a thread
        child = os.fork()
    if child == 0:
        scene.sis.last_moment, scene.sis.end = moment, die
        try:
            scene.export()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


# --- a second worker ---


def test_a_second_worker_waits_while_a_write_may_be_under_way_and_the_first_keeps_its_receipt(
    scene: ExportScene,
) -> None:
    scene.register("R-1", ROSA | MARIA)
    seen: list[tuple[str, str]] = []

    def taken_over() -> None:
        """The first worker is frozen with its request out; another one takes the run."""
        Run.objects.update(claim=None)
        run = Run.objects.get()
        drive.drive(str(run.pk))
        run.refresh_from_db()
        seen.append((run.state, run.error_code))

    scene.sis.faults.append(Fault("write", taken_over))
    run = scene.export()
    assert seen == [(State.APPLYING, "export-in-flight")]
    assert (run.state, len(scene.sis.students), scene.sis.contacts) == (
        State.APPLYING,
        1,
        {},
    )  # the first one is refused
    assert scene.form("R-1").sis_id == next(iter(scene.sis.students))  # and yet its receipt is a fact
    run = scene.go_on(run)
    assert (run.state, len(scene.sis.students), len(scene.sis.contacts)) == (State.DONE, 1, 1)


def test_a_worker_that_lost_the_run_sends_nothing(scene: ExportScene) -> None:
    scene.register("R-1")
    scene.sis.faults.append(Fault("look", lambda: Run.objects.update(claim=None), skip=1))
    run = scene.export()
    assert (run.state, scene.sis.students, Intent.objects.count()) == (State.APPLYING, {}, 0)
