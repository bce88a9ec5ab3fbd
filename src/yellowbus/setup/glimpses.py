"""What the SIS showed lately, kept for a short time so that a page need not ask it again.

It may be personal, so it is encrypted like a credential, bound to its connection, and deleted when its time is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec
from django.utils import timezone

from yellowbus.enroll.fence import beyond
from yellowbus.jobs.handlers import each_minute
from yellowbus.setup import secrets
from yellowbus.setup.models import Connection, Glimpse

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Seen(Generic[Kept]):
    """What was seen, and when."""

    value: Kept
    read_at: datetime


def keep(connection: Connection, name: str, value: object, *, now: datetime, lasts: timedelta) -> None:
    """Keep a value under a name, in place of an earlier one. It is readable for as long as it `lasts`."""
    key, sealed = secrets.seal(connection, name, msgspec.json.encode(value).decode())
    Glimpse.objects.update_or_create(
        connection=connection,
        name=name,
        defaults={"key": key, "sealed": sealed, "read_at": now, "expires_at": now + lasts},
    )


def recall(connection: Connection, name: str, kind: type[Kept], *, now: datetime) -> Seen[Kept] | None:
    """What was kept under a name, as a value of `kind`; None when its time is over or nothing was kept."""
    row = Glimpse.objects.filter(connection=connection, name=name, expires_at__gt=now).first()
    if row is None:
        return None
    text = secrets.unseal(connection, name, row.key, bytes(row.sealed))
    return Seen(msgspec.json.decode(text, type=kind), row.read_at)


def forget(connection: Connection) -> None:
    """Delete all that was seen through a connection: it may lead elsewhere now."""
    Glimpse.objects.filter(connection=connection).delete()


@each_minute
def sweep(now: datetime | None = None) -> int:
    """Delete what has had its time, in every organization. How many."""
    with beyond():
        return Glimpse.objects.filter(expires_at__lte=now or timezone.now()).delete()[0]
