"""What differs between the SIS and Enroll, as lists for people; dismissed with a reason, and taken back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime
from enum import StrEnum
from itertools import islice
from json import loads
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, QuerySet, TextField
from django.db.models.functions import Cast, Now

from yellowbus.enroll import bulk
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.counts import Reconciliation
from yellowbus.records import Outcome
from yellowbus.runs.difference_models import Difference, Side
from yellowbus.runs.models import Change, Due, Run, State
from yellowbus.runs.reconciling import reconciled
from yellowbus.runs.told import Told, told
from yellowbus.runs.waiting import given_reason
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission

_PAGE = 500


class Show(StrEnum):
    """Which differences: those to look at, those that the filter or the assignment of schools means, the dismissed."""

    OPEN = "open"
    LEFT_OUT = "left-out"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to."""

    show: Show = Show.OPEN
    side: str = ""
    reason: str = ""
    school: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One difference. `run` and `seq` lead to the record that made it, where it is due."""

    pk: int
    connection: str
    side: Side
    key: str
    student: int | None
    school: str
    outcome: str
    why: Told
    since: datetime
    dismissed_by: str
    dismissed_at: datetime | None
    because: str
    name: str = attribute(repr=False, default="")
    sis: str = attribute(repr=False, default="")
    enroll: str = attribute(repr=False, default="")
    run: UUID | None = None
    seq: int | None = None

    @property
    def nameless(self) -> bool:
        """Whether the record came without an id that could be read."""
        return self.key.startswith("~")

    @property
    def id(self) -> str:
        return "" if self.nameless else self.key


def schools(connections: Sequence[Connection]) -> list[tuple[Connection, Run, list[Reconciliation]]]:
    """Of each connection its newest finished full import of students, and one line a school."""
    newest = (
        Run.objects.filter(connection__in=connections, kind="students", state=State.DONE, only__isnull=True)
        .order_by("connection", "-ended_at")
        .distinct("connection")
    )
    found = {run.connection_id: run for run in newest.select_related("connection", "mapping")}
    return [(each, found[each.pk], reconciled(found[each.pk])) for each in connections if each.pk in found]


def counts(connections: Sequence[Connection], show: Show) -> list[tuple[Side, Told, int, bool]]:
    """How many of each side and reason, the most first; and whether the sentence is only that of one of them."""
    rows = _shown(connections, Asked(show)).values("side", "reason")
    grouped = rows.annotate(
        count=Count("pk"), some=Max(Cast("facts", TextField())), kinds=Count("facts", distinct=True)
    )
    return [
        (
            Side(each["side"]),
            _why(each["side"], each["reason"], loads(each["some"])),
            each["count"],
            each["kinds"] > 1,
        )
        for each in grouped.order_by("-count", "side", "reason")
    ]


_FIELDS = {Side.SCHOOL.value: "School", Side.GRADE.value: "Grade", Side.STATUS.value: "Enroll Status"}


def _why(side: str, reason: str, facts: dict[str, object]) -> Told:
    return told(reason, {"field": _FIELDS.get(side, "The value"), **facts})


def lines(
    actor: Actor, connections: Sequence[Connection], asked: Asked, *, start: int = 0, most: int = 50
) -> tuple[list[Line], int]:
    """A page of the differences, the oldest first, and how many there are."""
    actor.require(Permission.VIEW_STUDENTS)
    rows = _shown(connections, asked)
    return _lines(list(rows[start : start + most])), rows.count()


def every(actor: Actor, connections: Sequence[Connection], asked: Asked) -> Iterator[Line]:
    """All of them, streamed."""
    actor.require(Permission.VIEW_STUDENTS)
    found = _shown(connections, asked).iterator(_PAGE)
    while page := list(islice(found, _PAGE)):
        yield from _lines(page)


def _shown(connections: Sequence[Connection], asked: Asked) -> QuerySet[Difference]:
    rows: QuerySet[Difference] = Difference.objects.filter(connection__in=connections)
    if asked.show is Show.DISMISSED:
        rows = rows.exclude(dismissed_by="")
    elif asked.show is Show.LEFT_OUT:
        rows = rows.filter(dismissed_by="", outcome=Outcome.SKIPPED.value)
    else:
        rows = rows.filter(dismissed_by="").exclude(outcome=Outcome.SKIPPED.value)
    narrowed = {"side": asked.side, "reason": asked.reason, "school_code": asked.school}
    rows = rows.filter(**{name: value for name, value in narrowed.items() if value})
    return rows.select_related("connection").order_by("since", "pk")


def _lines(rows: Sequence[Difference]) -> list[Line]:
    """A page with names and the records to look at; three queries."""
    names, records = _names(rows), _records(rows)
    return [
        Line(
            row.pk, row.connection.name, Side(row.side), row.key, row.student_id, row.school_code, row.outcome,
            _why(row.side, row.reason, row.facts), row.since, row.dismissed_by, row.dismissed_at, row.because,
            names.get(row.student_id or 0, ""), row.sis, row.enroll, *records.get((row.connection_id, row.key), ()),
        )
        for row in rows
    ]  # fmt: skip


def _names(rows: Sequence[Difference]) -> dict[int, str]:
    by_instance: dict[int, list[int]] = {}
    for row in rows:
        if row.student_id:
            by_instance.setdefault(row.connection.instance_id, []).append(row.student_id)
    return {
        student: " ".join(
            filter(None, (held.values.get("students.fname"), held.values.get("students.lname")))
        )
        for instance, ids in by_instance.items()
        for student, held in bulk.held_by_id("students", instance, ids, year=0).items()
    }


def _records(rows: Sequence[Difference]) -> dict[tuple[int, str], tuple[UUID, int]]:
    keys = {row.key for row in rows}
    due = Due.objects.filter(
        connection__in={row.connection_id for row in rows}, kind="students", key__in=keys
    )
    runs = {run: connection for connection, run in due.values_list("connection", "run").distinct()}
    found = (
        Change.objects.filter(run__in=runs, key__in=keys).order_by("-seq").values_list("run", "key", "seq")
    )
    return {(runs[run], key): (run, seq) for run, key, seq in found}


@transaction.atomic
def dismiss(actor: Actor, connections: Sequence[Connection], chosen: Iterable[int], *, because: str) -> int:
    """Say that these may differ, and why. Each comes back when anything of it changes. How many."""
    actor.require(Permission.RELEASE_HOLDS)
    why = given_reason(because)
    rows = Difference.objects.filter(connection__in=connections, pk__in=list(chosen), dismissed_by="")
    count = rows.update(dismissed_by=actor.name, dismissed_at=Now(), because=why)
    if not count:
        raise NeedsAdmin("difference-gone")
    audit.note(actor, "difference.dismiss", connections[0].name, records=count, because=why)
    return count


@transaction.atomic
def take_back(actor: Actor, connections: Sequence[Connection], chosen: Iterable[int]) -> int:
    """List these again. How many."""
    actor.require(Permission.RELEASE_HOLDS)
    rows = Difference.objects.filter(connection__in=connections, pk__in=list(chosen)).exclude(dismissed_by="")
    count = rows.update(dismissed_by="", dismissed_at=None, because="")
    if not count:
        raise NeedsAdmin("difference-gone")
    audit.note(actor, "difference.take-back", connections[0].name, records=count)
    return count


CSV_HEADER = (
    "Connection", "Difference", "Student District ID", "Name", "School", "In the SIS", "In Enroll", "Reason",
    "What to do", "Since", "Dismissed by", "Because",
)  # fmt: skip


def cells(found: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    """The differences as rows of a file."""
    for line in found:
        yield (
            line.connection, line.side.label, line.id, line.name, line.school, line.sis, line.enroll,
            line.why.sentence, line.why.remedy, f"{line.since:%Y-%m-%d}", line.dismissed_by, line.because,
        )  # fmt: skip
