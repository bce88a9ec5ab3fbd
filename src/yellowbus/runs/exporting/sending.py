"""“Sync to SIS” from the registrations: to which SIS each one goes, what is missing for it, and what became of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yellowbus.enroll import registrations
from yellowbus.enroll.registrations import APPROVED, Form
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.records import Outcome
from yellowbus.runs import log
from yellowbus.runs.exporting.order import order_export
from yellowbus.runs.models import EXPORT, Change, Run, State
from yellowbus.runs.told import Told, told
from yellowbus.setup import assignments, mappings
from yellowbus.setup.export_options import refuse_sandbox
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import EXPORTS, Actor
from yellowbus.setup.writable import require_write

SYNC_WORDS: Mapping[str, str] = {
    "succeeded": log.SUCCEEDED, "partial": log.PARTIAL, "failed": log.FAILED, "review": log.PENDING,
}  # fmt: skip
"""The article's word for the state of a last sync (enroll-sync 11.1)."""


@dataclass(frozen=True, slots=True)
class Sync:
    """One export that looked at a registration."""

    run: UUID
    seq: int
    at: datetime
    status: str
    outcome: str
    trial: bool
    problems: tuple[Told, ...]


def send(actor: Actor, instance: int, chosen: Sequence[str]) -> list[Run]:
    """Order an export of these registrations that stops at its plan: one for each connection and school year.

    Raises NeedsAdmin where one is not there, none is chosen, or a school has no connection; then none is ordered.
    """
    for permission in EXPORTS:
        actor.require(permission)
    if not chosen:
        raise NeedsAdmin("no-registration-chosen")
    places = registrations.whereabouts(instance, chosen)
    if unknown := sorted(set(chosen) - places.keys()):
        raise NeedsAdmin("registration-unknown", registration=", ".join(unknown[:5]))
    serving = assignments.serving_codes(instance, {school for school, _ in places.values()})
    together: dict[tuple[int, int], list[str]] = {}
    for key, (school, year) in places.items():
        if school not in serving:
            raise NeedsAdmin("registration-without-connection", school=school)
        together.setdefault((serving[school].pk, year), []).append(key)
    by_key = {each.pk: each for each in serving.values()}
    with transaction.atomic():
        return [
            order_export(actor, by_key[connection], year=year, only=keys)
            for (connection, year), keys in sorted(together.items())
        ]


def route(instance: int, form: Form) -> Connection | None:
    """The connection of the registration's school."""
    return assignments.serving_codes(instance, {form.school}).get(form.school)


def missing(form: Form, connection: Connection | None) -> Iterator[Told]:
    """What keeps the registration from being sent, as far as that is known without asking the SIS."""
    if form.status != APPROVED:
        yield told("registration-not-approved", {"status": registrations.STATUSES[form.status].lower()})
    if not (form.name and form.born):
        yield told("registration-without-name", {"registration": form.external_id})
    if connection is None:
        yield told("registration-without-connection", {"school": form.school})
        return
    yield from _missing_of(connection)


def _missing_of(connection: Connection) -> Iterator[Told]:
    try:
        require_write(connection)
    except NeedsAdmin as error:
        yield told(error.code, error.facts)
        return
    for refuses in (refuse_sandbox, lambda each: mappings.current(each, EXPORT)):
        try:
            refuses(connection)
        except YellowbusError as error:
            yield told(error.code, error.facts)


def under_way(instance: int, registrations_: Collection[int]) -> dict[int, tuple[str, UUID]]:
    """Which of these an export has planned or is writing now: the article's word and the run. One query."""
    rows = Change.objects.filter(
        run__connection__instance=instance,
        run__kind=EXPORT,
        run__state__in=_STATES,
        student_id__in=registrations_,
        outcome__in=_WRITTEN,
    )
    found = rows.order_by("run__created_at").values_list("student_id", "run", "run__state")
    return {key: (_STATES[state], run) for key, run, state in found if key is not None}


_STATES = {State.WAITING.value: log.PENDING, State.APPLYING.value: log.IN_PROGRESS}
_WRITTEN = (Outcome.CREATED.value, Outcome.UPDATED.value, Outcome.HELD.value)


def syncs(instance: int, registration: int, *, most: int = 20) -> list[Sync]:
    """The exports that looked at the registration, the newest first, those with nothing new to send among them."""
    rows = Change.objects.filter(
        run__connection__instance=instance, run__kind=EXPORT, student_id=registration
    ).defer("source")
    found = rows.select_related("run").order_by("-run__created_at")[:most]
    return [_sync(change) for change in found]


def _sync(change: Change) -> Sync:
    run = change.run
    return Sync(
        run=run.pk,
        seq=change.seq,
        at=run.created_at,
        status=log.record_status(run, change),
        outcome=change.outcome,
        trial=run.trigger == "test",
        problems=log.problems(change),
    )
