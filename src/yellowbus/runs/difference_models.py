"""What differs between the SIS and Enroll, followed from night to night."""

from django.db import models
from django.db.models.functions import Now

from yellowbus.enroll.scoping import Scoped


class Side(models.TextChoices):
    """Where a difference lies."""

    SIS = "sis", "In the SIS and not in Enroll"
    ENROLL = "enroll", "In Enroll and not in the SIS"
    SCHOOL = "school", "Another school"
    GRADE = "grade", "Another grade"
    STATUS = "status", "Another status"


class Difference(models.Model):
    """One student of whom the SIS and Enroll do not say the same, from the night it was first seen until it is gone.

    `key` is the record's id in the SIS, or stands for one without. `reason` is why, as a message code with its `facts`;
    `sis` and `enroll` are the two values of another school, grade or status (of a student: never logged). Who dismisses
    it says `because`; the dismissal ends when anything but the facts changes.
    """

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="differences")
    side = models.CharField(max_length=16, choices=Side.choices)
    key = models.TextField()
    student_id = models.BigIntegerField(null=True)
    school_code = models.TextField(blank=True)
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(db_default={})
    sis = models.TextField(blank=True)
    enroll = models.TextField(blank=True)
    since = models.DateTimeField(db_default=Now())
    dismissed_by = models.CharField(max_length=200, blank=True, db_default="")
    dismissed_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=200, blank=True, db_default="")

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "side", "key"], name="difference_once")]
