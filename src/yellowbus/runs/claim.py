"""Who works on a run: one worker at a time, and a worker that was thought dead is refused when it comes back.

A claim is a token in the run's row. Every page moves the row under that token in the page's own transaction; the UPDATE
must change one row, or the page is undone.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django_scopes import scopes_disabled

from yellowbus.enroll.fence import beyond
from yellowbus.jobs.handlers import STOPPING
from yellowbus.runs.models import MOVING, Run, State


class LostClaimError(Exception):
    """Another worker took the run over, or a person cancelled it. What was not committed is undone."""


class StoppingError(Exception):
    """The process is being stopped. The run goes on from its last page, here or elsewhere."""


# A position reached is a fresh start: what went wrong before it is over.
_NO_TROUBLE: dict[str, Any] = {"attempts": 0, "try_after": None, "error_code": "", "error_facts": {}}


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to move one run."""

    run: UUID
    token: UUID

    def move(self, state: State, *, to: State | None = None, **position: Any) -> None:
        """Move the run, which must still be ours and in `state`. Call it inside the transaction of what it counts."""
        if STOPPING.is_set():
            raise StoppingError
        moved = _NO_TROUBLE | {"claimed_at": Now()} | position
        changed = self._rows().filter(state=state).update(**moved, state=to or state)
        if changed != 1:
            raise LostClaimError

    def stay(self) -> None:
        """Say that we are alive, between two pages."""
        if self._rows().update(claimed_at=Now()) != 1:
            raise LostClaimError

    def leave(self, **position: Any) -> bool:
        """Give the run back; False, and without effect, when it is no longer ours."""
        return bool(self._rows().update(**position, claim=None, claimed_at=None))

    def count_requests(self, requests: int) -> None:
        """Add to the number of requests that the run made to the SIS."""
        self._rows().update(requests=F("requests") + requests)

    def _rows(self) -> Any:
        with scopes_disabled():
            return Run.objects.filter(pk=self.run, claim=self.token)


def unclaimed() -> Q:
    """Runs that nobody works on. A worker that was last heard of in the future is none: the clock was set back since."""
    seconds = Value(timedelta(seconds=settings.YELLOWBUS_CLAIM_SECONDS))
    return Q(claim=None) | Q(claimed_at__lt=Now() - seconds) | Q(claimed_at__gt=Now() + seconds)


def claim(run: UUID) -> Claim | None:
    """Take a run that moves and that nobody works on, or whose worker has been silent too long. None if we may not."""
    token = uuid4()
    free = unclaimed()
    due = Q(try_after=None) | Q(try_after__lte=Now())
    with beyond():
        taken = Run.objects.filter(free, due, pk=run, state__in=MOVING).update(
            claim=token, claimed_at=Now(), attempts=F("attempts") + 1
        )
    return Claim(run, token) if taken else None
