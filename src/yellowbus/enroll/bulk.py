"""Many rows at once: what a sync reads from and writes to the Enroll store, and the only raw SQL on its tables.

A relation of changes is named by the caller (`Source`): rows with the columns `position`, `writes` (whether the row is to
be carried out), `student_id`, `outcome`, `version`, `lasting`, `annual`, `custom` (jsonb: the values after, null clears),
`match_key` and `mark`. The database moves them; no
value passes through this process.
"""

# ruff: noqa: S608 (table and column names are ours; every value is a parameter)

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection

from yellowbus.enroll.fence import beyond


@dataclass(frozen=True, slots=True)
class Held:
    """What Enroll holds of one record: blanks left out, by catalog name. `mark` is the last sync's."""

    id: int
    version: int
    key: str
    archived: bool
    marked: bool
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A relation of changes: a query and its parameters."""

    query: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Familiar:
    """Which of a page's records a row of Enroll carries the mark of.

    `fresh` are the places of the others in the page; `rows` the familiar rows' ids, repeats included, as the text of an
    array, since they only go back into the database; `schools` how many of them each School Code has.
    """

    fresh: Sequence[int]
    rows: str
    schools: Mapping[str, int]


_SCHOOL = {
    "students": "annual #>> ARRAY[%(year)s, 'school_code']",
    "schools": "school_code",
}
_TABLE = {"students": "enroll_student", "schools": "enroll_school"}
# One look-up by the index of marks for each record (LIMIT keeps it so): a planner without fresh statistics would walk the
# store for each of them.
_BY_INDEX = "SET LOCAL enable_seqscan = {}"
_FAMILIAR = """
WITH given AS MATERIALIZED (
  SELECT place, substr(%(marks)s, 1 + place * {width}, {width}) AS mark
  FROM generate_series(0, %(count)s - 1) AS place
), found AS MATERIALIZED (
  SELECT place, id, school FROM given LEFT JOIN LATERAL (
    SELECT id, coalesce({school}, '') AS school FROM {table} AS store
    WHERE store.mark = given.mark AND store.instance_id + 0 = %(instance)s LIMIT 1) AS row ON true
)
SELECT array(SELECT place FROM found WHERE id IS NULL ORDER BY place),
  array(SELECT id FROM found WHERE id IS NOT NULL ORDER BY place)::text,
  (SELECT jsonb_object_agg(school, times) FROM (
    SELECT school, count(*) AS times FROM found WHERE id IS NOT NULL GROUP BY school) AS counted)
"""
MARK_BYTES = 16


def familiar(kind: str, instance: int, marks: Sequence[bytes], *, year: int) -> Familiar:
    """Look a page's marks up at once. Call it inside a transaction."""
    statement = _FAMILIAR.format(width=MARK_BYTES, school=_SCHOOL[kind], table=_TABLE[kind])
    parameters: dict[str, Any] = {
        "marks": b"".join(marks),
        "count": len(marks),
        "instance": instance,
        "year": str(year),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX.format("off"))
        cursor.execute(statement, parameters)
        fresh, rows, schools = cursor.fetchone()
        cursor.execute(_BY_INDEX.format("on"))
    return Familiar(fresh, rows, msgspec.json.decode(schools or "{}", type=dict[str, int]))


def look_again(instance: int, decided: Mapping[str, int | None]) -> None:
    """Take the mark of each student whose district id a person has said to be another student's, or nobody's.

    `decided` is {district id: student}. The record of that id then no longer passes as familiar.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enroll_student AS student SET mark = NULL"
            " FROM unnest(%s::text[], %s::bigint[]) AS said (district_id, id)"
            " WHERE student.instance_id = %s AND student.district_id = said.district_id"
            " AND student.id IS DISTINCT FROM said.id AND student.mark IS NOT NULL",
            [list(decided), list(decided.values()), instance],
        )


_HELD_COLUMNS = {
    "students": "id, version, district_id, archived_at IS NOT NULL, mark IS NOT NULL, lasting,"
    " annual -> %(year)s, custom FROM enroll_student",
    "schools": "id, version, school_code, false, mark IS NOT NULL, values, NULL, NULL FROM enroll_school",
}
_KEY = {"students": "district_id", "schools": "school_code"}
_TABLES = {"students": ("students.", "students_annual.", "custom."), "schools": ("schools.", "", "")}


def held_by_key(kind: str, instance: int, keys: Iterable[str], *, year: int) -> dict[str, Held]:
    """What Enroll holds of the records with these district ids or school codes, by key."""
    where = f" WHERE instance_id = %(instance)s AND {_KEY[kind]} = ANY(%(keys)s)"
    return {held.key: held for held in _held(kind, where, instance=instance, keys=list(keys), year=year)}


def ids_by_key(kind: str, instance: int, keys: Iterable[str]) -> dict[str, int]:
    """The ids of the records with these district ids or school codes, by key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_KEY[kind]}, id FROM {_TABLE[kind]} WHERE instance_id = %s AND {_KEY[kind]} = ANY(%s)",
            [instance, list(keys)],
        )
        return dict(cursor.fetchall())


def held_by_id(kind: str, instance: int, ids: Iterable[int], *, year: int) -> dict[int, Held]:
    where = " WHERE instance_id = %(instance)s AND id = ANY(%(ids)s)"
    return {held.id: held for held in _held(kind, where, instance=instance, ids=list(ids), year=year)}


def namesakes(instance: int, match_keys: Iterable[str], *, year: int) -> dict[str, list[Held]]:
    """Students whose normalised names and birth date are the same, by that match key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT match_key, id FROM enroll_student WHERE instance_id = %s AND match_key = ANY(%s)",
            [instance, list(match_keys)],
        )
        rows = cursor.fetchall()
    held = held_by_id("students", instance, [row for _, row in rows], year=year) if rows else {}
    found: dict[str, list[Held]] = {}
    for match_key, row in rows:
        found.setdefault(match_key, []).append(held[row])
    return found


def _held(kind: str, where: str, *, year: int, **parameters: Any) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_HELD_COLUMNS[kind]}{where}", {**parameters, "year": str(year)})
        return [_as_held(kind, row) for row in cursor.fetchall()]


def _as_held(kind: str, row: tuple[Any, ...]) -> Held:
    values: dict[str, str] = {}
    for prefix, document in zip(_TABLES[kind], row[5:], strict=True):
        if document:
            values.update({prefix + name: value for name, value in _document(document).items()})
    return Held(row[0], row[1], row[2] or "", row[3], row[4], values)


def _document(document: Any) -> dict[str, str]:
    return document if isinstance(document, dict) else msgspec.json.decode(document, type=dict[str, str])


def reserve_ids(kind: str, count: int) -> list[int]:
    """Ids for rows about to be planned. An id that is never used is a gap, and gaps mean nothing."""
    sequence = {"students": "enroll_student_id_seq", "schools": "enroll_school_id_seq"}[kind]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return [row for (row,) in cursor.fetchall()]


# The changes are few and come first; the store is reached by primary key alone ("+ 0" keeps its other index out), since a
# planner without fresh statistics would else walk the whole store for each of them.
_WRITE = {
    "students": """
WITH change AS MATERIALIZED ({source}), created AS (
  INSERT INTO enroll_student (id, instance_id, lasting, annual, custom, match_key, mark, version)
  SELECT student_id, %(instance)s, coalesce(lasting, '{{}}'),
         CASE WHEN annual IS NULL THEN '{{}}' ELSE jsonb_build_object(%(year)s::text, annual) END,
         coalesce(custom, '{{}}'), match_key, mark, 1
  FROM change WHERE writes AND outcome = 'created'
  ON CONFLICT DO NOTHING RETURNING id
), updated AS (
  UPDATE enroll_student AS student SET
    lasting = CASE WHEN change.lasting IS NULL THEN student.lasting
              ELSE jsonb_strip_nulls(student.lasting || change.lasting) END,
    annual = CASE WHEN change.annual IS NULL THEN student.annual
             ELSE student.annual || jsonb_build_object(%(year)s::text,
               jsonb_strip_nulls(coalesce(student.annual -> %(year)s, '{{}}') || change.annual)) END,
    custom = CASE WHEN change.custom IS NULL THEN student.custom
             ELSE jsonb_strip_nulls(student.custom || change.custom) END,
    match_key = coalesce(change.match_key, student.match_key),
    mark = change.mark,
    version = student.version + (change.outcome <> 'unchanged')::int,
    changed_at = CASE WHEN change.outcome = 'unchanged' THEN student.changed_at ELSE now() END
  FROM change
  WHERE change.writes AND change.outcome <> 'created' AND student.id = change.student_id
    AND student.version = change.version AND student.instance_id + 0 = %(instance)s
  RETURNING student.id
){answer}""",
    "schools": """
WITH change AS MATERIALIZED ({source}), created AS (
  INSERT INTO enroll_school (id, instance_id, values, mark, version)
  SELECT student_id, %(instance)s, lasting, mark, 1 FROM change WHERE writes AND outcome = 'created'
  ON CONFLICT DO NOTHING RETURNING id
), updated AS (
  UPDATE enroll_school AS school SET
    values = CASE WHEN change.lasting IS NULL THEN school.values
             ELSE jsonb_strip_nulls(school.values || change.lasting) END,
    mark = change.mark,
    version = school.version + (change.outcome <> 'unchanged')::int,
    changed_at = CASE WHEN change.outcome = 'unchanged' THEN school.changed_at ELSE now() END
  FROM change
  WHERE change.writes AND change.outcome <> 'created' AND school.id = change.student_id
    AND school.version = change.version AND school.instance_id + 0 = %(instance)s
  RETURNING school.id
){answer}""",
}
_ANSWER = """
SELECT (SELECT max(position) FROM change), array(SELECT student_id FROM change WHERE writes
  AND student_id NOT IN (SELECT id FROM created UNION ALL SELECT id FROM updated))"""


def write(kind: str, instance: int, source: Source, *, year: int) -> tuple[int | None, list[int]]:
    """Carry out the changes of `source`; the last position in it (None if it is empty), and the ids left alone.

    A row is left alone when its version is not the one the change was planned against, or when what was to be created
    exists by now.
    """
    statement = _WRITE[kind].format(source=source.query, answer=_ANSWER)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '32MB'")  # so that a page of changes stays in memory
        cursor.execute(statement, {**source.parameters, "instance": instance, "year": str(year)})
        last, left = cursor.fetchone()
    return last, left


_PLACE = {
    "students": "lasting", "custom": "custom", "schools": "values", "students_annual": "(annual -> %(year)s)",
}  # fmt: skip


def holding(kind: str, instance: int, fields: Sequence[str], *, year: int) -> dict[str, int]:
    """How many records hold a value now, for each of `fields`."""
    table = {"students": "enroll_student", "schools": "enroll_school"}[kind]
    names = {f"field{position}": field.partition(".")[2] for position, field in enumerate(fields)}
    counted = ", ".join(
        f"count(*) FILTER (WHERE {_PLACE[field.partition('.')[0]]} ? %({name})s)"
        for name, field in zip(names, fields, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {counted} FROM {table} WHERE instance_id = %(instance)s",
            {"instance": instance, "year": str(year), **names},
        )
        return dict(zip(fields, cursor.fetchone(), strict=True))


def by_school(instance: int, year: int, schools: Iterable[str]) -> dict[str, int]:
    """How many students Enroll has in each of `schools` in `year`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT annual -> %(year)s ->> 'school_code' AS school, count(*) FROM enroll_student"
            " WHERE instance_id = %(instance)s AND archived_at IS NULL"
            " AND annual -> %(year)s ->> 'school_code' = ANY(%(schools)s) GROUP BY 1",
            {"instance": instance, "year": str(year), "schools": list(schools)},
        )
        return dict(cursor.fetchall())


def of_schools(instance: int, year: int, schools: Iterable[str]) -> Source:
    """The ids of the students whom Enroll has in these schools in `year`, as a relation of `student_id`."""
    return Source(
        "SELECT id AS student_id FROM enroll_student WHERE instance_id = %(instance)s AND archived_at IS NULL"
        " AND annual -> %(year)s ->> 'school_code' = ANY(%(schools)s)",
        {"instance": instance, "year": str(year), "schools": list(schools)},
    )


def everybody(instance: int, year: int) -> Source:
    """Who is in Enroll, as a relation of `student_id`, `key`, `match_key`, `school`, `grade` and `status` in `year`."""
    return Source(
        "SELECT id AS student_id, coalesce(district_id, '') AS key, match_key,"
        " coalesce(annual -> %(year)s ->> 'school_code', '') AS school,"
        " coalesce(annual -> %(year)s ->> 'grade', '') AS grade,"
        " coalesce(annual -> %(year)s ->> 'sis_enroll_status', '') AS status"
        " FROM enroll_student WHERE instance_id = %(instance)s AND archived_at IS NULL",
        {"instance": instance, "year": str(year)},
    )


def refresh_statistics(kind: str) -> None:
    """Tell the planner of the database what a large import has made of the store; it would find out in a minute."""
    columns = {
        "students": "id, instance_id, district_id, match_key, mark",
        "schools": "id, instance_id, school_code, mark",
    }
    with beyond(), connection.cursor() as cursor:  # a table's owner alone may do so
        cursor.execute(f"ANALYZE {_TABLE[kind]} ({columns[kind]})")


_STANDING = {
    "students": "SELECT id AS student_id, district_id AS key, version, lasting, annual -> %(year)s AS annual, custom,"
    " archived_at IS NOT NULL AS archived, version = 1 AND NOT EXISTS (SELECT FROM enroll_registration AS registration"
    " WHERE registration.student_id = student.id) AS untouched FROM enroll_student AS student",
    "schools": "SELECT id AS student_id, school_code AS key, version, values AS lasting, NULL::jsonb AS annual,"
    " NULL::jsonb AS custom, false AS archived, false AS untouched FROM enroll_school",
}


def standing(kind: str, instance: int, year: int) -> Source:
    """All that Enroll holds, as a relation of `student_id`, `key`, `version`, the three documents (`annual` those of
    `year`), `archived` and `untouched`: written by nothing since it was created.
    """
    query = f"{_STANDING[kind]} WHERE instance_id = %(instance)s"
    return Source(query, {"instance": instance, "year": str(year)})


def remove(instance: int, source: Source) -> list[int]:
    """Delete the students of `source` (`student_id` and `version`) that nothing touched since; their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS MATERIALIZED ({source.query}) DELETE FROM enroll_student AS student USING gone"
            " WHERE student.id = gone.student_id AND student.version = gone.version"
            " AND student.instance_id + 0 = %(instance)s AND NOT EXISTS (SELECT FROM enroll_registration AS registration"
            "   WHERE registration.student_id = student.id) RETURNING student.id",
            {**source.parameters, "instance": instance},
        )
        return [row for (row,) in cursor.fetchall()]


def set_aside(instance: int, source: Source) -> None:
    """Archive the students of `source`, or bring them back: rows of `student_id` and `archives`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH moved AS MATERIALIZED ({source.query}) UPDATE enroll_student AS student"
            " SET archived_at = CASE WHEN archives THEN now() END FROM moved"
            " WHERE student.id = moved.student_id AND student.instance_id + 0 = %(instance)s",
            {**source.parameters, "instance": instance},
        )


def drop_blank_years(instance: int, source: Source, *, year: int) -> None:
    """Of the students of `source` (`student_id`): a school year without a value is as if it had never been."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH looked AS MATERIALIZED ({source.query}) UPDATE enroll_student AS student"
            " SET annual = annual - %(year)s::text FROM looked WHERE student.id = looked.student_id"
            " AND student.instance_id + 0 = %(instance)s AND student.annual -> %(year)s = '{}'",
            {**source.parameters, "instance": instance, "year": str(year)},
        )
