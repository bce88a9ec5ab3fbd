"""The same children in every SIS: imported with the ready mapping, compared field by field with the invented district.

YELLOWBUS_DISTRICT sets how many children: 500 in the normal run, 20000 for a large district.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from districts.said import GUARDIANS_OF, STUDENTS
from walking import YEAR, Side, walked
from yellowbus.cli import consoles
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.enroll import fence
from yellowbus.enroll import models as enroll
from yellowbus.runs.why import why
from yellowbus.setup import ready
from yellowbus.setup.permissions import operator
from yellowbus.simulators.district import District, Status, Student
from yellowbus.simulators.powerschool import PowerSchool, serve_app

SIZE = int(os.environ.get("YELLOWBUS_DISTRICT", "500"))
# What a student costs at most: lists come in pages, and never a request for a single student.
ASKED = 250  # values, in each of the four systems
MOST_REQUESTS = 60 + SIZE // 5


@contextmanager
def plugged_in(call: Any) -> Iterator[Side]:
    """PowerSchool's console wants a plugin, which Yellowbus writes."""
    app = PowerSchool(District(students=SIZE, seed=11, school_year=YEAR))
    plugin = app.sis.plugins.install(plugin_xml(access_level=True).encode())
    app.sis.plugins.enable(plugin)
    running = serve_app(app)
    given = {
        "server_url": running.url,
        "client_id": plugin.client_id,
        "client_secret": plugin.client_secret,
    }
    try:
        yield Side("powerschool", app, consoles.Hooks(app.respond, running.url), given, call)
    finally:
        running.stop()


@pytest.fixture(params=sorted(STUDENTS))
def side(request: pytest.FixtureRequest, yellowbus) -> Iterator[Side]:
    system = request.param
    started = plugged_in(yellowbus) if system == "powerschool" else walked(system, yellowbus, students=SIZE)
    with started as found:
        yield found.prepared()


def key(side: Side, student: Student) -> str:
    return STUDENTS[side.system]["students.student_district_id"](student)


def wrong_values(
    side: Side, held: dict[str, dict[str, str]], by_key: dict[str, Student]
) -> dict[str, list[Any]]:
    """Field to (student, Enroll, district), for every value that differs."""
    found: dict[str, list[Any]] = {}
    for number, document in held.items():
        for name, say in STUDENTS[side.system].items():
            pair = (document.get(name, ""), say(by_key[number]))
            if pair[0] != pair[1]:
                found.setdefault(name, []).append((number, *pair))
    return found


def guardians(document: dict[str, str]) -> list[dict[str, str]]:
    """The filled slots in their order, each by the last part of its names."""
    slots = [f"students_annual.guardian{place}_" for place in (1, 2, 3, 4)]
    told = [
        {name.removeprefix(slot): value for name, value in document.items() if name.startswith(slot)}
        for slot in slots
    ]
    return [{name: value for name, value in slot.items() if name != "relationship"} for slot in told if slot]


def without_blanks(slots: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: value for name, value in slot.items() if value} for slot in slots]


@pytest.mark.timeout(3600)
def test_every_value_of_every_student_is_the_districts(
    side: Side, capsys: pytest.CaptureFixture[str]
) -> None:
    before = side.requests()
    run = side("import", "SIS", "--yes", "--json").json
    requests = side.requests() - before
    with capsys.disabled():
        print(f"\n{side.system}: {SIZE} students, {run['counts']}, {requests} requests")  # noqa: T201 (the measure)
    held = side.exported()
    by_key = {key(side, student): student for student in side.district.students}
    assert wrong_values(side, held, by_key) == {}
    assert set(held) == {number for number, student in by_key.items() if arrives(side.system, student)}
    assert run["counts"]["created"] == len(held)
    unexplained(held)
    assert requests <= MOST_REQUESTS
    say = GUARDIANS_OF[side.system]
    assert {
        number: (guardians(document), without_blanks(say(by_key[number])))
        for number, document in held.items()
        if guardians(document) != without_blanks(say(by_key[number]))
    } == {}


def unexplained(held: dict[str, dict[str, str]]) -> None:
    """ASKED values of as many students, each mapped again from what its run kept: what is told is what is stored."""
    chosen = random.Random(YEAR).choices(sorted(held), k=ASKED)
    with fence.within(enroll.Organization.objects.get()):
        ids = {
            student.district_id: student for student in enroll.Student.objects.filter(district_id__in=chosen)
        }
        (instance,) = {student.instance_id for student in ids.values()}
        actor, wrong = operator(0), []
        for place, number in enumerate(chosen):
            values = {name: value for name, value in held[number].items() if name != "students.id"}
            name = sorted(values)[place * 7 % len(values)]
            told = why(actor, instance, ids[number].pk, name, year=YEAR)
            if (told.value, told.replayed, told.note) != (values[name], values[name], None):
                wrong.append((number, name, told))
    assert wrong == []


def arrives(system: str, student: Student) -> bool:
    """OneRoster does not list who graduated or is history (oneroster dossier 1.6)."""
    return system != "oneroster" or student.status not in {Status.GRADUATED, Status.HISTORICAL}


@pytest.mark.parametrize("system", sorted(STUDENTS))
def test_a_table_names_every_field_that_is_mapped(system: str) -> None:
    mapped = {rule["field"] for rule in ready.document(system, "students")["rules"]}
    assert set(STUDENTS[system]) == mapped
