"""What is said of a connection when its state changes, and to whom it still has to be mailed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from yellowbus.enroll.scoping import Scoped


class NoticeKind(models.TextChoices):
    """What a notice is about."""

    FAILED = "failed", "Failed"
    HELD = "held", "Waits for a person"
    PAUSED = "paused", "Schedule paused"
    LATE = "late", "Late"
    UNUSUAL = "unusual", "Far from the usual count"
    EXPIRING = "expiring", "Credentials about to expire"
    RECOVERED = "recovered", "Recovered"


class Notice(models.Model):
    """One change of state of a connection: open while the state lasts, so that the state is said once.

    `topic` is the kind of run it is about, blank for the whole connection. `stage` tells apart what is worth saying again
    while the kind lasts. `code` and `facts` are a message; never a value of a student. A recovery is born ended.
    """

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    topic = models.CharField(max_length=16, blank=True)
    stage = models.CharField(max_length=32, blank=True)
    code = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    run = models.ForeignKey("runs.Run", models.SET_NULL, null=True, related_name="notices")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "topic"],
                condition=models.Q(ended_at=None),
                name="notice_open_once",
            )
        ]
        indexes = [models.Index(fields=["connection", "-since"], name="notice_newest_first")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.topic or 'the connection'}"


class LetterState(models.TextChoices):
    """How far a mail is. What was begun and never answered for is not sent again: it may have gone out."""

    WAITING = "waiting"
    BEGUN = "begun"
    SENT = "sent"
    UNKNOWN = "unknown"
    GIVEN_UP = "given-up"


class Letter(models.Model):
    """One notice to be mailed to one member; written with the notice, sent after it."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="letters")
    member = models.ForeignKey("setup.Membership", models.CASCADE, related_name="letters")
    state = models.CharField(max_length=16, choices=LetterState.choices, default=LetterState.WAITING)
    tries = models.IntegerField(default=0)
    try_after = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(null=True)

    objects = Scoped("notice__connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "member"], name="letter_once")]
        indexes = [
            models.Index(
                fields=["try_after"], condition=models.Q(state__in=("waiting", "begun")), name="letter_due"
            )
        ]


class Asking(models.Model):
    """Which kinds of notice a member has mailed; without a row, those of the member's group."""

    member = models.OneToOneField(
        "setup.Membership", models.CASCADE, primary_key=True, related_name="asks_for"
    )
    kinds = ArrayField(models.CharField(max_length=16), default=list)

    objects = Scoped("member__organization")
