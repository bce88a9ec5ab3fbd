"""Skipping what is the same never changes what comes of a night.

Two districts live through the same nights, in which everything may happen: records change, go bad, repeat, move and
vanish, the mapping and the schools change, people edit students and decide matches. In one of them the marks are taken
away before each night, so that every record is looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from scene import SCHOOLS, STUDENT_RULES, YEAR, Scene, child, direct, steps
from yellowbus.connectors.base import Connector, Page, ReadFilter
from yellowbus.enroll import bulk, students
from yellowbus.enroll.models import School, Student
from yellowbus.planning.guard import Thresholds
from yellowbus.runs import staging
from yellowbus.runs.claim import claim
from yellowbus.runs.importing import drive, order
from yellowbus.runs.importing.read import read_all
from yellowbus.runs.importing.terms import terms_of
from yellowbus.runs.models import Decision, Due, Hold, Missing, Run, State
from yellowbus.setup import assignments, connections, options

CHILDREN = 9
PAGE = 4
PHONE, ENTRY = "students.phone", "students_annual.sis_entrydate"

VALUES = {
    "first": ("Given1", "Given2", "Other"),
    "last": ("Family1", "Family2", ""),
    "dob": ("02/02/2015", "03/03/2015", "02/30/2015"),
    "school": ("310", "320", "330", "999", ""),
    "grade": ("4", "5", "ZZ"),
    "status": ("active", "inactive"),
    "phone": ("(480) 555-0101", "nothing", ""),
}
changes = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
)


@dataclass(frozen=True)
class Night:
    """What happens in a day and before the night's run: `file` is (child, what is different about it) in order."""

    file: tuple[tuple[int, dict[str, str]], ...]
    phone: dict[str, Any]
    today_always: bool
    assigned: frozenset[str]
    edited: frozenset[int]
    decided: dict[int, int | None]
    days: int


@st.composite
def nights(draw: st.DrawFn) -> list[Night]:
    """Nights that follow one another, each file made of the one before."""
    state: dict[int, dict[str, str]] = {n: {} for n in range(CHILDREN)}
    found = []
    for _ in range(draw(st.integers(2, 4))):
        state |= draw(st.dictionaries(st.integers(0, CHILDREN - 1), changes, max_size=4))
        gone = draw(st.frozensets(st.integers(0, CHILDREN - 1), max_size=2))
        file = [(n, change) for n, change in state.items() if n not in gone]
        for at in draw(st.lists(st.integers(0, len(file) - 1), max_size=3)):
            twice = draw(st.sampled_from([file[at], (file[at][0], draw(changes))]))
            file.insert(draw(st.integers(0, len(file))), twice)
        found.append(Night(
            file=tuple(file),
            phone=draw(st.sampled_from(PHONES)),
            today_always=draw(st.sampled_from([False, False, True])),
            assigned=draw(st.sampled_from(ASSIGNED)),
            edited=draw(st.frozensets(st.integers(0, CHILDREN - 1), max_size=2)),
            decided=draw(st.dictionaries(CHILD, st.one_of(st.none(), CHILD), max_size=1)),
            days=draw(st.integers(0, 2)),
        ))  # fmt: skip
    return found


CHILD = st.integers(0, CHILDREN - 1)
PHONES: list[dict[str, Any]] = [
    {},
    {},
    {"overwrite": True},
    {"write_rule": "if-blank"},
    {"write_rule": "on-create"},
    {"overwrite": True, "write_rule": "never"},
]
ASSIGNED = [
    frozenset({"310", "320"}),
    frozenset({"310", "320"}),
    frozenset({"310"}),
    frozenset({"310", "320", "330"}),
]


@dataclass(frozen=True)
class Paged:
    """A connector's records in smaller pages, so that what belongs together stands on different ones."""

    connector: Connector

    def read(self, kind: str, after: str, wanted: ReadFilter) -> Iterator[Page]:
        for page in self.connector.read(kind, after, wanted):
            starts = range(0, max(len(page.records), 1), PAGE)
            for start in starts:
                last = page.last and start == starts[-1]
                yield Page(page.records[start : start + PAGE], page.decode, bookmark=str(start), last=last)


def district(folder: Path) -> Scene:
    folder.mkdir()
    scene = Scene(folder)
    scene.write_schools([*SCHOOLS, ("330", "Elder Creek", "Main", "Middle", "3 Ash St")])
    scene.ready()
    thresholds = Thresholds(clears=30, moves=40, updates=40, shrink=25, at_least=3)
    with scene.scope():
        options.write_options(scene.connection, options.Options(thresholds=thresholds))
    return scene


def live_through(scene: Scene, night: Night, *, marks: bool, at: datetime) -> Run:
    with scene.scope():
        scene.map("students", [
            *(rule for rule in STUDENT_RULES if rule["field"] not in {PHONE, ENTRY}),
            direct(PHONE, "phone", **night.phone),
            steps(ENTRY, None, {"use": "today"}, write_rule="always" if night.today_always else "if-blank"),
        ])  # fmt: skip
        assignments.unassign(scene.actor, scene.connection, ["310", "320", "330"])
        assignments.assign(scene.actor, scene.connection, sorted(night.assigned))
        for n in night.edited & {int(key) for key in scene.students()}:
            scene.edit(f"{n:06}", phone="(480) 555-0177")
        _decide(scene, night)
        if not marks:
            Student.objects.filter(instance=scene.instance).update(mark=None)
            School.objects.filter(instance=scene.instance).update(mark=None)
        scene.write_students([child(n, **change) for n, change in night.file])
        return _run(scene, at)


def _decide(scene: Scene, night: Night) -> None:
    ids = bulk.ids_by_key("students", scene.instance.pk, [f"{n:06}" for n in range(CHILDREN)])
    for record, student in night.decided.items():
        known = None if student is None else ids.get(f"{student:06}")
        if known is not None or student is None:
            Decision.objects.update_or_create(
                connection=scene.connection,
                key=f"{record:06}",
                defaults={"student_id": known, "actor": "operator"},
            )


def _run(scene: Scene, at: datetime) -> Run:
    """A whole night in small pages, with a person's yes where one is needed."""
    run = order.order(scene.actor, scene.connection, "students", year=YEAR, yes=True, now=at)
    taken = claim(run.pk)
    assert taken is not None
    taken.move(State.QUEUED, to=State.READING, started_at=Now())
    with connections.opened(run.connection) as (connector, _):
        read_all(run, Paged(connector), terms_of(run), taken)
    taken.leave()
    drive.drive(str(run.pk))
    run.refresh_from_db()
    if run.state == State.WAITING:
        order.approve(scene.actor, run.pk)
        drive.drive(str(run.pk))
        run.refresh_from_db()
    return run


def outcome(scene: Scene, run: Run) -> dict[str, Any]:
    """All that can be seen of a night, without the database's own numbers."""
    with scene.scope():
        keys = {
            student.pk: student.district_id for student in Student.objects.filter(instance=scene.instance)
        }
        return {
            "state": (run.state, run.error_code, run.read),
            "counts": run.counts,
            "store": [
                {name: value for name, value in held.items() if name != "students.id"}
                for held in students.documents(scene.instance.pk, YEAR)
            ],
            "due": sorted(
                Due.objects.filter(connection=scene.connection).values_list("key", "outcome", "reason")
            ),
            "holds": sorted(Hold.objects.filter(run=run).values_list("rule", "field", "count", "state")),
            "missing": sorted(keys[row.student_id] for row in Missing.objects.filter(run=run)),
            "repeated": {
                reason: found
                for reason, found in staging.reasons(run.pk).items()
                if reason == "repeated-alike"
            },
        }


@settings(max_examples=18, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=nights())
def test_nights_with_and_without_marks_come_to_the_same(db: None, life: list[Night]) -> None:
    with transaction.atomic(), TemporaryDirectory() as folder:
        skipping, looking = (district(Path(folder) / name) for name in ("skipping", "looking"))
        at = datetime(2026, 11, 24, 2, tzinfo=timezone(timedelta(hours=-8)))
        for night in life:
            at += timedelta(days=night.days)
            one = live_through(skipping, night, marks=True, at=at)
            other = live_through(looking, night, marks=False, at=at)
            note(f"{night}")
            assert outcome(skipping, one) == outcome(looking, other)
        transaction.set_rollback(True)
