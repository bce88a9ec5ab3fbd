"""`yellowbus org`: organizations, each with a Production and a Sandbox instance."""

from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.command import SET_UP, Session, command, table


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    add_example = 'yellowbus org add "Lakeview Unified" --time-zone America/Chicago'
    command(group, "add", example=add_example, organization=False)(add)
    command(group, "list", example="yellowbus org list --json", organization=False)(list_)
    command(group, "sign-in", example="yellowbus org sign-in --email admin@district.example")(sign_in)
    command(group, "keep", example="yellowbus org keep --values-days 60 --four-eyes")(keep)
    app.add_typer(group, name="org", help="Organizations: add, list, sign-in, keep.", rich_help_panel=SET_UP)


def add(
    at: Session,
    name: Annotated[str, typer.Argument(help="The name of the district.")],
    *,
    time_zone: Annotated[
        str, typer.Option(help="Where the district is; nights and dates are those of this zone.")
    ] = "America/Los_Angeles",
) -> None:
    """Make an organization with its Production and its Sandbox instance."""
    made = verbs.settings.add(name, time_zone=time_zone)
    data = {"name": made.name, "slug": made.slug, "time_zone": made.time_zone}
    at.answer(data, f"{made.name} is there, with Production and Sandbox. Its short name is {made.slug}.")


def list_(at: Session) -> None:
    """List the organizations."""
    known = verbs.organizations.every()
    data = [{"name": each.name, "slug": each.slug, "time_zone": each.time_zone} for each in known]
    at.answer(
        data, table(("Short name", "Name", "Time zone"), [(e.slug, e.name, e.time_zone) for e in known])
    )


def sign_in(
    at: Session,
    *,
    email: Annotated[
        str,
        typer.Option(help="Let this person in as an administrator, who then sets a name and a password."),
    ] = "",
    address: Annotated[str, typer.Option(help="Where people reach the pages.")] = "http://127.0.0.1:8000",
) -> None:
    """Make a one-time link to the pages, with Full Access.

    With --email the link is good for three days. Without, it signs in at once whoever opens it within the hour.
    """
    link = address.rstrip("/") + verbs.people.first_link(at.organization, email=email)
    lasts = "three days" if email else "the next hour"
    at.answer({"link": link}, f"Open this once, within {lasts}; whoever has it gets in:", link)


def keep(
    at: Session,
    *,
    values_days: Annotated[
        int | None, typer.Option(help="For how many days the values of records are kept.")
    ] = None,
    runs_days: Annotated[int | None, typer.Option(help="For how many days whole runs are kept.")] = None,
    four_eyes: Annotated[
        bool | None,
        typer.Option(
            "--four-eyes/--no-four-eyes",
            help="Who saved the mapping of a run, or ordered it, does not release what it holds.",
        ),
    ] = None,
) -> None:
    """Show for how long things are kept and whether two must look, or set what is named."""
    before = verbs.policies.kept()
    given: dict[str, Any] = {"values_days": values_days, "runs_days": runs_days, "four_eyes": four_eyes}
    after = replace(before, **{name: value for name, value in given.items() if value is not None})
    if after != before:
        verbs.policies.set_kept(at.actor, after)
    at.answer(
        asdict(after),
        f"Values of records are kept for {after.values_days:,} days, whole runs for {after.runs_days:,}.",
        f"Four eyes: {'on' if after.four_eyes else 'off'}.",
    )
