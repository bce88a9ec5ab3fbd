"""Leading a run: one worker at a time, trouble tried again with patience, and no trouble without an end."""

from datetime import timedelta
from time import sleep
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Now

from scene import YEAR, Scene, child
from yellowbus.errors import TryLater
from yellowbus.jobs import handlers
from yellowbus.runs import unforeseen
from yellowbus.runs.claim import Claim, LostClaimError, StoppingError, claim
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Run, State


@pytest.fixture
def run(scene: Scene) -> Run:
    scene.write_students([child(n) for n in range(3)])
    with scene.scope():
        return order.order(scene.actor, scene.connection, "students", year=YEAR, yes=True)


def again(scene: Scene, run: Run) -> Run:
    with scene.scope():
        return Run.objects.get(pk=run.pk)


def set_back(run: Run, seconds: float) -> None:
    """Let the worker of a run have been silent for so long."""
    from django_scopes import scopes_disabled

    with scopes_disabled():
        Run.objects.filter(pk=run.pk).update(claimed_at=Now() - Value(timedelta(seconds=seconds)))


def test_a_run_has_one_worker(run: Run) -> None:
    assert claim(run.pk) is not None
    assert claim(run.pk) is None


@pytest.mark.parametrize(("silent", "taken"), [(29, False), (31, True)])
def test_a_silent_worker_is_relieved_after_its_time(run: Run, silent: float, *, taken: bool) -> None:
    claim(run.pk)
    set_back(run, silent)
    assert (claim(run.pk) is not None) == taken


def test_a_relieved_worker_that_wakes_up_is_refused(scene: Scene, run: Run) -> None:
    first = claim(run.pk)
    set_back(run, 60)
    second = claim(run.pk)
    assert first is not None
    assert second is not None
    with scene.scope():
        with pytest.raises(LostClaimError):
            first.move(State.QUEUED, to=State.READING)
        with pytest.raises(LostClaimError):
            first.stay()
        assert first.leave(state=State.FAILED) is False
        second.move(State.QUEUED, to=State.READING)
    assert again(scene, run).state == State.READING


def test_a_run_is_moved_only_from_the_state_it_is_in(scene: Scene, run: Run) -> None:
    taken = claim(run.pk)
    assert taken is not None
    with scene.scope(), pytest.raises(LostClaimError):
        taken.move(State.READING, to=State.PLANNING)


def test_driving_a_run_twice_or_an_unknown_one_does_nothing_more(scene: Scene, run: Run) -> None:
    drive.drive(str(run.pk))
    done = again(scene, run)
    drive.drive(str(run.pk))
    drive.drive(str(uuid4()))
    assert again(scene, run).ended_at == done.ended_at


def taken(run: Run) -> Claim:
    found = claim(run.pk)
    assert found is not None
    return found


def later(scene: Scene, run: Run, *, after: float | None = None) -> Run:
    """One attempt that ends in trouble which may pass."""
    held = taken(run)
    with scene.scope():
        drive._later(again(scene, run), held, TryLater("timed-out", after=after, host="sis.example.org"))
    return again(scene, run)


def forget_pause(scene: Scene, run: Run) -> None:
    with scene.scope():
        Run.objects.filter(pk=run.pk).update(try_after=None)


def pause(run: Run) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM try_after - now()) FROM runs_run WHERE id = %s", [run.pk])
        return float(cursor.fetchone()[0])


def test_trouble_is_tried_again_after_the_delay_it_names(scene: Scene, run: Run) -> None:
    told = later(scene, run, after=77)
    assert (told.state, told.error_code, round(pause(run))) == (State.QUEUED, "timed-out", 77)
    assert claim(run.pk) is None


def test_the_pause_doubles_and_the_fifth_time_is_a_failure(scene: Scene, run: Run) -> None:
    pauses = []
    for _ in range(4):
        later(scene, run)
        pauses.append(round(pause(run)))
        forget_pause(scene, run)
    assert [round(pause, -1) for pause in pauses] == [30, 60, 120, 240]
    assert (later(scene, run).state, again(scene, run).error_code) == (State.FAILED, "timed-out")


def test_progress_gives_a_run_its_patience_back_and_takes_the_trouble_off_its_row(
    scene: Scene, run: Run
) -> None:
    for _ in range(4):
        later(scene, run)
        forget_pause(scene, run)
    held = taken(run)
    loaded = again(scene, run)
    assert loaded.attempts == 5
    with scene.scope():
        held.move(State.QUEUED, to=State.READING)
        assert (again(scene, run).error_code, again(scene, run).error_facts) == ("", {})
        drive._later(loaded, held, TryLater("timed-out", host="sis.example.org"))
    assert (again(scene, run).state, round(pause(run))) == (State.READING, 30)


def test_a_run_that_never_comes_further_is_stopped(scene: Scene, run: Run) -> None:
    with scene.scope():
        Run.objects.filter(pk=run.pk).update(attempts=drive.MOST_ATTEMPTS)
        drive.drive(str(run.pk))
    told = again(scene, run)
    assert (told.state, told.error_code, told.error_facts) == (State.FAILED, "run-stuck", {"tries": 30})


def test_a_fault_of_the_program_stops_the_run_and_tells_no_value(
    scene: Scene, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.write_students([child(1, first="Canaryname")])
    with scene.scope():
        # A stored rule that this version cannot read stands for any fault nobody thought of.
        Run.objects.filter(pk=run.pk).update(only={"not": "a list"}, released="Canaryname")
        run.connection.options = {"thresholds": {"clears": "Canaryname"}}
        run.connection.save(update_fields=["options"])
        drive.drive(str(run.pk))
    told = again(scene, run)
    assert (told.state, told.error_code) == (State.FAILED, "program-fault")
    assert told.error_facts["kind"] == "TypeError"
    assert "Canaryname" not in str(told.error_facts) + capsys.readouterr().out


def test_the_text_of_a_fault_is_not_in_its_error() -> None:
    with pytest.raises(ValueError) as caught:
        int("Canaryname")
    fault = unforeseen.our_fault(caught.value)
    assert fault.facts["kind"] == "ValueError"
    assert str(fault.facts["where"]).startswith("test_drive:")
    assert "Canaryname" not in str(fault) + fault.detail + fault.sample


def test_a_process_that_is_stopped_hands_the_run_on(scene: Scene, run: Run) -> None:
    from yellowbus.jobs import port

    handlers.STOPPING.set()
    try:
        with pytest.raises(StoppingError), scene.scope():
            taken(run).move(State.QUEUED, to=State.READING)
        set_back(run, 60)
        drive.drive(str(run.pk))
    finally:
        handlers.STOPPING.clear()
    left = again(scene, run)
    assert (left.state, left.claim) == (State.QUEUED, None)
    assert port.is_live("run", str(run.pk), silent_after=30)
    drive.drive(str(run.pk))
    assert again(scene, run).state == State.DONE


def test_a_database_that_goes_away_fails_the_job_and_not_the_run(committed: Scene) -> None:
    from django.db import OperationalError
    from django_scopes import scope

    from yellowbus.runs.importing.terms import terms_of

    scene = committed
    scene.write_students([child(n) for n in range(3)])
    with scene.scope():
        run = order.order(scene.actor, scene.connection, "students", year=YEAR, yes=True)
    held = taken(run)
    with scope(organization=scene.organization):
        loaded = Run.objects.select_related("connection", "connection__organization", "mapping").get(
            pk=run.pk
        )
        terms_of(loaded)
        with connection.cursor() as cursor, pytest.raises(OperationalError):
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(OperationalError):
            drive._drive(loaded, held)
    left = again(scene, run)
    assert (left.state, left.claim, left.error_code) == (State.QUEUED, None, "")
    drive.drive(str(run.pk))
    assert again(scene, run).state == State.DONE


def freeze() -> None:
    """Do nothing in a transaction for longer than the server allows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        sleep(0.3)
        cursor.execute("SELECT 1")


def divide_by_nothing() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def test_a_session_that_the_server_ended_is_a_database_that_went_away(committed: Scene) -> None:
    with pytest.raises(DatabaseError) as frozen:
        freeze()
    assert unforeseen.database_is_away(frozen.value)


def test_a_statement_that_is_refused_is_no_database_that_went_away(scene: Scene) -> None:
    with pytest.raises(DatabaseError) as refused:
        divide_by_nothing()
    assert not unforeseen.database_is_away(refused.value)
    assert not unforeseen.database_is_away(ValueError("a fault of ours"))
