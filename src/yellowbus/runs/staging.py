"""The rows of a plan, in the database: staged as they are read, counted, held and taken up again page by page.

Bulk rows go in by COPY and are worked on where they lie, so that memory does not grow with the district.
"""

# ruff: noqa: S608 (column names are ours; every value is a parameter)

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from yellowbus.enroll.bulk import Source
from yellowbus.enroll.fence import beyond

COLUMNS = (
    "run_id", "seq", "key", "student_id", "outcome", "reason", "basis", "version", "school_code",
    "lasting", "annual", "custom", "changes", "problems", "partial", "match_key", "mark", "source", "left_out",
)  # fmt: skip
_NAMES = ", ".join(COLUMNS)


def stage(rows: Iterable[tuple[Any, ...]]) -> None:
    """Add rows in the order of COLUMNS; documents as JSON text.

    COPY cannot write behind row-level security, so the rows come by a table of this session alone, which is not logged.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming AS SELECT {_NAMES} FROM runs_change WITH NO DATA")
        with cursor.copy("COPY pg_temp.incoming FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO runs_change ({_NAMES}) SELECT {_NAMES} FROM pg_temp.incoming")
        cursor.execute("DROP TABLE pg_temp.incoming")


def note_page(
    run: UUID, number: int, seen: str, *, tallies: object, reasons: object, left_out: object = None
) -> None:
    """Keep what a page adds without rows of its own. `seen` is the text of an array of student ids."""
    changed_rows(
        "INSERT INTO runs_page (run_id, number, seen, tallies, reasons, left_out)"
        " VALUES (%(run)s, %(number)s, %(seen)s::bigint[], %(tallies)s, %(reasons)s, %(left_out)s)",
        {
            "run": run,
            "number": number,
            "seen": seen,
            "tallies": msgspec.json.encode(tallies).decode(),
            "reasons": msgspec.json.encode(reasons).decode(),
            "left_out": msgspec.json.encode(left_out or {}).decode(),
        },
    )


def page_source(run: UUID, after: int, size: int) -> Source:
    """The next `size` rows of a plan, as the store takes them.

    A row whose every change waits has nothing to write, and neither has an unchanged one that leaves no mark. While a
    name waits the student keeps the match key of the name it has. Whom an undo removes has nothing written either.
    """
    return Source(
        "SELECT seq AS position, student_id, outcome, version, lasting, annual, custom, mark,"
        " left_out = '' AND basis <> 'undo-removes' AND (outcome IN ('created', 'updated')"
        "   OR (outcome = 'unchanged' AND mark IS NOT NULL)"
        "   OR (outcome = 'held' AND coalesce(lasting, annual, custom) IS NOT NULL)) AS writes,"
        " CASE WHEN held ?| array['students.fname', 'students.lname', 'students.dob'] THEN NULL ELSE match_key END"
        " AS match_key FROM runs_change WHERE run_id = %(run)s AND seq > %(after)s ORDER BY seq LIMIT %(size)s",
        {"run": run, "after": after, "size": size},
    )


def leave_out(
    run: UUID, after: int, through: int, students: Iterable[int], *, reason: str = "changed-since"
) -> int:
    """Mark what the store did not take because the student changed since; the number of rows left out."""
    return changed_rows(
        "UPDATE runs_change SET left_out = %(reason)s, outcome = 'skipped', reason = %(reason)s"
        " WHERE run_id = %(run)s AND seq > %(after)s AND seq <= %(through)s AND student_id = ANY(%(students)s)",
        {"run": run, "after": after, "through": through, "students": list(students), "reason": reason},
    )


# Each finds its rows in one pass over the run's rows, whatever their number, and then names them by position.
_SAME_KEY = """
WITH twice AS MATERIALIZED (
  SELECT seq, nth, lowest = highest AS alike FROM (
    SELECT seq, row_number() OVER (PARTITION BY key ORDER BY seq) AS nth, count(*) OVER every AS times,
           min(md5(source)) OVER every AS lowest, max(md5(source)) OVER every AS highest
    FROM runs_change WHERE run_id = %(run)s AND key <> '' WINDOW every AS (PARTITION BY key)
  ) AS counted WHERE times > 1
)
UPDATE runs_change AS change SET
  outcome = CASE WHEN twice.alike THEN 'skipped' ELSE 'failed' END,
  reason = CASE WHEN twice.alike THEN 'repeated-alike' ELSE 'repeated-differing' END
FROM twice WHERE change.run_id = %(run)s AND change.seq = twice.seq AND (NOT twice.alike OR twice.nth > 1)
"""
_ALSO_CONFIRMED = """
UPDATE runs_change SET outcome = 'failed', reason = 'repeated-differing'
WHERE run_id = %(run)s AND student_id IN (SELECT unnest(seen) FROM runs_page WHERE run_id = %(run)s)
"""
_SHARED = """
WITH shared AS MATERIALIZED (
  SELECT seq FROM (
    SELECT seq, count(*) OVER (PARTITION BY {by}) AS times FROM runs_change
    WHERE run_id = %(run)s AND {by} IS NOT NULL AND outcome IN {outcomes}
  ) AS counted WHERE times > 1
)
UPDATE runs_change AS change SET outcome = '{becomes}', reason = '{reason}', mark = NULL
FROM shared WHERE change.run_id = %(run)s AND change.seq = shared.seq AND change.basis <> '{settled}'
"""
_SAME_STUDENT = _SHARED.format(
    by="student_id", outcomes="('created', 'updated', 'unchanged')", becomes="failed",
    reason="two-records-one-student", settled="-",
)  # fmt: skip
_SAME_NEW_CHILD = _SHARED.format(
    by="match_key",
    outcomes="('created')",
    becomes="review",
    reason="same-new-child-twice",
    settled="decision",
)


def settle_repeats(run: UUID) -> None:
    """Rows of one key: alike ones collapse, differing ones all fail. Two records never write one student.

    Rows just copied in have no statistics, and a planner that expects one of them joins them pair by pair.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        for statement in (_SAME_KEY, _ALSO_CONFIRMED, _SAME_STUDENT, _SAME_NEW_CHILD):
            cursor.execute(statement, {"run": run})
        cursor.execute("SET LOCAL enable_nestloop = on")


_MANY = 500


def refresh_statistics(run: UUID) -> None:
    """Tell the planner of the database of many rows just staged; it would find out in a minute, and guess until then.

    Without, it takes a run for one row, and joins behind row-level security pair by pair.
    """
    staged = (
        "SELECT count(*) FROM (SELECT 1 FROM runs_change WHERE run_id = %(run)s LIMIT %(many)s) AS staged"
    )
    if _one(staged, {"run": run, "many": _MANY}) < _MANY:
        return
    with beyond(), connection.cursor() as cursor:  # a table's owner alone may do so
        cursor.execute("ANALYZE runs_change (run_id, seq, student_id, key, outcome)")


def confirmed_again(run: UUID) -> dict[int, list[int]]:
    """Students whose record was recognised more than once, with the pages on which it was."""
    return dict(_all(_CONFIRMED.format(which="", times=2), {"run": run}))


def confirmed_and_contradicted(run: UUID) -> dict[int, list[int]]:
    """Students whose record was recognised, while another one of theirs differs; with the pages of the first."""
    with connection.cursor() as cursor:  # as in `settle_repeats`
        cursor.execute("SET LOCAL enable_nestloop = off")
        found = dict(_all(_CONFIRMED.format(which=_CONTRADICTED, times=1), {"run": run}))
        cursor.execute("SET LOCAL enable_nestloop = on")
    return found


_CONFIRMED = """
SELECT student, array_agg(number ORDER BY number) FROM runs_page, unnest(seen) AS student
WHERE run_id = %(run)s {which} GROUP BY student HAVING count(*) >= {times}
"""
_CONTRADICTED = " AND student IN (SELECT student_id FROM runs_change WHERE run_id = %(run)s)"


def field_tallies(run: UUID) -> dict[str, tuple[int, int]]:
    """Of a run's updates, by field: how many clear it and how many replace a value by another."""
    rows = _all(
        "SELECT field.key, count(*) FILTER (WHERE field.value ->> 1 IS NULL),"
        " count(*) FILTER (WHERE field.value ->> 0 IS NOT NULL AND field.value ->> 1 IS NOT NULL)"
        " FROM runs_change, jsonb_each(changes) AS field WHERE run_id = %(run)s AND outcome = 'updated' GROUP BY 1",
        {"run": run},
    )
    return {field: (clears, updates) for field, clears, updates in rows}


def planned_holding(run: UUID, fields: Sequence[str]) -> dict[str, int]:
    """Of an export: how many of its known students hold a value in the SIS now, for each of `fields`."""
    rows = dict(_all(
        "SELECT field, count(*) FROM runs_change, jsonb_array_elements_text(plan -> 'holding') AS field"
        " WHERE run_id = %(run)s AND outcome IN ('updated', 'unchanged') AND field = ANY(%(fields)s) GROUP BY 1",
        {"run": run, "fields": list(fields)},
    ))  # fmt: skip
    return {field: int(rows.get(field, 0)) for field in fields}


def counts(run: UUID) -> dict[str, dict[str, int]]:
    """{school code: {outcome: n}} over the rows and the page tallies of a run."""
    totals: dict[str, dict[str, int]] = {}
    for school, outcome, number in _all(_COUNTS, {"run": run}):
        totals.setdefault(school, {})[outcome] = int(number)
    return totals


_COUNTS = """
SELECT school, outcome, sum(n) FROM (
  SELECT school_code AS school, outcome, count(*) AS n FROM runs_change WHERE run_id = %(run)s GROUP BY 1, 2
  UNION ALL
  SELECT school.key, tally.key, tally.value::bigint FROM runs_page, jsonb_each(tallies) AS school,
    jsonb_each_text(school.value) AS tally WHERE run_id = %(run)s
) AS every GROUP BY 1, 2
"""


def reasons(run: UUID) -> dict[str, dict[str, int]]:
    """{reason code: {school code: n}} of everything failed, in review, held back or skipped."""
    found: dict[str, dict[str, int]] = {}
    for reason, school, number in _all(_REASONS, {"run": run}):
        found.setdefault(reason, {})[school] = int(number)
    return found


_REASONS = """
SELECT reason, school, sum(n) FROM (
  SELECT reason, school_code AS school, count(*) AS n FROM runs_change
  WHERE run_id = %(run)s AND reason <> '' GROUP BY 1, 2
  UNION ALL
  SELECT reason.key, school.key, school.value::bigint FROM runs_page, jsonb_each(reasons) AS reason,
    jsonb_each_text(reason.value) AS school WHERE run_id = %(run)s
) AS every GROUP BY 1, 2
"""


def partial(run: UUID) -> int:
    """How many records were written, or found as they were, with a value lost to a problem."""
    return int(
        _one(
            "SELECT count(*) FROM runs_change WHERE run_id = %(run)s AND partial AND left_out = ''"
            " AND outcome IN ('created', 'updated', 'unchanged')",
            {"run": run},
        )
    )


def matched(run: UUID) -> int:
    """How many students that Enroll knew the read brought."""
    return int(_one(
        "SELECT (SELECT coalesce(sum(cardinality(seen)), 0) FROM runs_page WHERE run_id = %(run)s) + (SELECT count(*)"
        " FROM runs_change WHERE run_id = %(run)s AND outcome IN ('updated', 'unchanged', 'held'))",
        {"run": run},
    ))  # fmt: skip


def changed_any(run: UUID, fields: Iterable[str]) -> int:
    """How many updates replace a value of any of `fields` by another."""
    return int(_one(
        "SELECT count(DISTINCT seq) FROM runs_change, jsonb_each(changes) AS field WHERE run_id = %(run)s"
        " AND outcome = 'updated' AND field.key = ANY(%(fields)s)"
        " AND field.value ->> 0 IS NOT NULL AND field.value ->> 1 IS NOT NULL",
        {"run": run, "fields": list(fields)},
    ))  # fmt: skip


def list_missing(run: UUID, students: Source) -> int:
    """Note who of `students` (a relation of student_id) the read did not bring; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    return changed_rows(
        f"INSERT INTO runs_missing (run_id, student_id) SELECT %(run)s, student_id FROM ({students.query}) AS known"
        " WHERE NOT EXISTS (SELECT FROM runs_change AS change"
        "   WHERE change.run_id = %(run)s AND change.student_id = known.student_id)"
        " AND student_id NOT IN (SELECT unnest(seen) FROM runs_page WHERE run_id = %(run)s)",
        {**students.parameters, "run": run},
    )


def due_keys(connection_id: int, kind: str) -> list[str]:
    """The keys of all that is due."""
    rows = _all(
        "SELECT key FROM runs_due WHERE connection_id = %(connection)s AND kind = %(kind)s",
        {"connection": connection_id, "kind": kind},
    )
    return [key for (key,) in rows]


def forget_confirmed(run: UUID, connection_id: int, kind: str, due: Mapping[str, int]) -> None:
    """What was due and now came as it was before the trouble is due no more. `due` is {key: student}."""
    changed_rows(_FORGET_CONFIRMED, {
        "run": run, "connection": connection_id, "kind": kind,
        "keys": list(due), "students": list(due.values()),
    })  # fmt: skip


_FORGET_CONFIRMED = """
DELETE FROM runs_due AS due USING unnest(%(keys)s::text[], %(students)s::bigint[]) AS known (key, student)
WHERE due.connection_id = %(connection)s AND due.kind = %(kind)s AND due.key = known.key
  AND known.student IN (SELECT unnest(seen) FROM runs_page WHERE run_id = %(run)s)
  AND NOT EXISTS (SELECT FROM runs_change AS change
    WHERE change.run_id = %(run)s AND change.student_id = known.student)
"""
_FORGET_DUE = """
DELETE FROM runs_due AS due USING runs_change AS change
WHERE change.run_id = %(run)s AND due.connection_id = %(connection)s AND due.kind = %(kind)s AND due.key = change.key
  AND change.outcome IN ('created', 'updated', 'unchanged') AND NOT change.partial
"""
_NOTE_DUE = """
INSERT INTO runs_due (connection_id, kind, key, outcome, reason, run_id, dismissed_by)
SELECT DISTINCT ON (key) %(connection)s, %(kind)s, key, outcome, reason, run_id, '' FROM runs_change
WHERE run_id = %(run)s AND key <> ''
  AND (outcome IN ('failed', 'review', 'held') OR left_out <> '' OR (partial AND outcome <> 'skipped'))
ORDER BY key, seq
ON CONFLICT (connection_id, kind, key) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
  run_id = excluded.run_id,
  dismissed_by = CASE WHEN runs_due.reason = excluded.reason THEN runs_due.dismissed_by ELSE '' END,
  dismissed_at = CASE WHEN runs_due.reason = excluded.reason THEN runs_due.dismissed_at END,
  because = CASE WHEN runs_due.reason = excluded.reason THEN runs_due.because ELSE '' END
"""


def note_due(run: UUID, connection_id: int, kind: str) -> None:
    """What failed, waits or was left out stays due with its reason; what now succeeded does not. Dismissals stay."""
    for statement in (_FORGET_DUE, _NOTE_DUE):
        changed_rows(statement, {"run": run, "connection": connection_id, "kind": kind})


def decisions(connection_id: int, keys: Sequence[str] | None = None) -> dict[str, int | None]:
    """What people decided of records with these keys, or of all: the student, or None for nobody known."""
    chosen = "" if keys is None else " AND key = ANY(%(keys)s)"
    return dict(
        _all(
            f"SELECT key, student_id FROM runs_decision WHERE connection_id = %(connection)s{chosen}",
            {"connection": connection_id, "keys": list(keys or ())},
        )
    )


def _one(query: str, parameters: Mapping[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row = cursor.fetchone()
        return row[0] if row else None


def _all(query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def changed_rows(query: str, parameters: Mapping[str, Any]) -> int:
    """Run a statement; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return int(cursor.rowcount)
