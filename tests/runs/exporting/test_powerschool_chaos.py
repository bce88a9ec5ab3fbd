"""Connections break and processes die at random: afterwards every child is one student, with one mother, all explained.

As often as `make chaos` asks for (YELLOWBUS_CHAOS_KILLS); a few times in every run.
"""

import os
import random
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection as database
from django.test import override_settings
from export_scene import MARIA, ROSA
from powerschool_walk import HOME, Walk

from yellowbus.runs import log
from yellowbus.runs.models import ENDED, Run, State
from yellowbus.simulators.powerschool import Fault, FaultKind

TIMES = int(os.environ.get("YELLOWBUS_CHAOS_KILLS", "0"))
AFTER = (FaultKind.DROPPED, FaultKind.ERROR_AFTER, FaultKind.CUT_BODY, FaultKind.EMPTY_BODY)
PATHS = ("/ws/v1/student", "/ws/contacts/*")
# The server may still carry out what a process asked for that was killed: nobody looks before four times this.
SECONDS = 0.25


def register(walk: Walk, number: int) -> None:
    """A child of its own family: last name, mother and birth date are like no other's."""
    child = {"students.fname": f"Kid{chr(97 + number % 26)}", "students.lname": f"Canary{number}"}
    born = {"students.dob": (date(2009, 1, 1) + timedelta(days=number)).isoformat()}
    mother = {name: value.replace("maria", f"maria{number}") for name, value in MARIA.items()}
    mother |= {"students_annual.guardian1_lname": f"Canary{number}"}
    walk.register(f"R-{number}", ROSA | child | born | mother | HOME)


def students(walk: Walk) -> Counter[str]:
    return Counter(each.last for each in walk.app.sis.district.students if each.last.startswith("Canary"))


def mothers(walk: Walk) -> Counter[str]:
    return Counter(each.last for each in walk.app.sis.district.contacts() if each.last.startswith("Canary"))


def all_once(numbers: range) -> Counter[str]:
    return Counter(f"Canary{number}" for number in numbers)


def told(run: Run) -> dict[str, str]:
    """The status of each registration; one that is not whole has to say why."""
    found = {line.key: line.status for line in log.records(run)}
    assert [line.key for line in log.records(run) if line.status != "Succeeded" and not line.sentence] == []
    return found


def say(capsys: pytest.CaptureFixture[str], figures: str) -> None:
    """The figures of a long run are shown."""
    if TIMES:
        with capsys.disabled():
            sys.stdout.write(f"\n{figures}\n")


@pytest.mark.timeout(3600)
def test_connections_that_break_double_nobody_and_lose_nobody(
    walk: Walk, capsys: pytest.CaptureFixture[str]
) -> None:
    times, chance = max(8, TIMES), random.Random()
    numbers = range(times)
    for number in numbers:
        register(walk, number)
    for path in PATHS:  # each of these strikes: there is a request for every child
        for skip in sorted(chance.sample(numbers, times // 2)):
            walk.app.sis.faults.add(Fault(chance.choice(AFTER), path=path, method="POST", skip=skip))
        for skip in chance.sample(numbers, times // 8):
            walk.app.sis.faults.add(Fault(FaultKind.DROPPED_BEFORE, path=path, method="POST", skip=skip))
    run = walk.finish(walk.export(), most=times * 3)
    states = told(run)
    left = [fault for fault in walk.app.sis.faults.waiting() if fault.kind is not FaultKind.DROPPED_BEFORE]
    assert (run.state, len(states), left) == ("done", times, [])
    assert set(states.values()) <= {"Succeeded", "Partial Sync", "Failed"}
    # Who failed had three answers that never came. It was never there, or came with the last of them.
    failed = {key for key, state in states.items() if state == "Failed"}
    assert {walk.sync(key) for key in failed} <= {("failed", "export-outcome-unknown")}
    absent = all_once(numbers) - students(walk)
    assert (students(walk) - all_once(numbers), {f"R-{last[6:]}" for last in absent} - failed) == (
        Counter(),
        set(),
    )
    assert mothers(walk) - all_once(numbers) == Counter()
    walk.app.sis.faults.clear()
    due = sorted(key for key, state in states.items() if state != "Succeeded")
    if due:
        assert set(told(walk.finish(walk.export(only=due))).values()) == {"Succeeded"}
    assert (students(walk), mothers(walk)) == (all_once(numbers), all_once(numbers))
    before, again = walk.app.sis.district.version, walk.export()
    assert (again.counts, walk.app.sis.district.version) == ({walk.school: {"unchanged": times}}, before)
    say(
        capsys,
        f"{times // 2 * 2} breaks after commit, {times} children: {dict(Counter(states.values()))}; {len(due)} re-run",
    )


@pytest.mark.timeout(3600)
def test_a_process_that_is_killed_at_any_time_doubles_nobody(
    lasting_walk: Walk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each process is killed for good somewhere on the way of three children; another one goes on."""
    walk, chance, each, kills = lasting_walk, random.Random(), 3, max(3, TIMES)
    at: Counter[str] = Counter()
    with override_settings(YELLOWBUS_CLAIM_SECONDS=SECONDS):
        for blow in range(kills):
            numbers = range(each * blow, each * blow + each)
            for number in numbers:
                register(walk, number)
            _killed(walk, chance.uniform(0, 1.6), writing=chance.random() < 0.75)
            at.update(Run.objects.order_by("-created_at").values_list("state", flat=True)[:1])
            run = _gone_on(walk)
            assert {key: walk.sync(key) for key in told(run)} == dict.fromkeys(
                told(run), ("succeeded", "")
            ), blow
            seen = range(each * (blow + 1))
            assert (students(walk), mothers(walk)) == (all_once(seen), all_once(seen)), blow
    say(capsys, f"{kills} kills at {dict(at)}, {each * kills} children: each one student with one mother")


def _killed(walk: Walk, seconds: float, *, writing: bool) -> None:
    """After so many seconds of its life, or of its writing, which is where a second student could come from."""
    database.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forking beside a thread
        child = os.fork()
    if child == 0:
        try:
            walk.export()
        finally:
            os._exit(0)
    if writing:
        _wait_until_it_writes()
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _wait_until_it_writes() -> None:
    for _ in range(1000):
        run = Run.objects.order_by("-created_at").first()
        if run is not None and run.state == State.APPLYING:
            return
        time.sleep(0.01)


def _gone_on(walk: Walk) -> Run:
    """The run of the process that died, or one of its own where it died before ordering it, to the end."""
    run = Run.objects.order_by("-created_at").first()
    if run is None or run.state in ENDED:
        run = walk.export()
    for _ in _patience():
        if run.state in ENDED:
            break
        run = walk.go_on(run)
    return run


def _patience() -> Iterator[None]:
    for _ in range(40):
        yield
        time.sleep(SECONDS)
