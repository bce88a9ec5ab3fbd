"""Arguments and options that several commands share."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from yellowbus.cli import verbs
from yellowbus.cli.simulating import current_school_year
from yellowbus.errors import NeedsAdmin


class Instance(StrEnum):
    """The Enroll sites of an organization."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


class Kind(StrEnum):
    """What is imported."""

    SCHOOLS = "schools"
    STUDENTS = "students"


class Direction(StrEnum):
    """What has a mapping: the two kinds that are imported, and what goes to the SIS."""

    SCHOOLS = "schools"
    STUDENTS = "students"
    EXPORT = "export"


ConnectionName = Annotated[str, typer.Argument(metavar="CONNECTION", help="The name of the connection.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or its beginning.")]
InstanceName = Annotated[Instance, typer.Option("--instance", help="Which Enroll instance.")]
DirectionName = Annotated[
    Direction,
    typer.Option("--kind", help="schools or students as imported, or export: what goes to the SIS."),
]
KindName = Annotated[Kind, typer.Option("--kind", help="What is imported.")]
Year = Annotated[
    int,
    typer.Option("--year", help="The school year by its starting year; without it, the newest enabled one."),
]
OnlyConnection = Annotated[str, typer.Option("--connection", help="Only of this connection.")]
Because = Annotated[str, typer.Option("--because", help="Why, in a few words; kept and shown.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many lines at most.")]


def year_for_import(instance: int, given: int) -> int:
    """The school year named, or the newest whose imports are on. Raises NeedsAdmin if none is."""
    enabled = verbs.years.enabled_years(instance)
    if not (given or enabled):
        raise NeedsAdmin("year-none")
    return given or enabled[-1]


def year_to_show(instance: int, given: int) -> int:
    """The school year named, the newest enabled one, or the one that today is in."""
    return given or max(verbs.years.enabled_years(instance), default=current_school_year())


def instance_of(organization: Any, name: Instance) -> int:
    return verbs.organizations.instance(organization, name.value)
