"""What an export must not forget, whatever happens to the process that does it."""

from django.db import models
from django.db.models.functions import Now

from yellowbus.enroll.scoping import Scoped


class Intent(models.Model):
    """One write into the SIS, kept before it goes out. What it came to is known, or it is looked up before anything else.

    `slot` is 0 for the student and else the contact's place. `creates` says whether a repetition would make a second one.
    An open one is `sent`, or `unknown` once this side has stopped waiting for the answer.
    """

    SENT, UNKNOWN, DONE, REFUSED = "sent", "unknown", "done", "refused"
    OPEN = (SENT, UNKNOWN)

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="intents")
    run = models.ForeignKey("runs.Run", models.CASCADE, related_name="intents")
    registration = models.BigIntegerField()
    slot = models.IntegerField(default=0)
    creates = models.BooleanField()
    token = models.UUIDField(unique=True)
    state = models.CharField(max_length=16, default=SENT)
    remote = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=64, blank=True)
    warnings = models.JSONField(default=list)
    sent_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = Scoped("connection__organization")

    class Meta:
        indexes = [models.Index(fields=["connection", "registration"], name="intent_of_registration")]


class KeptContact(models.Model):
    """Which contact of the SIS stands in which place of the Contact Mapping for one student of the SIS."""

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="kept_contacts")
    student = models.CharField(max_length=64)
    slot = models.IntegerField()
    contact = models.CharField(max_length=64)

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "student", "slot"], name="kept_contact_once")
        ]


class Identity(models.Model):
    """What a person said of a registration that waited: who the child is in the SIS, and what to do if it comes back.

    `remote` is that student; blank, it is none of `none_of`. `returning` is a word of `planning.enrolling.Returning`.
    """

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="identities")
    registration = models.BigIntegerField()
    remote = models.CharField(max_length=64, blank=True)
    none_of = models.JSONField(default=list)
    returning = models.CharField(max_length=16, blank=True)
    actor = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "registration"], name="identity_once")]
