"""Codes of the SIS that the mapping does not know, one line each; added here, only their students are imported again."""

# ruff: noqa: S608 (our own relations are put together; every value is a parameter)

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection as database

from yellowbus.enroll import codes as enroll_codes
from yellowbus.enroll import students
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.mapping.document import from_document
from yellowbus.mapping.match_codes import LONGEST, table_of, with_table
from yellowbus.mapping.model import EXPORT, FieldRule, MappingType
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.mapping.targets import rule_at, with_rule_at
from yellowbus.mapping.transforms import MatchCodes
from yellowbus.mapping.transforms.match_codes import OnUnmatched
from yellowbus.runs import outstanding
from yellowbus.runs.models import Run
from yellowbus.runs.waiting import DUE
from yellowbus.setup import drafts
from yellowbus.setup.models import Connection, MappingVersion
from yellowbus.setup.permissions import Actor, Permission


@dataclass(frozen=True, slots=True)
class Unknown:
    """One code that `count` records have and the mapping of `field` does not know.

    `added` is what the newest version of the mapping makes of it; None while nobody added it. `choices` are the values
    of Enroll with their labels, none where any text may be.
    """

    connection: int
    connection_name: str
    kind: str
    field: str
    label: str
    code: str
    count: int
    added: str | None
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Added:
    """The mapping with the codes, and the run of just their records; or why that run could not be ordered now."""

    version: MappingVersion
    records: int
    run: Run | None
    refused: YellowbusError | None = None


def unknown(actor: Actor, connections: Sequence[Connection]) -> list[Unknown]:
    """The unknown codes of what is due, the most frequent first. The number of queries does not grow with them."""
    actor.require(Permission.VIEW_STUDENTS)
    by_id = {each.pk: each for each in connections}
    rows = _rows(list(by_id))
    newest = _newest({connection for connection, *_ in rows})
    mapped = {(connection, kind) for connection, kind, *_ in rows}
    sights = {(each, kind): _Sight(by_id[each], kind, newest.get((each, kind))) for each, kind in mapped}
    found = [sights[row[:2]].line(*row[2:]) for row in rows]
    return sorted(found, key=lambda each: (-each.count, each.connection_name, each.field, each.code))


def _rows(connections: list[int]) -> list[tuple[int, str, str, str, int]]:
    with database.cursor() as cursor:
        cursor.execute(_UNKNOWN, {"connections": connections})
        return list(cursor.fetchall())


def _newest(connections: Iterable[int]) -> dict[tuple[int, str], FieldMapping]:
    rows = MappingVersion.objects.filter(connection__in=list(connections)).order_by(
        "connection", "kind", "-number"
    )
    return {
        (row.connection_id, row.kind): from_document(row.document)
        for row in rows.distinct("connection", "kind")
    }


class _Sight:
    """What is known of one connection's mapping of one kind."""

    def __init__(self, connection: Connection, kind: str, mapping: FieldMapping | None) -> None:
        self.connection, self.kind, self.mapping = connection, kind, mapping
        self.catalog = None if kind == EXPORT else students.catalog_of(kind, connection.instance_id)
        self.sets: dict[str, list[tuple[str, str]]] = {}
        if self.catalog is not None:
            for code in enroll_codes.every(connection.instance_id):
                self.sets.setdefault(code.set, []).append((code.value, code.label))

    def line(self, field: str, code: str, count: int) -> Unknown:
        known = self.catalog.fields.get(field) if self.catalog else None
        return Unknown(
            connection=self.connection.pk, connection_name=self.connection.name, kind=self.kind, field=field,
            label=known.label if known else field, code=code, count=count, added=self._added(field, code),
            choices=self.sets.get(known.codes, ()) if known and known.codes else (),
        )  # fmt: skip

    def _added(self, field: str, code: str) -> str | None:
        rule = rule_at(self.mapping, field) if self.mapping else None
        return None if rule is None else becomes(rule, code)


def becomes(rule: FieldRule, code: str) -> str | None:
    """What the table of the rule makes of a code; None where it does not list it."""
    step = table_of(rule) or MatchCodes()
    return {step.key(source): target for source, target in step.table}.get(step.key(code))


def keys(connection: Connection, kind: str, codes: Iterable[tuple[str, str]]) -> list[str]:
    """The ids of the records that are due with one of these (field, code)."""
    return [key for _, key in _records(connection, kind, codes)]


def _records(connection: Connection, kind: str, codes: Iterable[tuple[str, str]]) -> list[tuple[int, str]]:
    chosen = [f"{field}\n{_folded(code)}" for field, code in codes]
    with database.cursor() as cursor:
        cursor.execute(_RECORDS, {"connections": [connection.pk], "kind": kind, "chosen": chosen})
        return list(cursor.fetchall())


def due_with(connection: Connection, kind: str, codes: Iterable[tuple[str, str]]) -> list[int]:
    """The rows of Due that have one of these (field, code), the oldest first."""
    return [row for row, _ in _records(connection, kind, codes)]


def add(actor: Actor, connection: Connection, kind: str, chosen: Mapping[tuple[str, str], str]) -> Added:
    """Save a version of the mapping with these {(field, code): Enroll value}, and import just their records again.

    Nobody's unsaved changes are lost: a draft of the same field takes the code in. Where no run can be ordered now the
    codes are kept all the same, and the next import takes the records up.
    Raises NeedsAdmin if a value is none of Enroll, or nothing is chosen.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    _check(connection, kind, chosen)
    version = drafts.amend(
        actor, connection, kind, lambda mapping: with_codes(mapping, chosen), fields={field for field, _ in chosen},
        note=f"{len(chosen)} unknown code{'' if len(chosen) == 1 else 's'} added",
    )  # fmt: skip
    concerned = keys(connection, kind, chosen)
    try:
        run = outstanding.retry_keys(actor, connection, kind, concerned)
    except YellowbusError as error:
        return Added(version, len(concerned), None, error)
    return Added(version, len(concerned), run)


def _check(connection: Connection, kind: str, chosen: Mapping[tuple[str, str], str]) -> None:
    if not chosen:
        raise NeedsAdmin("codes-none-chosen")
    sight = _Sight(connection, kind, None)
    for (field, code), target in chosen.items():
        if max(len(code), len(target)) > LONGEST:
            raise NeedsAdmin("codes-line-long", most=LONGEST)
        line = sight.line(field, code, 0)
        if line.choices and target and target not in {value for value, _ in line.choices}:
            raise NeedsAdmin("codes-target-not-taken", value=target, field=line.label)


def with_codes(mapping: FieldMapping, chosen: Mapping[tuple[str, str], str]) -> FieldMapping:
    """The mapping that knows these codes. One that a table lists already stays as it is there."""
    for (field, code), target in chosen.items():
        rule = rule_at(mapping, field)
        if rule is None:
            raise NeedsAdmin("field-unknown", field=field, advice="Choose its source field first.")
        if becomes(rule, code) is None:
            mapping = with_rule_at(mapping, field, _with_code(rule, code, target))
    return mapping


def _with_code(rule: FieldRule, code: str, target: str) -> FieldRule:
    """A field without a table gets one that leaves all other values as they are."""
    step = table_of(rule) or MatchCodes(on_unmatched=OnUnmatched.AS_IS)
    after = with_table(rule, replace(step, table=(*step.table, (code.strip(), target))))
    return replace(after, type=MappingType.MATCH_CODES) if rule.type is MappingType.DIRECT else after


def _folded(code: str) -> str:
    return code.strip().lower()


_WRONG = f"""
WITH {DUE}, wrong AS (
  SELECT id, connection_id, kind, key, problem ->> 'field' AS field, btrim(problem ->> 'value') AS code
  FROM due, jsonb_array_elements(problems) AS problem
  WHERE problems IS NOT NULL AND problem ->> 'code' IN ('unmatched-code', 'value-not-a-code')
    AND problem ->> 'value' IS NOT NULL
)"""
_UNKNOWN = f"""
{_WRONG}
SELECT connection_id, kind, field, min(code), count(DISTINCT id) FROM wrong GROUP BY 1, 2, 3, lower(code)
"""
_RECORDS = f"""
{_WRONG}
SELECT DISTINCT id, key FROM wrong WHERE kind = %(kind)s AND field || E'\\n' || lower(code) = ANY(%(chosen)s) ORDER BY 1
"""
