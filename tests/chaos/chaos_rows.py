"""What stands in a database after a night, row by row, without what is another one each time: row numbers and moments."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

STORE = """
SELECT district_id, lasting, annual, custom, match_key, mark, version, archived_at FROM enroll_student
ORDER BY district_id
"""
JOURNAL = """
SELECT change.seq, change.key, student.district_id, change.outcome, change.reason, change.basis, change.version,
  change.school_code, change.lasting, change.annual, change.custom, change.changes, change.held, change.problems,
  change.match_key, change.mark, change.source, change.left_out
FROM runs_change AS change LEFT JOIN enroll_student AS student ON student.id = change.student_id
WHERE change.run_id = %(run)s ORDER BY change.seq
"""
PAGES = """
SELECT number, tallies, reasons, (SELECT array_agg(student.district_id ORDER BY student.district_id)
  FROM enroll_student AS student WHERE student.id = ANY(seen)) AS seen
FROM runs_page WHERE run_id = %(run)s ORDER BY number
"""
LOG = """
SELECT kind, trigger, actor, school_year, today, state, approved_by, waits_because, pages, read, total, last_page_read,
  applied_through, counts, error_code, claim FROM runs_run WHERE id = %(run)s
"""
DUE = "SELECT kind, key, outcome, reason, dismissed_by FROM runs_due ORDER BY kind, key"
HOLDS = (
    "SELECT rule, field, count, population, state FROM runs_hold WHERE run_id = %(run)s ORDER BY rule, field"
)
MISSING = """
SELECT student.district_id FROM runs_missing JOIN enroll_student AS student ON student.id = student_id
WHERE run_id = %(run)s ORDER BY 1
"""
AUDIT = "SELECT verb, actor, count(*) FROM setup_auditevent GROUP BY 1, 2 ORDER BY 1, 2"
EVERYTHING = {
    "store": STORE, "journal": JOURNAL, "pages": PAGES, "log": LOG, "due": DUE, "holds": HOLDS, "missing": MISSING,
    "audit": AUDIT,
}  # fmt: skip


def rows(url: str, query: str, run: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query, {"run": run}).fetchall()


def everything(url: str, run: str) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(url, query, run) for name, query in EVERYTHING.items()}


def not_as_planned(url: str, run: str) -> list[tuple[str, str]]:
    """Of all that was applied, the values that the store does not hold as the plan showed them: [(student, field)]."""
    held = {row["district_id"]: row for row in rows(url, STORE, run)}
    year = str(rows(url, LOG, run)[0]["school_year"])
    return [
        (row["district_id"], f"{table}.{name}")
        for row in rows(url, JOURNAL, run)
        if row["outcome"] in ("created", "updated", "held")
        for table in ("lasting", "annual", "custom")
        for name, value in (row[table] or {}).items()
        if _at(held[row["district_id"]], table, year).get(name) != value
    ]


def _at(student: dict[str, Any], table: str, year: str) -> dict[str, Any]:
    found: dict[str, Any] = student[table]
    return found.get(year, {}) if table == "annual" else found
