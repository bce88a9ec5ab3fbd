"""What an organization decides for all its connections: how long things are kept, and whether two must look."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit
from yellowbus.setup.models import Policy
from yellowbus.setup.permissions import Actor, Permission

LEAST_DAYS, MOST_DAYS = 7, 3650


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days the values of records and whole runs are kept (enroll-sync 17.20), and the four-eyes switch."""

    values_days: int = 90
    runs_days: int = 400
    four_eyes: bool = False


def policy() -> Policy:
    """The row of the organization at hand, or one with the defaults that is not saved."""
    return Policy.objects.first() or Policy()


def kept() -> Kept:
    row = policy()
    return Kept(row.keep_values_days, row.keep_runs_days, row.four_eyes)


@transaction.atomic
def set_kept(actor: Actor, wanted: Kept) -> None:
    """Raises NeedsAdmin for days out of bounds, and where a run would go before the values of its records."""
    actor.require(Permission.MANAGE_SETTINGS)
    days = (wanted.values_days, wanted.runs_days)
    if not all(LEAST_DAYS <= each <= MOST_DAYS for each in days):
        raise NeedsAdmin("keep-days-refused", least=LEAST_DAYS, most=f"{MOST_DAYS:,}")
    if wanted.values_days > wanted.runs_days:
        raise NeedsAdmin("keep-days-order", values=wanted.values_days, runs=wanted.runs_days)
    Policy.objects.update_or_create(
        organization_id=actor.organization_id,
        defaults={
            "keep_values_days": wanted.values_days,
            "keep_runs_days": wanted.runs_days,
            "four_eyes": wanted.four_eyes,
        },
    )
    audit.note(actor, "policy.set", "retention and release", **asdict(wanted))


def purged(organization: int, day: date) -> None:
    """Note that nothing is left to delete on this local date."""
    Policy.objects.update_or_create(organization_id=organization, defaults={"purged_on": day})
