"""The append-only record of who did what, written in the transaction of what it records."""

from yellowbus.setup.models import AuditEvent
from yellowbus.setup.permissions import Actor


def note(actor: Actor, verb: str, subject: str, **facts: object) -> None:
    """Record one act. `subject` and `facts` are names, ids and counts: never a student's value, never a secret."""
    AuditEvent.objects.create(
        organization_id=actor.organization_id, actor=actor.name, verb=verb, subject=subject, facts=facts
    )
