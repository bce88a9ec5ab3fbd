"""Step 0: take the order. What cannot run is refused here, before the SIS is asked anything."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from yellowbus.errors import NeedsAdmin
from yellowbus.runs.importing.order import Night, approve, queue
from yellowbus.runs.models import EXPORT, TRIAL, Run
from yellowbus.setup import mappings
from yellowbus.setup.export_options import is_production, refuse_sandbox
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import EXPORTS, Actor
from yellowbus.setup.writable import require_write


def order_export(
    actor: Actor,
    connection: Connection,
    *,
    year: int,
    yes: bool = False,
    only: Iterable[str] | None = None,
    released: Mapping[str, int] | None = None,
    night: Night | None = None,
    trial: str = "",
    now: datetime | None = None,
) -> Run:
    """Order an export of the approved registrations of the connection's schools. With `yes` it goes on from its plan.

    `only` are the ids of the registrations chosen, or taken up again; `trial` is the one of a Send Record. Raises
    NeedsAdmin for a kind of SIS that cannot be written into, a mapping that is missing, a Sandbox that would reach a
    production SIS, another export under way.
    """
    for permission in EXPORTS:
        actor.require(permission)
    if connection.archived_at is not None:
        raise NeedsAdmin("connection-archived", name=connection.name)
    require_write(connection)
    refuse_sandbox(connection)
    zone = ZoneInfo(connection.organization.time_zone)
    chosen = [trial] if trial else (None if only is None else sorted(only))
    return queue(
        actor,
        Run(
            connection=connection,
            kind=EXPORT,
            trigger=_trigger(night, chosen, trial),
            actor=actor.name,
            mapping=mappings.current(connection, EXPORT),
            school_year=year,
            today=(now or datetime.now(zone)).astimezone(zone).date(),
            approved_by=actor.name if yes else "",
            only=chosen,
            released=dict(released or {}),
            schedule=night.schedule if night else None,
            local_date=night.local_date if night else None,
        ),
    )


def _trigger(night: Night | None, chosen: list[str] | None, trial: str) -> str:
    if trial:
        return TRIAL
    return "schedule" if night else ("selection" if chosen is not None else "user")


def must_type_name(connection: Connection) -> bool:
    """Whether a Send Record asks for the student's name: real children stand in that SIS (enroll-sync 9.5)."""
    return is_production(connection)


def approve_trial(actor: Actor, run_id: UUID, *, name: str, expected: str) -> None:
    """Say yes to a Send Record; towards a production SIS with the student's name. Raises NeedsAdmin for another name."""
    run = Run.objects.select_related("connection").get(pk=run_id)
    if must_type_name(run.connection) and _plain(name) != _plain(expected):
        raise NeedsAdmin("export-name-not-typed")
    approve(actor, run_id, named=True)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
