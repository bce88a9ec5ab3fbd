"""`yellowbus connection options`: who may be added, when a change waits, and the Student Examples."""

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import ConnectionName
from yellowbus.cli.command import Session, command

if TYPE_CHECKING:
    from yellowbus.setup.options import Options

ANY = "any"
_PERCENT = typer.Option(min=0, max=100)


def register(group: typer.Typer) -> None:
    example = "yellowbus connection options PowerSchool --status active --no-school-age --example 200003"
    command(group, "options", example=example)(options)


def options(
    at: Session,
    name: ConnectionName,
    *,
    status: Annotated[
        list[str] | None,
        typer.Option(help="An enroll status whose students may be added; repeat it, or say any."),
    ] = None,
    school_age: Annotated[
        str | None, typer.Option(metavar="FROM-TO", help="Ages at which others may be added too, as 3-21.")
    ] = None,
    no_school_age: Annotated[bool, typer.Option("--no-school-age", help="Add nobody for their age.")] = False,
    grade: Annotated[
        list[str] | None, typer.Option(help="A grade to be added; repeat it, or say any.")
    ] = None,
    clears: Annotated[int | None, _PERCENT] = None,
    moves: Annotated[int | None, _PERCENT] = None,
    updates: Annotated[int | None, _PERCENT] = None,
    shrink: Annotated[int | None, _PERCENT] = None,
    at_least: Annotated[
        int | None, typer.Option(min=1, help="No threshold counts for fewer students.")
    ] = None,
    example: Annotated[
        list[str] | None, typer.Option(help="A Student Example by its id in the SIS; up to five.")
    ] = None,
    link_certain: Annotated[
        bool | None,
        typer.Option(
            "--link-certain/--no-link-certain",
            help="Link a record by itself where it is a student of Enroll beyond doubt.",
        ),
    ] = None,
) -> None:
    """Show the options of a connection, or set those that are named.

    --clears, --moves, --updates and --shrink are percents: above them a change waits for a person.
    """
    connection = verbs.connections.find(name)
    before = verbs.options.read_options(connection)
    admission = _given(statuses=_chosen(status), grades=_chosen(grade), school_age=_ages(school_age))
    if no_school_age:
        admission["school_age"] = None
    thresholds = _given(clears=clears, moves=moves, updates=updates, shrink=shrink, at_least=at_least)
    after = replace(
        before,
        admission=replace(before.admission, **admission),
        thresholds=replace(before.thresholds, **thresholds),
        **_given(examples=None if example is None else tuple(example), links_certain=link_certain),
    )
    if after != before:
        verbs.options.set_options(at.actor, connection, after)
    at.answer(_as_data(after), *_told(after))


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _chosen(words: list[str] | None) -> frozenset[str] | None:
    if words is None:
        return None
    return frozenset() if ANY in words else frozenset(words)


def _ages(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    youngest, _, oldest = text.partition("-")
    if not (youngest.isdigit() and oldest.isdigit()):
        raise typer.BadParameter("Ages are written as 3-21.", param_hint="--school-age")
    return int(youngest), int(oldest)


def _as_data(options: "Options") -> dict[str, Any]:
    admission = options.admission
    return {
        "statuses": sorted(admission.statuses),
        "school_age": admission.school_age,
        "grades": sorted(admission.grades),
        "thresholds": asdict(options.thresholds),
        "examples": list(options.examples),
        "links_certain": options.links_certain,
    }


def _told(options: "Options") -> list[str]:
    admission, thresholds = options.admission, options.thresholds
    statuses = ", ".join(sorted(admission.statuses)) or "any status"
    ages = (
        ""
        if admission.school_age is None
        else f", and others aged {'-'.join(map(str, admission.school_age))}"
    )
    shares = ", ".join(
        f"{field.name} {getattr(thresholds, field.name)} %"
        for field in fields(thresholds)
        if field.name != "at_least"
    )
    return [
        f"May be added: {statuses}{ages}; grades: {', '.join(sorted(admission.grades)) or 'any'}.",
        f"Waits for a person above: {shares}, and from {thresholds.at_least} students on.",
        f"Student Examples: {', '.join(options.examples) or 'none'}.",
        "Links a record by itself where it is a student beyond doubt."
        if options.links_certain
        else "A person says who is who.",
    ]
