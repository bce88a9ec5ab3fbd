"""What the scan has seen, beside the tables that are to match it. For those who may see students."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from yellowbus.mapping import match_codes
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import FieldRule
from yellowbus.mapping.model import Mapping as FieldMapping
from yellowbus.mapping.steps import Context
from yellowbus.mapping.transforms import MatchCodes
from yellowbus.runs.models import SeenCodes
from yellowbus.setup.models import Connection, MappingDraft, MappingVersion
from yellowbus.setup.permissions import Actor, Permission


@dataclass(frozen=True, slots=True)
class Seen:
    """The values of one source field with the number of records that have each, the most frequent first.

    `others` records have a value that is none of these, as there were too many or it was too long.
    """

    counts: Mapping[str, int]
    blank: int
    others: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One SIS code. `target` is None where no line of the table matches it; `count` is None before any scan."""

    value: str
    count: int | None
    target: str | None


def seen(
    actor: Actor, connection: Connection, kind: str, fields: Iterable[str] | None = None
) -> dict[str, Seen]:
    """By source field what was seen; fields never scanned are left out. Without `fields`, all."""
    actor.require(Permission.VIEW_STUDENTS)
    rows = SeenCodes.objects.filter(connection=connection, kind=kind).order_by("field")
    if fields is not None:
        rows = rows.filter(field__in=list(fields))
    return {row.field: Seen(_by_number(row.counts), row.blank, row.others, row.at) for row in rows}


def _by_number(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def sources(connection: Connection, kind: str) -> set[str]:
    """The source fields on which the mapping, or what anybody has not saved of it yet, uses Match Codes."""
    newest = MappingVersion.objects.filter(connection=connection, kind=kind).order_by("-number")
    drafts = MappingDraft.objects.filter(connection=connection, kind=kind)
    documents = [*newest.values_list("document", flat=True)[:1], *drafts.values_list("document", flat=True)]
    rules = (rule for document in documents for _, rule in matching(from_document(document)))
    return {rule.source for rule in rules if rule.source}


def matching(mapping: FieldMapping) -> Iterator[tuple[str, FieldRule]]:
    """The mapped rules with Match Codes, each after its Enroll field."""
    return ((target, rule) for target, rule in mapping.targets() if match_codes.table_of(rule) is not None)


def context(connection: Connection, year: int) -> Context:
    """What steps before the Match Codes go by: today where the organization is, and the school year."""
    return Context(datetime.now(ZoneInfo(connection.organization.time_zone)).date(), year)


def lines(rule: FieldRule, found: Seen | None, context: Context) -> list[Line]:
    """The codes of a rule: those that its table does not match, the most frequent first; then the table's own."""
    step = match_codes.table_of(rule) or MatchCodes()
    counts = match_codes.reaching(rule.steps, found.counts, context) if found else None
    if counts is None:
        return [Line(value, None, target) for value, target in step.table]
    times = match_codes.matched(step, counts)
    known = [Line(value, times.get(step.key(value), 0), target) for value, target in step.table]
    return [*(Line(value, count, None) for value, count in match_codes.unmatched(step, counts)), *known]
