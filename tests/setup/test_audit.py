"""Who did what, written once: the database itself refuses to change it."""

import pytest
from django.db import DatabaseError, connection, transaction

from scene import Scene
from yellowbus.setup import audit
from yellowbus.setup.models import AuditEvent


def test_an_event_says_who_did_what_to_what(scene: Scene) -> None:
    with scene.scope():
        audit.note(scene.actor, "test.act", "a subject", count=3)
        event = AuditEvent.objects.latest("pk")
    assert (event.actor, event.verb, event.subject, event.facts) == (
        "operator",
        "test.act",
        "a subject",
        {"count": 3},
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE setup_auditevent SET actor = 'somebody else'",
        "DELETE FROM setup_auditevent",
        "TRUNCATE setup_auditevent",
        "TRUNCATE enroll_organization CASCADE",
    ],
)
def test_the_database_refuses_to_change_an_event(scene: Scene, statement: str) -> None:
    with scene.scope():
        before = list(AuditEvent.objects.order_by("pk").values())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}")  # nothing else may stand in the way
    with scene.scope():
        assert list(AuditEvent.objects.order_by("pk").values()) == before


def test_what_is_undone_leaves_no_event(scene: Scene) -> None:
    with scene.scope():
        before = AuditEvent.objects.count()
        with transaction.atomic():
            audit.note(scene.actor, "test.act", "a subject")
            transaction.set_rollback(True)
        assert AuditEvent.objects.count() == before
