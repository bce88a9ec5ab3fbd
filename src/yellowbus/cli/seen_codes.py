"""`yellowbus mapping scan` and `mapping codes`: which codes the SIS really has, before any schedule."""

import time
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName, Kind, KindName, Year, year_to_show
from yellowbus.cli.command import Session, Status, command, table
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.report import counted

if TYPE_CHECKING:
    from yellowbus.mapping.model import FieldRule
    from yellowbus.mapping.steps import Context
    from yellowbus.runs.models import Scan
    from yellowbus.runs.seen import Line, Seen
    from yellowbus.setup.models import Connection

_PAUSE = 0.25


def register(group: typer.Typer) -> None:
    command(group, "scan", example="yellowbus mapping scan PowerSchool")(scan)
    command(group, "codes", example="yellowbus mapping codes PowerSchool --field students_annual.grade")(
        codes
    )


# --- scan ---


def scan(
    at: Session,
    name: ConnectionName,
    *,
    kind: KindName = Kind.STUDENTS,
    year: Year = 0,
    field: Annotated[
        list[str] | None, typer.Option(help="A source field to count beside those that are sets; repeat it.")
    ] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="Stop the scan that is under way.")] = False,
) -> Status:
    """Read the SIS once and count the codes it really has. Changes nothing in Enroll."""
    connection = verbs.connections.find(name)
    if cancel:
        return _cancel(at, connection, kind)
    chosen = year_to_show(connection.instance_id, year)
    taken = verbs.scanning.order(at.actor, connection, kind.value, year=chosen, fields=field or ())
    _follow(taken)
    if taken.state == "done":
        found = verbs.seen.seen(at.actor, connection, kind.value)
        data = {"connection": name, "state": taken.state, "read": taken.read, "fields": list(found)}
        at.answer(data, _ended(taken, len(found)), _next(name))
        return Status.DONE
    return _not_done(at, taken)


def _cancel(at: Session, connection: "Connection", kind: Kind) -> Status:
    stopped = verbs.scanning.cancel(at.actor, connection, kind.value)
    at.answer({"cancelled": stopped}, "Cancelled." if stopped else "No scan is under way.")
    return Status.DONE


def _follow(taken: "Scan") -> None:
    """Wait for a worker that is alive, else work here."""
    while taken.state in ("queued", "reading"):
        if verbs.port.worker_alive():
            time.sleep(_PAUSE)
        else:
            verbs.scanning.scan(str(taken.pk))
        taken.refresh_from_db()


def _ended(taken: "Scan", fields: int) -> str:
    unreadable = f" {counted(taken.unreadable, 'record')} could not be read." if taken.unreadable else ""
    return f"Read {counted(taken.read, 'record')}: codes of {counted(fields, 'field')}.{unreadable}"


def _next(name: str) -> str:
    return f'Look at them: yellowbus mapping codes "{name}"'


def _not_done(at: Session, taken: "Scan") -> Status:
    if not taken.error_code:
        at.answer({"state": taken.state}, "Cancelled. The counts are those of the scan before.")
        return Status.FAILED
    wrong = verbs.told.told(taken.error_code, taken.error_facts)
    error = {"code": wrong.code, "sentence": wrong.sentence, "remedy": wrong.remedy}
    at.answer({"state": taken.state, "error": error}, f"{wrong.sentence} {wrong.remedy}".strip())
    return Status.FAILED


# --- codes ---


def codes(
    at: Session,
    name: ConnectionName,
    *,
    kind: KindName = Kind.STUDENTS,
    year: Year = 0,
    field: Annotated[
        str,
        typer.Option(
            help="An Enroll field with Match Codes, or a source field; without it, all of the former."
        ),
    ] = "",
) -> Status:
    """Show the codes that the last scan saw, unmatched ones first, with their numbers.

    Status 1 says that a field has codes that nothing matches.
    """
    connection = verbs.connections.find(name)
    rules = _rules(connection, kind)
    found = verbs.seen.seen(at.actor, connection, kind.value)
    at_hand = _context(connection, year)
    if not field:
        return _overview(at, rules, found, at_hand)
    rule = rules.get(field.strip().lower())
    if rule is None:
        return _of_source(at, name, field, found)
    return _of_rule(at, rule, found, at_hand)


def _rules(connection: "Connection", kind: Kind) -> "dict[str, FieldRule]":
    try:
        kept = verbs.mappings.current(connection, kind.value)
    except NeedsAdmin:  # a source field can be looked at before there is a mapping
        return {}
    return dict(verbs.seen.matching(verbs.mappings.mapping_of(kept)))


def _context(connection: "Connection", year: int) -> "Context":
    return verbs.seen.context(connection, year_to_show(connection.instance_id, year))


def _overview(
    at: Session, rules: "dict[str, FieldRule]", found: "dict[str, Seen]", context: "Context"
) -> Status:
    rows = [_summary(field, rule, found.get(rule.source or ""), context) for field, rule in rules.items()]
    told = [table(("Field", "From the SIS", "Codes", "Unmatched", "Records", "Read"), map(_cells, rows))]
    at.answer(rows, *(told if rows else ["No field is mapped with Match Codes."]))
    return Status.FAILED if any(row["unmatched"] for row in rows) else Status.DONE


def _summary(field: str, rule: "FieldRule", found: "Seen | None", context: "Context") -> dict[str, Any]:
    lines = verbs.seen.lines(rule, found, context)
    without = [line.count or 0 for line in lines if line.target is None]
    return {
        "field": field,
        "source": rule.source,
        "codes": sum(1 for line in lines if line.count),
        "unmatched": len(without),
        "records_unmatched": sum(without),
        "read_at": found.at if found else None,
    }


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    read = f"{row['read_at']:%Y-%m-%d %H:%M} UTC" if row["read_at"] else "not yet"
    return row["field"], row["source"], row["codes"], row["unmatched"], row["records_unmatched"], read


def _of_rule(at: Session, rule: "FieldRule", found: "dict[str, Seen]", context: "Context") -> Status:
    kept = found.get(rule.source or "")
    lines = verbs.seen.lines(rule, kept, context)
    data = [{"code": line.value, "records": line.count, "enroll": line.target} for line in lines]
    at.answer(data, table(("SIS code", "Records", "Enroll value"), map(_line, lines)), *_rest(kept))
    return Status.FAILED if any(line.target is None for line in lines) else Status.DONE


def _line(line: "Line") -> tuple[object, ...]:
    return line.value, line.count, "! no match" if line.target is None else line.target or "(blank)"


def _of_source(at: Session, name: str, field: str, found: "dict[str, Seen]") -> Status:
    if field not in found:
        raise NeedsAdmin("codes-not-read", field=field, connection=name)
    kept = found[field]
    data = [{"code": value, "records": count} for value, count in kept.counts.items()]
    at.answer(data, table(("SIS code", "Records"), kept.counts.items()), *_rest(kept))
    return Status.DONE


def _rest(kept: "Seen | None") -> Iterator[str]:
    if kept is None:
        yield "Not read from the SIS yet: yellowbus mapping scan."
        return
    if kept.blank:
        yield f"Blank: {kept.blank:,}."
    if kept.others:
        yield f"With a value beyond those listed: {kept.others:,}."
    yield f"Read {kept.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
