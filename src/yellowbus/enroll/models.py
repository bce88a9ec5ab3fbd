"""The Enroll store. Used only inside this app: others call the verbs beside it.

One child is one row: lasting values (students.*), values per school year (students_annual.*), custom values, one
version, one mark. So a write is whole or not at all, and one number says whether anything changed.
"""

from typing import Any

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Now

from yellowbus.enroll.scoping import Scoped


class Organization(models.Model):
    """A school district. Everything else belongs to one."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    time_zone = models.CharField(max_length=64, default="America/Los_Angeles")

    def __str__(self) -> str:
        return self.name


class Environment(models.TextChoices):
    PRODUCTION = "production"
    SANDBOX = "sandbox"


class Instance(models.Model):
    """An Enroll site of an organization: its Production or its Sandbox."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="instances")
    environment = models.CharField(max_length=16, choices=Environment.choices)

    objects = Scoped("organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "environment"], name="one_of_each")]

    def __str__(self) -> str:
        return f"{self.organization} {self.environment}"


class SchoolYear(models.Model):
    """A school year by its starting year, with its “Enable Sync Import for Year” switch."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="years")
    year = models.IntegerField()
    imports_enabled = models.BooleanField(default=False)

    objects = Scoped("instance__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "year"], name="one_row_a_year")]


class Synced(models.Model):
    """What a sync may write in bulk.

    `mark` is left by the sync that last wrote or confirmed the row, opaque here: equal mark, nothing new. Whoever writes
    the row otherwise raises `version` and takes the mark away.
    """

    version = models.BigIntegerField(default=1)
    mark = models.BinaryField(null=True, max_length=16)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True


class School(Synced):
    """A school. Its primary key is the School ID that never changes; School Code is the organization's own."""

    # The unique constraint below begins with it, so it needs no index of its own.
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="schools", db_index=False)
    values = models.JSONField(default=dict)
    school_code = models.GeneratedField(
        expression=KT("values__school_code"), output_field=models.TextField(), db_persist=True
    )
    name = models.GeneratedField(
        expression=KT("values__name"), output_field=models.TextField(), db_persist=True
    )

    objects = Scoped("instance__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "school_code"], name="school_code_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.school_code})"


class Program(models.Model):
    """What families apply to. A school can hold many."""

    school = models.ForeignKey(School, models.CASCADE, related_name="programs")
    name = models.CharField(max_length=200)
    abbreviation = models.CharField(max_length=20, blank=True)
    category = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=400, blank=True)
    grades = models.CharField(max_length=200, blank=True)
    enabled = models.BooleanField(default=True)

    objects = Scoped("school__instance__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="program_name_once")]

    def __str__(self) -> str:
        return self.name


class CustomField(models.Model):
    """A form field of this instance that a mapping may fill: custom.<key>."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="custom_fields")
    key = models.SlugField()
    label = models.CharField(max_length=200)
    type = models.CharField(max_length=16, default="text")

    objects = Scoped("instance__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "key"], name="custom_key_once")]


class CodeValue(models.Model):
    """A code that this instance has beside, or under another label than, the catalog's."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="codes")
    set = models.SlugField()
    value = models.CharField(max_length=100)
    label = models.CharField(max_length=200)

    objects = Scoped("instance__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "set", "value"], name="code_once")]


class Student(Synced):
    """One child. `lasting` is students.*, `annual` is students_annual.* by year, both without their blanks.

    `match_key` is the normalised name and birth date of `planning.match`, for finding namesakes; `born`, with the match
    key in its index, is for finding those alike.
    """

    # The unique constraint below begins with it, so it needs no index of its own.
    instance = models.ForeignKey(Instance, models.CASCADE, related_name="students", db_index=False)
    lasting = models.JSONField(default=dict)
    annual = models.JSONField(default=dict)
    custom = models.JSONField(default=dict)
    match_key = models.TextField(null=True)  # noqa: DJ001 (no key is not an empty key)
    archived_at = models.DateTimeField(null=True)
    district_id = models.GeneratedField(
        expression=KT("lasting__student_district_id"), output_field=models.TextField(), db_persist=True
    )
    born = models.GeneratedField(
        expression=KT("lasting__dob"), output_field=models.TextField(), db_persist=True
    )

    objects = Scoped("instance__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "district_id"], name="district_id_once")]
        indexes = [
            models.Index(fields=["instance", "match_key"], name="student_match_key"),
            models.Index(fields=["mark"], name="student_mark"),
            models.Index(
                fields=["instance", "born"], include=["match_key", "district_id"], name="student_born"
            ),
        ]

    def values(self, year: int) -> dict[str, Any]:
        """Every value the child has in `year`, by catalog name."""
        tables = {
            "students": self.lasting,
            "students_annual": self.annual.get(str(year), {}),
            "custom": self.custom,
        }
        return {f"{table}.{name}": value for table, row in tables.items() for name, value in row.items()}


class RegistrationStatus(models.TextChoices):
    """How far a family and a school have come. Only an approved registration goes to the SIS."""

    IN_PROGRESS = "in-progress", "In progress"
    SUBMITTED = "submitted", "Submitted"
    APPROVED = "approved", "Approved"
    DENIED = "denied", "Denied"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SUPERSEDED = "superseded", "Superseded"


ACTIVE_REGISTRATIONS = (
    RegistrationStatus.IN_PROGRESS,
    RegistrationStatus.SUBMITTED,
    RegistrationStatus.APPROVED,
)


class Registration(models.Model):
    """What a family has said of one child for one school year.

    `answers` are the form's answers by catalog name; `fname`, `lname` and `born` stand in it. `student` is null until the
    child exists in Enroll. `sis_id` (by which the SIS writes) and `sis_key` (which people see) came from the SIS of
    connection `sis_connection`; once there they are never blanked. `entry_date` is set by a person, else a rule decides.
    `sync_*` tell the last sync; `synced_mark` is a fingerprint of what was then sent. `version` rises with every change
    but those of a sync.
    """

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="registrations", db_index=False)
    external_id = models.CharField(max_length=64)
    student = models.ForeignKey(Student, models.SET_NULL, null=True, related_name="registrations")
    school = models.ForeignKey(School, models.CASCADE, related_name="registrations")
    year = models.IntegerField()
    grade = models.CharField(max_length=8)
    returning = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=RegistrationStatus.choices)
    answers = models.JSONField(default=dict)
    entry_date = models.DateField(null=True)
    version = models.BigIntegerField(default=1)
    approved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    sis_connection = models.BigIntegerField(null=True)
    sis_id = models.CharField(max_length=64, blank=True)
    sis_key = models.CharField(max_length=64, blank=True)
    sync_state = models.CharField(max_length=16, blank=True)
    sync_reason = models.CharField(max_length=64, blank=True)
    sync_run = models.UUIDField(null=True)
    synced_at = models.DateTimeField(null=True)
    synced_mark = models.BinaryField(null=True, max_length=16)

    objects = Scoped("instance__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instance", "external_id"], name="registration_id_once"),
            models.UniqueConstraint(
                fields=["student", "year"],
                condition=models.Q(status__in=ACTIVE_REGISTRATIONS),
                name="one_active_registration",
            ),
        ]
        indexes = [models.Index(fields=["instance", "year", "status"], name="registration_by_year")]

    def __str__(self) -> str:
        return f"registration {self.external_id}"
