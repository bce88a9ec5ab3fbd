"""What a finished import leaves different between the SIS and Enroll, student by student, kept from night to night.

A record that fails, waits or cannot be read is in the SIS: its student is never said to be gone. A night without news
writes nothing.
"""

# ruff: noqa: S608 (names of columns and of our own relations; every value is a parameter)

from django.db import connection as database

from yellowbus.enroll import bulk
from yellowbus.runs.importing.terms import Terms
from yellowbus.runs.models import Run

FOLLOWED = {
    "school": "students_annual.school_code",
    "grade": "students_annual.grade",
    "status": "students_annual.sis_enroll_status",
}
GONE, UNREAD, IN_REVIEW, HELD = "missing-from-read", "missing-unread", "missing-in-review", "difference-held"


def note_perhaps(run: Run, terms: Terms) -> None:
    """Say of students whom the read did not bring why they may be in the SIS all the same.

    A record without an id that was read is known by its names and birth date. One of which neither an id nor these are
    known may be any of the missing.
    """
    everybody = bulk.everybody(terms.instance, terms.year)
    given = {**everybody.parameters, "run": run.pk}
    with database.cursor() as cursor:
        for statement in (_MAY_BE_REVIEWED, _MAY_BE_UNREAD.format(everybody=everybody.query)):
            cursor.execute(statement, given)


_MAY_BE_REVIEWED = """
UPDATE runs_missing AS missing SET perhaps = 'review' FROM (
  SELECT DISTINCT (problem -> 'facts' ->> 'student')::bigint AS student
  FROM runs_change, jsonb_array_elements(problems) AS problem
  WHERE run_id = %(run)s AND outcome = 'review' AND problems IS NOT NULL
) AS named WHERE missing.run_id = %(run)s AND missing.student_id = named.student
"""
_MAY_BE_UNREAD = """
WITH nameless AS MATERIALIZED (
  SELECT seq, source, match_key FROM runs_change WHERE run_id = %(run)s AND key = '' AND outcome = 'failed'
), words AS (
  SELECT seq, word FROM nameless, regexp_split_to_table(encode(source, 'escape'), '[^[:alnum:]_.-]+') AS word
), absent AS MATERIALIZED (
  SELECT known.* FROM ({everybody}) AS known JOIN runs_missing AS missing USING (student_id)
  WHERE missing.run_id = %(run)s
), met AS MATERIALIZED (
  SELECT absent.student_id, words.seq FROM absent JOIN words ON words.word = absent.key
  UNION SELECT absent.student_id, nameless.seq FROM absent JOIN nameless ON nameless.match_key = absent.match_key
), unknown AS (
  SELECT FROM nameless WHERE match_key IS NULL AND seq NOT IN (SELECT seq FROM met)
)
UPDATE runs_missing SET perhaps = 'unread' WHERE run_id = %(run)s
  AND (student_id IN (SELECT student_id FROM met) OR EXISTS (SELECT FROM unknown))
"""


def follow(run: Run, terms: Terms) -> None:
    """Keep what differs now: what is new is added, what changed waits for a person again, what is gone goes.

    A retry speaks of its own records alone.
    """
    everybody = bulk.everybody(terms.instance, terms.year)
    given = {**everybody.parameters, "run": run.pk, "connection": run.connection_id, **_CODES}
    with database.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE differing AS {_DIFFERING.format(everybody=everybody.query)}", given
        )
        cursor.execute(_GO.format(only="" if run.only is None else _TOUCHED), given)
        cursor.execute(_KEEP, given)
        cursor.execute("DROP TABLE pg_temp.differing")


_CODES = {"gone": GONE, "unread": UNREAD, "in_review": IN_REVIEW, "held": HELD}
_PAIRS = ", ".join(f"('{side}', '{field}')" for side, field in FOLLOWED.items())
# The first of a side and key stands: what is worse comes first.
_DIFFERING = f"""
WITH everybody AS MATERIALIZED ({{everybody}}), followed (side, field) AS (VALUES {_PAIRS}),
rows AS MATERIALIZED (
  SELECT DISTINCT ON (1) CASE WHEN change.key = '' THEN '~' || left(md5(source), 12) ELSE change.key END AS key, outcome,
    reason, school_code, held,
    coalesce(jsonb_path_query_first(problems, '$[*] ? (@.code == $reason).facts', jsonb_build_object('reason', reason)),
      '{{{{}}}}') AS facts, CASE WHEN left_out <> '' THEN changes END AS passed_over,
    coalesce(by_id.student_id, by_key.student_id) AS student_id, coalesce(by_id.school, by_key.school) AS school
  FROM runs_change AS change
  LEFT JOIN everybody AS by_id ON by_id.student_id = change.student_id
  LEFT JOIN everybody AS by_key ON by_key.key = change.key AND change.key <> ''
  WHERE run_id = %(run)s AND reason <> 'repeated-alike'
    AND (outcome IN ('failed', 'review', 'skipped') OR held IS NOT NULL)
  ORDER BY 1, seq
), skipped AS (
  SELECT each.key, school.key AS school, reason.key AS reason FROM runs_page, jsonb_each(left_out) AS reason,
    jsonb_each(reason.value) AS school, jsonb_array_elements_text(school.value) AS each (key) WHERE run_id = %(run)s
)
SELECT DISTINCT ON (side, key) side::varchar, key, student_id, school_code, outcome::varchar, reason::varchar,
  coalesce(sis, '') AS sis, coalesce(enroll, '') AS enroll, facts
FROM (
  SELECT 1 AS place, 'sis' AS side, key, NULL::bigint AS student_id, school_code, outcome, reason,
    '' AS sis, '' AS enroll, facts
  FROM rows WHERE student_id IS NULL AND outcome IN ('failed', 'review', 'skipped')
  UNION ALL
  SELECT 2, 'sis', key, NULL, school, 'skipped', reason, '', '', '{{{{}}}}' FROM skipped
  WHERE NOT EXISTS (SELECT FROM everybody AS known WHERE known.key = skipped.key)
  UNION ALL
  SELECT 1, 'enroll', coalesce(nullif(known.key, ''), 'students.id ' || student_id), student_id, known.school, 'missing',
    CASE perhaps WHEN 'unread' THEN %(unread)s WHEN 'review' THEN %(in_review)s ELSE %(gone)s END, '', '', '{{{{}}}}'
  FROM runs_missing JOIN everybody AS known USING (student_id) WHERE run_id = %(run)s
  UNION ALL
  SELECT 1, 'school', key, student_id, school, outcome, reason, school_code, school, facts
  FROM rows WHERE outcome IN ('failed', 'review') AND school_code <> '' AND school <> school_code
  UNION ALL
  SELECT 2, side, key, student_id, school, 'held', %(held)s, held -> field ->> 1, held -> field ->> 0, '{{{{}}}}'
  FROM rows JOIN followed ON held ? field
  UNION ALL
  SELECT 3, side, key, student_id, school, outcome, reason, passed_over -> field ->> 1, passed_over -> field ->> 0, facts
  FROM rows JOIN followed ON passed_over ? field
  UNION ALL
  SELECT 4, side, known.key, student_id, school, 'skipped', 'undo-stays-put', value,
    CASE side WHEN 'school' THEN school WHEN 'grade' THEN grade ELSE status END, '{{{{}}}}'
  FROM runs_stayput JOIN followed USING (field) JOIN everybody AS known USING (student_id)
  WHERE connection_id = %(connection)s
) AS every WHERE sis <> enroll OR side IN ('sis', 'enroll') OR sis IS NULL OR enroll IS NULL ORDER BY side, key, place
"""
_GO = """
DELETE FROM runs_difference AS known WHERE connection_id = %(connection)s
  AND NOT EXISTS (SELECT FROM pg_temp.differing AS now WHERE now.side = known.side AND now.key = known.key) {only}
"""
_TOUCHED = """
  AND (key IN (SELECT key FROM runs_change WHERE run_id = %(run)s)
    OR student_id IN (SELECT student_id FROM runs_change WHERE run_id = %(run)s)
    OR key IN (SELECT each.key FROM runs_page, jsonb_each(left_out) AS reason, jsonb_each(reason.value) AS school,
      jsonb_array_elements_text(school.value) AS each (key) WHERE run_id = %(run)s))
"""
_SAME = """(known.student_id, known.school_code, known.outcome, known.reason, known.sis, known.enroll)
  IS NOT DISTINCT FROM (excluded.student_id, excluded.school_code, excluded.outcome, excluded.reason, excluded.sis,
  excluded.enroll)"""
_KEEP = f"""
INSERT INTO runs_difference AS known
  (connection_id, side, key, student_id, school_code, outcome, reason, sis, enroll, facts)
SELECT %(connection)s, * FROM pg_temp.differing
ON CONFLICT (connection_id, side, key) DO UPDATE SET student_id = excluded.student_id,
  school_code = excluded.school_code, outcome = excluded.outcome, reason = excluded.reason, sis = excluded.sis,
  enroll = excluded.enroll, facts = excluded.facts,
  dismissed_by = CASE WHEN {_SAME} THEN known.dismissed_by ELSE '' END,
  dismissed_at = CASE WHEN {_SAME} THEN known.dismissed_at END,
  because = CASE WHEN {_SAME} THEN known.because ELSE '' END
WHERE NOT ({_SAME}) OR known.facts <> excluded.facts
"""
