"""`yellowbus mapping suggest`: what could fill the fields that are not mapped, and taking it over."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName, Kind, KindName
from yellowbus.cli.command import Session, command, table

if TYPE_CHECKING:
    from yellowbus.mapping.suggest import Suggestion


def register(group: typer.Typer) -> None:
    command(group, "suggest", example="yellowbus mapping suggest PowerSchool --all")(suggest)


def suggest(
    at: Session,
    name: ConnectionName,
    *,
    kind: KindName = Kind.STUDENTS,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="FIELD", help="Take over this one; repeatable.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Take over every one.")] = False,
) -> None:
    """Suggest what could fill the Enroll fields that are not mapped yet, each with its reason.

    Nothing is saved unless suggestions are taken over, by --accept or --all; then the mapping gets a next version.
    """
    if accept and everything:
        raise typer.BadParameter("Use either --accept or --all.")
    connection = verbs.connections.find(name)
    newest = verbs.mappings.newest(connection, kind.value)
    before = newest.document if newest else verbs.drafts.empty(kind.value)
    found = verbs.suggesting.suggest(at.actor, connection, kind.value, before, now=datetime.now(UTC))
    if not (found and (accept or everything)):
        _show(at, found)
        return
    taken = verbs.suggesting.chosen(found, accept)
    after = verbs.suggesting.laid(before, taken)
    seen = newest.number if newest else None
    kept = verbs.mappings.save(at.actor, connection, after, note="suggested", seen=seen)
    count = len(taken)
    data = {"connection": connection.name, "kind": kept.kind, "version": kept.number, "accepted": count}
    at.answer(data, f"{count} taken over: the {kept.kind} mapping of {name} is version {kept.number}.")


def _show(at: Session, found: "list[Suggestion]") -> None:
    headings = ("To Enroll", "Mapping Type", "From the SIS", "Steps", "Sure", "Why")
    told = [table(headings, map(_cells, found))] if found else ["Nothing is suggested."]
    at.answer([_data(each) for each in found], *told)


def _data(each: "Suggestion") -> dict[str, Any]:
    return {
        "field": each.field,
        "type": each.rule.type.value,
        "sources": list(each.sources),
        "slot": each.slot.slot if each.slot else None,
        "steps": [step.use for step in each.rule.steps],
        "confidence": each.confidence,
        "reason": each.reason,
    }


def _cells(each: "Suggestion") -> tuple[str, ...]:
    steps = " → ".join(step.use for step in each.rule.steps)
    sources = ", ".join(each.sources)
    return each.field, each.rule.type.value, sources, steps, f"{each.confidence:.0%}", each.reason
