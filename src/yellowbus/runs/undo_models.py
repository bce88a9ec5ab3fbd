"""What an undo takes back, and what it leaves as a person put it."""

from django.db import models

from yellowbus.enroll.scoping import Scoped


class Undoing(models.Model):
    """Of a run that is an undo: the run that it takes back, of all its students or of one, of all fields or of one.

    `redo` says that what is taken back is itself an undo, so that Enroll comes nearer to the SIS and not away from it.
    """

    run = models.OneToOneField("runs.Run", models.CASCADE, primary_key=True, related_name="undoing")
    undoes = models.ForeignKey("runs.Run", models.SET_NULL, null=True, related_name="undone_by")
    student_id = models.BigIntegerField(null=True)
    field = models.CharField(max_length=100, blank=True)
    redo = models.BooleanField(default=False)

    objects = Scoped("run__connection__organization")

    @property
    def whole(self) -> bool:
        """Whether all is taken back that the run did."""
        return self.student_id is None and not self.field


class StayPut(models.Model):
    """One value of one student that a person put back: left alone while the mapping still gives what was undone.

    `value` is that mapped value (of a student: never logged), `undo` the run that put back. `lifted_by` is the run that
    last met another value; once that run is applied the row goes.
    """

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="stay_put")
    student_id = models.BigIntegerField()
    field = models.CharField(max_length=100)
    value = models.TextField(null=True)  # noqa: DJ001 (blank in the SIS is not an empty text)
    undo = models.UUIDField()
    lifted_by = models.UUIDField(null=True)

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "student_id", "field"], name="stays_put_once")
        ]
