"""What went wrong in a run and what it left out, each cause once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection

from yellowbus.records import Outcome
from yellowbus.runs.models import Run
from yellowbus.runs.told import told

_APART = 3  # a cause whose facts differ more often is told once, with one of them as the example


@dataclass(frozen=True, slots=True)
class Cause:
    """`outcome` is what became of the `count` records.

    UPDATED stands for all written with something missing, UNCHANGED for a note by which nothing was lost.
    """

    code: str
    outcome: Outcome
    count: int
    sentence: str
    remedy: str
    example: bool = False


def causes(run: Run) -> list[Cause]:
    """Every cause with its number of records, the gravest and then the most frequent first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CAUSES, {"run": run.pk, "apart": _APART})
        found = [_cause(*row) for row in cursor.fetchall()]
    order = list(Outcome)
    return sorted(
        found, key=lambda cause: (order.index(cause.outcome), -cause.count, cause.code, cause.sentence)
    )


def _cause(code: str, outcome: str, facts: Any, count: int, variants: int) -> Cause:
    known: Mapping[str, object] = facts if isinstance(facts, dict) else msgspec.json.decode(facts)
    message = told(code, known)
    return Cause(
        code, Outcome(outcome), int(count), message.sentence, message.remedy, example=variants > _APART
    )


# A record counts once for each of its problems; a reason that is none of them (a repeat, a skip) has no facts.
_CAUSES = """
WITH wrong AS (
  SELECT problem ->> 'code' AS code, problem ->> 'field' AS field, problem -> 'facts' AS facts,
    CASE WHEN (problem ->> 'note')::boolean THEN 'unchanged' WHEN outcome IN ('created', 'unchanged') THEN 'updated'
    ELSE outcome END AS outcome, 1::bigint AS n
  FROM runs_change, jsonb_array_elements(problems) AS problem WHERE run_id = %(run)s AND problems IS NOT NULL
  UNION ALL
  SELECT reason, '', '{}', outcome, 1 FROM runs_change WHERE run_id = %(run)s AND reason <> ''
    AND (problems IS NULL OR NOT problems @> jsonb_build_array(jsonb_build_object('code', reason)))
  UNION ALL
  SELECT reason.key, '', '{}', 'skipped', school.value::bigint FROM runs_page, jsonb_each(reasons) AS reason,
    jsonb_each_text(reason.value) AS school WHERE run_id = %(run)s
), alike AS (
  SELECT code, field, facts, outcome, sum(n) AS n FROM wrong GROUP BY 1, 2, 3, 4
), ranked AS (
  SELECT *, sum(n) OVER cause AS every, count(*) OVER cause AS variants,
    row_number() OVER (PARTITION BY code, field, outcome ORDER BY n DESC, facts::text) AS place
  FROM alike WINDOW cause AS (PARTITION BY code, field, outcome)
)
SELECT code, outcome, facts, CASE WHEN variants > %(apart)s THEN every ELSE n END, variants
FROM ranked WHERE variants <= %(apart)s OR place = 1
"""
