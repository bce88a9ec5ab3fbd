"""What happens, and what happened."""

import uuid
from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from yellowbus.enroll.scoping import Scoped
from yellowbus.runs.difference_models import Difference
from yellowbus.runs.export_models import Identity, Intent, KeptContact
from yellowbus.runs.notice_models import Asking, Letter, Notice
from yellowbus.runs.undo_models import StayPut, Undoing

__all__ = [
    "Asking",
    "Difference",
    "Identity",
    "Intent",
    "KeptContact",
    "Letter",
    "Notice",
    "StayPut",
    "Undoing",
]


def stored(facts: Mapping[str, object]) -> dict[str, str | int | float]:
    """An error's facts as a row can keep them, for saying its sentence again."""
    return {name: fact if isinstance(fact, int | float) else str(fact) for name, fact in facts.items()}


class State(models.TextChoices):
    """How far a run is. The article's five words for it are `Run.status`."""

    QUEUED = "queued"
    READING = "reading"
    PLANNING = "planning"
    WAITING = "waiting"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


EXPORT = "export"  # the kind of a run that writes into the SIS
TRIAL = "test"  # the trigger of a Send Record, as the Sync Log calls it
UNDO = "undo"  # the trigger of a run that puts back what another one wrote
MOVING = (State.QUEUED, State.READING, State.PLANNING, State.APPLYING)
ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.REPLACED)


class Run(models.Model):
    """One import: its order, its position and its result. The truth about a run is this row, not the queue.

    `claim` is the token of the worker that works on it; `bookmark`, `pages` and `applied_through` say how far it is
    and move only in the transaction of the page they count. `today`, `school_year` and the mapping are fixed once.
    `only` are the keys of a retry, or the one of a Send Record, and none of an undo, which reads nothing; `released` says
    of a held field how many changes a person allowed. `labels` are what the SIS calls the fields that an export writes.
    `values_deleted_at` is when the values of its records were deleted, save those still due (`purging`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey("setup.Connection", models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=16)
    trigger = models.CharField(max_length=16)
    actor = models.CharField(max_length=200)
    mapping = models.ForeignKey("setup.MappingVersion", models.PROTECT)
    school_year = models.IntegerField()
    today = models.DateField()
    only = models.JSONField(null=True)
    released = models.JSONField(default=dict)
    schedule = models.ForeignKey("setup.Schedule", models.SET_NULL, null=True)
    local_date = models.DateField(null=True)

    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    approved_by = models.CharField(max_length=200, blank=True)
    waits_because = models.CharField(max_length=64, blank=True)
    labels = models.JSONField(default=dict)
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    try_after = models.DateTimeField(null=True)

    bookmark = models.TextField(blank=True)
    pages = models.IntegerField(default=0)
    read = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    last_page_read = models.BooleanField(default=False)
    applied_through = models.BigIntegerField(default=0)
    requests = models.IntegerField(default=0)

    counts = models.JSONField(default=dict)
    partial = models.IntegerField(default=0)
    error_code = models.CharField(max_length=64, blank=True)
    error_facts = models.JSONField(default=dict)

    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    values_deleted_at = models.DateTimeField(null=True)

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "local_date"], name="one_run_a_night"),
            models.UniqueConstraint(
                fields=["connection", "kind"], condition=models.Q(state__in=MOVING), name="one_moving_run"
            ),
        ]
        indexes = [models.Index(fields=["connection", "-created_at"], name="run_newest_first")]

    def __str__(self) -> str:
        return f"{self.kind} import {self.id}"


class Page(models.Model):
    """One page read: what it added to the counts without a row of its own, and which students it confirmed.

    `tallies` is {school code: {outcome: n}}, `reasons` {reason code: {school code: n}}, `left_out` {reason code:
    {school code: [key]}} of those that were skipped.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="ledger", db_index=False)
    number = models.IntegerField()
    seen = ArrayField(models.BigIntegerField())
    tallies = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    left_out = models.JSONField(db_default={})

    objects = Scoped("run__connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="page_once")]


class Change(models.Model):
    """One record of a plan, and once applied the journal of what was done to it.

    `lasting`, `annual` and `custom` are the values after, by table, as the store takes them; `changes` is
    {field: [before, after]} of an update (a create has no before); `held` are the fields that wait for a person, in
    the same form, and `decided` is {field: released or dismissed} of those that a person decided for this record apart
    from others; `partial` says that a value was lost to a problem. `source` is the record as it was mapped (`packed`).
    A row is applied when its run's `applied_through` has reached `seq` and `left_out` is empty.

    Of an export: `student_id`, like `seq`, is the registration's id, `changes` are {field of the SIS: [before, after]}
    also of a create, `source` is the registration as Enroll has it, `plan` is the rest of what `exporting` has to know.

    Of an undo: `seq` is that of the row taken back, `basis` a word of `undoing.staged`, `source` is empty.
    """

    pk = models.CompositePrimaryKey("run_id", "seq")
    run = models.ForeignKey(Run, models.CASCADE, related_name="changes", db_index=False)
    seq = models.BigIntegerField()
    key = models.TextField()
    student_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=64, blank=True)
    version = models.BigIntegerField(null=True)
    school_code = models.TextField(blank=True)
    lasting = models.JSONField(null=True)
    annual = models.JSONField(null=True)
    custom = models.JSONField(null=True)
    changes = models.JSONField(null=True)
    held = models.JSONField(null=True)
    decided = models.JSONField(null=True)
    problems = models.JSONField(null=True)
    partial = models.BooleanField(default=False)
    match_key = models.TextField(null=True)  # noqa: DJ001 (no key is not an empty key)
    mark = models.BinaryField(null=True)
    source = models.BinaryField()
    plan = models.JSONField(null=True)
    left_out = models.CharField(max_length=64, blank=True)

    objects = Scoped("run__connection__organization")

    class Meta:
        indexes = [
            models.Index(fields=["student_id"], name="change_of_student"),
            models.Index(fields=["key"], name="change_of_record"),
        ]


WAITING_HOLD, DISMISSED_HOLD, RELEASED_HOLD = "waiting", "dismissed", "released"


class Hold(models.Model):
    """Changes of one field that wait for a person, and what became of them: released, dismissed or replaced.

    Where a person decides a part of them, that part becomes a row of its own; `part` says which one.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="holds")
    rule = models.CharField(max_length=32)
    field = models.CharField(max_length=100)
    count = models.IntegerField()
    population = models.IntegerField()
    threshold = models.FloatField()
    state = models.CharField(max_length=16, default=WAITING_HOLD)
    part = models.CharField(max_length=100, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    objects = Scoped("run__connection__organization")


class Missing(models.Model):
    """A student of the connection's schools whom a full read did not bring. Listed, never touched.

    `perhaps` is why the student may be in the SIS all the same: "unread" where a record could not be read or has no id,
    "review" where one waits to be matched. Who has it is not said to be gone.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="missing")
    student_id = models.BigIntegerField()
    perhaps = models.CharField(max_length=16, blank=True, db_default="")

    objects = Scoped("run__connection__organization")


class Decision(models.Model):
    """What a person said of a possible match: this record of the SIS is that student, or is nobody known (null)."""

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="decisions")
    key = models.TextField()
    student_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "key"], name="decision_once")]


class Due(models.Model):
    """A record that failed, was held or waits for a review, until it succeeds or a person dismisses it.

    `because` is what that person gave as the reason; blank where none was asked for.
    """

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="due")
    kind = models.CharField(max_length=16)
    key = models.TextField()
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=64)
    since = models.DateTimeField(db_default=Now())
    run = models.ForeignKey(Run, models.CASCADE)
    dismissed_by = models.CharField(max_length=200, blank=True)
    dismissed_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=200, blank=True, db_default="")

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "key"], name="due_once")]


class ScanState(models.TextChoices):
    """How far a scan is."""

    QUEUED = "queued"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


SCANNING = (ScanState.QUEUED, ScanState.READING)


class Scan(models.Model):
    """One reading of the SIS that counts codes and changes nothing. A reading cut off begins again.

    `fields` are source fields to count beside those that are sets anyway.
    """

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="scans")
    kind = models.CharField(max_length=16)
    actor = models.CharField(max_length=200)
    fields = models.JSONField(default=list)
    school_year = models.IntegerField()

    state = models.CharField(max_length=16, choices=ScanState.choices, default=ScanState.QUEUED)
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    read = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    unreadable = models.BigIntegerField(default=0)
    error_code = models.CharField(max_length=64, blank=True)
    error_facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind"], condition=models.Q(state__in=SCANNING), name="one_moving_scan"
            )
        ]

    def __str__(self) -> str:
        return f"scan of {self.kind} {self.pk}"


class SeenCodes(models.Model):
    """The values that one source field really has, as a scan counted them. Values of students: never logged.

    `counts` is {value: n}; `blank` had none; `others` had a value that was too long, or came after too many others.
    """

    connection = models.ForeignKey("setup.Connection", models.CASCADE, related_name="seen_codes")
    kind = models.CharField(max_length=16)
    field = models.TextField()
    counts = models.JSONField()
    blank = models.BigIntegerField()
    others = models.BigIntegerField()
    at = models.DateTimeField()

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "field"], name="seen_codes_once")
        ]
