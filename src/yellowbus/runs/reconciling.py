"""A finished import counted against the store, school by school: SIS n = Enroll n + named differences."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from yellowbus.enroll import bulk, schools, students
from yellowbus.planning.counts import Reconciliation
from yellowbus.records import Outcome
from yellowbus.runs.models import Change, Missing, Run, State
from yellowbus.setup import assignments

_SCHOOL = "students_annual.school_code"
_HELD_MOVE, _MISSING, _UNREAD = "held move", "missing in the SIS", "perhaps in a record not understood"
_NAMES = (Outcome.FAILED.value, Outcome.REVIEW.value, _HELD_MOVE, Outcome.SKIPPED.value, _MISSING, _UNREAD)


@dataclass(frozen=True, slots=True)
class _Difference:
    """What one school has more (or, negative, less) in the SIS than in Enroll, and why."""

    school: str
    name: str
    count: int = 1


def reconciled(run: Run) -> list[Reconciliation]:
    """One line for each school of the connection; the number of queries does not grow with the run.

    Only for the newest finished full import of students: the store has moved on since older ones.
    """
    if not _is_newest(run):
        return []
    codes = assignments.codes(run.connection)
    names = schools.names(run.connection.instance_id)
    in_enroll = bulk.by_school(run.connection.instance_id, run.school_year, codes)
    named: dict[str, Counter[str]] = {code: Counter() for code in codes}
    for difference in _differences(run):
        if difference.school in named:
            named[difference.school][difference.name] += difference.count
    return [
        Reconciliation(
            school=f"{code} {names.get(code, '')}".strip(),
            sis=sum(run.counts.get(code, {}).values()),
            enroll=in_enroll.get(code, 0),
            differences={name: named[code][name] for name in _NAMES if named[code][name]},
        )
        for code in sorted(codes)
    ]


def _is_newest(run: Run) -> bool:
    if run.kind != "students" or run.state != State.DONE or run.only is not None:
        return False
    done = Run.objects.filter(connection=run.connection_id, kind=run.kind, state=State.DONE)
    return done.order_by("-ended_at").values_list("pk", flat=True).first() == run.pk


def _differences(run: Run) -> Iterator[_Difference]:
    yield from _skipped_unseen(run)
    yield from _not_written(run)
    yield from _held_moves(run)
    yield from _missing(run)


def _skipped_unseen(run: Run) -> Iterator[_Difference]:
    """Records that were skipped with their page and have no row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT school.key, sum((school.value ->> 'skipped')::bigint) FROM runs_page, jsonb_each(tallies) AS school"
            " WHERE run_id = %s AND school.value ? 'skipped' GROUP BY 1",
            [run.pk],
        )
        for school, count in cursor.fetchall():
            yield _Difference(school, Outcome.SKIPPED.value, int(count))


def _not_written(run: Run) -> Iterator[_Difference]:
    """Failed, in review or left out: a difference unless Enroll has the student at the school that the SIS names."""
    outcomes = (Outcome.FAILED.value, Outcome.REVIEW.value, Outcome.SKIPPED.value)
    rows = list(
        Change.objects.filter(run=run, outcome__in=outcomes).values_list(
            "key", "school_code", "outcome", "reason"
        )
    )
    where = students.schools_of(run.connection.instance_id, run.school_year, {key for key, *_ in rows if key})
    for key, school, outcome, reason in rows:
        now = where.get(key, "")
        if now == school and reason != "repeated-alike":
            continue
        yield _Difference(school, outcome)
        if now != school:
            yield _Difference(now, outcome, -1)


def _held_moves(run: Run) -> Iterator[_Difference]:
    for held in Change.objects.filter(run=run, held__has_key=_SCHOOL).values_list("held", flat=True):
        assert held is not None
        before, after = held[_SCHOOL]
        yield _Difference(after or "", _HELD_MOVE)
        yield _Difference(before or "", _HELD_MOVE, -1)


def _missing(run: Run) -> Iterator[_Difference]:
    rows = list(Missing.objects.filter(run=run).values_list("student_id", "perhaps"))
    where = students.school_by_id(
        run.connection.instance_id, run.school_year, [student for student, _ in rows]
    )
    for student, perhaps in rows:
        if student in where:
            yield _Difference(where[student], _UNREAD if perhaps else _MISSING, -1)
