"""The thin port to the queue: asking twice is asking once, and nothing that is lost stays lost."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from yellowbus.jobs import handlers, port, tasks


@pytest.fixture
def queue(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def jobs() -> list[tuple[str, str]]:
    return [(job.args["handler"], job.args["of"]) for job in ProcrastinateJob.objects.order_by("id")]


def test_asking_twice_while_a_job_waits_is_asking_once(queue: None) -> None:
    port.defer("run", "one")
    port.defer("run", "one")
    port.defer("run", "two")
    port.defer("walk", "one")
    assert jobs() == [("run", "one"), ("run", "two"), ("walk", "one")]


def test_a_job_is_asked_for_in_the_transaction_of_the_caller(queue: None) -> None:
    with transaction.atomic():
        port.defer("run", "one")
        transaction.set_rollback(True)
    assert jobs() == []


def test_a_refusal_spoils_nothing_else_in_the_transaction(queue: None) -> None:
    port.defer("run", "one")
    with transaction.atomic():
        port.defer("run", "one")
        port.defer("run", "two")
    assert jobs() == [("run", "one"), ("run", "two")]


def worker(silent_for: float) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_for],
        )
        return int(cursor.fetchone()[0])


def give(job_of: str, to: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE args ->> 'of' = %s AND status = 'todo'",
            [to, job_of],
        )


def test_a_waiting_job_is_live(queue: None) -> None:
    port.defer("run", "one")
    assert port.is_live("run", "one", silent_after=30)
    assert not port.is_live("run", "two", silent_after=30)


@pytest.mark.parametrize(("silent_for", "live"), [(29, True), (31, False)])
def test_a_job_lives_as_long_as_its_worker_is_heard_of(queue: None, silent_for: float, *, live: bool) -> None:
    port.defer("run", "one")
    give("one", worker(silent_for))
    assert port.is_live("run", "one", silent_after=30) is live
    assert port.worker_alive(within=30) is live


def test_a_job_whose_worker_is_not_even_listed_is_dead(queue: None) -> None:
    port.defer("run", "one")
    give("one", None)
    assert not port.is_live("run", "one", silent_after=30)
    assert not port.worker_alive()


def test_a_job_can_be_asked_for_while_a_dead_worker_holds_the_old_one(queue: None) -> None:
    port.defer("run", "one")
    give("one", None)
    port.defer("run", "one")
    assert port.is_live("run", "one", silent_after=30)


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    found: list[Callable[[], object]] = []
    monkeypatch.setattr(tasks, "TICKS", found)
    monkeypatch.setattr(handlers, "TICKS", found)
    return found


def test_each_minute_calls_every_function_whatever_befalls_the_others(
    ticks: list[Callable[[], object]],
) -> None:
    called = []

    @handlers.each_minute
    def fails() -> None:
        called.append("fails")
        raise ValueError("the first")

    @handlers.each_minute
    def works() -> None:
        called.append("works")

    with pytest.raises(ValueError, match="the first"):
        tasks.tick(timestamp=0)
    assert (called, ticks) == (["fails", "works"], [fails, works])


def test_a_job_is_done_by_the_handler_of_its_name(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setitem(handlers.HANDLERS, "note", done.append)
    tasks.work(handler="note", of="one")
    assert done == ["one"]


def test_a_job_that_freezes_in_a_transaction_loses_its_session(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            told.append(cursor.fetchone()[0])

    told: list[str] = []
    monkeypatch.setitem(handlers.HANDLERS, "ask", ask)
    tasks.work(handler="ask", of="one")
    assert told == ["30s"]


def test_the_product_has_a_handler_for_runs_and_its_minute() -> None:
    assert "run" in handlers.HANDLERS
    assert {"defer_orphans", "start_due_now"} <= {function.__name__ for function in handlers.TICKS}  # type: ignore[attr-defined]
