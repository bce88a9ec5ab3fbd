"""What an administrator owns."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property

from yellowbus.enroll.scoping import Scoped
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import Mapping


class User(AbstractBaseUser):
    """A person who can sign in, known by one email address in lower case, in however many organizations."""

    email = models.EmailField(max_length=200, unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager["User"]()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email


class Group(models.Model):
    """Who may do what in an organization: `grants` are keys of `groups.GRANTS`. A built-in one has its grants in code."""

    organization = models.ForeignKey("enroll.Organization", models.CASCADE, related_name="groups")
    name = models.CharField(max_length=100)
    grants = ArrayField(models.CharField(max_length=32), default=list)
    built_in = models.BooleanField(default=False)

    objects = Scoped("organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="group_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in an organization. `joined_at` is null while an invitation is open; `left_at` ends the access."""

    organization = models.ForeignKey("enroll.Organization", models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships")
    created_at = models.DateTimeField(db_default=Now())
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    objects = Scoped("organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="member_once")]


class Link(models.Model):
    """A one-time link that lets its bearer in as a member. Only the hash of its token is kept.

    `signs_in` lets in at once; otherwise the person chooses a password first.
    """

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="links")
    digest = models.BinaryField(unique=True, max_length=32)
    signs_in = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = Scoped("membership__organization")


class Connection(models.Model):
    """One SIS, one Enroll instance. `settings` holds what is not secret; secrets stand in their own table."""

    organization = models.ForeignKey("enroll.Organization", models.PROTECT, related_name="connections")
    instance = models.ForeignKey("enroll.Instance", models.PROTECT, related_name="connections")
    name = models.CharField(max_length=100)
    system = models.CharField(max_length=32)
    settings = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    agreed_by = models.CharField(max_length=200)
    agreed_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True)

    objects = Scoped("organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(archived_at=None),
                name="connection_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Secret(models.Model):
    """One credential, encrypted and bound to its row."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=64)
    key = models.CharField(max_length=16)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField(db_default=Now())

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="secret_once")]


class MappingVersion(models.Model):
    """A mapping as it was saved. Never changed: a later save is a later version."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=16)
    number = models.IntegerField()
    document = models.JSONField()
    author = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "number"], name="mapping_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} mapping {self.number}"


class MappingDraft(models.Model):
    """What one person has changed in a mapping and not saved yet. `base` is the version it started from, 0 for none."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=16)
    author = models.CharField(max_length=200)
    base = models.IntegerField()
    document = models.JSONField()
    started_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    objects = Scoped("connection__organization")
    base_document: dict[str, Any] | None = None  # as `drafts` read it for this row, so that it is read once

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "kind", "author"], name="mapping_draft_once")
        ]

    def __str__(self) -> str:
        return f"draft of the {self.kind} mapping"

    @cached_property
    def mapping(self) -> Mapping:
        """The document as a mapping."""
        return from_document(self.document)


class Glimpse(models.Model):
    """What the SIS showed lately, so that a page need not ask it again: encrypted, bound to its row, soon deleted."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="glimpses")
    name = models.CharField(max_length=64)
    key = models.CharField(max_length=16)
    sealed = models.BinaryField()
    read_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="glimpse_once")]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """A school that a connection serves. A school has one connection at most."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="assignments")
    school = models.OneToOneField("enroll.School", models.CASCADE, related_name="assignment")

    objects = Scoped("connection__organization")


class Schedule(models.Model):
    """“Schedule Import: Students”: nightly at a local time, pinned to a school year.

    `next_date` is the local date of the next run; null while off. `failures` counts failed runs in a row. `missed` is the
    night that was too long past to be made up, until one starts again. `confirmed_on` is the local date on which a person
    last set it or resumed it.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="schedules")
    kind = models.CharField(max_length=16)
    year = models.IntegerField()
    at = models.TimeField()
    enabled = models.BooleanField(default=False)
    next_date = models.DateField(null=True)
    failures = models.IntegerField(default=0)
    suspended = models.CharField(max_length=64, blank=True)
    missed = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)

    objects = Scoped("connection__organization")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind"], name="schedule_once")]


class Policy(models.Model):
    """What an organization decided for all its connections; without a row, the defaults of `policies`.

    `four_eyes`: who made the mapping of a run or ordered it does not release its holds. `purged_on` is the local date of
    the last purge that found nothing more to delete.
    """

    organization = models.OneToOneField(
        "enroll.Organization", models.CASCADE, primary_key=True, related_name="policy"
    )
    keep_values_days = models.IntegerField(default=90)
    keep_runs_days = models.IntegerField(default=400)
    four_eyes = models.BooleanField(default=False)
    purged_on = models.DateField(null=True)

    objects = Scoped("organization")


class AuditEvent(models.Model):
    """Who did what. Append-only: the database refuses to change or delete a row."""

    organization = models.ForeignKey("enroll.Organization", models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)

    objects = Scoped("organization")
