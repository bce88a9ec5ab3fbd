"""The rows of an undo, made in the database from the rows of the run that it takes back.

Each statement passes once over those rows, whatever their number. A value that Enroll no longer holds as that run wrote
it is refused, by name, and the rest of its student goes on.
"""

# ruff: noqa: S608 (column names are ours; every value is a parameter)

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from yellowbus.enroll import bulk
from yellowbus.enroll.bulk import Source
from yellowbus.planning.match import match_key
from yellowbus.records import Value
from yellowbus.runs.models import Run, Undoing

# The basis of a row: values put back; or the student removed, archived, and each of these taken back again.
VALUES, REMOVES, ARCHIVES, RETURNS, UNARCHIVES = (
    "undo", "undo-removes", "undo-archives", "undo-returns", "undo-unarchives",
)  # fmt: skip
_WHOLE = (REMOVES, ARCHIVES, RETURNS, UNARCHIVES)
_NAMES = ("students.fname", "students.lname", "students.dob")
_ID = {"students": "students.student_district_id", "schools": "schools.school_code"}
_PAGE = 1_000

# What the run applied, of all its students or of one.
_UNDONE = """
SELECT seq, key, student_id, outcome, basis, school_code, lasting, annual, custom, changes FROM runs_change
WHERE run_id = %(undoes)s AND seq <= %(through)s AND left_out = '' AND outcome IN ('created', 'updated', 'held')
  AND (%(student)s::bigint IS NULL OR student_id = %(student)s)
"""
_COLUMNS = (
    "run_id, seq, key, student_id, outcome, reason, basis, version, school_code, lasting, annual, custom, changes,"
    " problems, partial, match_key, mark, source, left_out"
)
_BY_FIELD = """
INSERT INTO runs_change ({columns})
WITH undone AS MATERIALIZED ({undone}), standing AS NOT MATERIALIZED ({standing}), field AS (
  SELECT seq, each.key AS name, each.value ->> 0 AS before, each.value ->> 1 AS after
  FROM undone, jsonb_each(changes) AS each WHERE outcome <> 'created' AND basis <> ALL(%(whole)s)
  UNION ALL
  SELECT seq, part.name || '.' || each.key, NULL, each.value FROM undone, LATERAL (VALUES
    (%(lasting)s, lasting), ('students_annual', annual), ('custom', custom)) AS part (name, document),
    jsonb_each_text(part.document) AS each WHERE outcome = 'created' AND %(field)s <> ''
), compared AS (
  SELECT undone.*, name, before, after, split_part(name, '.', 1) AS part, split_part(name, '.', 2) AS short, now.version,
    CASE WHEN now.student_id IS NULL THEN 'undo-gone'
      WHEN after IS DISTINCT FROM CASE split_part(name, '.', 1) WHEN 'students_annual' THEN now.annual
        WHEN 'custom' THEN now.custom ELSE now.lasting END ->> split_part(name, '.', 2) THEN 'undo-field-changed'
      WHEN before IS NULL AND name = ANY(%(required)s) THEN 'undo-field-required'
      WHEN other.student_id IS NOT NULL THEN 'undo-id-taken' ELSE '' END AS refused
  FROM field JOIN undone USING (seq) LEFT JOIN standing AS now ON now.student_id = undone.student_id
    LEFT JOIN standing AS other ON other.key = CASE WHEN name = %(id)s THEN before END
      AND other.student_id <> undone.student_id
  WHERE %(field)s IN ('', name)
)
SELECT %(run)s::uuid, seq, min(key), min(student_id), CASE WHEN bool_or(refused = '') THEN 'updated' ELSE 'skipped' END,
  coalesce(min(refused) FILTER (WHERE refused <> ''), ''), '{values}', min(version), min(school_code),
  jsonb_object_agg(short, before) FILTER (WHERE refused = '' AND part = %(lasting)s),
  jsonb_object_agg(short, before) FILTER (WHERE refused = '' AND part = 'students_annual'),
  jsonb_object_agg(short, before) FILTER (WHERE refused = '' AND part = 'custom'),
  jsonb_object_agg(name, jsonb_build_array(after, before)) FILTER (WHERE refused = ''),
  jsonb_agg(jsonb_build_object('code', refused, 'field', name, 'facts', jsonb_build_object('field',
    coalesce(%(labels)s::jsonb ->> name, name)), 'value', NULL, 'warning', true, 'note', false) ORDER BY name)
    FILTER (WHERE refused NOT IN ('', 'undo-gone')),
  bool_or(refused <> ''), NULL, NULL, '', ''
FROM compared GROUP BY seq
"""
# A student whom the run added or removed is taken back as a whole. What was removed is all in its row's changes.
_BY_STUDENT = """
INSERT INTO runs_change ({columns})
WITH undone AS MATERIALIZED ({undone}), standing AS NOT MATERIALIZED ({standing}), found AS (
  SELECT undone.*, now.version, now.archived, now.untouched, now.student_id IS NOT NULL AS there,
    other.student_id IS NOT NULL AS taken,
    undone.basis = '{removes}' AS was_removed, undone.basis = '{archives}' AS was_archived,
    EXISTS (SELECT FROM runs_decision AS decision WHERE decision.student_id = undone.student_id) AS decided
  FROM undone LEFT JOIN standing AS now ON now.student_id = undone.student_id
    LEFT JOIN standing AS other ON other.student_id <> undone.student_id
      AND other.key = CASE WHEN undone.basis = '{removes}' THEN undone.changes -> %(id)s ->> 0 END
  WHERE (outcome = 'created' OR basis = ANY(%(whole)s)) AND %(field)s = ''
), settled AS (
  SELECT *, CASE WHEN %(kind)s = 'schools' THEN 'undo-school-stays'
    WHEN was_removed AND (there OR taken) THEN 'undo-came-back' WHEN was_removed THEN '{returns}'
    WHEN NOT there THEN 'undo-gone' WHEN was_archived AND NOT archived THEN 'undo-not-archived'
    WHEN was_archived THEN '{unarchives}' WHEN archived THEN 'undo-archived-already'
    WHEN untouched AND NOT decided THEN '{removes}' ELSE '{archives}' END AS does
  FROM found
)
SELECT %(run)s::uuid, seq, key, student_id,
  CASE WHEN does = '{returns}' THEN 'created' WHEN does = ANY(%(whole)s) THEN 'updated' ELSE 'skipped' END,
  does, CASE WHEN does = ANY(%(whole)s) THEN does ELSE '' END, version, school_code,
  CASE WHEN does = '{returns}' THEN {lasting_back} END, CASE WHEN does = '{returns}' THEN {annual_back} END,
  CASE WHEN does = '{returns}' THEN {custom_back} END,
  CASE WHEN does = '{removes}' THEN (
    SELECT jsonb_object_agg(part.name || '.' || each.key, jsonb_build_array(each.value, NULL)) FROM (VALUES
      (%(lasting)s, lasting), ('students_annual', annual), ('custom', custom)) AS part (name, document),
      jsonb_each(part.document) AS each)
    WHEN does IN ('{archives}', '{unarchives}') THEN '{{}}'::jsonb END,
  NULL, false, NULL, NULL, '', ''
FROM settled
"""


def _back(part: str) -> str:
    """One document of a student that was removed, out of the changes that removed it."""
    return (
        "(SELECT jsonb_object_agg(split_part(each.key, '.', 2), each.value -> 0) FROM jsonb_each(changes) AS each"
        f" WHERE split_part(each.key, '.', 1) = {part})"
    )


def stage(run: Run, undoing: Undoing, *, required: Sequence[str], labels: dict[str, str]) -> None:
    """Make the rows of the undo. `required` are the fields that no student may lack. Raises nothing; may make no row."""
    assert undoing.undoes is not None
    standing = bulk.standing(run.kind, run.connection.instance_id, run.school_year)
    texts = {
        "columns": _COLUMNS, "undone": _UNDONE, "standing": standing.query, "values": VALUES, "removes": REMOVES,
        "archives": ARCHIVES, "returns": RETURNS, "unarchives": UNARCHIVES, "lasting_back": _back("%(lasting)s"),
        "annual_back": _back("'students_annual'"), "custom_back": _back("'custom'"),
    }  # fmt: skip
    given: dict[str, Any] = {**standing.parameters} | {
        "run": run.pk, "undoes": undoing.undoes.pk, "through": undoing.undoes.applied_through, "kind": run.kind,
        "student": undoing.student_id, "field": undoing.field, "whole": list(_WHOLE), "id": _ID[run.kind],
        "lasting": run.kind, "required": list(required), "labels": msgspec.json.encode(labels).decode(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        # Over a whole run the planner must not join its fresh rows pair by pair; one student is found by its key.
        cursor.execute(f"SET LOCAL enable_nestloop = {'off' if undoing.student_id is None else 'on'}")
        for statement in (_BY_FIELD, _BY_STUDENT):
            cursor.execute(statement.format(**texts), given)
        cursor.execute("SET LOCAL enable_nestloop = on")


def name_again(run: Run) -> None:
    """Give the rows that put back a name or a birth date the match key that the student will have; a page at a time."""
    after = 0
    while rows := _renamed(run.pk, after):
        ids = [student for _, student, _ in rows]
        held = bulk.held_by_id(run.kind, run.connection.instance_id, ids, year=run.school_year)
        keyed = [
            (seq, match_key({**(held[student].values if student in held else {}), **names}))
            for seq, student, names in rows
        ]
        _set_keys(run.pk, keyed)
        after = rows[-1][0]


def _renamed(run: UUID, after: int) -> list[tuple[int, int, dict[str, Value]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, student_id, lasting FROM runs_change WHERE run_id = %s AND seq > %s"
            " AND outcome IN ('created', 'updated') AND lasting ?| array['fname', 'lname', 'dob']"
            " ORDER BY seq LIMIT %s",
            [run, after, _PAGE],
        )
        found = cursor.fetchall()
    return [(seq, student, _names(lasting)) for seq, student, lasting in found]


def _names(lasting: Any) -> dict[str, Value]:
    document = lasting if isinstance(lasting, dict) else msgspec.json.decode(lasting)
    return {name: document[name.partition(".")[2]] for name in _NAMES if name.partition(".")[2] in document}


def _set_keys(run: UUID, keyed: Iterable[tuple[int, str | None]]) -> None:
    rows = list(keyed)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE runs_change AS change SET match_key = given.key FROM unnest(%s::bigint[], %s::text[])"
            " AS given (seq, key) WHERE change.run_id = %s AND change.seq = given.seq",
            [[seq for seq, _ in rows], [key for _, key in rows], run],
        )


def _part(run: UUID, after: int, through: int, columns: str, *bases: str) -> Source:
    """The rows of one page that do one of `bases` and were not left out."""
    return Source(
        f"SELECT {columns} FROM runs_change WHERE run_id = %(run)s AND seq > %(after)s AND seq <= %(through)s"
        " AND basis = ANY(%(bases)s) AND left_out = '' AND outcome IN ('created', 'updated')",
        {"run": run, "after": after, "through": through, "bases": list(bases)},
    )


def removed_on(run: UUID, after: int, through: int) -> Source:
    """Whom a page removes. One whom a person has since matched to a record is not among them."""
    source = _part(run, after, through, "student_id, version", REMOVES)
    spared = " AND NOT EXISTS (SELECT FROM runs_decision AS d WHERE d.student_id = runs_change.student_id)"
    return Source(source.query + spared, source.parameters)


def to_remove(run: UUID, after: int, through: int) -> list[int]:
    """The ids of all whom a page is to remove."""
    source = _part(run, after, through, "student_id", REMOVES)
    with connection.cursor() as cursor:
        cursor.execute(source.query, source.parameters)
        return [row for (row,) in cursor.fetchall()]


def set_aside_on(run: UUID, after: int, through: int) -> Source:
    """Whom a page archives or brings back, as `bulk.set_aside` takes them."""
    return _part(run, after, through, f"student_id, basis = '{ARCHIVES}' AS archives", ARCHIVES, UNARCHIVES)


def put_back_on(run: UUID, after: int, through: int) -> Source:
    """Whose values a page put back."""
    return _part(run, after, through, "student_id", VALUES)


def counted(run: UUID) -> dict[str, int]:
    """{what a row does: how many}, of the bases above."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT basis, count(*) FROM runs_change WHERE run_id = %s AND left_out = '' AND outcome <> 'skipped'"
            " GROUP BY 1",
            [run],
        )
        return dict(cursor.fetchall())


def kept(run: UUID) -> bool:
    """Whether the rows of a run are still on record, all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM runs_run WHERE id = %(run)s AND values_deleted_at IS NULL)"
            " AND EXISTS (SELECT FROM runs_change WHERE run_id = %(run)s)",
            {"run": run},
        )
        return bool(cursor.fetchone()[0])
