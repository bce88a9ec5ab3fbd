"""Runs that survive anything: kills, pauses, a lost queue and a crashed database leave what a calm night leaves.

`make test` lives through the nights below once, `make chaos` as often as YELLOWBUS_CHAOS_KILLS asks for.
"""

import math
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from chaos_rows import JOURNAL, everything, not_as_planned, rows
from chaos_supervisor import Supervisor, environment

from own_server import DATA, named
from yellowbus.config.server import LocalServer
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Fault, FaultKind, Options, PowerSchool, serve_app

STUDENTS = 2_000
LONGER_THAN_THE_TIME_OUT = 6.0
PAGES = "/ws/v1/district/student"
# What befalls the run of each night, in this order. The first night writes everybody, the others what changed.
NIGHTS = (
    ("kill reading", "kill reading", "pause reading", "empty queue", "kill reading", "kill reading", "kill planning",
     "kill planning", "approve", "kill applying", "kill applying", "pause applying", "kill applying", "crash",
     "kill applying", "kill applying", "kill applying"),
    ("kill reading", "crash", "kill reading", "kill planning", "kill planning", "approve", "kill applying",
     "empty queue", "kill applying"),
    ("kill reading", "kill reading", "pause planning", "kill planning", "approve", "kill applying", "kill applying"),
)  # fmt: skip
IN_ONE_ROUND = sum(blow.startswith(("kill", "pause")) for blows in NIGHTS for blow in blows)
ROUNDS = math.ceil(int(os.environ.get("YELLOWBUS_CHAOS_KILLS", "20")) / IN_ONE_ROUND)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A server of this test's own, since it crashes it."""
    folder = DATA.with_name(f"chaos-{os.getpid()}")
    local = LocalServer(folder)
    local.start()
    yield local
    local.release()
    shutil.rmtree(folder)


@pytest.fixture
def sis() -> Iterator[tuple[PowerSchool, str, str, str]]:
    """A simulated SIS and the credentials of the plugin installed in it."""
    app = PowerSchool(District(students=STUDENTS, seed=7, school_year=2026), Options(page_size=50))
    plugin = app.sis.plugins.install(plugin_xml(access_level=True).encode())
    app.sis.plugins.enable(plugin)
    running = serve_app(app)
    yield app, running.url, plugin.client_id, plugin.client_secret
    running.stop()


def slow(app: PowerSchool) -> None:
    """A SIS that takes its time, so that there is a middle of the reading to be killed in."""
    app.sis.faults.add(Fault(FaultKind.SLOW, path=PAGES, times=None, seconds=0.5))


def live_through(chaos: Supervisor, server: LocalServer, run: str, blows: tuple[str, ...]) -> None:
    """All blows of one night, and what a plan showed against what was applied of it."""
    shown: list[dict[str, Any]] = []
    for blow in blows:
        verb, _, phase = blow.partition(" ")
        if verb == "kill":
            chaos.kill(run, phase)
        elif verb == "pause":
            chaos.pause(run, phase, seconds=LONGER_THAN_THE_TIME_OUT)
        elif verb == "empty":
            chaos.empty_queue()
        elif verb == "crash":
            chaos.crash(server)
        else:
            chaos.wait_for_plan(run)
            shown = rows(chaos.url, JOURNAL, run)
            chaos.approve(run)
    chaos.gate.open()
    chaos.wait_for(run, "done")
    applied = rows(chaos.url, JOURNAL, run)
    created = [row["seq"] for row in shown if row["outcome"] == "created"]
    # A student who is yet to be made has no district id to look up, so that one column only fills up.
    assert [row | {"district_id": row["key"]} if row["seq"] in created else row for row in shown] == applied
    assert not_as_planned(chaos.url, run) == []


@pytest.mark.timeout(600 * ROUNDS)
def test_a_night_of_blows_ends_as_a_calm_night(
    server: LocalServer,
    sis: tuple[PowerSchool, str, str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app, *credentials = sis
    databases = []
    for name in ("calm", "chaos"):
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = named(server.url, name)
        databases.append(Supervisor(url, environment(url, tmp_path), random.Random()))
        databases[-1].ask("prepare", *credentials)
    calm, chaos = databases
    begun = time.monotonic()
    chaos.start()
    try:
        for night, blows in enumerate(NIGHTS * ROUNDS):
            if night:
                app.sis.district.change(0.15, night)
            expected = calm.ask("calm")
            slow(app)
            run = chaos.order()
            live_through(chaos, server, run, blows)
            app.sis.faults.clear()
            for name, found in everything(chaos.url, run).items():
                assert found == everything(calm.url, expected)[name], name
    finally:
        chaos.stop()
    told = ", ".join(f"{number} in {phase}" for phase, number in chaos.kills.items())
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{chaos.kills.total()} kills and pauses ({told}) in {time.monotonic() - begun:.0f} s; nothing differs"
        )
    assert chaos.kills.total() == IN_ONE_ROUND * ROUNDS
