"""Students who may be a child that is about to be added: found by indexed birth dates, for a page of records at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yellowbus.enroll.models import Student


@dataclass(frozen=True, slots=True)
class Asked:
    """For one record: `dates` on which the child needs one of `letters` as an initial of any name, and `near` ones on
    which it needs one for the first name and one for a last name.
    """

    dates: Sequence[str]
    near: Sequence[str]
    letters: str


@dataclass(frozen=True, slots=True)
class Nearby:
    """A student, as far as the index of birth dates tells of it."""

    id: int
    match_key: str
    has_district_id: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What Enroll holds of a student, by catalog name."""

    district_id: str
    archived: bool
    values: Mapping[str, str]


def any_student(instance: int) -> bool:
    return Student.objects.filter(instance_id=instance).exists()


# One look-up by the index of birth dates for each date asked for (OFFSET keeps it so): a planner without fresh statistics
# would walk the store for each of them. The index has all in it that is told.
_AROUND = """
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest(%(places)s::int[], %(dates)s::text[], %(nears)s::bool[], %(letters)s::text[])
    AS given (place, born, near, letters)
), found AS MATERIALIZED (
  SELECT place, near, letters, id, match_key, district_id, split_part(match_key, '|', 2) AS last
  FROM asked CROSS JOIN LATERAL (
    SELECT id, match_key, district_id FROM enroll_student AS store
    WHERE store.instance_id = %(instance)s AND store.born = asked.born OFFSET 0) AS row
)
SELECT place, id, match_key, district_id IS NOT NULL FROM found WHERE match_key IS NOT NULL AND CASE WHEN near THEN
    strpos(letters, left(match_key, 1)) > 0 AND (strpos(letters, left(last, 1)) > 0
      OR strpos(letters, left(reverse(split_part(reverse(last), ' ', 1)), 1)) > 0)
  ELSE strpos(letters, left(match_key, 1)) > 0 OR strpos(letters, left(last, 1)) > 0
    OR strpos(letters, left(reverse(split_part(reverse(last), ' ', 1)), 1)) > 0 END
ORDER BY place, id
"""


def around(instance: int, asked: Mapping[int, Asked]) -> dict[int, list[Nearby]]:
    """Who may be each of the records asked for, by the record's place. Call it inside a transaction."""
    rows = [
        (place, born, near, each.letters)
        for place, each in asked.items()
        for dates, near in ((each.dates, False), (each.near, True))
        for born in dates
    ]
    if not rows:
        return {}
    names = ("places", "dates", "nears", "letters")
    columns = (list(column) for column in zip(*rows, strict=True))
    parameters: dict[str, Any] = {**dict(zip(names, columns, strict=True)), "instance": instance}
    found: dict[int, list[Nearby]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_AROUND, parameters)
        for place, *told in cursor.fetchall():
            found.setdefault(place, []).append(Nearby(*told))
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


def latest(instance: int, ids: Iterable[int], *, year: int) -> dict[int, Known]:
    """What Enroll holds of these students: in `year`, or where nothing is known of it in the last one."""
    rows = Student.objects.filter(instance_id=instance, pk__in=list(ids))
    rows = rows.only("lasting", "annual", "custom", "archived_at", "district_id")
    return {
        student.pk: Known(
            student.district_id or "", student.archived_at is not None, student.values(_latest(student, year))
        )
        for student in rows
    }


def _latest(student: Student, year: int) -> int:
    return year if str(year) in student.annual else max(map(int, student.annual), default=year)
