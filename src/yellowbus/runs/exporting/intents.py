"""Never a second one: a write is known here before it goes out, and one without an answer is looked up before another.

After a kill, or an answer that never came, nobody here knows whether the SIS made the student. So the next one who comes
looks: once no request can be under way any more, for the names, the birth date and the school.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from yellowbus.connectors.writing import Held, Receipt
from yellowbus.errors import NotUnderstood, OutcomeUnknown, TryLater, YellowbusError
from yellowbus.planning.recognise import Child, Doubt, Ground, Recognised, Same, is_exact, nearness
from yellowbus.records import Problem
from yellowbus.runs.claim import Claim, LostClaimError
from yellowbus.runs.exporting.planned import plain
from yellowbus.runs.models import Intent, State

# A silent worker counts as dead after some seconds; its request may still be on its way for a few times as long.
IN_FLIGHT: Final = 4
LOOK_AGAIN_SECONDS: Final = 30.0
MOST_UNKNOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Writing:
    """One write that is about to go out."""

    claim: Claim
    connection: int
    run: UUID
    registration: int
    slot: int
    creates: bool

    def send(self, do: Callable[[str], Receipt], *, kept: Callable[[Receipt], str]) -> tuple[Receipt, str]:
        """Do it once. The intent is committed before, the receipt after, together with what `kept` writes; its answer.

        Raises what `do` raises. `OutcomeUnknown`, and whatever leaves the outcome open, leaves the intent open.
        """
        intent = self._intend()
        try:
            receipt = do(str(intent.token))
        except (OutcomeUnknown, NotUnderstood):
            _rows(intent).update(state=Intent.UNKNOWN, ended_at=Now())
            raise
        except YellowbusError:
            _rows(intent).update(state=Intent.REFUSED, ended_at=Now())
            raise
        return receipt, _receive(_rows(intent), receipt, kept)

    def _intend(self) -> Intent:
        """In the transaction that proves that the run is still ours."""
        with transaction.atomic():
            self.claim.move(State.APPLYING)
            return Intent.objects.create(
                connection_id=self.connection, run_id=self.run, registration=self.registration, slot=self.slot,
                creates=self.creates, token=uuid4(),
            )  # fmt: skip


def _rows(intent: Intent) -> "QuerySet[Intent]":
    return Intent.objects.filter(pk=intent.pk)


def _receive(rows: "QuerySet[Intent]", receipt: Receipt, kept: Callable[[Receipt], str]) -> str:
    """A receipt is a fact, whoever has the run by now; only somebody who found it out before makes it void."""
    with transaction.atomic():
        received: dict[str, Any] = {
            "state": Intent.DONE,
            "remote": receipt.remote,
            "key": receipt.key,
            "warnings": [plain(each) for each in receipt.warnings],
            "ended_at": Now(),
        }
        if not rows.filter(state__in=Intent.OPEN).update(**received):
            raise LostClaimError
        return kept(receipt)


def adopt(
    connection: int, registration: int, slot: int, receipt: Receipt, *, kept: Callable[[Receipt], str]
) -> str:
    """A write without an answer was found to have happened."""
    return _receive(_open(connection, registration, slot), receipt, kept)


def close(connection: int, registration: int, slot: int, receipt: Receipt) -> None:
    """The student, or the contact, is known by other means, so what had no answer needs none any more."""
    _open(connection, registration, slot).update(
        state=Intent.DONE, remote=receipt.remote, key=receipt.key, ended_at=Now()
    )


def done(run: UUID, registration: int, slot: int) -> Receipt | None:
    """The receipt that this run has for a write, with what the SIS warned of."""
    rows = Intent.objects.filter(run=run, registration=registration, slot=slot, state=Intent.DONE)
    intent = rows.order_by("-pk").first()
    if intent is None:
        return None
    return Receipt(intent.remote, intent.key, tuple(Problem(**each) for each in intent.warnings))


def _open(connection: int, registration: int, slot: int) -> "QuerySet[Intent]":
    return Intent.objects.filter(
        connection=connection, registration=registration, slot=slot, creates=True, state__in=Intent.OPEN
    )


def is_open(connection: int, registration: int, slot: int = 0) -> bool:
    """Whether a write that would have made a student (or contact) was never answered nor found out."""
    return _open(connection, registration, slot).exists()


def unanswered_create(connection: int, registration: int, slot: int = 0) -> bool:
    """Whether a write that would have made a student (or contact) has no answer.

    Raises TryLater while such a request may still be on its way to the SIS: what was not there yet might come.
    """
    rows = _open(connection, registration, slot)
    if not rows.exists():
        return False
    newest = rows.filter(state=Intent.SENT).aggregate(at=Max("sent_at"))["at"]
    left = settings.YELLOWBUS_CLAIM_SECONDS * IN_FLIGHT - _age(newest) if newest else 0.0
    if left > 0:
        raise TryLater("export-in-flight", after=left)
    return True


def _age(since: datetime) -> float:
    return (datetime.now(UTC) - since).total_seconds()


def raise_again(error: YellowbusError) -> NoReturn:
    """What becomes of a run where a write left the outcome open and nobody is there yet."""
    if isinstance(error, OutcomeUnknown):
        raise TryLater("export-looks-again", after=LOOK_AGAIN_SECONDS) from None
    raise error


def is_endless(run: UUID, registration: int, slot: int) -> bool:
    """Whether this run has had so many writes without an answer that another one would help nobody."""
    rows = Intent.objects.filter(run=run, registration=registration, slot=slot, state=Intent.UNKNOWN)
    return rows.count() >= MOST_UNKNOWN


def found_after(
    child: Child, seen: Sequence[Held], *, school: str, apart: Collection[str]
) -> Recognised | None:
    """Whom the write without an answer made; a doubt where that is not clear; None where nobody is there.

    `apart` are those who were there before it, or are known to be others. Nobody else like the child was there, so the
    one with the same names and birth date at the school is its work.
    """
    loose = [each for each in seen if each.remote not in apart]
    exact = [each for each in loose if is_exact(child, each)]
    if len(exact) == 1 and exact[0].school == school:
        return Same(exact[0].remote, Ground.ANSWER)
    if alike := [each for each in loose if each in exact or nearness(child, each)]:
        return Doubt("export-unknown-unclear", tuple(each.remote for each in alike))
    return None
