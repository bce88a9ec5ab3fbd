"""The append-only record of who did what, written in the transaction of what it records."""

from django.db.models import Q

from yellowbus.setup.models import AuditEvent
from yellowbus.setup.permissions import Actor


def note(actor: Actor, verb: str, subject: str, **facts: object) -> None:
    """Record one act. `subject` and `facts` are names, ids and counts: never a student's value, never a secret."""
    AuditEvent.objects.create(
        organization_id=actor.organization_id, actor=actor.name, verb=verb, subject=subject, facts=facts
    )


def events(text: str = "", *, start: int = 0, most: int = 50) -> tuple[list[AuditEvent], int]:
    """The organization's events, newest first, and how many there are. `text` is part of who, what or whom."""
    rows = AuditEvent.objects.order_by("-pk")
    for word in text.split():
        rows = rows.filter(Q(actor__icontains=word) | Q(verb__icontains=word) | Q(subject__icontains=word))
    return list(rows[start : start + most]), rows.count()
