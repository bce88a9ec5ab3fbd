"""The people of an organization: invited by a one-time link, each in one group, never deleted."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yellowbus.enroll.directory import Organization
from yellowbus.enroll.fence import beyond, within
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit, groups, links
from yellowbus.setup.models import Group, Membership, User
from yellowbus.setup.permissions import Actor, Permission, operator

EMAIL_LIMIT = 200


def actor_of(membership: Membership) -> Actor:
    """The member as the one who asks. The name in the audit is the email address: it is one person's."""
    return Actor(membership.user.email, membership.organization_id, groups.permissions_of(membership.group))


def memberships_of(user: User) -> Sequence[Membership]:
    """Where the person belongs now, by the organization's name, across organizations."""
    with beyond():
        rows = Membership.objects.select_related("organization", "group", "user")
        present = rows.filter(user=user, left_at=None).exclude(joined_at=None)
        return list(present.order_by("organization__name"))


def every() -> Sequence[Membership]:
    """Everyone of the organization at hand, by name."""
    rows = Membership.objects.select_related("user", "group")
    return list(rows.order_by("user__name", "user__email"))


def find(key: int) -> Membership:
    """A member of the organization at hand. Raises NeedsAdmin if there is none."""
    found = Membership.objects.select_related("user", "group", "organization").filter(pk=key).first()
    if found is None:
        raise NeedsAdmin("person-unknown")
    return found


@transaction.atomic
def invite(
    actor: Actor, email: str, group: Group, *, now: datetime, name: str = ""
) -> tuple[Membership, str]:
    """Make someone a member to be; the path of the one-time link to pass on. Inviting again makes a new link."""
    actor.require(Permission.MANAGE_USERS)
    groups.require_within(actor, groups.permissions_of(group))
    user = _user(email, name)
    member, _ = Membership.objects.get_or_create(
        organization_id=actor.organization_id, user=user, defaults={"group": group}
    )
    if member.joined_at and not member.left_at:
        raise NeedsAdmin("person-known", email=user.email)
    groups.require_within(actor, groups.permissions_of(member.group))
    member.group, member.left_at, member.joined_at = group, None, None
    member.save(update_fields=["group", "left_at", "joined_at"])
    audit.note(actor, "person.invite", user.email, group=group.name)
    return member, links.make(member, now=now)


@transaction.atomic
def change_group(actor: Actor, member: Membership, group: Group) -> None:
    """Put a member into another group. Refused where it gives or takes more than the actor has."""
    actor.require(Permission.MANAGE_USERS)
    groups.require_within(actor, groups.permissions_of(member.group) | groups.permissions_of(group))
    if Permission.MANAGE_USERS not in groups.permissions_of(group):
        _refuse_last(member)
    before, member.group = member.group.name, group
    member.save(update_fields=["group"])
    audit.note(actor, "person.group", member.user.email, before=before, after=group.name)


@transaction.atomic
def deactivate(actor: Actor, member: Membership, *, now: datetime) -> None:
    """End a member's access, from the next page on. The person stays in the audit; inviting again lets them back."""
    actor.require(Permission.MANAGE_USERS)
    groups.require_within(actor, groups.permissions_of(member.group))
    _refuse_last(member)
    member.left_at = now
    member.save(update_fields=["left_at"])
    audit.note(actor, "person.deactivate", member.user.email)


def first_link(organization: Organization, *, email: str = "", now: datetime | None = None) -> str:
    """The path of a one-time link for the first administrator, who has Full Access.

    With `email` the link asks for a name and a password and works for three days. Without, it signs in the
    installation's own administrator at once, within the hour: for a demo and for one who sits at the server, who can
    so let anyone in again.
    """
    now = now or timezone.now()
    address = email or f"administrator@{organization.slug}.invalid"
    with within(organization), transaction.atomic():
        groups.ensure(organization.pk)
        user = _user(address, "" if email else "Administrator")
        full = Group.objects.get(name=groups.FULL, built_in=True)
        member, _ = Membership.objects.update_or_create(
            organization=organization, user=user, defaults={"group": full, "left_at": None}
        )
        audit.note(operator(organization.pk), "person.first-link", user.email)
        return links.make(member, now=now, signs_in=not email)


def _user(email: str, name: str) -> User:
    address = email.strip().lower()
    try:
        EmailValidator()(address)
    except ValidationError:
        raise NeedsAdmin("email-refused") from None
    if len(address) > EMAIL_LIMIT:
        raise NeedsAdmin("email-refused")
    fresh = {"name": name.strip()[: groups.NAME_LIMIT], "password": UNUSABLE_PASSWORD_PREFIX}
    return User.objects.get_or_create(email=address, defaults=fresh)[0]


def _refuse_last(member: Membership) -> None:
    """Raise NeedsAdmin if nobody else could manage users: then nobody could ever be let in again."""
    able = [
        group.pk for group in Group.objects.all() if Permission.MANAGE_USERS in groups.permissions_of(group)
    ]
    # Locked, so that two administrators who end each other's access at once do not both succeed.
    others = Membership.objects.select_for_update().filter(
        Q(left_at=None), ~Q(joined_at=None), group__in=able
    )
    if not [other for other in others if other.pk != member.pk]:
        raise NeedsAdmin("last-administrator", email=member.user.email)
