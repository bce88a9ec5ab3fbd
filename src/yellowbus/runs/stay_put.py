"""Values that a person put back stay put: an import leaves them alone while the mapping gives what was undone.

As soon as it gives another value that one is written again, and the note goes with the run that met it.
"""

# ruff: noqa: S608 (column names are ours; every value is a parameter)

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import connection as database

from yellowbus.planning.diff import Changes
from yellowbus.records import Problem, Value
from yellowbus.runs.models import Run, StayPut, Undoing

Notes = Mapping[str, Value]
"""Of one student: {field: the mapped value that was undone}."""

_ROWS = """
FROM runs_change AS change, jsonb_each(change.changes) AS each
WHERE change.run_id = %(run)s AND change.seq > %(after)s AND change.seq <= %(through)s
  AND change.left_out = '' AND change.outcome = 'updated' AND change.basis = 'undo'
"""
_NOTE = f"""
INSERT INTO runs_stayput (connection_id, student_id, field, value, undo)
SELECT %(connection)s, change.student_id, each.key, each.value ->> 0, change.run_id {_ROWS}
ON CONFLICT (connection_id, student_id, field)
DO UPDATE SET value = excluded.value, undo = excluded.undo, lifted_by = NULL
"""
_FORGET = f"""
DELETE FROM runs_stayput AS note USING (SELECT change.student_id AS student, each.key AS name {_ROWS}) AS again
WHERE note.connection_id = %(connection)s AND note.undo = %(undoes)s AND note.student_id = again.student
  AND note.field = again.name
"""


def note(run: Run, undoing: Undoing, after: int, through: int) -> None:
    """After a page of an undo: what it put back of a student or a field stays put; what a redo wrote again does not.

    Of a whole run nothing is noted: its schedule is suspended instead.
    """
    if undoing.whole and not undoing.redo:
        return
    with database.cursor() as cursor:
        cursor.execute(
            _FORGET if undoing.redo else _NOTE,
            {
                "run": run.pk, "after": after, "through": through, "connection": run.connection_id,
                "undoes": undoing.undoes_id,
            },
        )  # fmt: skip


def notes(connection: int, students: Collection[int]) -> dict[int, dict[str, Value]]:
    """What stays put, of these students."""
    found: dict[int, dict[str, Value]] = {}
    if not students:
        return found
    rows = StayPut.objects.filter(connection=connection, student_id__in=students)
    for student, field, value in rows.values_list("student_id", "field", "value"):
        found.setdefault(student, {})[field] = value
    return found


def kept_back(changes: Changes, noted: Notes, labels: Mapping[str, str]) -> list[Problem]:
    """Take out of `changes` what stays put; a note for each."""
    stays = [field for field, value in noted.items() if field in changes and changes[field][1] == value]
    for field in stays:
        del changes[field]
    return [
        Problem("undo-stays-put", field, {"field": labels.get(field, field)}, warning=True, note=True)
        for field in stays
    ]


def moved_on(values: Mapping[str, Value], noted: Notes) -> list[str]:
    """The fields of which the mapping gives another value than the one that was undone."""
    return [field for field, value in noted.items() if field in values and values[field] != value]


def lift(run: UUID, connection: int, fields: Iterable[tuple[int, str]]) -> None:
    """Say of these (student, field) that `run` met another value. The note goes when the run is applied."""
    pairs = list(fields)
    if not pairs:
        return
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE runs_stayput AS note SET lifted_by = %s FROM unnest(%s::bigint[], %s::text[]) AS met (student, field)"
            " WHERE note.connection_id = %s AND note.student_id = met.student AND note.field = met.field",
            [run, [student for student, _ in pairs], [field for _, field in pairs], connection],
        )


def forget_lifted(run: UUID) -> None:
    """The run is applied: what it met another value of flows again."""
    StayPut.objects.filter(lifted_by=run).delete()
