"""Registrations that wait for a person to say who the child is, and what was said: every later export goes by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.enrolling import Returning
from yellowbus.records import Outcome
from yellowbus.runs.models import EXPORT, Change, Identity
from yellowbus.runs.told import told
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import EXPORTS, Actor


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student of the SIS that the child may be: `remote` by which the SIS writes, `key` the number that people see."""

    remote: str
    key: str
    standing: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the newest export says of a registration that waits."""

    registration: int
    reason: str
    candidates: tuple[Candidate, ...]
    seen: tuple[str, ...]

    @property
    def comes_back(self) -> bool:
        """Whether the question is what to do with a student who does not attend, and not who it is."""
        return self.reason in ("export-returning", "export-manual-enrollment")


def waiting(connection: Connection, external_id: str) -> Waiting:
    """Raises NeedsAdmin if the registration does not wait."""
    rows = Change.objects.filter(run__connection=connection, run__kind=EXPORT, key=external_id)
    change = rows.order_by("-run__created_at").first()
    if change is None or change.outcome != Outcome.REVIEW.value:
        raise NeedsAdmin("review-unknown")
    candidates = [_candidate(problem) for problem in change.problems or () if "student" in problem["facts"]]
    seen = (change.plan or {}).get("seen", ())
    return Waiting(change.seq, change.reason, tuple(candidates), tuple(seen))


def _candidate(problem: dict[str, dict[str, str]]) -> Candidate:
    facts = problem["facts"]
    sentence = told(str(problem["code"]), facts).sentence
    return Candidate(facts["student"], facts.get("key", ""), facts.get("standing", ""), sentence)


@transaction.atomic
def decide(
    actor: Actor,
    connection: Connection,
    external_id: str,
    *,
    student: str | None = None,
    returning: Returning | None = None,
) -> None:
    """Say who the child is: the `student` of this number, or with "" none of those shown; or what becomes of it.

    Raises NeedsAdmin if the registration does not wait, or if no candidate has that number.
    """
    for permission in EXPORTS:
        actor.require(permission)
    found = waiting(connection, external_id)
    said: dict[str, object] = {"actor": actor.name}
    if student is not None:
        remote = _chosen(found.candidates, student)
        none_of = [] if remote else sorted({*found.seen, *(each.remote for each in found.candidates)})
        said |= {"remote": remote, "none_of": none_of}
    if returning is not None:
        said["returning"] = returning.value
    Identity.objects.update_or_create(connection=connection, registration=found.registration, defaults=said)
    audit.note(
        actor, "export.decide", external_id, student=student or "", returning=str(said.get("returning", ""))
    )


def _chosen(candidates: Sequence[Candidate], student: str) -> str:
    if not student:
        return ""
    for each in candidates:
        if student in (each.key, each.remote):
            return each.remote
    raise NeedsAdmin("export-candidate-unknown", known=", ".join(each.key for each in candidates) or "none")
